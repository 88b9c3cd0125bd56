/** What the edge says and hears, as its API documents it. */

export interface Why {
  event: string;
  task: string;
  evidence: string[];
  chance: string;
}

export interface Offer {
  id: string;
  unit: string;
  title: string;
  objective: string;
  minutes: number;
  form: "badge" | "inline" | "checklist";
  risk: string;
  task: { id: string; title: string };
  phase: "starting" | "stuck" | "erred" | "done";
  case: string;
  state: "offered" | "displayed" | "opened";
  created: string;
  expires: string;
  message: string;
  why: Why;
}

export interface Block {
  id: string;
  kind: string;
  [field: string]: unknown;
}

export interface Link {
  title: string;
  url: string;
}

export interface Unit {
  id: string;
  title: string;
  objective: string;
  minutes: number;
  task: { id: string; title: string } | null;
  risk: string;
  locale: string;
  blocks: Block[];
  sources: Link[];
  deep_dive: Link | null;
  testable: boolean;
  release: number;
  lease_until: string;
}

export type Verb =
  | "prompted" | "opened" | "stepped" | "answered" | "ticked" | "completed" | "dismissed" | "rated" | "reviewed" | "flagged";

export interface Outcome {
  id: string;
  verb: Verb;
  time: string;
  unit: string;
  offer?: string;
  block?: string;
  case?: string;
  result?: Record<string, unknown>;
}

export interface OutcomeAnswer {
  accepted: string[];
  duplicates: string[];
  rejected: { index: number; id: string | null; reason: string }[];
  scores: Record<string, { correct: boolean; points: number; feedback: string }>;
  reviews: { check: string; due: string }[];
}

export interface Review {
  check: string;
  unit: string;
  unit_title: string;
  block: Block;
  due: string;
  last_seen: string | null;
  seconds: number;
  probe: number | null;
}

/** What is left of today's session; `again`: how many checks later a wrong one is put back, and how often. */
export interface Session {
  reviews: Review[];
  seconds: number;
  left: number;
  again: { apart: number; times: number };
  next: string | null;
}

export interface Today {
  person: { id: string; name: string };
  offers: Offer[];
  reviews: { due: number; minutes: number };
  units: { id: string; title: string; minutes: number; reason: string }[];
  digest?: { day: string; lines: DigestLine[] } | null;
  inbox?: Offer[];
  sample: boolean;
}

export interface DigestLine {
  kind: string;
  unit: string;
  title: string;
  minutes: number;
  task: string;
  reason: string;
}

export interface SkillView {
  id: string;
  title: string;
  description: string;
  level: number;
  low: number;
  high: number;
  answers: number;
  target: number | null;
  standing: "met" | "gap" | "not_sure";
  words: string;
  recall: number | null;
  evidence: string[];
  testable: boolean;
  contestable: boolean;
  step: { kind: "unit" | "test" | "review"; words: string; unit: string | null; minutes: number } | null;
}

export interface TaskView {
  id: string;
  title: string;
  readiness: "ready" | "not_yet" | "not_sure";
  skills: string[];
}

/** Where a test stands. It never says what is right. */
export interface TestStep {
  test: string;
  asked: number;
  most: number;
  check: { check: string; question: string; options: string[]; several: boolean } | null;
  said: { right: boolean; feedback: string } | null;
  verdict: "passed" | "not_yet" | "not_sure" | null;
  skipped: [string, string][];
}

export interface Preferences {
  channels: ("widget" | "app")[];
  timezone: string;
  quiet_from: string | null;
  quiet_until: string | null;
  work_from: string | null;
  work_until: string | null;
  daily_minutes: number;
  reviews: boolean;
  digest: boolean;
  paused_until: string | null;
  opted_out: boolean;
  measured: boolean;
}

export interface Me {
  person: { id: string; name: string; email: string; site: string; locale: string; roles: Named[]; teams: Named[]; accounts: { source: string; name: string }[] };
  preferences: Preferences;
  organisation: { prompts: boolean; digest: boolean; review_minutes: number; limits: { per_day: number; per_week: number } };
  held: { kind: string; count: number; first: string | null; last: string | null; words: string }[];
  decisions: { id: string; at: string; task: string; shown: boolean; words: string; unit: string | null }[];
  looked: { at: string; reader: string; purpose: string; what: string; about: string }[];
  sample: boolean;
}

/** One decision explained to the person it is about. */
export interface Explained {
  id: string;
  shown: boolean;
  silence: string | null;
  words: string;
  form: string | null;
  exempt: boolean;
  event: { type: string; case: string };
  moment: { task: { title: string }; phase: string; case: string; timing: string; at_break: boolean };
  rule: { id: string; when: string | null; in_release: boolean };
  candidates: Weighed[];
  score: { value: number | null; cost: number; threshold: number | null };
  budget: { day: { used: number; most: number }; week: { used: number; most: number }; gap_minutes: number; charged: boolean };
  chance: { show: number | null; draw: number | null; choice: number | null; pick: number | null; fixed: boolean };
  again: { same: boolean };
  release: number;
  offer: { state: string; waited_seconds: number | null } | null;
}

/** A unit that a decision looked at. */
export interface Weighed {
  unit: string;
  title: string;
  need: number;
  evidence: string[];
  effect: number;
  effect_variance: number;
  ignored: number;
  ignored_factor: number;
  score: number;
  chosen: boolean;
  words: string;
}

export interface Named {
  id: string;
  title: string;
}

export interface Token {
  token: string;
  expires: string | number;
}

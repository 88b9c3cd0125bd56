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
  sample: boolean;
}

export interface Token {
  token: string;
  expires: string | number;
}

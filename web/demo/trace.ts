/** The live trace: each stage that the visitor's events went through, newest event first. */

import type { Explained } from "../client/types";
import { fill, h } from "../ui/dom";
import { reasons } from "./reasons";

interface Stage {
  n: number;
  event: number;
  stage: string;
  at: string;
  title: string;
  detail: string;
  tone: "plain" | "shown" | "silence" | "good" | "bad";
  /** What the reasons are asked for by, where it is a decision. */
  decision: string | null;
}

const FAST_MS = 400;
const SLOW_MS = 2_000;
const QUIET_AFTER = 15;

export class Trace {
  readonly element = h("div", { class: "trace", role: "log", tabindex: 0, "aria-label": "Trace", "aria-live": "off" });
  #account = "";
  #last = "";
  #unchanged = 0;
  #timer = 0;
  /** What is drawn already stays as it is while the trace grows: open, in focus, in its place. */
  #drawn = new Map<string, Element>();
  #reasons = new Map<string, Reasons>();

  constructor(private readonly explain: (decision: string) => Promise<Explained>) {
    this.#empty();
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.soon());
  }

  follow(account: string): void {
    this.#account = account;
    this.#last = "";
    this.#reasons.clear();
    this.#drawn.clear();
    this.#empty();
    this.soon();
  }

  /** Something happened: look now, and often for a while. */
  soon(): void {
    this.#unchanged = 0;
    clearTimeout(this.#timer);
    void this.#look();
  }

  failed(): void {
    fill(this.element, h("p", { class: "muted" }, "Midflow did not hear of that. The ticket changed all the same."));
  }

  async #look(): Promise<void> {
    const answer = await fetch(`/demo/trace?account=${encodeURIComponent(this.#account)}`).catch(() => null);
    const text = answer?.ok ? await answer.text() : this.#last;
    this.#unchanged = text === this.#last ? this.#unchanged + 1 : 0;
    if (text !== this.#last) this.#show((JSON.parse(text) as { stages: Stage[] }).stages);
    this.#last = text;
    clearTimeout(this.#timer);
    if (document.visibilityState === "visible")
      this.#timer = window.setTimeout(() => void this.#look(), this.#unchanged < QUIET_AFTER ? FAST_MS : SLOW_MS);
  }

  #empty(): void {
    fill(this.element, h("p", { class: "muted" }, "Nothing has happened yet."));
  }

  #show(stages: Stage[]): void {
    if (!stages.length) return this.#empty();
    const events = [...new Set(stages.map((stage) => stage.event))].reverse();
    const groups = events.map((event) => {
      const own = stages.filter((stage) => stage.event === event);
      const list = this.#kept(`event ${event}`, () => h("ol", {}));
      const rows = own.map((stage, n) => this.#kept(JSON.stringify({ ...stage, n }), () => row(stage, n === 0, own.slice(0, n), this.#reasonsOf(stage))));
      settle(list, rows);
      return list;
    });
    settle(this.element, groups);
    for (const reasons of this.#reasons.values()) reasons.refresh();
  }

  #kept(key: string, make: () => Element): Element {
    const found = this.#drawn.get(key) ?? make();
    this.#drawn.set(key, found);
    return found;
  }

  #reasonsOf({ decision }: Stage): HTMLElement | null {
    if (!decision) return null;
    const found = this.#reasons.get(decision) ?? new Reasons(() => this.explain(decision));
    this.#reasons.set(decision, found);
    return found.element;
  }
}

/** Makes `parent` hold `children` without touching those that are in their place. */
function settle(parent: Element, children: Element[]): void {
  for (const child of [...parent.childNodes]) if (!children.includes(child as Element)) child.remove();
  for (const [place, child] of children.entries()) if (parent.childNodes[place] !== child) parent.insertBefore(child, parent.childNodes[place] ?? null);
}

/** What a decision was made from, asked for once somebody wants to see it. */
class Reasons {
  readonly #said = h("div", { class: "reasons" }, h("p", { role: "status" }, "Loading …"));
  readonly element = h("details", {}, h("summary", {}, "How it was decided"), this.#said);

  constructor(private readonly ask: () => Promise<Explained>) {
    this.element.addEventListener("toggle", () => this.refresh());
  }

  /** What became of the prompt may have changed. */
  refresh(): void {
    if (!this.element.open) return;
    this.ask().then(
      (found) => fill(this.#said, ...reasons(found)),
      (error: unknown) => fill(this.#said, h("p", { role: "status" }, error instanceof Error ? error.message : "This cannot be shown right now.")),
    );
  }
}

/** The first row carries the time, and what an earlier row has said is not said again. */
function row(stage: Stage, first: boolean, before: Stage[], reasons: Node | null): HTMLElement {
  const said = before.some((other) => `${other.title} ${other.detail}`.includes(stage.detail));
  const time = new Date(stage.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  return h(
    "li",
    { class: stage.tone, "data-stage": stage.stage },
    h("span", { class: "stage" }, stage.stage, first && h("time", { datetime: stage.at }, time)),
    h("span", { class: "said" }, h("strong", {}, stage.title), !said && h("small", {}, stage.detail)),
    reasons,
  );
}

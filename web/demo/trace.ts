/** The live trace: each stage that the visitor's events went through, newest event first. */

import { fill, h } from "../ui/dom";

interface Stage {
  n: number;
  event: number;
  stage: string;
  at: string;
  title: string;
  detail: string;
  tone: "plain" | "shown" | "silence" | "good" | "bad";
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

  constructor() {
    this.#empty();
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.soon());
  }

  follow(account: string): void {
    this.#account = account;
    this.#last = "";
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
      return h("ol", {}, ...own.map((stage, n) => row(stage, n === 0, own.slice(0, n))));
    });
    fill(this.element, ...groups);
  }
}

/** The first row carries the time, and what an earlier row has said is not said again. */
function row(stage: Stage, first: boolean, before: Stage[]): Node {
  const said = before.some((other) => `${other.title} ${other.detail}`.includes(stage.detail));
  const time = new Date(stage.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  return h(
    "li",
    { class: stage.tone, "data-stage": stage.stage },
    h("span", { class: "stage" }, stage.stage, first && h("time", { datetime: stage.at }, time)),
    h("span", { class: "said" }, h("strong", {}, stage.title), !said && h("small", {}, stage.detail)),
  );
}

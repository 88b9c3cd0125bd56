/** Leads through the host tool: a ring around the element, a card beside it, on when the step is really done. */

import { autoUpdate, computePosition, flip, offset, shift } from "@floating-ui/dom";
import type { Guide, GuideStep } from "../blocks/guide";
import { fill, h } from "../ui/dom";
import { icon } from "../ui/icons";
import { markdown } from "../ui/markdown";
import { Watch } from "./anchor/watch";

export interface Leading {
  stepped(step: number, of: number): void;
  /** The element of a step is nowhere on this page. */
  lost(step: number): void;
  /** What a screen reader is told at each step. */
  said(words: string): void;
  /** The last step is done, or the person ended it. */
  ended(through: boolean): void;
}

/** How long a page may take to show an element before the step is a card in the corner. */
const PATIENCE_MS = 1500;
const ROOM = 6;

export class GuideLayer {
  readonly ring = h("div", { class: "ring", "aria-hidden": "true" });
  readonly card = h("section", { class: "guide card", role: "region", "aria-label": "Guide" });
  #place = -1;
  #watch: Watch | null = null;
  #follow: (() => void) | null = null;
  #unhook: (() => void)[] = [];
  #patience = 0;
  #address = location.href;
  #lost = new Set<number>();

  constructor(
    private readonly guide: Guide,
    private readonly on: Leading,
  ) {}

  begin(): void {
    this.#go(0);
  }

  end(through = false): void {
    this.#leave();
    this.on.ended(through);
  }

  #go(place: number): void {
    this.#leave();
    this.#place = place;
    const step = this.guide.steps[place];
    if (!step) return this.end(true);
    this.#draw(step);
    this.on.said(`Step ${place + 1} of ${this.guide.steps.length}. ${step.do}`);
    this.#dock(true);
    if (step.anchor) {
      this.#patience = window.setTimeout(() => this.#miss(), PATIENCE_MS);
      this.#watch = new Watch(step.anchor, (element) => this.#found(step, element));
    }
    if (step.done === "navigation") this.#awaitAddress(step.value);
  }

  #next = (): void => {
    this.on.stepped(this.#place + 1, this.guide.steps.length);
    this.#go(this.#place + 1);
  };

  #leave(): void {
    clearTimeout(this.#patience);
    this.#watch?.end();
    this.#watch = null;
    this.#release();
  }

  #release(): void {
    this.#follow?.();
    this.#follow = null;
    for (const unhook of this.#unhook.splice(0)) unhook();
  }

  #found(step: GuideStep, element: Element | null): void {
    this.#release();
    if (step.done === "navigation") this.#awaitAddress(step.value);
    if (!element) {
      clearTimeout(this.#patience);
      this.#patience = window.setTimeout(() => this.#miss(), PATIENCE_MS);
      return this.#dock(true);
    }
    clearTimeout(this.#patience);
    this.#note("");
    if (!inView(element)) element.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    this.#dock(false);
    this.#follow = autoUpdate(reference(element), this.card, () => void this.#put(element), { animationFrame: framed(element) });
    this.#awaitDone(step, element);
  }

  /** Beside the element where there is room, inside the window in any case. */
  async #put(element: Element): Promise<void> {
    const box = boxOf(element);
    Object.assign(this.ring.style, { left: `${box.left - ROOM}px`, top: `${box.top - ROOM}px`, width: `${box.width + 2 * ROOM}px`, height: `${box.height + 2 * ROOM}px` });
    this.ring.hidden = !inView(element);
    const { x, y } = await computePosition(reference(element), this.card, { strategy: "fixed", placement: "bottom-start", middleware: [offset(ROOM + 8), flip({ fallbackAxisSideDirection: "end" }), shift({ padding: 8, crossAxis: true })] });
    if (this.#watch?.element === element) Object.assign(this.card.style, { left: `${x}px`, top: `${y}px` });
  }

  #dock(docked: boolean): void {
    this.card.classList.toggle("docked", docked);
    this.ring.hidden = true;
    if (docked) Object.assign(this.card.style, { left: "", top: "" });
  }

  #miss(): void {
    this.#dock(true);
    this.#note("This place is not to be seen on the page right now. Once it is, it is marked.");
    if (this.#lost.has(this.#place)) return;
    this.#lost.add(this.#place);
    this.on.lost(this.#place + 1);
  }

  #note(words: string): void {
    const note = this.card.querySelector(".hint");
    if (note) fill(note, words);
  }

  #draw(step: GuideStep): void {
    const { length } = this.guide.steps;
    const last = this.#place === length - 1;
    const back = this.#place > 0 && h("button", { type: "button", class: "quiet", onclick: () => this.#go(this.#place - 1) }, "Back");
    const next = h("button", { type: "button", class: step.done === "next" ? "primary" : "quiet", onclick: this.#next }, last ? "Done" : step.done === "next" ? "Next" : "Skip");
    fill(
      this.card,
      h(
        "div",
        { class: "top" },
        h("div", {}, h("p", { class: "eyebrow" }, `Step ${this.#place + 1} of ${length}`), h("h2", {}, step.do)),
        h("button", { type: "button", class: "icon", "aria-label": "End the guide", onclick: () => this.end() }, icon("close")),
      ),
      step.detail && h("div", { class: "prose message" }, markdown(step.detail)),
      h("p", { class: "hint", role: "status" }),
      h("div", { class: "actions" }, back, h("span", { class: "grow" }), next),
    );
  }

  /** The host's own events, listened to and never stopped. */
  #awaitDone(step: GuideStep, element: Element): void {
    if (step.done === "click") this.#hook(element, "click", () => setTimeout(this.#next));
    if (step.done === "value") {
      const check = () => filled(element, step.value) && this.#next();
      this.#hook(element, "change", check);
    }
  }

  #hook(target: EventTarget, type: string, heard: () => void): void {
    target.addEventListener(type, heard, { capture: true, passive: true });
    this.#unhook.push(() => target.removeEventListener(type, heard, { capture: true }));
  }

  /** Single-page tools change their address without an event that others may hear: it is looked at. */
  #awaitAddress(part: string): void {
    this.#address = location.href;
    const timer = window.setInterval(() => {
      if (location.href !== this.#address && location.href.includes(part)) this.#next();
    }, 200);
    this.#unhook.push(() => clearInterval(timer));
  }
}

function filled(element: Element, wanted: string): boolean {
  const field = element as HTMLInputElement;
  const value = field.type === "checkbox" || field.type === "radio" ? (field.checked ? field.value : "") : (field.value ?? element.textContent ?? "");
  return wanted ? value.trim().toLowerCase() === wanted.trim().toLowerCase() : value.trim() !== "";
}

/** Where an element is in this window, the frames around it taken into account. */
function boxOf(element: Element): DOMRect {
  const box = element.getBoundingClientRect();
  let [left, top] = [box.left, box.top];
  for (let frame = element.ownerDocument.defaultView?.frameElement; frame; frame = frame.ownerDocument.defaultView?.frameElement) {
    const outer = frame.getBoundingClientRect();
    left += outer.left + frame.clientLeft;
    top += outer.top + frame.clientTop;
  }
  return new DOMRect(left, top, box.width, box.height);
}

function reference(element: Element) {
  return { getBoundingClientRect: () => boxOf(element), contextElement: framed(element) ? (outermost(element) as Element) : element };
}

const framed = (element: Element) => element.ownerDocument !== document;

function outermost(element: Element): Element | null {
  let frame = element.ownerDocument.defaultView?.frameElement ?? null;
  while (frame && frame.ownerDocument !== document) frame = frame.ownerDocument.defaultView?.frameElement ?? null;
  return frame;
}

function inView(element: Element): boolean {
  const box = boxOf(element);
  return box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
}

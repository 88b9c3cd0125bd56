/** For authors, on the host's own page: click an element and get the anchor that finds it again, with how surely it will. */

import { fill, h, sheet } from "../ui/dom";
import tokens from "../ui/tokens.css?inline";
import type { Anchor } from "./anchor/clues";
import { type Strength, describe, strength } from "./anchor/describe";
import css from "./picker.css?inline";

const TAG = "midflow-picker";

const WORDS: Record<Strength, [number, string, string]> = {
  strong: [3, "Strong", "Found by what the tool's developers wrote into it, in any language."],
  fair: [2, "Fair", "Found by its words. Ask for a data-testid on it if the tool is yours."],
  weak: [1, "Weak", "Only its place tells it from others. Better pick something near it that has a name."],
};

class PickerElement extends HTMLElement {
  readonly root = this.attachShadow({ mode: "open" });
}

class Picker {
  #element: PickerElement;
  #ring = h("div", { class: "ring", hidden: true });
  #box = h("section", { class: "box", role: "region", "aria-label": "Pick an element" });
  #layer = h("div", { class: "picker", popover: "manual" }, this.#ring, this.#box);
  #picked: Element | null = null;

  constructor() {
    if (!customElements.get(TAG)) customElements.define(TAG, PickerElement);
    this.#element = document.createElement(TAG) as PickerElement;
    this.#element.root.adoptedStyleSheets = [tokens, css].map(sheet);
    this.#element.root.append(this.#layer);
    (([...document.querySelectorAll("dialog:modal")].at(-1) as Element | undefined) ?? document.body).append(this.#element);
    this.#layer.showPopover();
    for (const root of roots(document)) this.#listen(root, "addEventListener");
    this.#ask();
  }

  close = (): void => {
    for (const root of roots(document)) this.#listen(root, "removeEventListener");
    this.#element.remove();
  };

  #listen(root: Document | ShadowRoot, how: "addEventListener" | "removeEventListener"): void {
    root[how]("pointermove", this.#hover as EventListener, true);
    root[how]("click", this.#click as EventListener, true);
    root[how]("keydown", this.#key as EventListener, true);
  }

  #hover = (event: Event): void => {
    const target = this.#target(event);
    if (target && !this.#picked) this.#mark(target);
  };

  /** The click is ours: the host does not hear of it. */
  #click = (event: Event): void => {
    const target = this.#target(event);
    if (!target || this.#picked) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#pick(target);
  };

  /** By keyboard: Enter picks what has the focus, Escape ends it. */
  #key = (event: KeyboardEvent): void => {
    if (event.key === "Escape") return this.close();
    const target = this.#target(event);
    if (event.key !== "Enter" || !target || this.#picked) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#pick(target);
  };

  #target(event: Event): Element | null {
    const way = event.composedPath();
    if (way.includes(this.#element)) return null;
    const inner = way.find((one): one is Element => one instanceof (windowOf(one)?.Element ?? Element));
    // What lies in a button is meant as the button.
    return inner?.closest("button,a,input,select,textarea,label,[role],[data-testid]") ?? inner ?? null;
  }

  #mark(target: Element): void {
    const box = target.getBoundingClientRect();
    let [left, top] = [box.left, box.top];
    for (let frame = target.ownerDocument.defaultView?.frameElement; frame; frame = frame.ownerDocument.defaultView?.frameElement) {
      const outer = frame.getBoundingClientRect();
      [left, top] = [left + outer.left + frame.clientLeft, top + outer.top + frame.clientTop];
    }
    Object.assign(this.#ring.style, { left: `${left - 3}px`, top: `${top - 3}px`, width: `${box.width + 6}px`, height: `${box.height + 6}px` });
    this.#ring.hidden = false;
    this.#box.classList.toggle("left", left > innerWidth / 2);
  }

  #ask(): void {
    this.#picked = null;
    this.#ring.classList.remove("picked");
    this.#ring.hidden = true;
    fill(
      this.#box,
      h("h2", {}, "Pick an element"),
      h("p", {}, "Click what the step is about. With the keyboard: move to it and press Enter. The page does not react meanwhile."),
      h("div", { class: "actions" }, h("button", { type: "button", onclick: this.close }, "Close")),
    );
  }

  #pick(target: Element): void {
    this.#picked = target;
    this.#mark(target);
    this.#ring.classList.add("picked");
    const anchor = describe(target);
    const sure = strength(anchor, target);
    const [bars, word, meaning] = WORDS[sure];
    const text = h("textarea", { readonly: true, "aria-label": "The anchor, to paste into the guide's step" });
    text.value = JSON.stringify(anchor);
    const said = h("p", { role: "status" });
    const copy = async () => {
      text.select();
      // Without the permission the text is selected, and the person copies it.
      await navigator.clipboard?.writeText(text.value).then(() => fill(said, "Copied. Paste it into the step in the studio."), () => fill(said, "Press Ctrl+C to copy it."));
    };
    const bar = (n: number) => h("span", { class: n < bars ? "on" : "" });
    const rows = told(anchor).flatMap(([term, value]) => [h("dt", {}, term), h("dd", {}, value)]);
    fill(
      this.#box,
      h("h2", {}, anchor.name || anchor.tag),
      h("p", { class: "strength" }, bar(0), bar(1), bar(2), word),
      h("p", {}, meaning),
      h("dl", {}, ...rows),
      h("div", { class: "actions" }, h("button", { type: "button", class: "primary", onclick: () => void copy() }, "Copy"), h("button", { type: "button", onclick: () => this.#ask() }, "Pick another"), h("button", { type: "button", class: "quiet", onclick: this.close }, "Close")),
      text,
      said,
    );
    this.#box.querySelector<HTMLElement>(".primary")?.focus();
  }
}

function told(anchor: Anchor): [string, string][] {
  const rows: [string, string | undefined][] = [
    ["What it is", anchor.role || anchor.tag],
    ["Its name", anchor.name],
    ["Written into it", anchor.attributes?.map(({ name, value }) => `${name}=“${value}”`).join(", ")],
    ["Around it", anchor.near?.join(", ")],
    ["Inside of", anchor.within?.map(({ tag, name }) => name || tag).join(" › ")],
  ];
  return rows.filter((row): row is [string, string] => !!row[1]);
}

/** The page and every frame of its origin: events of a frame do not leave it, those of a shadow root do. */
function roots(of: Document): Document[] {
  const inner = [...of.querySelectorAll("iframe")].flatMap((frame) => {
    try {
      return frame.contentDocument ? roots(frame.contentDocument) : [];
    } catch {
      return [];
    }
  });
  return [of, ...inner];
}

function windowOf(target: EventTarget): (Window & typeof globalThis) | null {
  return (target as Node).ownerDocument?.defaultView ?? null;
}

if (!document.querySelector(TAG)) new Picker();

/** Plays a unit, one block at a time; the same in the widget and on the app page. */

import type { Outbox } from "../client/outbox";
import { blockKind } from "../client/block";
import type { Block, Unit, Verb } from "../client/types";
import { fill, h, uid } from "./dom";
import { icon } from "./icons";

export interface Playing {
  unit: Unit;
  outbox: Outbox;
  /** The prompt it was opened from, and the record at hand. */
  offer?: string;
  case?: string;
  /** Leads through the host tool; whoever gives it says by `stepped` and `done` how far it went. */
  guide?: (block: Block, on: { stepped(step: number, of: number): void; lost(step: number): void; done(): void }) => void;
  close(): void;
}

export class Player {
  readonly element = h("div", { class: "player" });
  #place = 0;
  #started = Date.now();
  #shown = Date.now();
  #answered = new Set<string>();
  #tried = new Set<string>();
  #bar = h("div", { class: "progress", role: "progressbar", "aria-label": "Progress", "aria-valuemin": 0 });
  #body = h("div", { class: "stage", role: "group", "aria-label": "Content", tabindex: 0 });
  #foot = h("div", { class: "foot" });

  constructor(private readonly playing: Playing) {
    const { unit } = playing;
    this.element.lang = unit.locale;
    const about = [unit.task?.title, `${unit.minutes} min`].filter(Boolean).join(" · ");
    fill(
      this.element,
      h(
        "div",
        { class: "head" },
        h("div", {}, h("p", { class: "eyebrow" }, about), h("h2", { tabindex: -1 }, unit.title)),
        h("button", { type: "button", class: "icon", "aria-label": "Close", onclick: () => playing.close() }, icon("close")),
      ),
      this.#bar,
      this.#body,
      this.#foot,
    );
    this.#tell("opened");
    this.#show(0);
  }

  focus(): void {
    this.element.querySelector("h2")?.focus();
  }

  #show(place: number): void {
    this.#place = place;
    this.#shown = Date.now();
    const { blocks, objective } = this.playing.unit;
    const block = blocks[place];
    if (!block) return this.#finish();
    this.#mark(place);
    fill(this.#body, place === 0 && h("p", { class: "objective" }, objective), this.#render(block));
    this.#body.scrollTop = 0;
    this.#controls(blockKind(block.kind)?.asks === true && !this.#answered.has(block.id));
    if (place > 0) this.#body.focus({ preventScroll: true });
  }

  #render(block: Block): Node {
    const kind = blockKind(block.kind);
    if (!kind) return h("p", { class: "hint" }, "This part needs a newer version of the page. Reload it to see it.");
    return kind.render(block, {
      answered: (answer) => {
        this.#tried.add(block.id);
        this.#tell("answered", block.id, { answer, seconds: (Date.now() - this.#shown) / 1000 });
      },
      ticked: (items) => this.#tell("ticked", block.id, { items }),
      stepped: (step, of) => this.#tell("stepped", block.id, { step, of }),
      done: () => {
        this.#answered.add(block.id);
        this.#controls(false);
      },
      ...(this.playing.guide && { guide: (shown: Block) => this.#guide(shown) }),
    });
  }

  #guide(block: Block): void {
    this.playing.guide?.(block, {
      stepped: (step, of) => this.#tell("stepped", block.id, { step, of }),
      lost: (step) => this.#tell("flagged", block.id, { comment: `Step ${step}: its element was not found on the page.`, automatic: true }),
      done: () => this.#controls(false),
    });
  }

  #controls(waiting: boolean): void {
    const last = this.#place === this.playing.unit.blocks.length - 1;
    const next = h("button", { type: "button", class: waiting ? "quiet" : "primary", onclick: () => this.#next() });
    fill(next, waiting ? "Skip" : last ? "Finish" : "Next");
    const back = h("button", { type: "button", class: "quiet", onclick: () => this.#show(this.#place - 1) }, "Back");
    fill(this.#foot, this.#place > 0 && back, h("span", { class: "grow" }), next);
  }

  #next(): void {
    const { blocks } = this.playing.unit;
    this.#tell("stepped", blocks[this.#place]?.id, { step: this.#place + 1, of: blocks.length });
    this.#show(this.#place + 1);
  }

  #mark(done: number): void {
    const { length } = this.playing.unit.blocks;
    this.#bar.setAttribute("aria-valuemax", String(length));
    this.#bar.setAttribute("aria-valuenow", String(done));
    fill(this.#bar, ...Array.from({ length }, (_, n) => h("span", { class: n < done ? "done" : n === done ? "now" : "" })));
  }

  #finish(): void {
    const { unit } = this.playing;
    this.#mark(unit.blocks.length);
    this.#tell("completed", undefined, { seconds: (Date.now() - this.#started) / 1000 });
    fill(
      this.#body,
      this.#done(),
      this.#rating(),
      links("Go deeper", unit.deep_dive ? [unit.deep_dive] : []),
      links("Sources", unit.sources.filter((source) => source.url !== unit.deep_dive?.url)),
      this.#flag(),
    );
    const close = h("button", { type: "button", class: "primary", onclick: () => this.playing.close() }, "Back to work");
    fill(this.#foot, h("span", { class: "grow" }), close);
    this.#body.focus({ preventScroll: true });
  }

  #done(): Node {
    const what = this.#tried.size === 1 ? "The question you answered comes" : `The ${this.#tried.size} questions you answered come`;
    return h(
      "div",
      { class: "finish" },
      h("div", { class: "tick" }, icon("check")),
      h("h3", {}, "Done"),
      h("p", { class: "label" }, "What it was for"),
      h("p", {}, this.playing.unit.objective),
      this.#tried.size > 0 && h("p", { class: "again" }, `${what} back before you are likely to forget.`),
    );
  }

  #rating(): Node {
    const name = uid("useful");
    const thanks = h("p", { class: "hint", "aria-live": "polite" });
    const choices = [1, 2, 3, 4, 5].map((useful) => {
      const id = `${name}-${useful}`;
      const onchange = () => {
        this.#tell("rated", undefined, { useful });
        fill(thanks, "Thank you.");
      };
      return h("span", {}, h("input", { type: "radio", name, id, class: "hidden", onchange }), h("label", { for: id }, String(useful)));
    });
    const legend = h("legend", {}, "Was this useful for the work at hand?");
    const ends = h("div", { class: "ends", "aria-hidden": "true" }, h("span", {}, "Not at all"), h("span", {}, "Very"));
    return h("fieldset", { class: "rating" }, legend, h("div", { class: "scale" }, ...choices), ends, thanks);
  }

  #flag(): Node {
    const id = uid("flag");
    const text = h("textarea", { id, rows: 3, maxlength: 1000, required: true });
    const form = h("form", {}, h("label", { for: id }, "What is wrong?"), text, h("button", { type: "submit" }, "Send to the author"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#tell("flagged", undefined, { comment: text.value });
      fill(form, h("p", { "aria-live": "polite" }, "Sent. Thank you."));
    });
    return h("details", { class: "flag" }, h("summary", {}, "Something is wrong here"), form);
  }

  #tell(verb: Verb, block?: string, result?: Record<string, unknown>): void {
    const { unit, outbox, offer } = this.playing;
    const about = { ...(offer && { offer }), ...(this.playing.case && { case: this.playing.case }) };
    outbox.add(verb, unit.id, { ...about, ...(block && { block }), ...(result && { result }) });
  }
}

function links(title: string, found: { title: string; url: string }[]): Node | null {
  if (!found.length) return null;
  const rows = found.map((link) => h("li", {}, h("a", { href: link.url, target: "_blank", rel: "noopener noreferrer" }, link.title)));
  return h("section", { class: "links" }, h("h3", {}, title), h("ul", {}, ...rows));
}

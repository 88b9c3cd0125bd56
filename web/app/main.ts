/** The app page: what is worth doing today, and a place to do it. */

import { Api, ApiError, tokenFrom } from "../client/api";
import { blockKind } from "../client/block";
import { Outbox } from "../client/outbox";
import type { Offer, Review, Today, Unit } from "../client/types";
import { fill, h, sheet } from "../ui/dom";
import { icon } from "../ui/icons";
import page from "../ui/page.css?inline";
import playerCss from "../ui/player.css?inline";
import { Player } from "../ui/player";
import tokens from "../ui/tokens.css?inline";
import css from "./app.css?inline";

document.adoptedStyleSheets = [tokens, page, playerCss, css].map(sheet);

const api = new Api(location.origin, tokenFrom("/accounts/token"));
const main = document.querySelector("main") as HTMLElement;
const out = document.getElementById("out") as HTMLElement;
let outbox: Outbox;

async function today(): Promise<void> {
  document.body.className = "";
  fill(main, h("p", { class: "muted", role: "status" }, "Loading …"));
  try {
    const found = await api.get<Today>("/v1/today");
    outbox ??= new Outbox(api, found.person.id);
    if (found.sample) sayItIsASample();
    out.hidden = false;
    show(found);
  } catch (error) {
    fill(main, failure(error));
  }
  main.focus({ preventScroll: true });
}

function show(found: Today): void {
  const things = [
    ...found.offers.map((offer) => thing(offer.title, offer.message, offer.minutes, () => play(offer.unit, offer), "offer")),
    found.reviews.due ? thing("Review", questions(found.reviews.due), found.reviews.minutes, () => void review()) : null,
    ...found.units.map((unit) => thing(unit.title, unit.reason, unit.minutes, () => play(unit.id))),
  ].filter((item): item is HTMLLIElement => item !== null);
  const name = found.person.name.split(" ")[0];
  fill(
    main,
    h("header", {}, h("h2", {}, `Today, ${name}`), things.length > 0 && h("p", {}, "A few minutes, if you want them.")),
    things.length
      ? h("ul", { class: "things" }, ...things.slice(0, 3))
      : calm("Nothing needs you now", "When something at work is worth two minutes, it shows up there and here."),
  );
}

function questions(count: number): string {
  return count === 1 ? "One question you met before." : `${count} questions you met before.`;
}

function thing(title: string, why: string, minutes: number, go: () => void, extra = ""): HTMLLIElement {
  const words = h("span", {}, h("strong", {}, title), h("small", {}, why));
  return h("li", {}, h("button", { type: "button", class: `thing ${extra}`, onclick: go }, words, h("span", { class: "minutes" }, `${minutes} min`), icon("arrow")));
}

async function play(id: string, offer?: Offer): Promise<void> {
  fill(main, h("p", { class: "muted", role: "status" }, "Loading …"));
  try {
    const unit = await api.get<Unit>(`/v1/units/${encodeURIComponent(id)}`);
    const close = () => void outbox.flush().then(today);
    const player = new Player({ unit, outbox, close, ...(offer && { offer: offer.id, case: offer.case }) });
    document.body.className = "playing";
    fill(main, h("div", { class: "stagewrap" }, player.element));
    player.focus();
  } catch (error) {
    fill(main, failure(error));
  }
}

async function review(): Promise<void> {
  try {
    const { reviews } = await api.get<{ reviews: Review[] }>("/v1/reviews");
    document.body.className = "playing";
    ask(reviews, 0);
  } catch (error) {
    fill(main, failure(error));
  }
}

/** One question after the other; the session ends when they are through. */
function ask(reviews: Review[], place: number): void {
  const item = reviews[place];
  const kind = item && blockKind(item.block.kind);
  if (!item || !kind) {
    const done = calm("That was it for now", "The questions come back before you are likely to forget the answers.");
    done.append(h("button", { type: "button", class: "primary", onclick: () => void outbox.flush().then(today) }, "Back"));
    document.body.className = "";
    fill(main, done);
    return main.focus({ preventScroll: true });
  }
  const began = Date.now();
  const next = h("button", { type: "button", class: "quiet", onclick: () => ask(reviews, place + 1) }, "Skip");
  let first = true;
  const view = kind.render(item.block, {
    answered: (answer) => {
      if (first) outbox.add("reviewed", item.unit, { block: item.block.id, result: { answer, seconds: (Date.now() - began) / 1000 } });
      first = false;
    },
    ticked: () => undefined,
    stepped: () => undefined,
    done: () => {
      next.className = "primary";
      fill(next, place + 1 < reviews.length ? "Next" : "Finish");
    },
  });
  const stop = h("button", { type: "button", class: "quiet", onclick: () => void outbox.flush().then(today) }, "Stop");
  const heading = h("h2", { class: "eyebrow" }, `Review ${place + 1} of ${reviews.length} · ${item.unit_title}`);
  const question = h("div", { class: "reviewing", tabindex: -1 }, heading, view);
  const foot = h("div", { class: "foot" }, stop, h("span", { class: "grow" }), next);
  fill(main, h("div", { class: "stagewrap" }, h("div", { class: "player" }, question, foot)));
  main.querySelector<HTMLElement>(".reviewing")?.focus();
}

function failure(error: unknown): HTMLElement {
  document.body.className = "";
  if (error instanceof ApiError && error.sample) sayItIsASample();
  if (error instanceof ApiError && error.status === 401) {
    out.hidden = true;
    const view = calm("Sign in to see your day", "What you are shown and what you answered stays yours.");
    view.append(h("a", { class: "button", href: error.login ?? "/accounts/login/?next=/app/" }, "Sign in"));
    return view;
  }
  const linked = !(error instanceof ApiError && error.status === 403);
  out.hidden &&= linked;
  const view = calm(linked ? "This cannot be shown right now" : "You are not linked to a person yet", error instanceof Error ? error.message : "Something went wrong.");
  view.append(h("button", { type: "button", class: "primary", onclick: () => void today() }, "Try again"));
  return view;
}

function calm(title: string, words: string): HTMLElement {
  return h("section", { class: "calm" }, h("h2", {}, title), h("p", {}, words));
}

function sayItIsASample(): void {
  const words = h("aside", { class: "sample", "aria-label": "Sample" }, "This is a sample. Its organisation and its people are invented.");
  fill(document.getElementById("sample") as HTMLElement, words);
}

void today();

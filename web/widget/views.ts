/** What a prompt looks like: a badge that waits, a card that says why, a note when there is nothing to play. */

import type { Offer, Why } from "../client/types";
import { fill, h } from "../ui/dom";
import { icon } from "../ui/icons";

export type Reason = "not_now" | "i_know_this" | "not_relevant";

const REASONS: [Reason, string][] = [
  ["not_now", "Not now"],
  ["i_know_this", "I know this already"],
  ["not_relevant", "Not relevant to my work"],
];

export function badge(offer: Offer, open: () => void): Node {
  const name = `Help with: ${offer.task.title}`;
  return h("button", { type: "button", class: "badge", "aria-label": name, onclick: open }, icon("spark"), h("span", {}, `${offer.minutes} min help`));
}

export function card(offer: Offer, on: { start(): void; dismiss(reason: Reason): void }): Node {
  const reasons = h("div", { class: "reasons", hidden: true });
  const because = h("details", {}, h("summary", {}, "Why am I seeing this?"), why(offer.why));
  const later = h("button", { type: "button", class: "quiet", "aria-expanded": "false" }, "Not now …");
  later.addEventListener("click", () => {
    reasons.hidden = !reasons.hidden;
    later.setAttribute("aria-expanded", String(!reasons.hidden));
    if (!reasons.hidden) because.open = false;
  });
  fill(
    reasons,
    h("p", {}, "Why not?"),
    ...REASONS.map(([reason, words]) => h("button", { type: "button", onclick: () => on.dismiss(reason) }, words)),
  );
  const start = h("button", { type: "button", class: "primary", onclick: () => on.start() }, `Start · ${offer.minutes} min`);
  const close = h("button", { type: "button", class: "icon", "aria-label": "Close, not now", onclick: () => on.dismiss("not_now") }, icon("close"));
  return h(
    "article",
    { class: "card" },
    h("div", { class: "top" }, h("div", {}, h("p", { class: "eyebrow" }, offer.task.title), h("h2", {}, offer.title)), close),
    h("p", { class: "message" }, offer.message),
    h("div", { class: "actions" }, start, later),
    reasons,
    because,
  );
}

/** After "I know this already": a way to show it, that is as easily left. */
export function proof(address: string, close: () => void): HTMLElement {
  return h(
    "div",
    { class: "proof" },
    h("p", { role: "status" }, "Good. Prove it in a minute, and it is behind you."),
    h("div", { class: "actions" }, h("a", { class: "primary", href: address, target: "_blank", rel: "noopener", onclick: close }, "Prove it"), h("button", { type: "button", class: "quiet", onclick: close }, "Close")),
  );
}

function why(reason: Why): Node {
  const row = (term: string, ...said: string[]) => [h("dt", {}, term), h("dd", {}, ...said.map((text) => h("p", {}, text)))];
  return h(
    "dl",
    {},
    ...row("What happened", reason.event),
    ...row("What it is for", reason.task),
    ...row("What is known", ...reason.evidence),
    ...row("Chance", reason.chance),
  );
}

export function note(words: string, again?: () => void, close?: () => void): Node {
  return h(
    "div",
    { class: "note" },
    h("p", { role: "status" }, words),
    again && h("button", { type: "button", class: "primary", onclick: again }, "Try again"),
    close && h("button", { type: "button", onclick: close }, "Close"),
  );
}

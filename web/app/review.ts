/** A review: one question after the other, a wrong one once more a little later, and an end. */

import { blockKind } from "../client/block";
import { again } from "../client/session";
import type { Review, Session } from "../client/types";
import { fill, h } from "../ui/dom";
import { calm, type Shell } from "./shell";

/** Where a review stands. `asked`: how often each check was put back; `left`: the seconds that are left. */
interface Going {
  rest: Review[];
  done: number;
  left: number;
  rule: Session["again"];
  asked: Map<string, number>;
}

export async function review(shell: Shell): Promise<void> {
  try {
    const found = await shell.api.get<Session>("/v1/reviews");
    document.body.className = "playing";
    ask(shell, { rest: found.reviews, done: 0, left: found.seconds, rule: found.again, asked: new Map() });
  } catch (error) {
    shell.show(shell.failure(error));
  }
}

function ask(shell: Shell, going: Going): void {
  const [item, ...rest] = going.rest;
  const kind = item && blockKind(item.block.kind);
  if (!item || !kind) return end(shell);
  const began = Date.now();
  let following = rest;
  let first = true;
  const before = going.asked.get(item.check) ?? 0;
  const go = () => ask(shell, { ...going, rest: following, done: going.done + 1, left: going.left - item.seconds });
  const next = h("button", { type: "button", class: "quiet", onclick: go }, "Skip");
  const ready = () => {
    next.className = "primary";
    fill(next, following.length ? "Next" : "Finish");
  };
  const view = kind.render(item.block, {
    answered: (answer, correct) => {
      // The edge counts the first answer of a sitting; the others are for learning.
      if (first && !before) shell.outbox.add("reviewed", item.unit, { block: item.block.id, result: { answer, seconds: (Date.now() - began) / 1000 } });
      if (first && !correct) {
        following = again(rest, item, going.rule, going.left - item.seconds, before);
        going.asked.set(item.check, before + 1);
        ready();
      }
      first = false;
    },
    ticked: () => undefined,
    stepped: () => undefined,
    done: ready,
  });
  const stop = h("button", { type: "button", class: "quiet", onclick: shell.back }, "Stop");
  const heading = h("h2", { class: "eyebrow" }, `Review ${going.done + 1} of ${going.done + going.rest.length} · ${item.unit_title}`);
  const question = h("div", { class: "reviewing", tabindex: -1 }, heading, before > 0 && h("p", { class: "hint" }, "Once more, now that you know."), view);
  const foot = h("div", { class: "foot" }, stop, h("span", { class: "grow" }), next);
  fill(shell.main, h("div", { class: "stagewrap" }, h("div", { class: "player" }, question, foot)));
  question.focus();
}

function end(shell: Shell): void {
  const view = calm("That was it for now", "The questions come back before you are likely to forget the answers.");
  view.append(h("button", { type: "button", class: "primary", onclick: shell.back }, "Back"));
  document.body.className = "";
  shell.show(view);
}

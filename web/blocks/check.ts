/** One question with an answer that is scored: the thing that is remembered. */

import type { BlockKind } from "../client/block";
import type { Block } from "../client/types";
import { fill, h, uid } from "../ui/dom";

export interface Check extends Block {
  question: string;
  options: { text: string; correct: boolean; feedback: string }[];
  reason: string;
  /** The positions of the options in the order in which they stand this time; the edge gives it. */
  order?: number[];
}

/** The twin of the scoring at the edge: right when exactly the correct options are chosen. */
export function isRight(check: Pick<Check, "options">, answer: number[]): boolean {
  const chosen = new Set(answer);
  return check.options.every((option, place) => option.correct === chosen.has(place));
}

const check: BlockKind<Check> = {
  kind: "check",
  asks: true,
  render: (block, context) => {
    const several = block.options.filter((option) => option.correct).length > 1;
    const group = uid("check");
    const order = standing(block);
    const inputs = order.map((place) =>
      h("input", { type: several ? "checkbox" : "radio", name: group, id: `${group}-${place}`, value: place, onchange: () => ready() }),
    );
    const rows = order.map((place, row) =>
      h("div", { class: "option" }, inputs[row], h("label", { for: `${group}-${place}` }, block.options[place]?.text ?? "")),
    );
    const said = h("div", { class: "feedback", "aria-live": "polite", tabindex: -1 });
    const answer = h("button", { type: "submit", class: "primary", disabled: true }, "Answer");
    const chosen = () => inputs.filter((input) => input.checked).map((input) => Number(input.value));
    const ready = () => answer.toggleAttribute("disabled", chosen().length === 0);

    const again = () => {
      for (const input of inputs) Object.assign(input, { disabled: false, checked: false });
      for (const row of rows) row.className = "option";
      fill(said);
      answer.hidden = false;
      ready();
      inputs[0]?.focus();
    };
    const submit = (event: Event) => {
      event.preventDefault();
      const places = chosen();
      if (!places.length || answer.hidden) return;
      const right = isRight(block, places);
      context.answered(places, right);
      for (const input of inputs) input.disabled = true;
      order.forEach((place, row) => {
        const option = block.options[place];
        if (places.includes(place)) rows[row]?.classList.add(option?.correct ? "right" : "wrong");
        else if (right && option?.correct) rows[row]?.classList.add("right");
      });
      answer.hidden = true;
      fill(said, ...verdict(block, places, right, again));
      said.focus();
      if (right) context.done();
    };
    return h(
      "form",
      { class: "check", onsubmit: submit },
      h("fieldset", {}, h("legend", {}, block.question), several && h("p", { class: "hint" }, "More than one is right."), ...rows),
      answer,
      said,
    );
  },
};

function verdict(block: Check, places: number[], right: boolean, again: () => void): Node[] {
  const feedback = places.map((place) => block.options[place]?.feedback).filter(Boolean);
  return [
    h("p", { class: right ? "verdict right" : "verdict wrong" }, right ? "Right." : "Not quite."),
    ...feedback.map((text) => h("p", {}, text ?? "")),
    // The reason would give the answer away to somebody who is about to try again.
    ...(right && block.reason ? [h("p", { class: "reason" }, block.reason)] : []),
    ...(right ? [] : [h("button", { type: "button", class: "primary", onclick: again }, "Try again")]),
  ];
}

/** The order in which options stand: the edge's, as long as it fits them; without one, as offline, by chance. */
export function standing(check: Pick<Check, "options" | "order">): number[] {
  const { length } = check.options;
  const given = check.order ?? [];
  const fits = given.length === length && Array.from({ length }, (_, place) => given.includes(place)).every(Boolean);
  return fits ? given : shuffled(length);
}

/** Another order each time, so that no position is learned. */
function shuffled(length: number): number[] {
  const places = Array.from({ length }, (_, place) => place);
  for (let last = length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [places[last], places[other]] = [places[other] as number, places[last] as number];
  }
  return places;
}

export default check;

/** A test: a few checks in a row, scored at the edge, that prove a skill or show what is worth looking at. */

import type { TestStep, Today, Unit } from "../client/types";
import { fill, h, uid } from "../ui/dom";
import { calm, type Page, type Shell } from "./shell";

export interface About {
  skill?: string;
  unit?: string;
  contested?: boolean;
}

/** Where a dismissed prompt leads: what a test of its unit is, before it begins. */
export const proving: Page = {
  name: "prove",
  title: "Prove it",
  view: async (shell, about) => {
    const id = decodeURIComponent(about);
    const [today, unit] = await Promise.all([shell.api.get<Today>("/v1/today"), shell.api.get<Unit>(`/v1/units/${encodeURIComponent(id)}`)]);
    shell.greet(today.person.id, today.sample);
    if (!unit.testable) return calm("Nothing to prove right now", `There are too few checks to be sure of “${unit.title}”, or you answered them today.`);
    const begin = () => {
      history.replaceState(null, "", "#today");
      void prove(shell, { unit: id }, unit.title);
    };
    const view = calm(`You know this: ${unit.title}`, "A few checks show it, in about a minute. Then the unit is behind you, and if not, nothing is lost.");
    view.append(h("button", { type: "button", class: "primary", onclick: begin }, "Prove it in a minute"));
    return view;
  },
};

export async function prove(shell: Shell, about: About, title: string): Promise<void> {
  fill(shell.main, h("p", { class: "muted", role: "status" }, "Loading …"));
  try {
    const step = await shell.api.post<TestStep>("/v1/me/tests", about);
    document.body.className = "playing";
    ask(shell, step, title);
  } catch (error) {
    // Refused for a reason that is worth reading, such as too few checks: no fault.
    shell.show(shell.failure(error));
  }
}

function ask(shell: Shell, step: TestStep, title: string): void {
  const asked = step.check;
  if (!asked) return end(shell, step, title);
  const began = Date.now();
  const id = crypto.randomUUID();
  const group = uid("test");
  const inputs = asked.options.map((_, place) =>
    h("input", { type: asked.several ? "checkbox" : "radio", name: group, id: `${group}-${place}`, value: place, onchange: () => ready() }),
  );
  const rows = asked.options.map((text, place) => h("div", { class: "option" }, inputs[place], h("label", { for: `${group}-${place}` }, text)));
  const answer = h("button", { type: "submit", class: "primary", disabled: true }, "Answer");
  const said = h("div", { class: "feedback", "aria-live": "polite", tabindex: -1 });
  const foot = h("div", { class: "foot" }, h("button", { type: "button", class: "quiet", onclick: () => void shell.go() }, "Stop"), h("span", { class: "grow" }));
  const chosen = () => inputs.filter(({ checked }) => checked).map(({ value }) => Number(value));
  const ready = () => answer.toggleAttribute("disabled", chosen().length === 0);

  const submit = async (event: Event) => {
    event.preventDefault();
    const places = chosen();
    if (!places.length || answer.hidden) return;
    answer.disabled = true;
    const reply = { id, check: asked.check, answer: places, seconds: (Date.now() - began) / 1000 };
    try {
      const next = await shell.api.post<TestStep>(`/v1/me/tests/${step.test}/answers`, reply);
      answer.hidden = true;
      for (const input of inputs) input.disabled = true;
      for (const place of places) rows[place]?.classList.add(next.said?.right ? "right" : "wrong");
      const words = next.said?.right ? "Right." : "Not quite.";
      fill(said, h("p", { class: `verdict ${next.said?.right ? "right" : "wrong"}` }, words), next.said?.feedback ? h("p", {}, next.said.feedback) : null);
      const on = h("button", { type: "button", class: "primary", onclick: () => ask(shell, next, title) }, next.check ? "Next" : "See the result");
      foot.append(on);
      on.focus();
    } catch (error) {
      // Sent again with the same id, it counts once.
      answer.disabled = false;
      fill(said, h("p", {}, error instanceof Error ? error.message : "This could not be sent."));
    }
  };
  const form = h("form", { class: "check", onsubmit: (event) => void submit(event) }, h("fieldset", {}, h("legend", {}, asked.question), asked.several && h("p", { class: "hint" }, "More than one is right."), ...rows), answer, said);
  const eyebrow = h("h2", { class: "eyebrow" }, `${title} · check ${step.asked + 1}, at most ${step.most}`);
  const question = h("div", { class: "reviewing", tabindex: -1 }, eyebrow, form);
  fill(shell.main, h("div", { class: "stagewrap" }, h("div", { class: "player" }, question, foot)));
  question.focus();
}

function end(shell: Shell, step: TestStep, title: string): void {
  const view = calm(...result(step, title));
  if (step.skipped.length) view.append(h("ul", { class: "skipped" }, ...step.skipped.map(([, unit]) => h("li", {}, unit))));
  view.append(h("button", { type: "button", class: "primary", onclick: shell.back }, "Back"));
  document.body.className = "";
  shell.show(view);
}

function result({ verdict, skipped }: TestStep, title: string): [string, string] {
  if (verdict === "passed") return ["You know this", skipped.length ? "These are behind you now, and you need not see them:" : `What is known of ${title} says so from now on.`];
  if (verdict === "not_yet") return ["Not all of it yet", "Nothing is lost: you know now what is worth a look, and the checks come back."];
  return ["Not sure either way", "There were too few checks to tell. What you answered counts all the same."];
}

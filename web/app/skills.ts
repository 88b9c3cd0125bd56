/** Skills: each with its level and how sure that is, what it rests on, and the next step. */

import type { SkillView, TaskView } from "../client/types";
import { h, uid } from "../ui/dom";
import { prove } from "./prove";
import { review } from "./review";
import { calm, heading, type Page, type Shell } from "./shell";
import { play } from "./today";

const ORDER: TaskView["readiness"][] = ["ready", "not_yet", "not_sure"];
const READY: Record<TaskView["readiness"], string> = { ready: "Ready", not_yet: "Not yet", not_sure: "Not sure" };

export const skills: Page = {
  name: "skills",
  title: "Skills",
  icon: "rise",
  view: async (shell) => {
    const found = await shell.api.get<{ skills: SkillView[]; tasks: TaskView[]; person: { id: string }; sample: boolean }>("/v1/me/skills");
    shell.greet(found.person.id, found.sample);
    const view = document.createDocumentFragment();
    view.append(heading("Your skills", "What is known of them, and how sure. Nobody but you sees this page."));
    if (!found.skills.length) {
      view.append(calm("No skills yet", "Your organisation has not said yet which skills your work needs."));
      return view;
    }
    const asked = found.skills.filter(({ target }) => target !== null);
    // One step stands out; the page is for looking, not for working through.
    const first = asked.find((skill) => skill.step);
    const others = found.skills.filter(({ target }) => target === null);
    view.append(legend(), h("ul", { class: "skills" }, ...asked.map((skill) => card(shell, skill, skill === first))));
    if (others.length) view.append(h("h3", { class: "part" }, "Beyond your role"), h("ul", { class: "skills" }, ...others.map((skill) => card(shell, skill, false))));
    if (found.tasks.length) view.append(...tasks(found));
    return view;
  },
};

function legend(): HTMLElement {
  return h(
    "p",
    { class: "legend" },
    h("span", {}, h("i", { class: "dot" }), "best guess"),
    h("span", {}, h("i", { class: "span" }), "where it may lie"),
    h("span", {}, h("i", { class: "mark" }), "what your work asks for"),
  );
}

function card(shell: Shell, skill: SkillView, first: boolean): HTMLLIElement {
  const id = uid("skill");
  const proving = (contested: boolean) => () => void prove(shell, { skill: skill.id, contested }, skill.title);
  return h(
    "li",
    { class: `skill ${skill.standing}`, "aria-labelledby": id },
    h("div", { class: "row" }, h("h3", { id }, skill.title), h("p", { class: "standing" }, skill.words)),
    bar(skill),
    h(
      "details",
      {},
      h("summary", {}, "What this rests on"),
      h("ul", { class: "evidence" }, ...skill.evidence.map((text) => h("li", {}, text))),
      skill.contestable
        ? h("button", { type: "button", onclick: proving(true) }, "That is not right")
        : h("p", { class: "hint" }, "You have answered every check on this today; it can be contested tomorrow."),
    ),
    h("div", { class: "actions" }, step(shell, skill, first), skill.testable && skill.step?.kind !== "test" && skill.standing !== "met" && h("button", { type: "button", onclick: proving(false) }, "Prove it in a minute")),
  );
}

function step(shell: Shell, { step: next, id, title }: SkillView, first: boolean): Node | null {
  if (!next) return null;
  const button = (words: string, go: () => unknown) => h("button", { type: "button", class: first ? "primary" : "", onclick: () => void go() }, words);
  if (next.kind === "test") return button("Prove it in a minute", () => prove(shell, { skill: id }, title));
  if (next.kind === "review") return button("Review it now", () => review(shell));
  return button(`${next.words} · ${next.minutes} min`, () => play(shell, next.unit ?? ""));
}

/** A picture of a level; its words say the same to whoever does not see it. */
function bar({ level, low, high, target, answers }: SkillView): HTMLElement {
  const percent = (share: number) => `${Math.round(100 * share)}%`;
  const said = answers
    ? `About ${percent(level)} right, somewhere from ${percent(low)} to ${percent(high)}.${target === null ? "" : ` Your work asks for ${percent(target)}.`}`
    : `Not answered yet; others begin at about ${percent(level)}.${target === null ? "" : ` Your work asks for ${percent(target)}.`}`;
  const range = h("i", { class: "span" });
  range.style.setProperty("--from", percent(low));
  range.style.setProperty("--to", percent(high));
  const dot = h("i", { class: "dot" });
  dot.style.setProperty("--at", percent(level));
  const mark = target === null ? null : h("i", { class: "mark" });
  mark?.style.setProperty("--at", percent(target ?? 0));
  return h("figure", { class: answers ? "level" : "level guess" }, h("div", { class: "track", "aria-hidden": "true" }, range, dot, mark), h("figcaption", {}, said));
}

function tasks(found: { skills: SkillView[]; tasks: TaskView[] }): Node[] {
  const titles = new Map(found.skills.map(({ id, title }) => [id, title]));
  const sorted = [...found.tasks].sort((a, b) => ORDER.indexOf(a.readiness) - ORDER.indexOf(b.readiness));
  const rows = sorted.map(({ title, readiness, skills: against }) =>
    h(
      "li",
      {},
      h("span", {}, title, against.length > 0 && h("small", {}, against.map((id) => titles.get(id) ?? id).join(", "))),
      h("strong", { class: `readiness ${readiness}` }, READY[readiness]),
    ),
  );
  return [h("h3", { class: "part" }, "Ready for your tasks?"), h("ul", { class: "tasks" }, ...rows)];
}

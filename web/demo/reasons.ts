/** How a decision was made: all that it was made from, and what each part came to. */

import type { Explained, Weighed } from "../client/types";
import { h } from "../ui/dom";

const FORMS: Record<string, string> = { badge: "a badge", inline: "a prompt", checklist: "a prompt with its checklist" };

export function reasons(found: Explained): Node[] {
  const rows: [string, string[]][] = [
    ["Threshold", threshold(found)],
    ["Budget", budget(found)],
    ["Choice", choice(found)],
    ["Chance", chance(found)],
    ["Form", found.form ? [`${start(FORMS[found.form] ?? found.form)}.`] : []],
    ["Timing", timing(found)],
    ["Rule", [rule(found)]],
    ["Made again", [found.again.same ? "From what was logged it comes out the same." : "From what was logged it comes out otherwise now."]],
  ];
  return [
    h("h3", {}, found.candidates.length === 1 ? "The unit" : "The units"),
    found.candidates.length ? h("ul", {}, ...found.candidates.map((one, n) => unit(one, found, n))) : h("p", {}, "None was looked at."),
    h("h3", {}, "The decision"),
    h("dl", {}, ...rows.filter(([, lines]) => lines.length).flatMap(([term, lines]) => [h("dt", {}, term), h("dd", {}, ...lines.map((line) => h("p", {}, line)))])),
  ];
}

/** What one unit was worth; evidence that an earlier unit has given is not given again. */
function unit(one: Weighed, { candidates, score }: Explained, place: number): Node {
  const before = candidates.slice(0, place).flatMap(({ evidence }) => evidence);
  const passed = one.ignored > 0 && ` × ${number(one.ignored_factor)} (passed over ${one.ignored === 1 ? "once" : `${one.ignored} times`})`;
  return h(
    "li",
    { class: one.chosen ? "chosen" : "" },
    h("strong", {}, one.title),
    one.chosen && h("span", { class: "mark" }, "chosen"),
    h("p", { class: "sum" }, `need ${number(one.need)} × effect ${number(one.effect)}${passed || ""} − cost ${number(score.cost)} = `, h("b", {}, `score ${number(one.score, 3)}`)),
    one.words && h("p", { class: "why" }, one.words),
    one.effect_variance > 0 && h("p", {}, `The effect is an estimate, ± ${number(Math.sqrt(one.effect_variance))}.`),
    ...one.evidence.filter((line) => !before.includes(line)).map((line) => h("p", {}, line)),
  );
}

function threshold({ score }: Explained): string[] {
  if (score.value === null) return [];
  if (score.threshold === null) return ["None in force: every moment counts."];
  return [`${number(score.threshold, 3)}, against a score of ${number(score.value, 3)}. It keeps the week's prompts for the best moments.`];
}

function budget({ budget: { day, week, gap_minutes, charged }, exempt }: Explained): string[] {
  const took = exempt ? "A safety-critical unit is shown beside it." : charged ? "This decision took one." : "This decision took none.";
  return [`Used before: ${day.used} of ${day.most} in 24 hours, ${week.used} of ${week.most} in 7 days. At least ${Math.round(gap_minutes)} minutes lie between two. ${took}`];
}

function choice({ chance: { choice: p, pick, fixed } }: Explained): string[] {
  if (p === null) return [];
  return [p === 1 ? "No other could be chosen (probability 1)." : `This unit had probability ${number(p)}; ${drawn(pick, fixed)}.`];
}

function chance({ chance: { show, draw, fixed } }: Explained): string[] {
  return [show === null ? "It did not come to a draw." : `Shown with probability ${number(show)}; ${drawn(draw, fixed)}.`];
}

function drawn(value: number | null, fixed: boolean): string {
  return fixed ? "the draw is fixed in this sample" : `${number(value ?? 0)} was drawn`;
}

function timing({ moment, offer }: Explained): string[] {
  const moves = moment.at_break ? "The moment was a breakpoint." : "The moment was no breakpoint.";
  const asked = moment.timing === "auto" ? "" : ` The rule asks for ${moment.timing.replace("_", " ")}.`;
  return [moves + asked, ...(offer ? [waited(offer)] : [])];
}

function waited({ state, waited_seconds }: NonNullable<Explained["offer"]>): string {
  if (state === "waiting") return "It waits for one.";
  if (waited_seconds === null) return "Nobody saw it.";
  return waited_seconds > 0 ? `It waited ${Math.round(waited_seconds)} s for one.` : "It did not wait.";
}

function rule({ rule: { id, when, in_release }, release }: Explained): string {
  const said = !in_release ? " (no longer in the release)" : when && when !== "true" ? `: ${when}` : ", on every such event";
  return `${id}${said}. Release ${release}.`;
}

const start = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

/** With a minus sign that is one, and no minus before a zero. */
function number(value: number, digits = 2): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text.replace("-", "−");
}

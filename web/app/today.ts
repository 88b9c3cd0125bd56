/** Today: two or three things with the reason for each, and the rest one tap away. */

import type { DigestLine, Offer, SkillView, Today } from "../client/types";
import type { Unit } from "../client/types";
import { fill, h } from "../ui/dom";
import { icon } from "../ui/icons";
import { Player } from "../ui/player";
import { prove } from "./prove";
import { review } from "./review";
import { calm, heading, type Page, type Shell } from "./shell";

/** How many things are shown at once. */
const MOST = 3;

interface Thing {
  title: string;
  why: string;
  minutes: number;
  go(): void;
  /** What two things must not both be about. */
  about: string;
  kind?: string;
}

export const today: Page = {
  name: "today",
  title: "Today",
  icon: "sun",
  view: async (shell) => {
    const [found, skills] = await Promise.all([shell.api.get<Today>("/v1/today"), skillsOf(shell)]);
    shell.greet(found.person.id, found.sample);
    const things = once(worth(shell, found, skills));
    const [first, more] = [things.slice(0, MOST), things.slice(MOST)];
    const view = document.createDocumentFragment();
    const name = found.person.name.split(" ")[0];
    view.append(heading(`Today, ${name}`, first.length ? "A few minutes, if you want them." : ""));
    view.append(
      first.length ? h("ul", { class: "things" }, ...first.map(row)) : calm("Nothing needs you now", "When something at work is worth two minutes, it shows up there and here."),
    );
    if (more.length) view.append(h("details", { class: "more" }, h("summary", {}, more.length === 1 ? "One more, if you like" : `${more.length} more, if you like`), h("ul", { class: "things" }, ...more.map(row))));
    return view;
  },
};

/** Skills are for whoever signed in here; a day without them is still a day. */
async function skillsOf(shell: Shell): Promise<SkillView[]> {
  try {
    return (await shell.api.get<{ skills: SkillView[] }>("/v1/me/skills")).skills;
  } catch {
    return [];
  }
}

/** Everything there is, the most pressing first. */
function worth(shell: Shell, found: Today, skills: SkillView[]): Thing[] {
  const wanted = skills.filter(({ target, step }) => target !== null && step);
  const gap = wanted.find(({ standing }) => standing === "gap") ?? wanted.find(({ step }) => step?.kind === "test");
  return [
    ...found.offers.map((offer) => offered(shell, offer, "offer")),
    ...(found.reviews.due ? [{ title: "Review", why: questions(found.reviews.due), minutes: found.reviews.minutes, go: () => void review(shell), about: "review", kind: "review" }] : []),
    ...(gap ? [closing(shell, gap)] : []),
    ...(found.digest?.lines ?? []).map((line) => summed(shell, line)),
    ...found.units.map((unit) => ({ title: unit.title, why: unit.reason, minutes: unit.minutes, go: () => void play(shell, unit.id), about: unit.id })),
    ...(found.inbox ?? []).map((offer) => offered(shell, offer)),
  ];
}

function offered(shell: Shell, offer: Offer, kind = ""): Thing {
  return { title: offer.title, why: offer.message, minutes: offer.minutes, go: () => void play(shell, offer.unit, offer), about: offer.unit, kind };
}

function summed(shell: Shell, line: DigestLine): Thing {
  return { title: line.title, why: line.reason, minutes: line.minutes, go: () => void play(shell, line.unit), about: line.unit };
}

/** One gap worth closing, with the reason: what is known, in words. */
function closing(shell: Shell, skill: SkillView): Thing {
  // The evidence names the skill; where there is none yet, its title does.
  const why = skill.answers ? `${skill.words} ${skill.evidence[0] ?? ""}` : `${skill.title}: ${skill.words.toLowerCase()}`;
  const { unit, words, minutes } = skill.step as NonNullable<SkillView["step"]>;
  if (unit) return { title: words, why, minutes, go: () => void play(shell, unit), about: unit };
  return { title: "Prove it and skip what you know", why, minutes: 1, go: () => void prove(shell, { skill: skill.id }, skill.title), about: `skill ${skill.id}` };
}

function once(things: Thing[]): Thing[] {
  const seen = new Set<string>();
  return things.filter(({ about }) => !seen.has(about) && seen.add(about));
}

function questions(count: number): string {
  return count === 1 ? "One question you met before." : `${count} questions you met before.`;
}

function row({ title, why, minutes, go, kind }: Thing): HTMLLIElement {
  const said = h("span", {}, h("strong", {}, title), h("small", {}, why));
  return h("li", {}, h("button", { type: "button", class: `thing ${kind ?? ""}`, onclick: go }, said, h("span", { class: "minutes" }, `${minutes} min`), icon("arrow")));
}

export async function play(shell: Shell, id: string, offer?: Offer): Promise<void> {
  fill(shell.main, h("p", { class: "muted", role: "status" }, "Loading …"));
  try {
    const unit = await shell.api.get<Unit>(`/v1/units/${encodeURIComponent(id)}`);
    const player = new Player({ unit, outbox: shell.outbox, close: shell.back, ...(offer && { offer: offer.id, case: offer.case }) });
    document.body.className = "playing";
    fill(shell.main, h("div", { class: "stagewrap" }, player.element));
    player.focus();
  } catch (error) {
    shell.show(shell.failure(error));
  }
}

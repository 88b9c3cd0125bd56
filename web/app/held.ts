/** What is known about me and why: what is held, what was decided and for which reason, who looked, and all of it to keep. */

import type { Explained, Me } from "../client/types";
import { fill, h } from "../ui/dom";
import { heading, type Page, type Shell, when, words } from "./shell";

const KINDS: Record<string, string> = {
  events: "Work events",
  decisions: "Decisions",
  outcomes: "What you did",
  statements: "Statements",
  checks: "Checks remembered",
  tasks: "Tasks",
  tests: "Tests",
  accounts: "Accounts",
};

const PURPOSES: Record<string, string> = {
  support: "to support you",
  compliance: "for what is mandatory",
  study: "for figures about groups",
  operations: "to keep things running",
  evidence: "as your own evidence",
};

export const held: Page = {
  name: "about-me",
  title: "About me",
  icon: "person",
  view: async (shell) => {
    const me = await shell.api.get<Me>("/v1/me");
    shell.greet(me.person.id, me.sample);
    const view = document.createDocumentFragment();
    view.append(
      heading("What is known about you", "All that is held, why prompts came or did not, and who looked."),
      profile(me),
      part("What is held", table(me)),
      part("Decisions about you", me.decisions.length ? decisions(shell, me) : quiet("No decision has been made about you yet.")),
      part("Who looked", me.looked.length ? looks(me) : quiet("Nobody has looked at your data.")),
      part("Take it with you", take(shell)),
    );
    return view;
  },
};

function part(title: string, ...inside: Node[]): HTMLElement {
  return h("section", { class: "part" }, h("h3", {}, title), ...inside);
}

function quiet(said: string): HTMLElement {
  return h("p", { class: "muted" }, said);
}

function profile({ person }: Me): HTMLElement {
  const rows: [string, string][] = [
    ["Name", person.name],
    ["Address", person.email],
    ["Role", person.roles.map(({ title }) => title).join(", ")],
    ["Team", person.teams.map(({ title }) => title).join(", ")],
    ["Site", person.site],
    ["Accounts", person.accounts.map(({ source, name }) => `${name} (${source})`).join(", ")],
  ];
  return h("dl", { class: "profile" }, ...rows.filter(([, said]) => said).flatMap(([term, said]) => [h("dt", {}, term), h("dd", {}, said)]));
}

function table(me: Me): HTMLElement {
  const rows = me.held.map(({ kind, count, first, last, words: said }) => {
    const span = first && last ? (when(first) === when(last) ? when(first) : `${when(first)} to ${when(last)}`) : "";
    return h("li", {}, h("strong", { class: "number" }, String(count)), h("span", {}, h("b", {}, KINDS[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1)), h("small", {}, said), span && h("small", { class: "span-of" }, span)));
  });
  return h("ul", { class: "held" }, ...rows);
}

function decisions(shell: Shell, me: Me): HTMLElement {
  const rows = me.decisions.map(({ id, at, task, shown, words: said, unit }) => {
    const reasons = h("div", { class: "reasons" }, "Loading …");
    const load = () => void shell.api.get<Explained>(`/v1/decisions/${id}`).then((found) => fill(reasons, ...explained(found)), (error: unknown) => fill(reasons, words(error)));
    const summary = h("summary", {}, h("span", {}, h("b", {}, task), h("small", {}, shown && unit ? `Shown: ${unit}` : said)), h("time", { datetime: at }, when(at, true)));
    const row = h("details", {}, summary, reasons);
    row.addEventListener("toggle", load, { once: true });
    return h("li", { class: "decision" }, row);
  });
  const [first, rest] = [rows.slice(0, 5), rows.slice(5)];
  return h("div", {}, h("ul", { class: "lines" }, ...first), rest.length > 0 && h("details", { class: "more" }, h("summary", {}, `${rest.length} earlier`), h("ul", { class: "lines" }, ...rest)));
}

/** Why a decision went as it did: what happened, what was known, and what it was weighed against. */
function explained({ event, words: said, candidates, budget, chance }: Explained): Node[] {
  const about = candidates.find(({ chosen }) => chosen) ?? candidates[0];
  const rows: [string, string[]][] = [
    ["What happened", [`${event.type}${event.case ? ` on ${event.case}` : ""}`]],
    ["What was known", about?.evidence ?? []],
    ["What came of it", [said]],
    ["Prompts before it", [`${budget.day.used} of ${budget.day.most} that day, ${budget.week.used} of ${budget.week.most} in the week.`]],
    ["Chance", chance.show === null ? [] : [`Shown in ${Math.round(100 * chance.show)} of 100 such cases.`]],
  ];
  return [h("dl", {}, ...rows.filter(([, lines]) => lines.length).flatMap(([term, lines]) => [h("dt", {}, term), h("dd", {}, ...lines.map((line) => h("p", {}, line)))]))];
}

function looks(me: Me): HTMLElement {
  const rows = me.looked.map(({ at, reader, purpose, what, about }) =>
    h("li", {}, h("span", {}, h("b", {}, reader === me.person.id ? "You" : reader), h("small", {}, `${what}, ${PURPOSES[purpose] ?? purpose}${about === "you" ? "" : ` (${about})`}`)), h("time", { datetime: at }, when(at, true))),
  );
  const [first, rest] = [rows.slice(0, 5), rows.slice(5)];
  return h("div", {}, h("ul", { class: "lines" }, ...first), rest.length > 0 && h("details", { class: "more" }, h("summary", {}, `${rest.length} earlier`), h("ul", { class: "lines" }, ...rest)));
}

function take(shell: Shell): HTMLElement {
  const said = h("p", { class: "muted", role: "status" }, "Everything above in full, as one file (JSON). That you took it is written down among the looks.");
  const save = async () => {
    try {
      const answer = await shell.api.send("/v1/me/export");
      const link = h("a", { href: URL.createObjectURL(await answer.blob()), download: "midflow-my-data.json" });
      link.click();
      URL.revokeObjectURL(link.href);
      fill(said, "Saved as midflow-my-data.json.");
    } catch (error) {
      fill(said, words(error));
    }
  };
  return h("div", { class: "take" }, said, h("button", { type: "button", onclick: () => void save() }, "Download my data"));
}

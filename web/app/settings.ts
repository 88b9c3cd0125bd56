/** Settings: each saved as soon as it is changed, said in words, and taken back with one press. */

import type { Me, Preferences } from "../client/types";
import { fill, h, uid } from "../ui/dom";
import { heading, type Page, type Shell, when, words } from "./shell";

type Change = Partial<Preferences>;

const HOUR = 3_600_000;

/** One page's settings as they stand; `save` writes a change and offers the way back. */
class Form {
  readonly said = h("div", { class: "saved", role: "status" });

  constructor(
    private readonly shell: Shell,
    public now: Preferences,
    private readonly drawn: () => void,
  ) {}

  save = async (change: Change, undo = true): Promise<void> => {
    const before = Object.fromEntries(Object.keys(change).map((name) => [name, this.now[name as keyof Preferences]])) as Change;
    try {
      this.now = (await this.shell.api.put<{ preferences: Preferences }>("/v1/me/preferences", change)).preferences;
      const back = h("button", { type: "button", class: "quiet", onclick: () => void this.save(before, false) }, "Undo");
      fill(this.said, h("span", {}, undo ? "Saved." : "As it was."), undo && back);
    } catch (error) {
      fill(this.said, h("span", { class: "wrong" }, `Not saved. ${words(error)}`));
    }
    this.drawn();
  };
}

export const settings: Page = {
  name: "settings",
  title: "Settings",
  icon: "dials",
  view: async (shell) => {
    const me = await shell.api.get<Me>("/v1/me");
    shell.greet(me.person.id, me.sample);
    const parts = h("div", { class: "settings" });
    const form = new Form(shell, me.preferences, () => draw());
    const draw = () => {
      // Drawn anew after each change; whoever uses the keyboard stays where they were.
      const place = document.activeElement instanceof HTMLElement && parts.contains(document.activeElement) ? document.activeElement.dataset.name : undefined;
      fill(parts, ...sections(form, me));
      if (place) parts.querySelector<HTMLElement>(`[data-name="${place}"]`)?.focus();
    };
    draw();
    const view = document.createDocumentFragment();
    view.append(heading("Settings", "Everything here is yours to decide, and nothing you choose has a consequence at work."), parts, form.said);
    return view;
  },
};

function sections(form: Form, me: Me): Node[] {
  const { organisation } = me;
  const { limits } = organisation;
  const off = !organisation.prompts;
  return [
    section(
      "Not now",
      off ? "Your organisation has switched prompts off: none is shown anywhere." : "No prompts in your tools for a while. Only what is a matter of safety still comes through.",
      off ? null : pause(form),
    ),
    section(
      "Prompts",
      off ? "" : `At most ${limits.per_day} a day and ${limits.per_week} in a week, whatever happens.`,
      ...(off
        ? []
        : [
            toggle(form, "widget", "In the tools you work in", "A short help beside the task you are at.", form.now.channels.includes("widget"), (on) => ({ channels: channels(form.now, "widget", on) })),
            toggle(form, "app", "On this page", "What is on offer, under Today.", form.now.channels.includes("app"), (on) => ({ channels: channels(form.now, "app", on) })),
            toggle(form, "opted_out", "Only what is mandatory", "No prompts but those that your organisation must show you.", form.now.opted_out, (on) => ({ opted_out: on })),
          ]),
    ),
    section(
      "Hours",
      "By your own clock. Outside of your hours and in your quiet hours nothing is shown.",
      zone(form),
      hours(form, "Working hours", "work_from", "work_until", ["09:00", "17:30"]),
      hours(form, "Quiet hours", "quiet_from", "quiet_until", ["20:00", "08:00"]),
    ),
    section(
      "Reviews and summaries",
      "",
      toggle(form, "reviews", "Bring checks back before they are forgotten", `At most ${organisation.review_minutes} minutes a day.`, form.now.reviews, (on) => ({ reviews: on })),
      goal(form, organisation.review_minutes),
      organisation.digest && !off ? toggle(form, "digest", "A summary once a day", "What waited, in one place, instead of prompts one by one.", form.now.digest, (on) => ({ digest: on })) : null,
    ),
    section(
      "Measuring",
      "",
      toggle(form, "measured", "Count me in", "Some prompts are held back by chance, to see whether they help at all, and your work counts in sums over everybody. Never in anything about you alone.", form.now.measured, (on) => ({ measured: on })),
    ),
  ];
}

function section(title: string, said: string, ...rows: (Node | null)[]): HTMLElement {
  const id = uid("part");
  return h("section", { "aria-labelledby": id }, h("h3", { id }, title), said ? h("p", { class: "muted" }, said) : null, ...rows);
}

function channels(now: Preferences, channel: "widget" | "app", on: boolean): Preferences["channels"] {
  return on ? [...now.channels.filter((one) => one !== channel), channel] : now.channels.filter((one) => one !== channel);
}

function pause(form: Form): HTMLElement {
  const until = form.now.paused_until;
  if (until) {
    const resume = h("button", { type: "button", "data-name": "pause", onclick: () => void form.save({ paused_until: null }) }, "Let prompts through again");
    return h("div", { class: "pause on" }, h("p", {}, `Paused until ${when(until, true)}.`), resume);
  }
  const choice = (title: string, ends: () => Date) =>
    h("button", { type: "button", "data-name": "pause", onclick: () => void form.save({ paused_until: ends().toISOString() }) }, title);
  return h(
    "div",
    { class: "pause" },
    choice("For an hour", () => new Date(Date.now() + HOUR)),
    choice("Until tomorrow", () => {
      const morning = new Date();
      morning.setDate(morning.getDate() + 1);
      morning.setHours(0, 0, 0, 0);
      return morning;
    }),
    choice("For a week", () => new Date(Date.now() + 7 * 24 * HOUR)),
  );
}

function toggle(form: Form, name: string, title: string, said: string, on: boolean, change: (on: boolean) => Change): HTMLElement {
  const id = uid("set");
  const box = h("input", { type: "checkbox", role: "switch", id, "data-name": name, checked: on, "aria-describedby": `${id}-said`, onchange: (event) => void form.save(change((event.target as HTMLInputElement).checked)) });
  return h("div", { class: "set" }, h("div", {}, h("label", { for: id }, title), h("p", { id: `${id}-said` }, said)), box);
}

function hours(form: Form, title: string, from: "work_from" | "quiet_from", until: "work_until" | "quiet_until", usual: [string, string]): HTMLElement {
  const on = form.now[from] !== null;
  const id = uid("hours");
  const box = h("input", { type: "checkbox", role: "switch", id, "data-name": from, checked: on, onchange: (event) => void form.save((event.target as HTMLInputElement).checked ? { [from]: usual[0], [until]: usual[1] } : { [from]: null, [until]: null }) });
  const time = (name: typeof from | typeof until, words: string) => {
    const save = (event: Event) => {
      const { value } = event.target as HTMLInputElement;
      if (value && value !== form.now[name]) void form.save({ [name]: value });
    };
    // Saved when the field is left: while it is typed each key would be a change.
    return h("label", {}, words, h("input", { type: "time", value: form.now[name] ?? "", "data-name": name === from ? `${name}-time` : name, onblur: save }));
  };
  return h(
    "div",
    { class: "set wide" },
    h("div", {}, h("label", { for: id }, title), on ? null : h("p", {}, from === "work_from" ? "Not set: any hour may be an hour of work." : "Not set.")),
    box,
    on && h("div", { class: "times", role: "group", "aria-label": title }, time(from, "From"), time(until, "until")),
  );
}

function zone(form: Form): HTMLElement {
  const id = uid("zone");
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const names = [...new Set([form.now.timezone, here, ...Intl.supportedValuesOf("timeZone")])];
  const choose = h("select", { id, "data-name": "timezone", onchange: (event) => void form.save({ timezone: (event.target as HTMLSelectElement).value }) });
  fill(choose, ...names.map((name) => h("option", { value: name, selected: name === form.now.timezone }, name)));
  return h("div", { class: "set" }, h("div", {}, h("label", { for: id }, "Your time zone")), choose);
}

function goal(form: Form, most: number): HTMLElement {
  const id = uid("goal");
  const choose = h("select", { id, "data-name": "goal", "aria-describedby": `${id}-said`, onchange: (event) => void form.save({ daily_minutes: Number((event.target as HTMLSelectElement).value) }) });
  const choices = [...new Set([0, 1, 2, 3, 5, 10, form.now.daily_minutes])].sort((a, b) => a - b).filter((minutes) => minutes <= most || minutes === form.now.daily_minutes);
  fill(choose, ...choices.map((minutes) => h("option", { value: minutes, selected: minutes === form.now.daily_minutes }, minutes ? `${minutes} min` : "No goal")));
  return h("div", { class: "set" }, h("div", {}, h("label", { for: id }, "Minutes a day you want to give"), h("p", { id: `${id}-said` }, "A review ends there. Nobody counts days or asks where you were.")), choose);
}

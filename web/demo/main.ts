/** A helpdesk look-alike: what it does with tickets is its own; Midflow hears of it and never holds it up. */

import { fill, h, sheet } from "../ui/dom";
import page from "../ui/page.css?inline";
import tokens from "../ui/tokens.css?inline";
import { Api } from "../client/api";
import type { Explained } from "../client/types";
import css from "./demo.css?inline";
import { type Signin, aside } from "./aside";
import { ACTIONS, type Action, TICKETS, type Ticket } from "./tickets";
import { Trace } from "./trace";

document.adoptedStyleSheets = [tokens, page, css].map(sheet);

interface Visitor {
  token: string;
  expires: number;
  person: { id: string; name: string; account: string };
}

interface MidflowApi {
  init(options: { token: () => Promise<{ token: string; expires: number }> }): void;
  context(context: { record: string }): void;
  reset(): void;
}

const midflow = () => (window as unknown as { Midflow: MidflowApi }).Midflow;
const KEPT = "midflow-demo-account";
const tickets = TICKETS.map((ticket) => ({ ...ticket, messages: [...ticket.messages] }));
let current = tickets[0] as Ticket;
let visitor: Visitor;
const list = h("ul", { class: "list" });
const view = h("section", { class: "ticket", "aria-label": "Ticket" });
/** Asked for as the visitor who is there now. */
const trace = new Trace((decision) => new Api(location.origin, token).get<Explained>(`/v1/decisions/${decision}`));

async function post<T>(path: string, body: unknown): Promise<T> {
  const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json() as Promise<T>;
}

/** The part a host tool's backend plays: it signs its own people in. */
async function signIn(): Promise<Visitor> {
  const account = sessionStorage.getItem(KEPT);
  if (account) {
    const signed = await post<Omit<Visitor, "person">>("/demo/token", { account }).catch(() => null);
    if (signed) return { ...signed, person: { id: account, name: "Visitor (sample)", account } };
  }
  const made = await post<Visitor>("/demo/visitor", {});
  sessionStorage.setItem(KEPT, made.person.account);
  return made;
}

async function token(): Promise<{ token: string; expires: number }> {
  if (visitor.expires * 1000 - Date.now() < 60_000) Object.assign(visitor, await post("/demo/token", { account: visitor.person.account }));
  return visitor;
}

function showList(): void {
  const rows = tickets.map((ticket) => {
    const pick = () => {
      current = ticket;
      midflow().context({ record: ticket.id });
      showList();
      showTicket();
      view.scrollIntoView({ block: "nearest" });
    };
    const words = h("span", { class: "words" }, h("strong", {}, ticket.subject), h("small", {}, `${ticket.id} · ${ticket.customer}`));
    const button = h("button", { type: "button", onclick: pick, "aria-current": ticket === current && "true" }, words, status(ticket));
    return h("li", {}, button);
  });
  fill(list, ...rows);
}

function status(ticket: Ticket): Node {
  return h("span", { class: `status ${ticket.status.replace(" ", "-")}` }, ticket.status);
}

function showTicket(): void {
  const actions = ACTIONS.map((action) => h("button", { type: "button", onclick: () => act(action) }, action.label));
  fill(
    view,
    h("div", { class: "about" }, h("p", { class: "eyebrow" }, `${current.id} · ${current.customer} · by ${current.channel}`), status(current)),
    h("h2", {}, current.subject),
    seriousness(),
    h("ol", { class: "messages" }, ...current.messages.map(({ who, text }) => h("li", { class: who === "You" ? "mine" : "" }, h("strong", {}, who), h("p", {}, text)))),
    h("div", { class: "actions", role: "group", "aria-label": "Change the ticket" }, ...actions),
  );
}

function seriousness(): Node {
  const select = h("select", { id: "seriousness" });
  for (const level of ["", "low", "normal", "high", "critical"])
    select.append(h("option", { value: level, selected: level === current.seriousness }, level || "not set"));
  select.addEventListener("change", () => {
    current.seriousness = select.value as Ticket["seriousness"];
    act({ type: "helpdesk.assign-seriousness", label: "Seriousness", apply: {} });
  });
  return h("p", { class: "field" }, h("label", { for: "seriousness" }, "Seriousness"), select);
}

/** The ticket changes at once; that Midflow hears of it is a side remark that may fail. */
function act(action: Action): void {
  const before = current.status;
  Object.assign(current, action.apply);
  showList();
  showTicket();
  const again = [...view.querySelectorAll("button")].find((button) => button.textContent === action.label);
  again?.focus({ preventScroll: true });
  const data = {
    activity: action.label, status: current.status, seriousness: current.seriousness || "normal", channel: current.channel,
    hours_open: current.hours, has_reply: current.messages.some(({ who }) => who === "You"), customer_tier: current.tier,
    reopened: before === "closed" || before === "resolved", ...current.marks, note: "free text that no source declared, and so is dropped",
  };
  const sent = post("/demo/events", { account: visitor.person.account, type: action.type, case: current.id, data });
  void sent.then(() => trace.soon()).catch(() => trace.failed());
}

async function startOver(): Promise<void> {
  sessionStorage.removeItem(KEPT);
  midflow().reset();
  visitor = await signIn();
  trace.follow(visitor.person.account);
  midflow().init({ token });
}

async function main(): Promise<void> {
  showList();
  showTicket();
  const signins = await fetch("/demo/signins").then((answer) => answer.json() as Promise<{ signins: Signin[] }>).catch(() => ({ signins: [] }));
  fill(
    document.getElementById("demo") as HTMLElement,
    h("a", { class: "skip", href: "#ticket" }, "Skip to the ticket"),
    h("header", { class: "bar" }, h("strong", {}, "Northlight Support")),
    h("main", { class: "desk" }, h("nav", { "aria-label": "Tickets" }, h("h1", {}, "Tickets"), list), h("div", { id: "ticket", tabindex: -1 }, view), aside(trace.element, signins.signins, () => void startOver())),
  );
  visitor = await signIn();
  trace.follow(visitor.person.account);
  midflow().init({ token });
}

void main();

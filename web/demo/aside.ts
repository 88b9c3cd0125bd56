/** Beside the helpdesk: what to try, what happened, and where else to look. */

import { h } from "../ui/dom";

export interface Signin {
  role: string;
  email: string;
  password: string;
  where: string;
}

export function aside(trace: Node, signins: Signin[], startOver: () => void): Node {
  const intro = "Put the ticket on hold, resolve it or change its seriousness. Each event goes through these stages; most end in a silence, and each silence has its reason. In this sample chance is fixed, so that you see the prompt.";
  return h(
    "section",
    { class: "did", "aria-labelledby": "did" },
    h("h2", { id: "did" }, "What Midflow did"),
    h("p", { class: "muted" }, intro),
    trace,
    h("button", { type: "button", onclick: startOver }, "Start over as a new person"),
    h("details", {}, h("summary", {}, "Sign in to the rest of the sample"), list(signins)),
  );
}

function list(signins: Signin[]): Node {
  const rows = signins.map((row) =>
    h("li", {}, h("a", { href: row.where }, `${row.role}: ${row.where}`), h("span", {}, row.email), h("code", {}, row.password)),
  );
  return h("ul", { class: "signins" }, ...rows);
}

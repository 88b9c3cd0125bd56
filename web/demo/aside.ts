/** Beside the helpdesk: what to try, what happened, and where else to look. */

import { h } from "../ui/dom";

export interface Signin {
  role: string;
  email: string;
  password: string;
  where: string;
}

export function aside(trace: Node, signins: Signin[], startOver: () => void): Node {
  return h(
    "aside",
    { "aria-label": "What Midflow did" },
    h(
      "section",
      {},
      h("h2", {}, "What Midflow did"),
      h("p", { class: "muted" }, "Put the ticket on hold, resolve it or change its seriousness. Each event goes through the stages below; most end in a silence, and each silence has its reason."),
      trace,
      h("button", { type: "button", onclick: startOver }, "Start over as a new person"),
    ),
    h("details", {}, h("summary", {}, "Sign in to the rest of the sample"), table(signins)),
  );
}

function table(signins: Signin[]): Node {
  const rows = signins.map((row) =>
    h("li", {}, h("strong", {}, row.role), h("span", {}, `${row.email}`), h("code", {}, row.password), h("a", { href: row.where }, row.where)),
  );
  return h("ul", { class: "signins" }, ...rows);
}

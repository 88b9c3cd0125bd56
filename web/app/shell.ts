/** What the app's pages share: the way to the edge, the way from page to page, and what is said when something is wrong. */

import { Api, ApiError, tokenFrom } from "../client/api";
import { Outbox } from "../client/outbox";
import { fill, h } from "../ui/dom";
import { icon } from "../ui/icons";

export interface Page {
  name: string;
  title: string;
  /** Without one the page is not among the others: only a link leads there. */
  icon?: Parameters<typeof icon>[0];
  /** What the page shows of what stands behind `=` in the address; it throws what `failure` puts into words. */
  view(shell: Shell, about: string): Promise<Node>;
}

export class Shell {
  readonly api = new Api(location.origin, tokenFrom("/accounts/token"));
  readonly main = document.querySelector("main") as HTMLElement;
  readonly #out = document.getElementById("out") as HTMLElement;
  readonly #nav = document.getElementById("pages") as HTMLElement;
  #outbox: Outbox | null = null;
  #turn = 0;

  constructor(private readonly pages: Page[]) {
    fill(this.#nav, ...pages.map((page) => page.icon && h("a", { href: `#${page.name}` }, icon(page.icon), h("span", {}, page.title))));
    addEventListener("hashchange", () => void this.go());
  }

  get outbox(): Outbox {
    if (!this.#outbox) throw new Error("Nobody is signed in.");
    return this.#outbox;
  }

  /** Shows the page that the address names. A page that comes later than the next one asked for is not shown. */
  async go(): Promise<void> {
    const [asked = "", about = ""] = location.hash.slice(1).split("=");
    const page = this.pages.find(({ name }) => name === asked) ?? (this.pages[0] as Page);
    this.#turn += 1;
    const turn = this.#turn;
    document.body.className = "";
    document.title = `${page.title} · Midflow`;
    for (const link of this.#nav.querySelectorAll("a"))
      link.toggleAttribute("aria-current", link.getAttribute("href") === `#${page.name}`);
    this.#nav.querySelector("[aria-current]")?.setAttribute("aria-current", "page");
    fill(this.main, h("p", { class: "muted", role: "status" }, "Loading …"));
    const view = await page.view(this, about).catch((error: unknown) => this.failure(error));
    if (turn !== this.#turn) return;
    this.show(view);
  }

  show(...views: Node[]): void {
    fill(this.main, ...views);
    scrollTo(0, 0);
    this.main.focus({ preventScroll: true });
  }

  /** Sends what waits, then shows the page again. */
  back = (): void => void (this.#outbox?.flush() ?? Promise.resolve()).then(() => this.go());

  /** Called once it is known who is signed in. */
  greet(person: string, sample: boolean): void {
    this.#outbox ??= new Outbox(this.api, person);
    this.#out.hidden = false;
    this.#nav.hidden = false;
    if (sample) sayItIsASample();
  }

  failure = (error: unknown): HTMLElement => {
    document.body.className = "";
    if (error instanceof ApiError && error.sample) sayItIsASample();
    if (error instanceof ApiError && error.status === 401) {
      this.#out.hidden = this.#nav.hidden = true;
      const view = calm("Sign in to see your day", "What you are shown and what you answered stays yours.");
      view.append(h("a", { class: "button", href: (error.login ?? "/accounts/login/?next=/app/") + encodeURIComponent(location.hash) }, "Sign in"));
      return view;
    }
    const linked = !(error instanceof ApiError && error.status === 403);
    this.#out.hidden &&= linked;
    const view = calm(linked ? "This cannot be shown right now" : "You are not linked to a person yet", words(error));
    view.append(h("button", { type: "button", class: "primary", onclick: () => void this.go() }, "Try again"));
    return view;
  };
}

export function words(error: unknown): string {
  return error instanceof Error ? error.message : "Something went wrong.";
}

export function calm(title: string, said: string): HTMLElement {
  return h("section", { class: "calm" }, h("h2", {}, title), h("p", {}, said));
}

export function heading(title: string, said: string): HTMLElement {
  return h("header", {}, h("h2", {}, title), said && h("p", {}, said));
}

/** A day, or a day with its time, as the person's own settings write it. */
export function when(time: string, withTime = false): string {
  const date = new Date(time);
  return date.toLocaleString(undefined, withTime ? { dateStyle: "medium", timeStyle: "short" } : { dateStyle: "medium" });
}

function sayItIsASample(): void {
  const said = h("aside", { class: "sample", "aria-label": "Sample" }, "This is a sample. Its organisation and its people are invented.");
  fill(document.getElementById("sample") as HTMLElement, said);
}

/** Shows prompts inside the host tool: one custom element, an open shadow root, the top layer. */

import { Api, ApiError, tokenFrom } from "../client/api";
import { OfferFeed } from "../client/offers";
import { Outbox } from "../client/outbox";
import type { Guide } from "../blocks/guide";
import type { Block, Offer, Token, Unit, Verb } from "../client/types";
import { fill, h, sheet } from "../ui/dom";
import type { Playing } from "../ui/player";
import tokens from "../ui/tokens.css?inline";
import { badge, card, note, proof } from "./views";
import css from "./widget.css?inline";

export interface Options {
  base?: string;
  token?: () => Promise<Token | string>;
  tokenUrl?: string;
}

type Happening = "prompted" | "opened" | "closed" | "dismissed" | "error";
type Listener = (detail: unknown) => void;

const TAG = "midflow-widget";

class WidgetElement extends HTMLElement {
  readonly root = this.attachShadow({ mode: "open" });
  gone: () => void = () => undefined;

  disconnectedCallback(): void {
    this.gone();
  }
}

/** What people do in here is no business of the host: its shortcuts do not fire, its menus do not close. */
const OURS = ["keydown", "keyup", "keypress", "input", "change", "click", "dblclick", "mousedown", "mouseup", "pointerdown", "pointerup", "touchstart", "touchend"];

/** How often we come back to a host that clears its page, before we take it that we are not wanted. */
const MOST_RETURNS = 20;

export class Widget {
  #element: WidgetElement | null = null;
  #frame = h("div", { class: "frame", popover: "manual" });
  #guiding = h("div", { class: "frame guiding", popover: "manual" });
  #endGuide: (() => void) | null = null;
  #live = h("div", { class: "live", "aria-live": "polite" });
  #api: Api | null = null;
  #outbox: Outbox | null = null;
  #feed: OfferFeed | null = null;
  #offers = new Map<string, Offer>();
  #listeners = new Map<string, Set<Listener>>();
  #context: { record?: string } = {};
  /** Where the person worked last: focus goes back there. */
  #before: Element | null = null;
  #playing = "";
  #displayed = new Set<string>();
  #returns = 0;
  #dialogs: MutationObserver | null = null;

  init = (options: Options): void => {
    if (this.#api) return;
    const source = options.token ?? (options.tokenUrl ? tokenFrom(options.tokenUrl) : undefined);
    if (!source) throw new Error("init needs `token` or `tokenUrl`.");
    this.#api = new Api(options.base ?? location.origin, source);
    void this.#connect(this.#api).catch((error: unknown) => this.#happened("error", error));
  };

  context = (context: { task?: string; record?: string; screen?: string }): void => {
    this.#context = context;
  };

  /** Plays a unit at once, without a prompt. */
  start = (unit: string): Promise<void> => this.#play(unit);

  /** Opens the newest prompt. */
  open = (): void => {
    const offer = [...this.#offers.values()].at(-1);
    if (offer) this.#showCard(offer);
  };

  stop = (): void => {
    this.#feed?.stop();
    this.#playing = "";
    this.#endGuide?.();
    this.#hide();
  };

  on = (event: Happening, listener: Listener): void => {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
  };

  /** Forgets the person: another one may sign in. */
  reset = (): void => {
    this.stop();
    this.#outbox?.close();
    this.#offers.clear();
    this.#displayed.clear();
    this.#api = this.#outbox = this.#feed = null;
  };

  async #connect(api: Api): Promise<void> {
    const { person } = await api.get<{ person: { id: string } }>("/v1/today");
    this.#outbox = new Outbox(api, person.id);
    this.#feed = new OfferFeed(api, {
      offer: (offer) => this.#offered(offer),
      withdraw: (id) => this.#withdrawn(id),
    });
    this.#feed.start();
  }

  #offered(offer: Offer): void {
    this.#offers.set(offer.id, offer);
    if (this.#playing) return;
    if (offer.form === "badge") this.#showBadge(offer);
    else this.#showCard(offer);
  }

  #withdrawn(id: string): void {
    // What was dismissed here is gone already, and so is its card.
    if (this.#offers.delete(id) && !this.#playing) this.#hide();
  }

  #showBadge(offer: Offer): void {
    this.#show("corner", badge(offer, () => this.#showCard(offer)));
    this.#display(offer, "A short help is there for you.");
  }

  #showCard(offer: Offer): void {
    const view = card(offer, {
      start: () => void this.#play(offer.unit, offer),
      dismiss: (reason) => {
        this.#tell("dismissed", offer, { reason });
        this.#offers.delete(offer.id);
        this.#hide();
        this.#focusBack();
        this.#happened("dismissed", { offer, reason });
        if (reason === "i_know_this") void this.#askForProof(offer.unit).catch(() => undefined);
      },
    });
    this.#show("corner", view);
    this.#display(offer, `${offer.title}. ${offer.message}`);
  }

  /** Tests are for whoever signed in at Midflow itself, and so are taken in the app. Where none can be taken nothing is said. */
  async #askForProof(id: string): Promise<void> {
    if (!this.#api) return;
    const unit = await this.#api.get<Unit>(`/v1/units/${encodeURIComponent(id)}`);
    // Another prompt or a unit may have come meanwhile: it goes first.
    if (!unit.testable || this.#frame.hasChildNodes()) return;
    const close = () => {
      removeEventListener("keydown", escape, { capture: true });
      if (view.isConnected) this.#hide();
      this.#focusBack();
    };
    const escape = (event: KeyboardEvent) => event.key === "Escape" && !event.defaultPrevented && close();
    const view = proof(`${this.#api.base}/app/#prove=${encodeURIComponent(id)}`, close);
    // In the capture phase: what is pressed in here is otherwise kept from the page.
    addEventListener("keydown", escape, { capture: true });
    this.#show("corner", view);
  }

  /** A prompt counts as displayed once it is on a visible page. Focus stays where the person works. */
  #display(offer: Offer, words: string): void {
    fill(this.#live, words);
    if (document.visibilityState !== "visible") {
      document.addEventListener("visibilitychange", () => this.#offers.has(offer.id) && this.#display(offer, words), { once: true });
      return;
    }
    if (this.#displayed.has(offer.id)) return;
    this.#displayed.add(offer.id);
    this.#tell("prompted", offer);
    this.#happened("prompted", offer);
  }

  async #play(id: string, offer?: Offer): Promise<void> {
    if (!this.#api || !this.#outbox) return;
    this.#playing = id;
    this.#show("panel", note("Loading …"));
    try {
      const [{ Player }, playerCss, unit] = await Promise.all([
        import("../ui/player"),
        import("../ui/player.css?inline"),
        this.#api.get<Unit>(`/v1/units/${encodeURIComponent(id)}`),
      ]);
      this.#style(playerCss.default);
      const record = offer?.case || this.#context.record;
      const close = () => this.#close(offer);
      const guide: Playing["guide"] = (block, on) => void this.#lead(block, on);
      const player = new Player({ unit, outbox: this.#outbox, close, guide, ...(offer && { offer: offer.id }), ...(record && { case: record }) });
      this.#show("panel", player.element);
      player.focus();
      this.#happened("opened", { unit: id, offer });
    } catch (error) {
      const gone = error instanceof ApiError && (error.status === 404 || error.status === 410);
      const words = gone ? "This unit is no longer there." : "This cannot be loaded right now. Your work is not affected.";
      this.#show("panel", note(words, gone ? undefined : () => void this.#play(id, offer), () => this.#close(offer)));
      this.#frame.querySelector("button")?.focus();
      this.#happened("error", error);
    }
  }

  /** The panel makes room for the host's page until the guide is over. */
  async #lead(block: Block, on: Parameters<NonNullable<Playing["guide"]>>[1]): Promise<void> {
    const [{ GuideLayer }, css] = await Promise.all([import("./guiding"), import("./guiding.css?inline")]);
    if (!this.#playing || this.#endGuide) return;
    this.#style(css.default);
    const escape = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog:modal")) layer.end();
    };
    const ended = (through: boolean) => {
      removeEventListener("keydown", escape);
      this.#endGuide = null;
      this.#guiding.hidePopover();
      fill(this.#guiding);
      if (!this.#playing) return;
      this.#frame.showPopover();
      this.#frame.querySelector("h2")?.focus();
      if (through) on.done();
    };
    const layer = new GuideLayer(block as Guide, { stepped: on.stepped, lost: on.lost, ended, said: (words) => fill(this.#live, words) });
    this.#endGuide = () => layer.end();
    addEventListener("keydown", escape);
    this.#frame.hidePopover();
    fill(this.#guiding, layer.ring, layer.card);
    this.#guiding.showPopover();
    this.#focusBack();
    layer.begin();
  }

  #focusBack(): void {
    if (this.#before instanceof HTMLElement && this.#before.isConnected) this.#before.focus({ preventScroll: true });
  }

  #close(offer?: Offer): void {
    this.#playing = "";
    this.#endGuide?.();
    if (offer) this.#offers.delete(offer.id);
    this.#hide();
    this.#focusBack();
    this.#happened("closed", {});
  }

  #show(where: "corner" | "panel", view: Node): void {
    this.#mount();
    this.#frame.className = `frame ${where}`;
    if (where === "panel") {
      this.#frame.setAttribute("role", "dialog");
      this.#frame.setAttribute("aria-label", "Learning unit");
    } else {
      this.#frame.setAttribute("role", "region");
      this.#frame.setAttribute("aria-label", "Midflow");
    }
    fill(this.#frame, view);
    if (!this.#frame.matches(":popover-open")) this.#frame.showPopover();
  }

  #hide(): void {
    if (this.#frame.isConnected && this.#frame.matches(":popover-open")) this.#frame.hidePopover();
    fill(this.#frame);
  }

  #mount(): void {
    if (!customElements.get(TAG)) customElements.define(TAG, WidgetElement);
    if (!this.#element) {
      this.#element = document.createElement(TAG) as WidgetElement;
      this.#element.gone = () => queueMicrotask(() => this.#return());
      this.#style(tokens);
      this.#style(css);
      this.#element.root.append(this.#frame, this.#guiding, this.#live);
      this.#element.root.addEventListener("keydown", (event) => this.#key(event as KeyboardEvent));
      for (const type of OURS) this.#element.root.addEventListener(type, (event) => event.stopPropagation());
      this.#before = document.activeElement;
      document.addEventListener("focusin", ({ target }) => {
        if (target instanceof Element && target !== this.#element) this.#before = target;
      });
      this.#dialogs = new MutationObserver(() => this.#follow());
      this.#dialogs.observe(document, { subtree: true, attributeFilter: ["open"] });
    }
    this.#follow();
  }

  /** An open modal dialog makes all outside of it inert, so that is where we live while it is open. */
  #follow(): void {
    if (!this.#element) return;
    const modals = [...document.querySelectorAll<HTMLDialogElement>("dialog:modal")];
    const home = modals.at(-1) ?? document.body;
    if (this.#element.parentNode === home) return;
    const open = [this.#frame, this.#guiding].filter((one) => one.isConnected && one.matches(":popover-open"));
    home.append(this.#element);
    for (const one of open) one.showPopover();
  }

  /** A host that draws its whole page anew takes us with it; what was open is open again. */
  #return(): void {
    if (!this.#element || this.#element.isConnected || this.#returns >= MOST_RETURNS) return;
    this.#returns += 1;
    const guiding = !!this.#endGuide;
    document.body.append(this.#element);
    const open = guiding ? this.#guiding : this.#frame;
    if (open.hasChildNodes()) open.showPopover();
  }

  #style(text: string): void {
    const root = this.#element?.root;
    if (!root || this.#styled.has(text)) return;
    this.#styled.add(text);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet(text)];
  }

  #styled = new Set<string>();

  #key(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !this.#playing) return;
    event.preventDefault();
    if (this.#endGuide) return this.#endGuide();
    this.#close(this.#offers.get([...this.#offers.keys()].at(-1) ?? ""));
  }

  #tell(verb: Verb, offer: Offer, result?: Record<string, unknown>): void {
    this.#outbox?.add(verb, offer.unit, { offer: offer.id, ...(offer.case && { case: offer.case }), ...(result && { result }) });
  }

  #happened(event: Happening, detail: unknown): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(detail);
    if (event === "error" && !this.#listeners.has("error"))
      console.info("Midflow:", detail instanceof Error ? detail.message : detail);
  }
}

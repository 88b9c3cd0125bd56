/** Keeps hold of an anchor's element while the host comes late, draws anew, hides, moves and navigates. */

import type { Anchor } from "./clues";
import { find, shown } from "./find";

/** How soon after a change it is looked again, and how long until the next look where nothing was found. */
const SOON_MS = 50;
const REST_MS = 400;

export class Watch {
  #element: Element | null = null;
  #observers: MutationObserver[] = [];
  #timer = 0;
  #looked = 0;

  /** `changed` is told the element whenever it is another one, null while there is none. */
  constructor(
    private readonly anchor: Anchor,
    private readonly changed: (element: Element | null) => void,
  ) {
    this.#look();
  }

  get element(): Element | null {
    return this.#element;
  }

  end(): void {
    clearTimeout(this.#timer);
    for (const observer of this.#observers) observer.disconnect();
  }

  #look(): void {
    this.#timer = 0;
    this.#looked = performance.now();
    const found = this.#holds() ? this.#element : (find(this.anchor, document)?.element ?? null);
    this.#observe();
    if (found === this.#element) return;
    this.#element = found;
    this.changed(found);
  }

  /** The element that was found is still there to be seen; then nothing has to be searched. */
  #holds(): boolean {
    return !!this.#element?.isConnected && shown(this.#element);
  }

  /** Changes are gathered, and a page that never rests is looked at now and then only. */
  #later = (): void => {
    if (this.#timer || this.#holds()) return;
    const rested = performance.now() - this.#looked;
    this.#timer = window.setTimeout(() => this.#look(), Math.max(SOON_MS, REST_MS - rested));
  };

  #observe(): void {
    for (const observer of this.#observers) observer.disconnect();
    this.#observers = roots(this.anchor).map((root) => {
      const observer = new MutationObserver(this.#later);
      observer.observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: ["hidden", "style", "class", "open", "name"] });
      return observer;
    });
  }
}

/** The page, and each shadow root and frame on the way to the element, as far as they are there. */
function roots(anchor: Anchor): (Document | ShadowRoot)[] {
  const found: (Document | ShadowRoot)[] = [document];
  const way = anchor.within ?? [];
  for (let n = 0; n < way.length; n++) {
    const host = find({ ...(way[n] as Anchor), within: way.slice(0, n) }, document)?.element;
    const inner = host && (host.shadowRoot ?? frameOf(host));
    if (!inner) break;
    found.push(inner);
  }
  return found;
}

function frameOf(element: Element): Document | null {
  try {
    return (element as HTMLIFrameElement).contentDocument;
  } catch {
    return null;
  }
}

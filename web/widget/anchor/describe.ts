/** From an element that an author clicked to an anchor that finds it again. */

import { type Anchor, attributesOf, nameOf, nearOf, roleOf, stepsOf, wordsOfPage } from "./clues";
import { find } from "./find";

/** How surely an anchor finds its element again: by what developers wrote, by what people read, or by place alone. */
export type Strength = "strong" | "fair" | "weak";

const MOST_PAGE_WORDS = 8;

export function describe(element: Element): Anchor {
  const within: Anchor[] = [];
  for (let host = hostOf(element); host; host = hostOf(host)) within.unshift(alone(host));
  return { ...alone(element), ...(within.length && { within }) };
}

/** Tried on the page as it stands: whether the anchor finds this element, and how it would without its words. */
export function strength(anchor: Anchor, element: Element): Strength {
  if (find(anchor, document)?.element !== element) return "weak";
  const { name: _name, near: _near, page: _page, path: _path, ...written } = anchor;
  if (anchor.attributes?.length && find(written, document)?.element === element) return "strong";
  const { path: _place, ...worded } = anchor;
  return find(worded, document)?.element === element ? "fair" : "weak";
}

function alone(element: Element): Anchor {
  const scope = element.getRootNode() as Document | ShadowRoot;
  const told = {
    role: roleOf(element),
    name: nameOf(element),
    attributes: attributesOf(element),
    near: apart(element, scope),
    page: wordsOfPage(scope).filter((text) => text !== nameOf(element)).slice(0, MOST_PAGE_WORDS),
    path: stepsOf(element),
  };
  const kept = Object.fromEntries(Object.entries(told).filter(([, value]) => value.length));
  return { tag: element.localName, ...kept };
}

/**
 * The texts around an element that others of its name do not have. Where there are
 * none of its name nothing is kept: a heading may be one record's, and differ on the next.
 */
function apart(element: Element, scope: Document | ShadowRoot): string[] {
  const [role, name] = [roleOf(element), nameOf(element)];
  const rivals = [...scope.querySelectorAll(CSS.escape(element.localName))].filter((other) => other !== element && roleOf(other) === role && nameOf(other) === name);
  if (!rivals.length) return [];
  const theirs = rivals.map(nearOf);
  return nearOf(element).filter((text) => !theirs.every((near) => near.includes(text)));
}

/** The shadow host or the frame that an element lies in, null in the page itself. */
function hostOf(element: Element): Element | null {
  const root = element.getRootNode();
  if (root instanceof ShadowRoot) return root.host;
  return element.ownerDocument.defaultView?.frameElement ?? null;
}

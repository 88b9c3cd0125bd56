/**
 * The element that an anchor means, or nothing: a wrong element is worse than none.
 *
 * Each clue that agrees makes an element likelier, each that contradicts less
 * likely. The likeliest is taken if it is likely enough and clearly ahead of the
 * next. Where none of an anchor's words is anywhere on the page, the page speaks
 * another language today, and words say nothing.
 */

import { type Anchor, attributesOf, nameOf, nearOf, roleOf, stepsOf, wordsOfPage } from "./clues";

export interface Found {
  element: Element;
  score: number;
}

export const ENOUGH = 0.6;
export const AHEAD = 0.15;

/** What agreement is worth, and what is left of the score at contradiction. */
const WORTH = { id: 0.75, test: 0.85, named: 0.75, attribute: 0.45, name: 0.72, near: 0.4, place: 0.62 };
const LEFT = { id: 0.7, test: 0.4, named: 0.4, attribute: 0.8, name: 0.45, near: 0.5, place: 0.92 };
const TEST = /^data-(testid|test|qa|cy)$/;
const WEAK = new Set(["type", "value"]);

export function find(anchor: Anchor, root: Document | ShadowRoot): Found | null {
  let scope: Document | ShadowRoot = root;
  for (const host of anchor.within ?? []) {
    const found = best({ ...host, within: [] }, scope);
    const inner = found && inside(found.element);
    if (!inner) return null;
    scope = inner;
  }
  return best(anchor, scope);
}

function inside(element: Element): Document | ShadowRoot | null {
  if (element.shadowRoot) return element.shadowRoot;
  try {
    return (element as HTMLIFrameElement).contentDocument ?? null;
  } catch {
    return null;
  }
}

/** In steps, because a page may have thousands of like elements: by written attributes, by name, and only then by place. */
function best(anchor: Anchor, scope: Document | ShadowRoot): Found | null {
  const written = byAttributes(anchor, scope);
  // Nothing that lacks a telling attribute can come close to the one that has it.
  if (written.length === 1) {
    const found = ahead(anchor, written, readings(anchor, written, scope));
    if (found) return found;
  }
  const all = alike(anchor, scope);
  const called = anchor.name ? all.filter((element) => sameWords(anchor.name as string, nameOf(element)) > 0) : [];
  const candidates = called.length ? called : all;
  return ahead(anchor, candidates, readings(anchor, candidates, scope));
}

function byAttributes(anchor: Anchor, scope: Document | ShadowRoot): Element[] {
  const telling = anchor.attributes?.find(({ name }) => TEST.test(name) || name === "name" || name === "id");
  if (!telling) return [];
  return [...scope.querySelectorAll(`${CSS.escape(anchor.tag)}[${telling.name}="${CSS.escape(telling.value)}"]`)];
}

/** How the anchor's words fare on each candidate, and whether the page is in their language at all. */
function readings(anchor: Anchor, candidates: Element[], scope: ParentNode): Words[] {
  const names = candidates.map((element) => (anchor.name ? sameWords(anchor.name, nameOf(element)) : 0));
  const near = candidates.map((element) => {
    const there = anchor.near?.length ? nearOf(element) : [];
    return (anchor.near ?? []).map((text) => Math.max(0, ...there.map((other) => sameWords(text, other))));
  });
  const spoken = names.some((share) => share > 0) || near.flat().some((share) => share > 0) || speaks(anchor, scope);
  return candidates.map((_, n) => ({ name: names[n] as number, near: near[n] as number[], spoken }));
}

function speaks(anchor: Anchor, scope: ParentNode): boolean {
  if (!anchor.page?.length) return false;
  const there = new Set(wordsOfPage(scope));
  return anchor.page.some((text) => there.has(text));
}

function ahead(anchor: Anchor, candidates: Element[], words: Words[]): Found | null {
  const scored = candidates.map((element, n) => ({ element, score: likelihood(anchor, element, words[n] as Words) }));
  scored.sort((one, other) => other.score - one.score);
  // What the host keeps hidden (a template, another tab) is nobody's rival.
  const close = scored.filter(({ score }) => score >= (scored[0]?.score ?? 0) - AHEAD);
  const seen = close.length > 1 ? close.filter(({ element }) => shown(element)) : close;
  const [first, second] = seen.length ? seen : close;
  if (!first || first.score < ENOUGH) return null;
  if (!second || first.score - second.score >= AHEAD) return first;
  // In another language place is what there is to go by: then all of the way has to agree, and with one only.
  const there = words[0]?.spoken ? [] : seen.filter(({ element }) => placed(anchor.path ?? [], stepsOf(element)) === 1);
  return there.length === 1 ? (there[0] as Found) : null;
}

export function shown(element: Element): boolean {
  return element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
}

function alike(anchor: Anchor, scope: Document | ShadowRoot): Element[] {
  const same = [...scope.querySelectorAll(CSS.escape(anchor.tag))];
  if (!anchor.role) return same;
  // A button may become a link that looks like it, or a list a box to search in.
  const others = [...scope.querySelectorAll(`[role="${CSS.escape(anchor.role)}"]`)].filter((element) => element.localName !== anchor.tag);
  return [...same, ...others].filter((element) => roleOf(element) === anchor.role);
}

interface Words {
  name: number;
  near: number[];
  /** Some of the anchor's words are on the page: it is in their language, and a name that is gone is gone. */
  spoken: boolean;
}

function likelihood(anchor: Anchor, element: Element, words: Words): number {
  let doubt = 1;
  let left = 1;
  const weigh = (clue: keyof typeof WORTH, agreement: number) => {
    doubt *= 1 - WORTH[clue] * agreement;
    if (agreement === 0) left *= LEFT[clue];
  };
  const mine = new Map(attributesOf(element).map(({ name, value }) => [name, value]));
  for (const { name, value } of anchor.attributes ?? []) {
    const clue = name === "id" ? "id" : TEST.test(name) ? "test" : name === "name" ? "named" : "attribute";
    if (WEAK.has(name)) left *= mine.get(name) === value ? 1 : 0.8;
    else weigh(clue, mine.get(name) === value ? 1 : 0);
  }
  if (anchor.name && words.spoken) weigh("name", words.name);
  if (words.spoken) for (const share of words.near) weigh("near", share);
  if (anchor.path?.length) weigh("place", placed(anchor.path, stepsOf(element)));
  return (1 - doubt) * left;
}

/** The share of two texts' words that they have in common; 0 under three quarters, so that like names stay apart. */
export function sameWords(one: string, other: string): number {
  if (one === other) return 1;
  const [a, b] = [wordsOf(one), wordsOf(other)];
  if (!a.length || !b.length) return 0;
  const common = a.filter((word) => b.includes(word)).length;
  const share = (2 * common) / (a.length + b.length);
  return share > 0.75 ? share * 0.9 : 0;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** How much of the way outwards agrees; boxes that came or went in between are passed over. */
export function placed(wanted: string[], there: string[]): number {
  let at = 0;
  let sum = 0;
  let weights = 0;
  wanted.forEach((step, n) => {
    const weight = n === 0 ? 3 : 1 / n;
    weights += weight;
    const hit = there.indexOf(step, at);
    if (hit >= 0 && hit - at <= 2) {
      sum += weight;
      at = hit + 1;
    }
  });
  const share = sum / weights;
  return share >= 0.5 ? share : 0;
}

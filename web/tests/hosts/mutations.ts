/** What a host's next release does to its pages. Each element keeps its truth, so that a find can be judged. */

export type Chance = () => number;

/** A small generator that is the same everywhere (mulberry32). */
export function chance(seed: number): Chance {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const everything = (root: ParentNode) => [...root.querySelectorAll("*")];
const made = (random: Chance) => `gen-${Math.floor(random() * 1e9)}`;

function shuffle<T>(list: T[], random: Chance): T[] {
  for (let n = list.length - 1; n > 0; n--) {
    const other = Math.floor(random() * (n + 1));
    [list[n], list[other]] = [list[other] as T, list[n] as T];
  }
  return list;
}

/** Each word becomes another one, the same everywhere: a language that nobody knows. */
const abroad = (text: string) => text.replace(/\p{L}+/gu, (word) => `${[...word.toLowerCase()].reverse().join("")}o`);

export const MUTATIONS: Record<string, (root: HTMLElement, random: Chance) => void> = {
  "class churn": (root, random) => {
    for (const element of everything(root)) element.setAttribute("class", `css-${Math.floor(random() * 1e6).toString(36)}`);
  },
  "id churn": (root, random) => {
    for (const element of everything(root)) {
      const old = element.getAttribute("id");
      const id = made(random);
      if (old) root.querySelectorAll(`[for="${old}"]`).forEach((label) => label.setAttribute("for", id));
      element.setAttribute("id", id);
    }
  },
  "re-order": (root, random) => {
    const groups = everything(root).filter((element) => element.children.length > 1 && !["tr", "select", "label", "fieldset"].includes(element.localName));
    for (const group of groups) {
      const kept = [...group.children].filter((child) => /^(h\d|legend|th)$/.test(child.localName) || child.querySelector(":scope > th"));
      const moved = shuffle([...group.children].filter((child) => !kept.includes(child)), random);
      group.append(...moved);
    }
  },
  wrapper: (root, random) => {
    for (const element of everything(root)) {
      if (/^(tr|td|th|tbody|option|li|legend)$/.test(element.localName) || random() > 0.3) continue;
      const box = element.ownerDocument.createElement("div");
      element.replaceWith(box);
      box.append(element);
    }
  },
  translation: (root) => {
    const walker = root.ownerDocument.createTreeWalker(root, 4);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) node.textContent = abroad(node.textContent ?? "");
    for (const element of everything(root))
      for (const name of ["aria-label", "placeholder", "title"]) if (element.hasAttribute(name)) element.setAttribute(name, abroad(element.getAttribute(name) ?? ""));
    for (const button of root.querySelectorAll("input[type=submit]")) button.setAttribute("value", abroad(button.getAttribute("value") ?? ""));
  },
};

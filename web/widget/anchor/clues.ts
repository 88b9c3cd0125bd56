/** What can be told of an element of somebody else's page, and what of it will still be so after their next release. */

/** An element as an author picked it. What is empty or missing was not there to tell. */
export interface Anchor {
  tag: string;
  role?: string;
  /** Accessible name: what a screen reader calls it. */
  name?: string;
  /** Attributes that the host's developers wrote on purpose. */
  attributes?: { name: string; value: string }[];
  /** Texts around it that tell it from others of its name: legend, heading, row, column. */
  near?: string[];
  /** Some words of the page, which say whether it is in the same language. */
  page?: string[];
  /** From the element outwards: tag, place among its like, and how many there are. */
  path?: string[];
  /** The shadow hosts and frames it lies in, the outermost first. */
  within?: Anchor[];
}

/** Attributes that say which element it is, the surest first; `data-*` besides them. */
const TELLING = ["data-testid", "data-test", "data-qa", "data-cy", "name", "data-field", "data-name", "autocomplete", "href", "type", "for", "value"];
const MOST_TEXT = 80;
const MOST_ATTRIBUTES = 6;
const DEEPEST = 6;

const ROLES: Record<string, string> = {
  a: "link", article: "article", aside: "complementary", button: "button", dialog: "dialog", fieldset: "group", footer: "contentinfo", form: "form",
  h1: "heading", h2: "heading", h3: "heading", h4: "heading", header: "banner", img: "img", li: "listitem", main: "main", nav: "navigation", ol: "list",
  option: "option", progress: "progressbar", select: "combobox", summary: "button", table: "table", td: "cell", textarea: "textbox", th: "columnheader",
  tr: "row", ul: "list",
};

const INPUTS: Record<string, string> = {
  button: "button", checkbox: "checkbox", image: "button", number: "spinbutton", radio: "radio", range: "slider", reset: "button", search: "searchbox", submit: "button",
};

/**
 * Whether a value was made by a program and will be another next time: counters, hashes, framework ids.
 * Words with one or two digits ("address2", "step-1") are names that people gave.
 */
export function generated(value: string): boolean {
  if (/^[:«_]/.test(value) || /^(ember|ext-|gwt-|yui|cke_|mui-|radix-|headlessui|react-|ng-|svelte-|css-|sc-|jss\d|select2-|ui-id-|dijit|el-id-|rc[-_]|chakra-)/i.test(value)) return true;
  if (/[0-9a-f]{8}-[0-9a-f]{4}-|\b[0-9a-f]{12,}\b/i.test(value)) return true;
  if (/\d{3,}/.test(value) && !/^(19|20)\d\d$/.test(value)) return true;
  // A part that mixes digits into letters, as hashes do: "x7f3a", "btn_a1B2c3".
  return value.split(/[-_.\s:]/).some((part) => (part.match(/[a-z]\d|\d[a-z]/gi)?.length ?? 0) > 1);
}

export function roleOf(element: Element): string {
  const said = element.getAttribute("role")?.trim().split(/\s+/)[0];
  if (said) return said;
  const tag = element.localName;
  if (tag === "input") return INPUTS[(element.getAttribute("type") ?? "text").toLowerCase()] ?? "textbox";
  if (tag === "a" && !element.hasAttribute("href")) return "";
  return ROLES[tag] ?? "";
}

export function squeezed(text: string | null | undefined): string {
  return (text ?? "").replace(/\s+/g, " ").trim().slice(0, MOST_TEXT);
}

const NAMED_BY_CONTENT = new Set(["button", "link", "heading", "tab", "menuitem", "option", "cell", "columnheader", "rowheader", "treeitem", "switch", "checkbox", "radio"]);

/** The name that assistive technology would read; the common rules of accname 1.2, without the rare ones. */
export function nameOf(element: Element): string {
  const root = element.getRootNode() as Document | ShadowRoot;
  const by = (element.getAttribute("aria-labelledby") ?? "").split(/\s+/).filter(Boolean);
  const named = by.map((id) => root.getElementById?.(id)?.textContent).join(" ");
  return (
    squeezed(named) ||
    squeezed(element.getAttribute("aria-label")) ||
    squeezed(labelOf(element)) ||
    squeezed(element.getAttribute("alt")) ||
    (element.localName === "input" && /^(submit|button|reset)$/.test(element.getAttribute("type") ?? "") ? squeezed(element.getAttribute("value")) : "") ||
    (NAMED_BY_CONTENT.has(roleOf(element)) ? squeezed(element.textContent) : "") ||
    squeezed(element.getAttribute("title")) ||
    squeezed(element.getAttribute("placeholder"))
  );
}

function labelOf(element: Element): string {
  const labels = (element as HTMLInputElement).labels;
  if (!labels?.length) return "";
  // A label around its field holds the field's own text too (the options of a list): that is not the label.
  return [...labels].map((label) => [...label.childNodes].filter((node) => node !== element && !node.contains(element)).map((node) => node.textContent).join(" ")).join(" ");
}

export function attributesOf(element: Element): { name: string; value: string }[] {
  const names = [...TELLING, ...element.getAttributeNames().filter((name) => name.startsWith("data-") && !TELLING.includes(name))];
  const found: { name: string; value: string }[] = [];
  const id = element.getAttribute("id");
  if (id && !generated(id)) found.push({ name: "id", value: id });
  for (const name of names) {
    const value = name === "href" ? pathOf(element.getAttribute("href")) : element.getAttribute(name);
    if (name === "value" && !/^(radio|checkbox|submit|button)$/.test(element.getAttribute("type") ?? "")) continue;
    if (name === "for" && generated(value ?? "")) continue;
    if (value && value.length <= MOST_TEXT && !generated(value) && !generated(name)) found.push({ name, value });
    if (found.length === MOST_ATTRIBUTES) break;
  }
  return found;
}

/** Where a link leads without host and query; numbers of records are no part of which link it is. */
function pathOf(href: string | null): string {
  if (!href || /^(javascript|data|blob):/i.test(href)) return "";
  return href.replace(/^[a-z]+:\/\/[^/]+/i, "").replace(/[?].*$/, "").replace(/\d+/g, "*");
}

/** The heading of a box itself, not of one of the boxes in it. */
const HEADING = ["h1", "h2", "h3", "h4", "h5", "h6", "legend", "[role=heading]", "header"].map((one) => `:scope > ${one}`).join();

/** Texts around an element that say where it stands, the nearest first. */
export function nearOf(element: Element): string[] {
  const found: string[] = [];
  const add = (text: string | null | undefined) => {
    const short = squeezed(text);
    if (short && !found.includes(short)) found.push(short);
  };
  const cell = element.closest("td,th");
  const row = cell?.closest("tr");
  if (cell && row) {
    const place = [...row.children].indexOf(cell);
    add(row.closest("table")?.querySelector("tr")?.children[place]?.textContent);
    add(row.querySelector("th,td")?.textContent);
  }
  const item = element.closest("li,article,[role=listitem],[role=row],[role=option]");
  if (item && item !== element) add([...item.children].find((child) => !child.contains(element) && squeezed(child.textContent))?.textContent);
  for (let at: Element | null = element.parentElement, depth = 0; at && depth < DEEPEST && found.length < 3; at = at.parentElement, depth++) {
    add(at.getAttribute("aria-label"));
    const heading = at.querySelector(HEADING);
    if (heading && !heading.contains(element)) add(heading.textContent);
  }
  return found.slice(0, 3);
}

/** From the element outwards, each with its place among its like: "button 2/3", "form order". */
export function stepsOf(element: Element): string[] {
  const found: string[] = [];
  for (let at: Element | null = element; at && found.length < DEEPEST && at.localName !== "body" && at.localName !== "html"; at = at.parentElement) {
    const mine = kindOf(at);
    const alike = [...(at.parentNode?.children ?? [])].filter((one) => kindOf(one) === mine);
    found.push(`${mine} ${alike.indexOf(at) + 1}/${alike.length}`);
  }
  return found;
}

function kindOf(element: Element): string {
  const named = element.getAttribute("name");
  const role = element.getAttribute("role");
  return element.localName + (role ? `[${role}]` : "") + (named && !generated(named) ? `#${named}` : "");
}

const WORDS = "nav a, [role=tab], button, th, label, legend, h2";
const MOST_WORDS = 400;

/** The words that people click and read on a page, without those of one record. */
export function wordsOfPage(scope: ParentNode): string[] {
  const found = [...scope.querySelectorAll(WORDS)].slice(0, MOST_WORDS).map((element) => squeezed(element.textContent));
  return [...new Set(found.filter((text) => text.length > 2 && text.length < 40 && !/\d/.test(text)))];
}

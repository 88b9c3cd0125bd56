/** Markdown to elements, by way of marked's tokens; HTML in it is shown as the text it is. */

import { lexer, type Token, type Tokens } from "marked";
import { type Child, h } from "./dom";

export function markdown(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  fragment.append(...blocks(lexer(text)));
  return fragment;
}

function blocks(tokens: Token[]): Node[] {
  return tokens.flatMap((token) => block(token));
}

function block(token: Token): Node[] {
  switch (token.type) {
    case "space":
    case "def":
      return [];
    case "heading":
      // A unit's title is the h2 above: headings inside begin one below it.
      return [h(token.depth <= 2 ? "h3" : "h4", {}, ...inline(token.tokens))];
    case "code":
      return [h("pre", { tabindex: 0 }, h("code", {}, token.text))];
    case "blockquote":
      return [h("blockquote", {}, ...blocks(token.tokens ?? []))];
    case "hr":
      return [h("hr")];
    case "list":
      return [list(token as Tokens.List)];
    case "table":
      return [table(token as Tokens.Table)];
    case "text":
      return "tokens" in token && token.tokens ? inline(token.tokens) : [document.createTextNode(token.text)];
    case "paragraph":
      return [h("p", {}, ...inline(token.tokens))];
    default:
      return [h("p", {}, token.raw.trim())];
  }
}

function list(token: Tokens.List): Node {
  const items = token.items.map((item) => h("li", {}, ...blocks(item.tokens)));
  return token.ordered ? h("ol", { start: Number(token.start) > 1 && token.start }, ...items) : h("ul", {}, ...items);
}

function table(token: Tokens.Table): Node {
  const head = h("tr", {}, ...token.header.map((cell) => (cell.text.trim() ? h("th", { scope: "col" }, ...inline(cell.tokens)) : h("td"))));
  const rows = token.rows.map((row) => h("tr", {}, ...row.map((cell) => h("td", {}, ...inline(cell.tokens)))));
  return h("div", { class: "table", tabindex: 0, role: "region", "aria-label": "Table" }, h("table", {}, h("thead", {}, head), h("tbody", {}, ...rows)));
}

function inline(tokens: Token[] | undefined): Node[] {
  return (tokens ?? []).map((token) => span(token));
}

function span(token: Token): Node {
  const inside = (): Child[] => ("tokens" in token && token.tokens ? inline(token.tokens) : [plain(token)]);
  switch (token.type) {
    case "strong":
      return h("strong", {}, ...inside());
    case "em":
      return h("em", {}, ...inside());
    case "del":
      return h("del", {}, ...inside());
    case "codespan":
      return h("code", {}, plain(token));
    case "br":
      return h("br");
    case "link":
      return link(token as Tokens.Link);
    default:
      return document.createTextNode(plain(token));
  }
}

function link(token: Tokens.Link): Node {
  if (!/^(https:|mailto:)/i.test(token.href)) return document.createTextNode(token.text);
  return h("a", { href: token.href, target: "_blank", rel: "noopener noreferrer" }, ...inline(token.tokens));
}

const ENTITIES: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };

/** marked escapes text for markup; these are text nodes, so the escapes are taken back. */
function plain(token: Token): string {
  const text = "text" in token ? String(token.text) : token.raw;
  return text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity);
}

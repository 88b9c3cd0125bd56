// @vitest-environment happy-dom
import { describe as suite, expect, it } from "vitest";
import { generated } from "../widget/anchor/clues";
import { describe, strength } from "../widget/anchor/describe";
import { find } from "../widget/anchor/find";
import { MUTATIONS, chance } from "./hosts/mutations";
import { PAGES } from "./hosts/pages";

Element.prototype.checkVisibility ??= () => true;

const TARGETS = "button, a, input, select, textarea, [role=tab]";
const SEEDS = 4;
const NAMES = Object.keys(MUTATIONS);
// In a language that nobody knows and in another order nothing is left that tells one tab from the next.
const BEYOND = ["re-order", "translation"];
const PAIRS = NAMES.flatMap((one, n) => NAMES.slice(n + 1).map((other) => [one, other] as const)).filter((pair) => !pair.every((name) => BEYOND.includes(name)));

function put(html: string): Element[] {
  document.body.innerHTML = html;
  return [...document.querySelectorAll(TARGETS)];
}

/** Every target of every page, picked beforehand and looked for after the page has changed. */
function survival(change: (root: HTMLElement, seed: number) => void) {
  const sum = { right: 0, wrong: 0, all: 0, missed: [] as string[] };
  for (const [page, html] of Object.entries(PAGES))
    for (let seed = 1; seed <= SEEDS; seed++) {
      const targets = put(html);
      const picked = targets.map((element) => [element, describe(element)] as const).filter(([element, anchor]) => find(anchor, document)?.element === element);
      change(document.body, seed);
      for (const [element, anchor] of picked) {
        const found = find(anchor, document)?.element;
        sum.all++;
        if (found === element) sum.right++;
        else if (found) sum.wrong++;
        if (found !== element) sum.missed.push(`${page}: ${anchor.tag} ${anchor.name ?? JSON.stringify(anchor.attributes)}${found ? " WRONG" : ""}`);
      }
    }
  return sum;
}

suite("an anchor", () => {
  it("finds what it was made from, where the page can be told apart at all", () => {
    for (const [page, html] of Object.entries(PAGES)) {
      const targets = put(html);
      const lost = targets.filter((element) => find(describe(element), document)?.element !== element);
      expect(lost.length / targets.length, `${page}: ${lost.map((one) => one.outerHTML)}`).toBeLessThanOrEqual(0.1);
    }
  });

  it.each(Object.entries(MUTATIONS))("survives %s", (_, mutate) => {
    const { right, wrong, all, missed } = survival((root, seed) => mutate(root, chance(seed)));
    expect(right / all, missed.join()).toBeGreaterThanOrEqual(0.95);
    expect(wrong / all, missed.join()).toBeLessThanOrEqual(0.005);
  });

  it.each(PAIRS)("survives %s with %s, or is lost", (one, other) => {
    const { wrong, all, missed } = survival((root, seed) => {
      const random = chance(seed);
      MUTATIONS[one]?.(root, random);
      MUTATIONS[other]?.(root, random);
    });
    expect(wrong / all, missed.join()).toBeLessThanOrEqual(0.005);
  });

  it("finds nothing in the place of what the host has taken away", () => {
    let wrong = 0;
    let all = 0;
    for (const html of Object.values(PAGES))
      for (let n = 0; n < put(html).length; n++) {
        const target = put(html)[n] as Element;
        const anchor = describe(target);
        target.remove();
        const found = find(anchor, document);
        all++;
        wrong += found ? 1 : 0;
      }
    expect(wrong / all).toBeLessThanOrEqual(0.005);
  });

  it("goes into the shadow root that its element lies in", () => {
    put("<main><x-form></x-form><x-form></x-form></main>");
    const [first, second] = document.querySelectorAll("x-form");
    for (const [host, title] of [[first, "Home"], [second, "Work"]] as const) {
      host?.setAttribute("name", title);
      (host as Element).attachShadow({ mode: "open" }).innerHTML = "<label>City<input></label><button>Save</button>";
    }
    const button = second?.shadowRoot?.querySelector("button") as Element;
    const anchor = describe(button);
    expect(anchor.within?.map(({ tag }) => tag)).toEqual(["x-form"]);
    expect(find(anchor, document)?.element).toBe(button);
    second?.remove();
    expect(find(anchor, document)).toBeNull();
  });

  it("prefers what is seen to its hidden double", () => {
    const [button] = put("<section><button>Save</button></section>");
    const anchor = describe(button as Element);
    const double = (button as Element).cloneNode(true) as HTMLElement;
    double.checkVisibility = () => false;
    document.querySelector("section")?.prepend(double);
    expect(find(anchor, document)?.element).toBe(button);
  });

  it("says how surely it will be found", () => {
    put('<form><button data-testid="go">Go</button><button>Stop</button><button></button><button></button></form>');
    const said = [...document.querySelectorAll("button")].map((button) => strength(describe(button), button));
    expect(said).toEqual(["strong", "fair", "weak", "weak"]);
  });

  it.each(["ember1843", ":r1:", "field-8812", "css-1x9f3k", "4f2c9a1e-77aa-4d1e-9a55-0c1d2e3f4a5b", "btn_a1B2c3", "mui-12", "_ngcontent-abc"])("is never made of %s", (value) => {
    expect(generated(value)).toBe(true);
  });

  it.each(["title", "submit_button", "address2", "step-1", "@note", "order-line", "current-password", "2026"])("may be made of %s", (value) => {
    expect(generated(value)).toBe(false);
  });
});

// @vitest-environment happy-dom
import { describe, expect, it, vi } from "vitest";
import check, { isRight, standing } from "../blocks/check";
import checklist from "../blocks/checklist";
import { blockKind } from "../client/block";
import { markdown } from "../ui/markdown";

function html(text: string): string {
  const box = document.createElement("div");
  box.append(markdown(text));
  return box.innerHTML;
}

const context = () => ({ answered: vi.fn(), ticked: vi.fn(), stepped: vi.fn(), done: vi.fn() });
const options = [
  { text: "A", correct: true, feedback: "yes" },
  { text: "B", correct: false, feedback: "no" },
];

describe("Markdown", () => {
  it("becomes elements", () => {
    expect(html("a **b** `c`\n\n- d\n- e")).toBe("<p>a <strong>b</strong> <code>c</code></p><ul><li>d</li><li>e</li></ul>");
  });

  it("heads no column with nothing", () => {
    expect(html("| | a |\n|-|-|\n| b | c |")).toContain('<tr><td></td><th scope="col">a</th></tr>');
  });

  it("shows HTML as text", () => {
    expect(html("<img src=x onerror=alert(1)>")).not.toContain("<img");
    expect(html("a <b>c</b>")).toContain("&lt;b&gt;");
  });

  it("links to https and mail only", () => {
    expect(html("[x](javascript:alert(1))")).not.toContain("<a");
    expect(html("[x](https://example.org)")).toContain('rel="noopener noreferrer"');
  });

  it("keeps quotes and ampersands as they were written", () => {
    const box = document.createElement("div");
    box.append(markdown('"Q&A" <3'));
    expect(box.textContent).toBe('"Q&A" <3');
  });
});

describe("a check", () => {
  it("is right when exactly the correct options are chosen", () => {
    expect(isRight({ options }, [0])).toBe(true);
    expect(isRight({ options }, [0, 1])).toBe(false);
    expect(isRight({ options }, [1])).toBe(false);
  });

  it("stands in the order that the edge gives, and reports positions as written", () => {
    const on = context();
    const three = [...options, { text: "C", correct: false, feedback: "" }];
    const form = check.render({ id: "c", kind: "check", question: "?", options: three, reason: "", order: [2, 0, 1] }, on) as HTMLFormElement;
    document.body.replaceChildren(form);
    expect([...form.querySelectorAll("label")].map((label) => label.textContent)).toEqual(["C", "A", "B"]);
    const input = form.querySelectorAll("input")[1];
    if (!input) throw new Error("no input");
    input.checked = true;
    form.dispatchEvent(new Event("submit"));
    expect(on.answered).toHaveBeenCalledWith([0], true);
  });

  it("stands by chance where there is no order, or one that does not fit", () => {
    for (const order of [undefined, [], [0], [0, 0], [0, 2]]) {
      expect([...standing({ options, order } as Parameters<typeof standing>[0])].sort()).toEqual([0, 1]);
    }
    const seen = new Set(Array.from({ length: 60 }, () => standing({ options }).join()));
    expect(seen.size).toBe(2);
  });

  it("reports the position that the author wrote, whatever order is shown", () => {
    const on = context();
    const form = check.render({ id: "c", kind: "check", question: "?", options, reason: "because" }, on) as HTMLFormElement;
    document.body.replaceChildren(form);
    const label = [...form.querySelectorAll("label")].find((found) => found.textContent === "A");
    const input = form.querySelector<HTMLInputElement>(`#${label?.getAttribute("for")}`);
    if (!input) throw new Error("no input");
    input.checked = true;
    input.dispatchEvent(new Event("change"));
    form.dispatchEvent(new Event("submit"));
    expect(on.answered).toHaveBeenCalledWith([0], true);
    expect(on.done).toHaveBeenCalled();
    expect(form.textContent).toContain("because");
  });

  it("does not tell the reason to somebody who may try again", () => {
    const on = context();
    const form = check.render({ id: "c", kind: "check", question: "?", options, reason: "because" }, on) as HTMLFormElement;
    document.body.replaceChildren(form);
    const label = [...form.querySelectorAll("label")].find((found) => found.textContent === "B");
    const input = form.querySelector<HTMLInputElement>(`#${label?.getAttribute("for")}`);
    if (!input) throw new Error("no input");
    input.checked = true;
    form.dispatchEvent(new Event("submit"));
    expect(on.done).not.toHaveBeenCalled();
    expect(form.textContent).not.toContain("because");
    expect(form.textContent).toContain("Try again");
  });
});

describe("block kinds", () => {
  it("are found by their files", () => {
    expect(["text", "steps", "checklist", "check", "video"].map((kind) => blockKind(kind)?.kind)).toEqual(["text", "steps", "checklist", "check", "video"]);
    expect(blockKind("hologram")).toBeUndefined();
  });

  it("tick items by their ids", () => {
    const on = context();
    const items = [{ id: "a", text: "A", detail: "", required: true }];
    const list = checklist.render({ id: "l", kind: "checklist", title: "", items }, on) as HTMLElement;
    const box = list.querySelector("input") as HTMLInputElement;
    box.checked = true;
    box.dispatchEvent(new Event("change"));
    expect(on.ticked).toHaveBeenCalledWith(["a"]);
  });
});

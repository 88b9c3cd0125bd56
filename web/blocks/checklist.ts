/** Items ticked in a run that is bound to one case. */

import type { BlockKind } from "../client/block";
import type { Block } from "../client/types";
import { h, uid } from "../ui/dom";

interface Checklist extends Block {
  title: string;
  items: { id: string; text: string; detail: string; required: boolean }[];
}

const checklist: BlockKind<Checklist> = {
  kind: "checklist",
  asks: false,
  render: (block, context) => {
    const ticked = new Set<string>();
    const count = h("p", { class: "count", "aria-live": "polite" });
    const say = () => count.replaceChildren(`${ticked.size} of ${block.items.length} done`);
    say();
    const items = block.items.map((item) => {
      const id = uid("tick");
      const box = h("input", {
        type: "checkbox",
        id,
        onchange: () => {
          if (box.checked) ticked.add(item.id);
          else ticked.delete(item.id);
          say();
          context.ticked([...ticked]);
        },
      });
      return h(
        "li",
        {},
        box,
        h(
          "label",
          { for: id },
          h("span", {}, item.text, !item.required && h("span", { class: "optional" }, " if it applies")),
          item.detail && h("small", {}, item.detail),
        ),
      );
    });
    return h("section", { class: "checklist" }, block.title && h("h3", {}, block.title), h("ul", {}, ...items), count);
  },
};

export default checklist;

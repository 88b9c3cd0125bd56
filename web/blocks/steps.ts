/** A procedure: what to do, one step after the other. */

import type { BlockKind } from "../client/block";
import type { Block } from "../client/types";
import { h } from "../ui/dom";
import { markdown } from "../ui/markdown";

interface Steps extends Block {
  title: string;
  steps: { do: string; detail: string; why: string }[];
}

const steps: BlockKind<Steps> = {
  kind: "steps",
  asks: false,
  render: (block) =>
    h(
      "section",
      { class: "steps" },
      block.title && h("h3", {}, block.title),
      h(
        "ol",
        {},
        ...block.steps.map((step) =>
          h(
            "li",
            {},
            h("strong", {}, step.do),
            step.detail && h("div", { class: "prose detail" }, markdown(step.detail)),
            step.why && h("p", { class: "why" }, h("span", { class: "label" }, "Why "), step.why),
          ),
        ),
      ),
    ),
};

export default steps;

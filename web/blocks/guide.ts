/** Steps in the host tool: shown beside its elements where there is a host, as a list elsewhere. */

import type { BlockKind } from "../client/block";
import type { Block } from "../client/types";
import { h } from "../ui/dom";
import { markdown } from "../ui/markdown";
import type { Anchor } from "../widget/anchor/clues";

export interface GuideStep {
  do: string;
  detail: string;
  anchor: Anchor | null;
  done: "next" | "click" | "value" | "navigation";
  value: string;
}

export interface Guide extends Block {
  title: string;
  steps: GuideStep[];
}

const guide: BlockKind<Guide> = {
  kind: "guide",
  asks: false,
  render: (block, context) =>
    h(
      "section",
      { class: "steps" },
      block.title && h("h3", {}, block.title),
      context.guide && h("button", { type: "button", class: "primary show", onclick: () => context.guide?.(block) }, "Show me, step by step"),
      h("ol", {}, ...block.steps.map((step) => h("li", {}, h("strong", {}, step.do), step.detail && h("div", { class: "prose detail" }, markdown(step.detail))))),
    ),
};

export default guide;

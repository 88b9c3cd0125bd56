/** Prose in Markdown. */

import type { BlockKind } from "../client/block";
import type { Block } from "../client/types";
import { h } from "../ui/dom";
import { markdown } from "../ui/markdown";

interface Text extends Block {
  markdown: string;
}

const text: BlockKind<Text> = {
  kind: "text",
  asks: false,
  render: (block) => h("div", { class: "prose" }, markdown(block.markdown)),
};

export default text;

/** A short video with captions and a transcript, so that nobody needs the sound. */

import type { BlockKind } from "../client/block";
import type { Block } from "../client/types";
import { h } from "../ui/dom";
import { markdown } from "../ui/markdown";

interface Video extends Block {
  title: string;
  src: string;
  captions: string;
  poster: string;
  transcript: string;
}

const video: BlockKind<Video> = {
  kind: "video",
  asks: false,
  render: (block) =>
    h(
      "figure",
      { class: "video" },
      h(
        "video",
        { controls: true, preload: "metadata", playsinline: true, src: block.src, poster: block.poster || undefined, "aria-label": block.title },
        block.captions && h("track", { kind: "captions", src: block.captions, default: true, label: "Captions" }),
      ),
      h("figcaption", {}, block.title),
      block.transcript && h("details", {}, h("summary", {}, "Transcript"), h("div", { class: "prose" }, markdown(block.transcript))),
    ),
};

export default video;

/** The contract of a block kind in the browser: one file in blocks/, found by its name. */

import type { Block } from "./types";

export interface BlockContext {
  /** Reports an answer; the edge scores it again. */
  answered(answer: number[], correct: boolean): void;
  ticked(items: string[]): void;
  stepped(step: number, of: number): void;
  /** The block is done with: the player may offer "Next". */
  done(): void;
  /** Shows a guide beside the elements it is about; only where a host tool is. */
  guide?: (block: Block) => void;
}

export interface BlockKind<B extends Block = Block> {
  kind: string;
  /** Whether the person must do something before going on. */
  asks: boolean;
  render(block: B, context: BlockContext): Node;
}

const modules = import.meta.glob<{ default: BlockKind<never> }>("../blocks/*.ts", { eager: true });

const kinds = new Map(Object.values(modules).map((module) => [module.default.kind, module.default as unknown as BlockKind]));

export function blockKind(kind: string): BlockKind | undefined {
  return kinds.get(kind);
}

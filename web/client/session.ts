/** Where a check that was answered wrong is put back in the session it belongs to. */

import type { Review, Session } from "./types";

/**
 * What is still to be asked after a wrong answer. `left`: the seconds left of the session; `asked`: how often this check was
 * asked again already. Where it does not fit beside the rest it is not put back: it is due tomorrow.
 */
export function again(rest: readonly Review[], wrong: Review, rule: Session["again"], left: number, asked: number): Review[] {
  const needed = rest.reduce((sum, review) => sum + review.seconds, wrong.seconds);
  if (asked >= rule.times || needed > left) return [...rest];
  const at = Math.min(rule.apart, rest.length);
  return [...rest.slice(0, at), wrong, ...rest.slice(at)];
}

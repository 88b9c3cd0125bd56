import { describe, expect, it } from "vitest";
import { again } from "../client/session";
import type { Review } from "../client/types";

const review = (check: string, seconds = 20) => ({ check, seconds }) as Review;
const names = (reviews: Review[]) => reviews.map((one) => one.check).join("");
const rule = { apart: 3, times: 2 };

describe("a wrong answer", () => {
  const rest = [..."abcd"].map((name) => review(name));

  it("comes again three checks later, or at the end", () => {
    expect(names(again(rest, review("x"), rule, 180, 0))).toBe("abcxd");
    expect(names(again(rest.slice(0, 2), review("x"), rule, 180, 0))).toBe("abx");
    expect(names(again([], review("x"), rule, 20, 0))).toBe("x");
  });

  it("is left for tomorrow where it does not fit, or was asked again often enough", () => {
    expect(names(again(rest, review("x"), rule, 99, 0))).toBe("abcd");
    expect(names(again(rest, review("x"), rule, 100, 1))).toBe("abcxd");
    expect(names(again(rest, review("x"), rule, 180, 2))).toBe("abcd");
  });
});

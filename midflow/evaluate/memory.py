"""`midflow evaluate memory`: how well memory foretells reviews, beside FSRS alone, SM-2 and the average.

Reviews in the order of their times; five successive blocks, each foretold by
what was fitted on all before it; answers within a day of the one before on the
same check are learned from and not scored.
"""

import argparse
from pathlib import Path
from typing import Any

from midflow.evaluate.finding import Finding, Refused, Say
from midflow.evaluate.measures import auc
from midflow.evaluate.recalls import FORETELLERS, scored, successive
from midflow.evaluate.reviews import read_reviews
from midflow.evaluate.scores import log_loss, rmse_bins

BLOCKS = 5
FEWEST = 60


def run(args: argparse.Namespace, say: Say) -> Finding:
    """Evaluate the table `args.reviews`; Refused where it holds too little to tell."""
    reviews = read_reviews(Path(args.reviews))
    table = scored(reviews)
    if len(table.at) < FEWEST:
        raise Refused(
            f"{len(table.at)} reviews come a day or more after the one before; at least {FEWEST} are needed."
        )
    blocks = successive(len(table.at), BLOCKS)
    judged = slice(blocks[0][0], blocks[-1][1])
    right = table.right[judged]
    figures: dict[str, Any] = {}
    for name, foretell in FORETELLERS.items():
        say(name)
        found = foretell(reviews, table, blocks)
        if found is None:
            figures[name] = None
            continue
        chances = found[judged]
        bins = (table.days[judged], table.length[judged], table.lapses[judged])
        figures[name] = {
            "auc": _rounded(auc(right, chances)),
            "log_loss": _rounded(log_loss(right, chances)),
            "rmse_bins": _rounded(rmse_bins(right, chances, *bins)),
        }
    figures |= {"answers": len(reviews), "scored": len(right), "blocks": BLOCKS}
    return Finding(figures=figures, words=_words(figures))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 5)


def _words(figures: dict[str, Any]) -> str:
    about = (
        f"{figures['answers']:,} answers, {figures['scored']:,} reviews scored in {figures['blocks']} blocks."
    )
    lines = [about, f"{'':14}{'auc':>12}{'log_loss':>12}{'rmse_bins':>12}"]
    for name in FORETELLERS:
        row = figures[name]
        if row is None:
            lines.append(f"{name:14}  needs fsrs-rs-python: install midflow[fit]")
            continue
        lines.append(
            f"{name:14}" + "".join(f"{'-' if c is None else format(c, '.4f'):>12}" for c in row.values())
        )
    return "\n".join(lines)

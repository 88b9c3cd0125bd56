"""The report of an evaluation: one HTML page that needs nothing else, readable by eye and by screen reader."""

from collections.abc import Mapping, Sequence
from html import escape
from math import sqrt

Points = Sequence[tuple[float, float, float]]
"""(mean chance, mean outcome, share of rows) of each bin."""

SIDE, MARGIN, GAP = 260, 44, 10
BAR, LABEL, WIDTH = 26, 110, 480

STYLE = """
:root { color-scheme: light dark; --paper: #fbfaf7; --ink: #1d2430; --soft: #5a6472; --line: #d5d3cb;
  --ours: #0b6b5d; --other: #a2561b; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181f; --ink: #e9e6df; --soft: #a9b0bb; --line: #39414d;
  --ours: #5fcdb9; --other: #eba56c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.55 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; }
.lead { font-size: 1.15rem; border-left: 4px solid var(--ours); padding-left: 1rem; margin: 1.25rem 0; }
.soft { color: var(--soft); }
.wide { overflow-x: auto; margin: 1.25rem 0; }
.wide:focus-visible { outline: 2px solid var(--ours); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: .4rem; }
th, td { text-align: right; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
td { white-space: nowrap; }
thead th { vertical-align: bottom; }
th:first-child { text-align: left; }
tbody th { font-weight: 500; }
figure { margin: 1.25rem 0; }
figcaption { color: var(--soft); font-size: .95rem; }
svg { max-width: 100%; height: auto; }
svg text { fill: var(--ink); font: 13px system-ui, sans-serif; }
.axis { stroke: var(--line); fill: none; }
.ours { fill: var(--ours); stroke: var(--ours); }
.other { fill: var(--other); stroke: var(--other); }
.halo { stroke: var(--paper); stroke-width: 6; }
.span { stroke: var(--ink); stroke-width: 2; }
"""


def page(title: str, lead: str, sections: Sequence[str]) -> str:
    """Return the page; `sections` are pieces of HTML from the functions below."""
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n"
        f'<p class="lead">{escape(lead)}</p>\n{"".join(sections)}</main>\n</body>\n</html>\n'
    )


def words(title: str, *paragraphs: str) -> str:
    """Return a section of plain text."""
    return f"<h2>{escape(title)}</h2>\n" + "".join(f"<p>{escape(text)}</p>\n" for text in paragraphs)


def table(caption: str, columns: Sequence[str], rows: Mapping[str, Sequence[str]]) -> str:
    """Return a table; the keys of `rows` head them, `columns` name the cells of each."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>\n'
        for name, cells in rows.items()
    )
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption>\n<thead><tr><td></td>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n"
    )


def reliability_figure(caption: str, ours: Points, other: Points, called: str) -> str:
    """Return a picture of predicted against observed: round marks for Midflow, square ones for `called`, larger for more rows."""
    top = max((max(p, seen) for p, seen, _ in (*ours, *other)), default=1.0)
    scale = SIDE / max(top, 0.05)

    def x(p: float) -> float:
        return MARGIN + p * scale

    def y(p: float) -> float:
        return GAP + SIDE - p * scale

    def size(share: float) -> float:
        return 2.5 + 6 * sqrt(share)

    square = "".join(
        f'<rect class="other" x="{x(p) - size(share):.1f}" y="{y(seen) - size(share):.1f}"'
        f' width="{2 * size(share):.1f}" height="{2 * size(share):.1f}"/>'
        for p, seen, share in other
    )
    round_ = "".join(
        f'<circle class="ours" cx="{x(p):.1f}" cy="{y(seen):.1f}" r="{size(share):.1f}"/>'
        for p, seen, share in ours
    )
    bottom = GAP + SIDE
    ticks = "".join(
        f'<text x="{x(top * part):.0f}" y="{bottom + 18}" text-anchor="middle">{100 * top * part:.0f}%</text>'
        f'<text x="{MARGIN - 6}" y="{y(top * part) + 4:.0f}" text-anchor="end">{100 * top * part:.0f}%</text>'
        for part in (0.0, 0.5, 1.0)
    )
    key = (
        f'<circle class="ours" cx="{MARGIN + SIDE + 24}" cy="24" r="5"/>'
        f'<text x="{MARGIN + SIDE + 36}" y="28">Midflow</text>'
        f'<rect class="other" x="{MARGIN + SIDE + 20}" y="42" width="8" height="8"/>'
        f'<text x="{MARGIN + SIDE + 36}" y="50">{escape(called)}</text>'
    )
    drawn = (
        f'<path class="axis" d="M{MARGIN} {GAP}V{bottom}H{MARGIN + SIDE}M{MARGIN} {bottom}L{MARGIN + SIDE} {GAP}"/>'
        f"{ticks}{square}{round_}{key}"
    )
    return _figure(caption, drawn, MARGIN + SIDE + 190, bottom + 30)


def scatter_figure(caption: str, points: Sequence[tuple[str, float, float]], axes: tuple[str, str]) -> str:
    """Return points (label, x >= 0, y) on two named axes: round for Midflow, numbered squares for each other label."""
    right = max((x for _, x, _ in points), default=1.0) or 1.0
    low = min((y for _, _, y in points), default=0.0)
    high = max((y for _, _, y in points), default=1.0)
    spread = max(high - low, 1e-9)
    labels = [label for label in dict.fromkeys(label for label, _, _ in points) if label != "Midflow"]
    drawn: list[str] = []
    for label, value, height in points:
        x = MARGIN + value / right * (SIDE - 10)
        y = GAP + SIDE - 10 - (height - low) / spread * (SIDE - 20)
        if label == "Midflow":
            drawn.append(f'<circle class="ours" cx="{x:.1f}" cy="{y:.1f}" r="5"/>')
            continue
        mark = labels.index(label) + 1
        drawn.append(
            f'<rect class="other" x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6"/>'
            f'<text x="{x + 5:.1f}" y="{y - 3:.1f}">{mark}</text>'
        )
    bottom, beside = GAP + SIDE, MARGIN + SIDE + 24
    names = ["● Midflow", *(f"{n} {label}" for n, label in enumerate(labels, 1))]
    drawn += [f'<text x="{beside}" y="{28 + 20 * n}">{escape(name)}</text>' for n, name in enumerate(names)]
    drawn.append(
        f'<path class="axis" d="M{MARGIN} {GAP}V{bottom}H{MARGIN + SIDE}"/>'
        f'<text x="{MARGIN - 6}" y="{GAP + 14}" text-anchor="end">{high:.0f}</text>'
        f'<text x="{MARGIN - 6}" y="{bottom - 6}" text-anchor="end">{low:.0f}</text>'
        f'<text x="{MARGIN + SIDE}" y="{bottom + 18}" text-anchor="end">{right:.1f} {escape(axes[0])}</text>'
        f'<text x="{MARGIN + 6}" y="{GAP + 6}">{escape(axes[1])}</text>'
    )
    return _figure(caption, "".join(drawn), beside + 130, bottom + 30)


def bars_figure(
    caption: str, bars: Sequence[tuple[str, float, str]], spans: Mapping[str, Sequence[float]]
) -> str:
    """Return horizontal bars: (label, value >= 0, the value as text); `spans`: low and high by label, where known."""
    top = max([value for _, value, _ in bars] + [high for _, high in spans.values()] + [1e-9])
    scale = (WIDTH - LABEL - 90) / top
    drawn: list[str] = []
    for n, (label, value, said) in enumerate(bars):
        middle = GAP + n * (BAR + GAP) + BAR / 2
        end = LABEL + value * scale
        kind = "ours" if label == "Midflow" else "other"
        drawn.append(
            f'<text x="{LABEL - 8}" y="{middle + 4:.0f}" text-anchor="end">{escape(label)}</text>'
            f'<rect class="{kind}" x="{LABEL}" y="{middle - BAR / 2:.0f}" width="{max(value * scale, 1):.1f}" height="{BAR}"/>'
        )
        if label in spans:
            low, high = spans[label]
            end = max(end, LABEL + high * scale)
            line = f"M{LABEL + low * scale:.1f} {middle}H{LABEL + high * scale:.1f}"
            drawn.append(f'<path class="halo" d="{line}"/><path class="span" d="{line}"/>')
        drawn.append(f'<text x="{end + 8:.0f}" y="{middle + 4:.0f}">{escape(said)}</text>')
    return _figure(caption, "".join(drawn), WIDTH, GAP + len(bars) * (BAR + GAP))


def percent(share: float | None, digits: int = 1) -> str:
    """Return a share in percent, or a dash where there is none."""
    return "–" if share is None else f"{100 * share:.{digits}f}%"


def number(value: float | None, digits: int = 3) -> str:
    """Return a number, or a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def _figure(caption: str, drawn: str, width: float, height: float) -> str:
    return (
        f'<figure><svg role="img" aria-label="{escape(caption)}" viewBox="0 0 {width:.0f} {height:.0f}"'
        f' width="{width:.0f}">{drawn}</svg><figcaption>{escape(caption)}</figcaption></figure>\n'
    )

"""The day's scores as a histogram: what the page draws as SVG, and says in words."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.cli.preview.state import Row

BINS = 20
STEP = 100 // BINS
WIDTH, HEIGHT, FLOOR = 400, 96, 80
"""Of the picture, and of the line on which the bars stand."""
CEILING = 14
GAP = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The papers whose scores lie between two numbers; lengths in units of the picture."""

    x: float
    width: float
    papers: int
    chosen: int
    height: float
    chosen_height: float
    """Of its lower part: those that are in the email."""
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Bars from 0 to 100, the cut-off, and the same in a sentence.

    Heights grow with the square root: on most days hundreds of papers score near 0, and the few
    that matter would vanish beside them. Each bar has its number on it.
    """

    bars: tuple[Bar, ...]
    cut: float
    """Where the cut-off line stands."""
    words: str


def histogram(rows: Sequence[Row], min_score: float) -> Histogram:
    """Return the scores of `rows` in steps of five points."""
    bins: list[list[Row]] = [[] for _ in range(BINS)]
    for row in rows:
        bins[min(row.points // STEP, BINS - 1)].append(row)
    most = max(map(len, bins), default=0)
    above = sum(row.points >= min_score for row in rows)
    return Histogram(
        bars=tuple(_bar(number, found, most) for number, found in enumerate(bins) if found),
        cut=WIDTH * min(max(min_score, 0.0), 100.0) / 100,
        words=f"{len(rows)} papers by score, {above} of them at {min_score:g} points or above",
    )


def _bar(number: int, rows: Sequence[Row], most: int) -> Bar:
    wide = WIDTH / BINS
    chosen = sum(row.number > 0 for row in rows)
    height = (FLOOR - CEILING) * sqrt(len(rows) / most)
    low, high = number * STEP, (number + 1) * STEP
    return Bar(
        x=number * wide + GAP / 2,
        width=wide - GAP,
        papers=len(rows),
        chosen=chosen,
        height=height,
        chosen_height=height * (chosen / len(rows)),
        label=f"{low} to {high} points: {len(rows)}, of which {chosen} in the email",
    )

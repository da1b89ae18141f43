"""Histogram of the day's scores, for the page's SVG and its text alternative."""

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
"""Size of the picture, and height of the baseline, in SVG units."""
CEILING = 14
GAP = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Papers with scores between two numbers; lengths in SVG units."""

    x: float
    width: float
    papers: int
    chosen: int
    height: float
    chosen_height: float
    """Height of its lower part, the papers in the email."""
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Bars from 0 to 100, the cut-off, and a sentence.

    Heights are square roots of counts: hundreds of papers score near 0 on most days and would
    hide the few that matter. Each bar shows its count.
    """

    bars: tuple[Bar, ...]
    cut: float
    """Position of the cut-off line."""
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

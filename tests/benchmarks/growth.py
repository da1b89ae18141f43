"""Growth benchmark.

    PYTHONPATH=tests:tests/support python -m benchmarks.growth [FOLDER]

Against papers, readers, interests, likes and history; each point is the CPU of one job. The slope
is that of the points in a log-log plane: 1 is linear, less is better.
"""

from __future__ import annotations

import json
import sys
from math import log
from pathlib import Path
from typing import TYPE_CHECKING

from .measuring import job, machine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Curve = dict[int, float]


def curves() -> Mapping[str, tuple[Curve, str]]:
    """Return the measured points of each curve and their unit."""
    return {
        "papers": ({n: rank(20, n) for n in (250, 500, 1000, 2000, 4000)}, "CPU s, 20 readers"),
        "readers": ({n: rank(n, 500) for n in (25, 50, 100, 200, 400)}, "CPU s, 500 papers"),
        "interests": ({n: rank(20, 500, n) for n in (1, 2, 4, 8, 16)}, "CPU s, 20 readers"),
        "likes": ({n: rank(1, 500, 3, n) for n in (10, 30, 100, 300, 1000)}, "CPU s, one reader"),
        "days of history": years(730, 30),
    }


def rank(readers: int, papers: int, interests: int = 3, likes: int = 0) -> float:
    """Return the CPU seconds of phrases and scores."""
    parts = json.loads(job(*map(str, ("ranking", readers, papers, interests, likes))).out)
    return float(parts["phrases"] + parts["scores"])


def years(days: int, papers: int) -> tuple[Curve, str]:
    """Return the size of the database at the end of each week."""
    parts = json.loads(job("years", str(days), str(papers)).out)
    sizes = {int(key.split()[1]): size for key, size in parts.items() if key.startswith("day ")}
    return {day: size for day, size in sizes.items() if day}, f"MB, {papers} papers a day"


def slope(points: Curve) -> float:
    """Return the exponent of growth from the first point to the last."""
    (first, low), (last, high) = min(points.items()), max(points.items())
    return log(high / low) / log(last / first)


def draw(found: Mapping[str, tuple[Curve, str]], path: Path) -> None:
    """Write the curves as one PNG; needs matplotlib."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(14, 2.8), layout="constrained")
    for axes, (name, (points, unit)) in zip(
        figure.subplots(1, len(found)), found.items(), strict=True
    ):
        axes.plot(points.keys(), points.values(), "o-", color="#a8481a", markersize=3)
        axes.set(title=f"{name} (slope {slope(points):.2f})", ylabel=unit, xlim=(0, None))
        axes.set_ylim(0, None)
    figure.savefig(path, dpi=110)


def main(arguments: Sequence[str]) -> None:
    """Measure, print and draw."""
    print(machine())
    found = curves()
    for name, (points, unit) in found.items():
        shown = list(points.items())[:: max(len(points) // 8, 1)]
        told = "  ".join(f"{n:,}: {value:.2f}" for n, value in shown)
        print(f"{name:16} {unit:24} slope {slope(points):.2f}   {told}")
    try:
        draw(found, Path(*arguments) / "growth.png")
    except ImportError:
        print("matplotlib is not installed: no plot (pip install -e '.[benchmark]')")


if __name__ == "__main__":
    main(sys.argv[1:])

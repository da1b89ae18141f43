"""The jobs that `make benchmark` measures still do their work, at a size that takes no time."""

from __future__ import annotations

import pytest
from benchmarks.growth import slope
from benchmarks.jobs import JOBS

pytestmark = [pytest.mark.unmeasured, pytest.mark.process]


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("ranking", (2, 15, 2, 3)),
        ("refit", (1, 15)),
        ("sanity", (1, 15, 5)),
        ("rendering", (2,)),
        ("sending", (12, 2)),
        ("line", (2, 15)),
        ("years", (8, 15)),
    ],
)
def test_a_job_does_its_work(name: str, numbers: tuple[int, ...]) -> None:
    """It fails where a message is not sent; what it measures is a number of seconds or bytes."""
    parts = JOBS[name](*numbers)
    assert parts
    assert all(value >= 0 for value in parts.values())


def test_every_job_is_tried() -> None:
    """No job rots unseen."""
    assert set(JOBS) == {"ranking", "refit", "sanity", "rendering", "sending", "line", "years"}


@pytest.mark.parametrize(("power", "told"), [(1, 1.0), (2, 2.0), (0, 0.0)])
def test_the_slope_is_the_power_of_growth(power: int, told: float) -> None:
    """Linear growth has slope 1, quadratic 2, none 0."""
    assert slope({n: float(n**power) for n in (10, 20, 40)}) == pytest.approx(told)

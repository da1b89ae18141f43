"""Answers of each source in its true format, in our own words; and the real ones, if present."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

RECORDED = Path(__file__).parent / "recorded"
CAPTURES = Path(os.environ.get("DIGEST_DATA", RECORDED.parents[2] / "shared" / "data")) / "captures"


def recorded(name: str) -> bytes:
    """Return the bytes of a recording; a test holds that each is used."""
    return (RECORDED / name).read_bytes()


def captured(pattern: str) -> list[object]:
    """Return a parameter for each real capture of that pattern, or one that is skipped."""
    paths = sorted(CAPTURES.glob(pattern))
    absent = pytest.mark.skip(reason="real captures are not here: set DIGEST_DATA")
    return [pytest.param(path, id=path.name) for path in paths] or [
        pytest.param(CAPTURES, marks=absent, id="absent")
    ]

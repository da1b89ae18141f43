"""Answers of each source in its true format, in our own words; and the real ones, if present."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest.sources import _feed_reader, _feedparser_worker
from digest.sources._json import table

if TYPE_CHECKING:
    from collections.abc import Collection

    from digest.sources._feed_reader import ParsedFeed


RECORDED = Path(__file__).parents[1] / "recorded"
CAPTURES = Path(os.environ.get("DIGEST_DATA", RECORDED.parents[2] / "shared" / "data")) / "captures"


def recorded(name: str) -> bytes:
    """Return the bytes of a recording; a test holds that each is used."""
    return (RECORDED / name).read_bytes()


def captured(pattern: str, slow: Collection[str] = ()) -> list[object]:
    """Return a parameter for each real capture of that pattern, or one that is skipped.

    Those whose names are in `slow` take seconds and are read by `make test-all`.
    """
    paths = sorted(CAPTURES.glob(pattern))
    absent = pytest.mark.skip(reason="real captures are not here: set DIGEST_DATA")
    return [
        pytest.param(path, id=path.name, marks=[pytest.mark.process] * (path.name in slow))
        for path in paths
    ] or [pytest.param(CAPTURES, marks=absent, id="absent")]


def entries_of(
    body: bytes, content_type: str = "", location: str = "https://a.example/"
) -> ParsedFeed:
    """Read a feed as the child would, but in this process, which is quicker."""
    target = io.BytesIO()
    facts = json.dumps({"content_type": content_type, "location": location}).encode()
    _feedparser_worker.main(io.BytesIO(facts + b"\n" + body), target)
    return _feed_reader.feed(table(json.loads(target.getvalue())), body)

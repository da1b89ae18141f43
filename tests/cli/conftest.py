"""A folder with a config that needs no network, and a list of papers in a file."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest
from town import digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from town import Run

PAPERS = (
    ("2606.01001", "Flow Matching in Few Steps", "Flow matching needs fewer steps than before."),
    ("2606.01002", "Flow Matching on Spheres", "Flow matching on curved spaces, with generation."),
    ("2606.01003", "Notes on Medieval Accounting", "Ledgers of one abbey are read again."),
)
TEXT = """
[[interests]]
name = "Flows"
phrases = ["flow matching"]
[email]
to = "ada@reader.test"
[[sources]]
type = "file"
path = "papers.jsonl"
[maildir]
path = "mail"
[schedule]
timezone = "UTC"
[storage]
path = "state"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder."""
    (tmp_path / "config.toml").write_text(TEXT)
    lines = (json.dumps({"id": i, "title": t, "abstract": a}) for i, t, a in PAPERS)
    (tmp_path / "papers.jsonl").write_text("\n".join(lines))
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    """Run a command with the folder's config."""
    return lambda *arguments: digest("-c", str(folder / "config.toml"), *arguments)


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    """The log, put back as it was."""
    logger = logging.getLogger("digest")
    before = logger.handlers[:], logger.level, logger.propagate, logging.raiseExceptions
    yield logger
    logger.handlers[:], _, logger.propagate, logging.raiseExceptions = before
    logger.setLevel(before[1])

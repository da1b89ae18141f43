"""The sample: shipped papers and interests, one fixed day, no config and no network."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.config import Config

CONFIG = Path(__file__).parent / "sample.toml"
FOLDER = Path("sample-mail")
STATE = ".state"
"""The sample's own memory, inside its maildir; never the user's."""


def sample_day(config: Config) -> date:
    """Return the one day of the sample: the last on which one of its papers was listed."""
    from digest.sources.file import read_lines

    lines = b"".join(Path(s.path).read_bytes() for s in config.sources if hasattr(s, "path"))
    papers, _ = read_lines(lines)
    return max(paper.listed for paper in papers if paper.listed)


def sample_config(folder: Path) -> Config:
    """Return the sample's config, which delivers into a maildir at `folder`."""
    from digest.config import load
    from digest.delivery.maildir import Maildir

    config = load(CONFIG, environ={})
    folder = folder.absolute()
    return replace(config, transport=Maildir(path=str(folder)), storage=folder / STATE)


def sample_now(day: date) -> datetime:
    """Return half past seven on the sample's day: its letter is the same whenever it is made."""
    return datetime(day.year, day.month, day.day, 7, 30, tzinfo=UTC)


def shown(folder: Path) -> tuple[Path, str, Path]:
    """Return where the sample's newest email lies, its text part, and its HTML part in a file."""
    from email import message_from_bytes
    from email.policy import default

    letter = max((folder / "new").iterdir(), key=lambda path: path.stat().st_mtime)
    message = message_from_bytes(letter.read_bytes(), policy=default)
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    page = folder / "digest.html"
    page.write_text(html.get_content() if html else "", encoding="utf-8")
    return letter, text.get_content() if text else "", page

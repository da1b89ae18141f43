"""A daily email with the new papers that matter to you, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.model.paper import Paper
from digest.model.profile import Interest, Profile

if TYPE_CHECKING:
    from digest.ranking.ranker import Ranker

__version__ = "0.1.0"
__all__ = ["Interest", "Paper", "Profile", "Ranker", "__version__", "summarize"]


def __getattr__(name: str) -> object:
    """Load the ranker, and numpy with it, at first use."""
    if name == "Ranker":
        from digest.ranking.ranker import Ranker

        return Ranker
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def summarize(paper: Paper, sentences: int | None = None) -> str:
    """Return the summary of `paper` as the email shows it, or "" if its text says nothing.

    It has purpose and result in at most 45 words of the abstract; `sentences=1` gives one sentence.
    """
    from digest.email.summary.summarize import summarize
    from digest.ranking.background import shipped_background

    return summarize(paper, sentences=sentences, idf=shipped_background().weight)

"""A ranked paper: its score and the reasons that add up to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.model.paper import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One term that carried a score and the points it gave; the points add up to the score."""

    term: str
    """The words as they stand in the paper."""
    weight: float
    """Points of 100; negative for what the reader avoids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A paper, how well it fits its reader, and why."""

    paper: Paper
    score: float
    """0–100."""
    interest: str = ""
    """The name of the interest that fits best."""
    reasons: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()
    """Terms of the interest that the paper lacks."""
    like: str = ""
    """The title of the liked paper that is nearest, where likes carried the score."""
    followed: tuple[str, ...] = ()
    """Authors of the paper whom the reader follows."""
    uncertain: tuple[str, ...] = ()
    """Authors who may be another person of the same name."""
    muted: bool = False
    """True where the reader never wants to see it."""

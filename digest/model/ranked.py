"""Ranked paper: its score and the reasons that add up to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.model.paper import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Term that carried a score, with its points; the points add up to the score."""

    term: str
    """Words as they are in the paper."""
    weight: float
    """Points of 100; negative for what the reader avoids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """Paper with its score for one reader and the reasons."""

    paper: Paper
    score: float
    """0–100."""
    interest: str = ""
    """Name of the interest that fits best."""
    reasons: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()
    """Terms of the interest that the paper lacks."""
    like: str = ""
    """Title of the nearest liked paper, where likes carried the score."""
    followed: tuple[str, ...] = ()
    """Authors of the paper whom the reader follows."""
    uncertain: tuple[str, ...] = ()
    """Authors who may be another person of the same name."""
    muted: bool = False
    """True where the reader muted it."""

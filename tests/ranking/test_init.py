"""Public names of the ranking package."""

from __future__ import annotations

import pytest

from digest import ranking
from digest.ranking.background import Background
from digest.ranking.ranker import Ranker


def test_public_names_are_imported_at_first_use() -> None:
    """Public names are those of the modules."""
    assert (ranking.Ranker, ranking.Background) == (Ranker, Background)


def test_other_names_are_unknown() -> None:
    """A name that does not exist is an AttributeError, as in any module."""
    with pytest.raises(AttributeError, match="has no attribute 'Rankr'"):
        ranking.Rankr  # noqa: B018 - asking is the act

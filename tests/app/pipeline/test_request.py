"""What the line has in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakes import fetch_in, house, other, video

from digest.app.pipeline.pipeline import draft

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_not_in_the_letter_was_passed_over(tmp_path: Path) -> None:
    """Candidates and letter tell it; nothing else remembers."""
    with house(tmp_path, papers=[video(1), other(1)]) as home:
        made = draft(home.request(), fetch_in(home), home.config, home.runtime)
    assert [paper.id for paper in made.message.papers] == ["arxiv:2606.00001"]
    assert [paper.id for paper in made.passed] == ["arxiv:2605.00001"]

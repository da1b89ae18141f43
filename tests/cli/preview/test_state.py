from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from digest.cli.preview.state import PageState
from digest.model.issue import SourceReport
from digest.model.states import SourceState

if TYPE_CHECKING:
    from preview_scene import PreviewTarget

EMPTY = PageState(epoch=1, reader="me", readers=("me",))


def test_before_anything_is_drawn_all_is_empty() -> None:
    """A state without a digest can be shown all the same."""
    assert (EMPTY.rows, EMPTY.min_score, EMPTY.summary) == ((), 0.0, "no digest yet")
    assert EMPTY.to_json["digest"] is None


def test_rows_are_ordered_numbered_and_pointed(state: PageState) -> None:
    """The best comes first; those in the email bear its numbers, the others 0."""
    scores = [row.ranked.score for row in state.rows]

    assert scores == sorted(scores, reverse=True)
    assert [row.number for row in state.rows] == [1, 0, 0]
    assert state.rows[0].points == round(scores[0])
    assert state.min_score == 25


def test_a_failed_source_is_named_in_the_summary(state: PageState) -> None:
    """The figures do not hide that something is missing."""
    assert state.draft is not None
    gone = SourceReport(name="BAIR", state=SourceState.FAILED, error="404")
    issue = replace(state.draft.issue, sources=(*state.draft.issue.sources, gone))

    told = replace(state, draft=replace(state.draft, issue=issue)).summary

    assert told == "3 papers from 1 source (BAIR failed) · 1 chosen"


def test_the_last_word_on_a_paper_counts(target: PreviewTarget) -> None:
    """A paper liked once and disliked later is disliked."""
    session = target.session()
    session.teach("me", "arxiv:2606.00003", "like")
    session.teach("me", "arxiv:2606.00003", "dislike")

    state = session.state()

    assert {row.ranked.paper.id: row.vote for row in state.rows}["arxiv:2606.00003"] == "dislike"
    assert state.to_json["taught"] == {"liked": 0, "disliked": 1}

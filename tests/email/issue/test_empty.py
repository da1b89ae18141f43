"""Why there is nothing today."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from digest.email.issue.empty import empty_reason, explain
from digest.model.issue import EmptyReason, Issue, SourceReport
from digest.model.paper import Paper
from digest.model.ranked import Ranked
from digest.model.states import SourceState

FRIDAY, SATURDAY = date(2026, 6, 12), date(2026, 6, 13)


def reason(
    empty: EmptyReason,
    *states: str,
    read: int = 0,
    seen: int = 0,
    best: int = 0,
    day: date = FRIDAY,
) -> str:
    """Return the reason for an empty issue whose sources fared as `states` say."""
    names = ("Hugging Face", "cs.CL", "bioRxiv")
    reports = tuple(
        SourceReport(name=name, state=SourceState(state))
        for name, state in zip(names, states, strict=False)
    )
    issue = Issue(
        reader="ada",
        day=day,
        now=datetime(2026, 6, 12, tzinfo=UTC),
        sources=reports,
        read=read,
        best=best,
        min_score=25.0,
    )
    return explain(empty, issue, seen)


def ranked(*, muted: bool = False) -> Ranked:
    """Return any paper."""
    return Ranked(paper=Paper(id="arxiv:2606.00001", title="Sorting"), score=10, muted=muted)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("failed", "failed"), EmptyReason.NO_SOURCE),
        (("failed", "quiet"), EmptyReason.NO_PAPERS),
        (("ok",), EmptyReason.NO_PAPERS),
        ((), EmptyReason.NO_PAPERS),
    ],
)
def test_no_answer_is_not_no_papers(states: tuple[str, ...], expected: EmptyReason) -> None:
    """Only where every source failed is it their fault."""
    reports = [
        SourceReport(name=str(i), state=SourceState(state)) for i, state in enumerate(states)
    ]

    assert empty_reason([], [], reports) is expected


def test_all_seen_is_not_no_papers() -> None:
    """Papers of which none is new were read before."""
    assert empty_reason([ranked()], [], []) is EmptyReason.SEEN


def test_all_muted_is_not_all_low() -> None:
    """Where the reader mutes every new paper, the score is not the reason."""
    muted, low = ranked(muted=True), ranked()

    assert empty_reason([muted], [muted], []) is EmptyReason.MUTED
    assert empty_reason([muted, low], [muted, low], []) is EmptyReason.LOW


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            reason(EmptyReason.NO_SOURCE, "failed", "failed"),
            "No source could be read today: Hugging Face, cs.CL.",
        ),
        (
            reason(EmptyReason.NO_PAPERS, "quiet", "quiet", day=SATURDAY),
            "There are no new papers: none were expected at the weekend.",
        ),
        (
            reason(EmptyReason.NO_PAPERS, "quiet"),
            "There are no new papers: none were expected today.",
        ),
        (reason(EmptyReason.NO_PAPERS), "There are no new papers today."),
        (
            reason(EmptyReason.NO_PAPERS, "ok", "stale", "failed"),
            (
                "There are no new papers today. Nothing newer than the last time from cs.CL. "
                "Not read, and tried again next time: bioRxiv."
            ),
        ),
        (
            reason(EmptyReason.SEEN, "ok", seen=1),
            "There is nothing new today: 1 paper listed, all read before.",
        ),
        (
            reason(EmptyReason.MUTED, "ok", read=3),
            "Words that you mute are in all 3 new papers of today.",
        ),
        (
            reason(EmptyReason.LOW, "ok", read=1234, best=18),
            "Nothing reached 25 points today: the best of 1,234 new papers has 18.",
        ),
        (
            reason(EmptyReason.LOW, "ok", read=1, best=18),
            "Nothing reached 25 points today: the one new paper has 18.",
        ),
    ],
)
def test_reasons_are_honest_sentences(text: str, expected: str) -> None:
    """Each reason says what happened and, where a source is at fault, which."""
    assert text == expected


def test_a_day_that_is_over_is_not_called_today() -> None:
    """Whoever asks for an old day reads its date, whatever the reason."""
    old = date(2026, 6, 1)
    for empty in EmptyReason:
        told = reason(empty, "ok", read=2, seen=3, day=old)
        assert "on 1 June 2026" in told
        assert "today" not in told
    assert reason(EmptyReason.NO_PAPERS, "quiet", day=old).endswith(
        "none were expected on 1 June 2026."
    )

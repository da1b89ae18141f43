"""Why there is nothing today."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from digest.email.i18n import LANGUAGES, Language
from digest.email.issue.empty import empty_reason, explain, troubles
from digest.model.issue import EmptyReason, Issue, SourceReport
from digest.model.paper import Paper
from digest.model.ranked import Ranked
from digest.model.states import SourceState

FRIDAY = date(2026, 6, 12)


ENGLISH = Language("en")


def issue(
    empty: EmptyReason, *states: str, read: int = 0, best: int = 0, day: date = FRIDAY
) -> Issue:
    """Return an empty issue whose sources are in `states`."""
    names = ("Hugging Face", "cs.CL", "bioRxiv")
    reports = tuple(
        SourceReport(name=name, state=SourceState(state))
        for name, state in zip(names, states, strict=False)
    )
    return Issue(
        reader="ada",
        day=day,
        now=datetime(2026, 6, 12, tzinfo=UTC),
        sources=reports,
        empty=empty,
        read=read,
        best=best,
        min_score=25.0,
    )


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
    ("empty", "expected"),
    [
        (
            issue(EmptyReason.NO_SOURCE, "failed"),
            "None of your sources could be read today, so there are no papers.",
        ),
        (
            issue(EmptyReason.NO_PAPERS),
            "Your sources listed no new papers today, so there is nothing to read.",
        ),
        (
            issue(EmptyReason.SEEN, "ok"),
            "Everything your sources listed today was in an earlier digest already.",
        ),
        (
            issue(EmptyReason.MUTED, "ok", read=3),
            "All 3 new papers today contain words that you mute, so they are left out.",
        ),
        (
            issue(EmptyReason.LOW, "ok", read=1234, best=18),
            "Nothing today reached the 25 points you ask for: the best of 1,234 new papers has 18.",
        ),
        (
            issue(EmptyReason.LOW, "ok", read=1, best=18),
            "The one new paper today has 18 of the 25 points you ask for.",
        ),
    ],
)
def test_reasons_are_honest_sentences(empty: Issue, expected: str) -> None:
    """Each reason says what happened, in one sentence for mail, terminal and log."""
    assert explain(empty, ENGLISH) == expected


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("empty", EmptyReason)
def test_every_reason_fits_an_inbox_preview(code: str, empty: EmptyReason) -> None:
    """In each language a reason is a sentence of 40 to 140 characters."""
    for weekly in (True, False):
        said = explain(issue(empty, "ok", read=12, best=18), Language(code), weekly=weekly)
        assert 40 <= len(said) <= 140


def test_sources_that_failed_are_named() -> None:
    """The log and the terminal also name the sources with old lists and those that failed."""
    told = troubles(issue(EmptyReason.NO_PAPERS, "ok", "stale", "failed"), ENGLISH)
    assert list(told) == [
        "Still the previous list: cs.CL.",
        "Could not be read, tried again next time: bioRxiv.",
    ]
    assert list(troubles(issue(EmptyReason.NO_PAPERS, "ok"), ENGLISH)) == []


def test_a_day_that_is_over_is_not_called_today() -> None:
    """For an old day each reason has its date."""
    for empty in EmptyReason:
        told = explain(issue(empty, "ok", read=2, day=date(2026, 6, 1)), ENGLISH)
        assert "on 1 Jun 2026" in told
        assert "today" not in told

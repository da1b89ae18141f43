"""One day's issue: sections, limits, nothing twice, or the reason why there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.email.issue.compose import compose
from digest.model.issue import (
    MAX_PAPERS,
    EmptyReason,
    History,
    Issue,
    IssueLimits,
    SectionKind,
    SourceReport,
)
from digest.model.paper import Paper
from digest.model.ranked import Ranked
from digest.model.sentences import split
from digest.model.states import SourceState

DAY = date(2026, 6, 12)
NOW = datetime(2026, 6, 12, 5, 30, tzinfo=UTC)
SORTING = (
    "Sorting large lists is slow on small machines. "
    "We propose a sorter that keeps its runs in the cache. "
    "Each run is merged with three others while it is still in the cache. "
    "Ten million keys are sorted in 0.8 seconds."
)
HASHING = (
    "Hash tables fill their memory badly. "
    "This paper introduces probing in pairs, which leaves no gaps. "
    "Tables become a third smaller."
)


def ranked(number: int, score: float = 50.0, *, upvotes: int | None = None) -> Ranked:
    """Return a paper whose words occur in no other."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = " ".join(letters[number % 26] * 4 + letters[i] * (number + 1) for i in range(9))
    paper = Paper(id=f"arxiv:2606.{number:05}", title=f"Paper {words}", upvotes=upvotes)
    return Ranked(paper=paper, score=score)


def compose_(
    *papers: Ranked,
    limits: IssueLimits | None = None,
    history: History | None = None,
    sources: tuple[SourceReport, ...] = (SourceReport(name="hf", state=SourceState.OK),),
    day: date = DAY,
) -> Issue:
    """Compose with defaults for what a test does not speak of."""
    return compose(
        papers,
        reader="ada",
        day=day,
        now=NOW,
        limits=limits or IssueLimits(),
        history=history or History(),
        sources=sources,
    )


def remembered(*papers: Ranked) -> dict[str, tuple[str, ...]]:
    """Return papers as a history holds them."""
    return {key: r.paper.keys for r in papers for key in r.paper.keys}


def kinds(issue: Issue) -> list[SectionKind]:
    """Return the sections' kinds in their order."""
    return [section.kind for section in issue.sections]


def test_sections_stand_by_fit() -> None:
    """Strong papers are best matches, weaker ones close, popular ones below them trend."""
    strong, good, popular = ranked(1, 80), ranked(2, 40), ranked(3, 5, upvotes=90)

    issue = compose_(popular, good, strong)

    assert kinds(issue) == [SectionKind.BEST, SectionKind.CLOSE, SectionKind.TRENDING]
    assert issue.papers == (strong.paper, good.paper, popular.paper)


def test_numbers_run_through_all_sections() -> None:
    """Papers are numbered from 1 without a gap."""
    issue = compose_(ranked(1, 80), ranked(2, 40), ranked(3, 30), ranked(4, 5, upvotes=90))

    assert [entry.number for entry in issue.entries] == [1, 2, 3, 4]


def test_followed_authors_are_shown_whatever_the_score() -> None:
    """A followed author's weak paper has a section of its own and makes an issue alone."""
    friend = replace(ranked(1, 0), followed=("Ada Lovelace",))

    issue = compose_(friend)

    assert kinds(issue) == [SectionKind.AUTHORS]
    assert issue.worth_sending


def test_followed_authors_come_first_and_once() -> None:
    """A paper by a followed author that also matches stands among the followed alone."""
    friend = replace(ranked(1, 90), followed=("Ada Lovelace",))

    issue = compose_(ranked(2, 95), friend)

    assert kinds(issue) == [SectionKind.AUTHORS, SectionKind.BEST]
    assert [e.ranked.paper.id for e in issue.entries] == [friend.paper.id, ranked(2, 95).paper.id]


def test_trending_papers_do_not_take_the_place_of_matches() -> None:
    """`papers` counts matches only; `trending` comes on top."""
    papers = [ranked(i, 70) for i in range(5)] + [ranked(i, 5, upvotes=i) for i in range(10, 15)]

    issue = compose_(*papers, limits=IssueLimits(papers=4, trending=2))

    assert [len(section.entries) for section in issue.sections] == [4, 2]


def test_popular_papers_alone_make_no_issue() -> None:
    """A day on which nothing matches is quiet, however popular the rest is."""
    issue = compose_(ranked(1, 5, upvotes=500))

    assert (issue.sections, issue.worth_sending) == ((), False)


def test_a_reader_without_wishes_gets_what_is_popular() -> None:
    """As many as they want papers; what nobody likes is not among them."""
    papers = [ranked(n, 0, upvotes=n) for n in range(20)]
    issue = compose_(*papers, limits=IssueLimits(no_interests=True, papers=4))

    assert kinds(issue) == [SectionKind.TRENDING]
    assert [r.upvotes for r in issue.papers] == [19, 18, 17, 16]
    assert compose_(ranked(1, 0, upvotes=2), limits=IssueLimits(no_interests=True)).empty_reason


def test_what_is_read_and_left_out_adds_up() -> None:
    """Papers read are those that are new; left out are those of them not shown."""
    sent, passed, muted = ranked(1, 90), ranked(2, 90), replace(ranked(3, 90), muted=True)
    shown, low = ranked(4, 90), ranked(5, 2)
    history = History(sent=remembered(sent), passed=remembered(passed))

    issue = compose_(sent, passed, muted, shown, low, history=history)

    assert (issue.papers, issue.read, issue.left_out) == ((shown.paper,), 3, 2)


def a_morning_with_a_late_success() -> tuple[list[Ranked], History]:
    """Return 20 papers with upvotes, the top one passed over before when it had two."""
    papers = [ranked(i, 3, upvotes=i) for i in range(1, 21)]
    history = History(passed=remembered(papers[-1]), upvotes={papers[-1].paper.id: 2})
    return papers, history


def test_late_success_comes_back_as_now_trending() -> None:
    """A risen paper has its own section and one place of those for trending."""
    papers, history = a_morning_with_a_late_success()

    issue = compose_(*papers, ranked(30, 70), history=history)

    assert kinds(issue) == [SectionKind.BEST, SectionKind.TRENDING, SectionKind.NOW_TRENDING]
    assert [len(section.entries) for section in issue.sections] == [1, 2, 1]
    assert issue.sections[-1].entries[0].ranked == papers[-1]


def test_what_came_back_is_not_read_again() -> None:
    """A returning paper is neither among those read nor does it change those left out."""
    papers, history = a_morning_with_a_late_success()

    issue = compose_(*papers, ranked(30, 70), history=history)

    assert (issue.read, issue.left_out) == (20, 17)


def test_late_success_comes_back_only_once() -> None:
    """Once it was sent it is among the sent, however it rises."""
    papers, history = a_morning_with_a_late_success()
    again = replace(history, sent=remembered(papers[-1]))

    issue = compose_(*papers, ranked(30, 70), history=again)

    assert SectionKind.NOW_TRENDING not in kinds(issue)


def test_no_trending_wanted_means_none_comes_back() -> None:
    """`trending = 0` switches both kinds off."""
    papers, history = a_morning_with_a_late_success()

    issue = compose_(*papers, ranked(30, 70), history=history, limits=IssueLimits(trending=0))

    assert kinds(issue) == [SectionKind.BEST]


def test_a_weekly_issue_is_grouped_by_interest() -> None:
    """Each interest has its section, the one with the best paper first."""
    papers = [
        replace(ranked(1, 40), interest="sorting"),
        replace(ranked(2, 80), interest="hashing"),
        replace(ranked(3, 30), interest="hashing"),
    ]

    issue = compose_(*papers, limits=IssueLimits(weekly=True))

    assert [(s.interest, s.kind, len(s.entries)) for s in issue.sections] == [
        ("hashing", SectionKind.BEST, 2),
        ("sorting", SectionKind.CLOSE, 1),
    ]


def test_a_weekly_issue_covers_its_week() -> None:
    """From the day after the last one; the first claims no more than its own day."""
    last = History(last=DAY - timedelta(days=7))
    weekly = IssueLimits(weekly=True)

    assert compose_(ranked(1), limits=weekly, history=last).covers == (DAY - timedelta(days=6), DAY)
    assert compose_(ranked(1), limits=weekly).covers is None


@pytest.mark.parametrize(
    ("last", "first"),
    [
        (None, None),
        (DAY - timedelta(days=1), None),
        (DAY, None),
        (DAY - timedelta(days=3), DAY - timedelta(days=2)),
        (DAY - timedelta(days=40), DAY - timedelta(days=7)),
    ],
)
def test_a_catch_up_says_which_days_it_covers(last: date | None, first: date | None) -> None:
    """After days off it covers those since the last digest, at most a week of them."""
    issue = compose_(ranked(1), history=History(last=last))

    assert issue.covers == (first and (first, DAY))


def test_the_lead_has_three_sentences_and_close_papers_one() -> None:
    """The summary of the first best match is the longest, that of a close one the shortest."""
    best, close = ranked(1, 90), ranked(2, 40)
    best = replace(best, paper=replace(best.paper, abstract=SORTING))
    close = replace(close, paper=replace(close.paper, abstract=HASHING))

    issue = compose_(best, close)

    assert [len(split(entry.summary)) for entry in issue.entries] == [3, 1]


def test_reading_takes_at_least_a_minute() -> None:
    """One short paper is a minute, twenty long ones are several."""
    long = [
        replace(r, paper=replace(r.paper, abstract="word " * 60))
        for r in (ranked(i, 70) for i in range(20))
    ]

    assert compose_(ranked(1)).minutes == 1
    limits = IssueLimits(papers=20, summary="abstract")
    assert compose_(*long, limits=limits).minutes == 10


def test_an_empty_issue_takes_no_time() -> None:
    """Nothing to read is 0 minutes."""
    assert compose_().minutes == 0


def test_nothing_good_means_no_mail() -> None:
    """By default a day without a match is skipped, and the reason is known."""
    issue = compose_(ranked(1, 18.4))

    assert not issue.worth_sending
    assert issue.empty is EmptyReason.LOW
    assert issue.empty_reason.startswith("The one new paper today has 18 of the 25 points")
    assert (issue.best, issue.min_score) == (18, 25.0)


def test_after_three_quiet_days_a_short_note_goes_out() -> None:
    """The third quiet day is still silent; the day after it says that all is well."""
    assert not compose_(history=History(quiet_days=2)).worth_sending
    assert compose_(history=History(quiet_days=3)).worth_sending


def test_a_reader_may_want_a_note_every_day() -> None:
    """With `empty = "send"` every day has its mail."""
    assert compose_(limits=IssueLimits(empty="send")).worth_sending


def test_an_issue_with_papers_has_no_reason() -> None:
    """What is full needs no excuse."""
    issue = compose_(ranked(1), limits=IssueLimits(empty="send"))

    assert (issue.empty, issue.empty_reason, issue.short_note) == (None, "", False)


def test_sources_are_reported() -> None:
    """The footer's facts are handed on as they are."""
    report = SourceReport(name="hf", state=SourceState.FAILED, error="no answer")

    assert compose_(ranked(1), sources=(report,)).sources == (report,)


papers = st.lists(
    st.tuples(
        st.floats(-5, 105),
        st.none() | st.integers(0, 300),
        st.booleans(),
        st.booleans(),
        st.sampled_from(["", "sorting", "hashing"]),
        st.sampled_from(["new", "sent", "passed"]),
    ),
    max_size=45,
)
limits_ = st.builds(
    IssueLimits, papers=st.integers(1, 60), trending=st.integers(0, 30), weekly=st.booleans()
)


@settings(deadline=None, max_examples=60)
@given(facts=papers, limits=limits_)
def test_laws_of_every_issue(
    facts: list[tuple[float, int | None, bool, bool, str, str]], limits: IssueLimits
) -> None:
    """No paper twice, none sent or muted, 25 at most, numbered through, sums right, or a reason."""
    whole = [
        replace(
            ranked(i, score, upvotes=votes),
            muted=muted,
            followed=("Ada Lovelace",) * followed,
            interest=interest,
        )
        for i, (score, votes, muted, followed, interest, _) in enumerate(facts)
    ]
    sent = [r for r, fact in zip(whole, facts, strict=True) if fact[-1] == "sent"]
    passed = [r for r, fact in zip(whole, facts, strict=True) if fact[-1] == "passed"]

    issue = compose_(
        *whole, limits=limits, history=History(sent=remembered(*sent), passed=remembered(*passed))
    )

    shown = [entry.ranked for entry in issue.entries]
    assert len({r.paper.id for r in shown}) == len(shown) <= MAX_PAPERS
    assert [entry.number for entry in issue.entries] == list(range(1, len(shown) + 1))
    assert not any(r.muted or r in sent for r in shown)
    assert all(section.entries for section in issue.sections)
    assert issue.read == len(whole) - len(sent) - len(passed)
    assert issue.left_out == issue.read - sum(r not in passed for r in shown)
    assert bool(issue.empty_reason) == (not shown)


@settings(deadline=None, max_examples=20)
@given(order=st.permutations(range(12)))
def test_the_order_of_the_papers_does_not_matter(order: list[int]) -> None:
    """The same papers give the same issue, however they come."""
    whole = [ranked(i, 20 + 5 * (i // 3), upvotes=i % 2) for i in range(12)]

    assert compose_(*(whole[i] for i in order)).papers == compose_(*whole).papers


def test_a_day_without_a_match_offers_what_is_popular() -> None:
    """The three most popular new papers are offered; they count as neither shown nor sent."""
    issue = compose_(*(ranked(n, 5, upvotes=n) for n in range(10, 16)))

    assert [entry.ranked.paper.upvotes for entry in issue.popular] == [15, 14, 13]
    assert issue.papers == ()

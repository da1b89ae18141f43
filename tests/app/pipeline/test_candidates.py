"""What is new to a reader, told from what sources show and what is remembered."""

from __future__ import annotations

from datetime import date

from digest.app.pipeline.candidates import candidates
from digest.model.paper import Paper
from digest.sources import FetchResult

DAY = date(2026, 6, 16)


def paper(number: int, listed: date | None = DAY, source: str = "huggingface") -> Paper:
    return Paper(
        id=f"arxiv:2606.{number:05}",
        title=f"A sufficiently long title, number {number}",
        listed=listed,
        sources=(source,),
    )


def ids(papers: tuple[Paper, ...]) -> list[str]:
    return [p.id[-2:] for p in papers]


def test_the_first_digest_looks_at_the_last_listed_day_only() -> None:
    """A new reader (or a lost database) does not get a feed's whole archive."""
    feed = FetchResult(
        source="blog", papers=(paper(1, date(2026, 5, 1)), paper(2, date(2026, 6, 3)))
    )
    lists = FetchResult(source="huggingface", papers=(paper(3), paper(4, date(2026, 6, 15))))
    found = candidates([feed, lists], day=DAY, last=None)
    assert ids(found.papers) == ["02", "03"]


def test_the_first_digest_remembers_nothing() -> None:
    """What other readers' digests left in the store is not new to a new reader."""
    fetched = [FetchResult(source="huggingface", papers=(paper(1),))]
    assert ids(candidates(fetched, [paper(9)], day=DAY, last=None).papers) == ["01"]


def test_papers_without_a_date_always_count() -> None:
    """A file handed in by a script needs no dates."""
    fetched = [FetchResult(source="file", papers=(paper(1, None), paper(2, None)))]
    assert ids(candidates(fetched, day=DAY, last=None).papers) == ["01", "02"]


def test_later_digests_take_all_that_is_shown_or_remembered() -> None:
    """A paper seen since the last digest counts although its feed shows it no longer."""
    fetched = [FetchResult(source="huggingface", papers=(paper(1), paper(2, date(2026, 6, 12))))]
    found = candidates(fetched, [paper(3), paper(1)], day=DAY, last=date(2026, 6, 15))
    assert ids(found.papers) == ["01", "02", "03"]


def test_a_source_added_later_starts_with_its_last_listed_day() -> None:
    """Adding a feed to the config does not mail its archive."""
    feed = FetchResult(
        source="blog", papers=(paper(1, date(2026, 5, 1)), paper(2, date(2026, 6, 3)))
    )
    found = candidates([feed], day=DAY, last=date(2026, 6, 15), new_sources={"blog"})
    assert ids(found.papers) == ["02"]


def test_after_a_long_pause_a_week_is_covered() -> None:
    """What was listed more than a week ago is dropped, and counted."""
    papers = (paper(1, date(2026, 6, 9)), paper(2, date(2026, 6, 8)), paper(3, None))
    fetched = [FetchResult(source="blog", papers=papers)]
    found = candidates(fetched, day=DAY, last=date(2026, 6, 1))
    assert ids(found.papers) == ["01", "03"]
    assert found.too_old == 1


def test_a_short_pause_drops_nothing() -> None:
    """A feed that shows a paper late is still read."""
    fetched = [FetchResult(source="journal", papers=(paper(1, date(2026, 5, 1)),))]
    found = candidates(fetched, day=DAY, last=date(2026, 6, 15))
    assert ids(found.papers) == ["01"]
    assert found.too_old == 0


def test_a_day_that_was_asked_for_is_that_day_alone() -> None:
    """`--day` keeps what was listed on that date, from today's answers and from memory."""
    fetched = [FetchResult(source="huggingface", papers=(paper(1), paper(2, date(2026, 6, 15))))]
    remembered = [paper(3, date(2026, 6, 15)), paper(4)]
    found = candidates(fetched, remembered, day=date(2026, 6, 15), last=DAY, asked=True)
    assert ids(found.papers) == ["02", "03"]


def test_a_weekly_digest_is_about_a_week() -> None:
    """The first one, an asked one, and that of a new source hold the days from `since` on."""
    listed = [(1, date(2026, 6, 9)), (2, date(2026, 6, 10)), (3, DAY), (4, None)]
    fetched = [FetchResult(source="blog", papers=tuple(paper(n, day) for n, day in listed))]
    since = date(2026, 6, 10)
    first = candidates(fetched, day=DAY, last=None, since=since)
    asked = candidates(fetched, [paper(5, since)], day=DAY, last=None, asked=True, since=since)
    added = candidates(fetched, day=DAY, last=DAY, new_sources={"blog"}, since=since)
    assert ids(first.papers) == ids(added.papers) == ["02", "03", "04"]
    assert ids(asked.papers) == ["02", "03", "04", "05"]
    assert ids(first.archive) == ["01"]
    old = [
        FetchResult(source="blog", papers=(paper(1, date(2026, 5, 1)), paper(2, date(2026, 5, 2))))
    ]
    assert ids(candidates(old, day=DAY, last=None, since=since).papers) == ["02"]


def test_what_is_not_taken_of_an_archive_is_told() -> None:
    """It is passed over on the first day, or it came on the second."""
    old, new = paper(1, date(2026, 5, 1)), paper(2, date(2026, 6, 3))
    found = candidates([FetchResult(source="blog", papers=(old, new))], day=DAY, last=None)
    assert found.archive == (old,)

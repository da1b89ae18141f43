"""What is stored comes back as it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model.paper import Links, Paper
from digest.store.codec import day_of, from_json, str_of_time, time_of, to_json

WORDS = st.text(st.characters(codec="utf-8"), max_size=20)
LISTS = st.lists(WORDS, max_size=3).map(tuple)
COUNTS = st.none() | st.integers()
MOMENTS = st.datetimes(timezones=st.just(UTC))
PAPERS = st.builds(
    Paper,
    id=WORDS,
    title=WORDS,
    abstract=WORDS,
    authors=LISTS,
    published=st.none() | MOMENTS,
    listed=st.none() | st.dates(),
    categories=LISTS,
    keywords=LISTS,
    upvotes=COUNTS,
    comments=COUNTS,
    code_stars=COUNTS,
    links=st.builds(Links, pdf=WORDS, code=WORDS),
    sources=LISTS,
    aliases=LISTS,
    authority=st.integers(0, 2),
)


@given(PAPERS)
@settings(deadline=None, max_examples=100)
def test_a_paper_comes_back_as_it_was(paper: Paper) -> None:
    """Writing and reading a paper changes nothing, whatever stands in it."""
    text = to_json(paper)

    assert text.isascii()
    assert from_json(text) == paper


def test_fields_of_another_version_are_left_out() -> None:
    """A paper written by a later digest is read as far as it is understood."""
    text = '{"id": "arxiv:1", "title": "T", "mood": "good", "links": {"pdf": "x", "smell": "y"}}'

    assert from_json(text) == Paper(id="arxiv:1", title="T", links=Links(pdf="x"))


@given(MOMENTS, MOMENTS)
@settings(deadline=None, max_examples=100)
def test_moments_sort_as_their_texts(one: datetime, other: datetime) -> None:
    """SQL compares texts, so their order has to be that of time."""
    assert (one < other) == (str_of_time(one) < str_of_time(other))
    assert time_of(str_of_time(one)) == one


def test_moments_are_stored_in_utc() -> None:
    """A moment of another zone is stored as the same moment."""
    berlin = timezone(timedelta(hours=1))
    text = str_of_time(datetime(2026, 11, 22, 7, 30, tzinfo=berlin))

    assert text == "2026-11-22T06:30:00.000000+00:00"


def test_nothing_stays_nothing() -> None:
    """NULL is no moment and no day."""
    assert (time_of(None), day_of(None)) == (None, None)
    assert day_of("2026-11-22") == date(2026, 11, 22)

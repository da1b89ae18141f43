"""What the sources share: the calendar, names, JSON, and the child that reads feeds."""

from __future__ import annotations

import io
import json
import resource
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model.errors import Unreadable
from digest.model.tex_accents import tex_name
from digest.sources import _feed_reader, _feedparser_worker, file
from digest.sources._arxiv_calendar import (
    announced,
    announces,
    batch_day,
    batches_between,
    is_holiday,
    submitted,
    weekdays_before,
)
from digest.sources._author_lists import split
from digest.sources._entries import web
from digest.sources._json import moment

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    "day",
    ["01-01", "01-19", "06-19", "07-03", "09-07", "11-26", "12-25", "12-29", "12-31"],
)
def test_arxivs_holidays_of_2026_are_known(day: str) -> None:
    """Those of its own announcement for the year."""
    assert is_holiday(date.fromisoformat(f"2026-{day}"))


def test_holidays_are_few() -> None:
    """Of the weekdays of a year hardly a dozen are holidays: a silent source is noticed."""
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert 245 <= sum(announces(day) for day in year) <= 252


def test_the_batch_follows_arxivs_clock() -> None:
    """The feed is rebuilt after midnight in New York, whatever day it is elsewhere."""
    assert batch_day(datetime(2026, 6, 16, 4, 30, tzinfo=UTC)) == date(2026, 6, 15)
    assert batch_day(datetime(2026, 6, 16, 4, 50, tzinfo=UTC)) == date(2026, 6, 16)
    assert batch_day(datetime(2026, 1, 13, 5, 50, tzinfo=UTC)) == date(2026, 1, 13)


def test_weekdays_before_a_monday() -> None:
    """The weekend is stepped over."""
    assert weekdays_before(date(2026, 6, 15), 2) == (date(2026, 6, 12), date(2026, 6, 11))


def test_missed_batches() -> None:
    """Between Thursday and Tuesday lie Friday and Monday."""
    missed = batches_between(date(2026, 6, 11), date(2026, 6, 16))
    assert missed == (date(2026, 6, 12), date(2026, 6, 15))
    assert batches_between(date(2026, 6, 16), date(2026, 6, 16)) == ()


@given(DAYS)
@settings(deadline=None, max_examples=100)
def test_every_submission_is_announced_once(day: date) -> None:
    """The spans of submission meet without a gap: what is sent in is in just one batch."""
    if not announces(day):
        return
    start, end = submitted(day)
    assert announced(start) == day
    assert announced(end - timedelta(seconds=1)) == day
    assert announced(end) > day
    assert timedelta(0) < end - start < timedelta(days=14)


def test_a_friday_afternoon_is_announced_on_tuesday() -> None:
    """Submissions close at 14:00 in New York."""
    assert announced(datetime(2026, 6, 12, 17, 59, tzinfo=UTC)) == date(2026, 6, 15)
    assert announced(datetime(2026, 6, 12, 18, 0, tzinfo=UTC)) == date(2026, 6, 16)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("Ada Lee", ["Ada Lee"]),
        ("Ada Lee, Bo Roy", ["Ada Lee", "Bo Roy"]),
        ("Ada Lee (Univ. X, Y (Z)), Bo Roy (1 and 2)", ["Ada Lee", "Bo Roy"]),
        ("Ada Lee and Bo Roy", ["Ada Lee", "Bo Roy"]),
        ("Ada Lee, Bo Roy, and Cy Ono", ["Ada Lee", "Bo Roy", "Cy Ono"]),
        ("LEE, A., ROY, B. C.", ["A. LEE", "B. C. ROY"]),
        ("Lee, A.; van Roy, Bo", ["A. Lee", "Bo van Roy"]),
        ("The Collaboration;", ["The Collaboration"]),
        ("Andy Band", ["Andy Band"]),
        ("", []),
    ],
)
def test_names_in_one_string_are_told_apart(names: str, expected: list[str]) -> None:
    """Commas, semicolons, affiliations, last names first."""
    assert split(names) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (r"G\"okhan", "Gökhan"),
        (r"Hau{\ss}er", "Haußer"),
        (r"{\L}ukasz \'{S}wi\k{e}tek", "Łukasz Świętek"),
        (r"Fran\c cois \^Ile", "François Île"),
        (r"Mart\'{\i}n", "Martín"),
        (r"S{\o}ren \AA{}s", "Søren Ås"),
        (r"Erd\H{o}s~P\'al", "Erdős Pál"),
        ("Plain Name", "Plain Name"),
    ],
)
def test_tex_accents_become_letters(name: str, expected: str) -> None:
    """A followed author is found however arXiv spells the name."""
    assert tex_name(name) == expected


def test_instants_are_utc() -> None:
    """With a zone or without; what is none is None."""
    assert moment("2026-06-16T02:00:00+02:00") == datetime(2026, 6, 16, tzinfo=UTC)
    assert moment("2026-06-16") == datetime(2026, 6, 16, tzinfo=UTC)
    assert moment("0001-01-01T00:00:00+05:00") is None
    assert moment(7) is None


def test_the_child_tells_what_feedparser_raised() -> None:
    """An exception goes back as a line of text."""
    target = io.BytesIO()
    facts = {"content_type": 7, "location": ""}
    _feedparser_worker.main(io.BytesIO(json.dumps(facts).encode() + b"\n<rss/>"), target)
    found = json.loads(target.getvalue())
    with pytest.raises(Unreadable, match="cannot be read"):
        _feed_reader.feed(found, b"<rss/>")


def test_the_child_limits_itself() -> None:
    """Ten seconds of processor time, one gigabyte, no core file."""
    asked: dict[int, tuple[int, int]] = {}
    _feedparser_worker.limit(lambda kind, pair: asked.update({kind: pair}))
    assert asked == {
        resource.RLIMIT_CPU: (10, 11),
        resource.RLIMIT_AS: (1 << 30, 1 << 30),
        resource.RLIMIT_CORE: (0, 0),
    }


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("/nowhere/python",), "cannot be started"),
        ((sys.executable, "-c", "raise SystemExit(3)"), "too long or too much memory"),
        ((sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"), "too long"),
    ],
)
def test_a_child_that_dies_costs_one_source(command: tuple[str, ...], why: str) -> None:
    """No process to be had, or one ended by the kernel: that feed is unreadable, no more."""
    with pytest.raises(Unreadable, match=why):
        _feed_reader.read(b"<rss/>", command=command)


def extracted(inner: str) -> dict[str, Any]:
    """Return what the child makes of one entry."""
    body = f'<rss version="2.0"><channel><item>{inner}</item></channel></rss>'.encode()
    entry: dict[str, Any] = _feedparser_worker.extract(body, "text/xml", "https://a.example/")[
        "entries"
    ][0]
    return entry


def test_references_are_made_possible() -> None:
    """Sound ones stay, those of no character become U+FFFD."""
    title = extracted("<title>&#65;&#x42;&#xD800;&#x110000;&#99999999999;&#x10FFFF;</title>")[
        "title"
    ]
    assert title == "AB\ufffd\ufffd\ufffd\U0010ffff"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-06-15T10:00:00+02:00", "2026-06-15T08:00:00+00:00"),
        ("2026-06-15T25:00", "2026-06-15T00:00:00+00:00"),
        ("2026-13-45", ""),
        ("0001-01-01T00:00:00+05:00", ""),
        ("Mon, 15 Jun 2026 10:00:00 GMT", "2026-06-15T10:00:00+00:00"),
        ("Mon, 01 Jan 0000 00:00:00 GMT", ""),
        ("1725530400", ""),
        ("0000-12", ""),
        ("9999-366", ""),
        ("gestern", ""),
    ],
)
def test_dates_are_read_or_unknown(written: str, read: str) -> None:
    """Never the silent nonsense that a lenient reader makes of month 13."""
    found = moment(extracted(f"<title>T</title><pubDate>{written}</pubDate>")["published"])
    assert (found.isoformat() if found else "") == read


@pytest.mark.parametrize(
    "address", ["https://[x/", "https://a.example:99999999/", "https://a:b/x", "https://a:0/"]
)
def test_an_address_that_only_looks_like_one_is_none(address: str) -> None:
    """Urllib raises on it; the paper stays, its link goes."""
    assert web(address) == ""
    line = {"id": "2606.00001", "title": "T", "links": {"code": address}}
    (paper,) = file.parse(json.dumps(line).encode())
    assert paper.links.code == ""


def test_an_id_that_urllib_chokes_on_identifies_all_the_same() -> None:
    """Half an IPv6 address is an odd name, not a fault."""
    lines = b'{"title": "T", "id": "https://[x/"}\n{"title": "Good"}'
    found, left_out = file.read_lines(lines)
    assert (len(found), left_out) == (2, 0)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("Carlos Souza, Jr., Zoe Kim", ["Carlos Souza, Jr.", "Zoe Kim"]),
        ("A. Lee, B. Roy III, C. Day, Sr", ["A. Lee", "B. Roy III", "C. Day, Sr"]),
        ("MiniMax: D. Roy, E. Fox", ["MiniMax", "D. Roy", "E. Fox"]),
        ("The ATLAS Collaboration: G. Aad", ["The ATLAS Collaboration", "G. Aad"]),
        ("Ada Long, II, and Bo Yu", ["Ada Long, II", "Bo Yu"]),
    ],
)
def test_B3_suffixes_stay_and_collaborations_part(names: str, expected: list[str]) -> None:
    """`Jr.` is no person, and a collaboration before a colon is an author of its own."""
    assert split(names) == expected

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from fake_http import NOW
from hypothesis import given
from hypothesis import strategies as st

from digest.sources import biorxiv, feed
from digest.sources._dates import read_date

if TYPE_CHECKING:
    from collections.abc import Sequence

_ITEM = "<item><title>Slow waves</title><link>https://a.example/1</link>{}</item>"
_RSS = (
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"><channel><title>F</title>'
    f"{_ITEM}</channel></rss>"
)
_DAYS = {
    "2026-6-3": date(2026, 6, 3),
    "2016/6/29 15:07:41": date(2016, 6, 29),
    "2025.12.04": date(2025, 12, 4),
    "2025年12月4日": date(2025, 12, 4),
    "2025년 12월 4일 10:00": date(2025, 12, 4),
    "2025-W49-4": date(2025, 12, 4),
    "Thu, 01 Jan 2026 00:00:00": date(2026, 1, 1),
    "Mon, 12 Jun 2017 10:50:00 GMT+7": date(2017, 6, 12),
    "December 4, 2025": date(2025, 12, 4),
    "Thu Dec  4 10:00:00 2025": date(2025, 12, 4),
    "Sept. 4 2025": date(2025, 9, 4),
    "04-Dec-2025": date(2025, 12, 4),
    "4th December 2025": date(2025, 12, 4),
    "Thursday, 04-Dec-25 10:00:00 GMT": date(2025, 12, 4),
    "2025-12-04T99:00:00Z": date(2025, 12, 4),
}
_NONE = (
    *("2025-W49", "2025-12", "December 2025", "2025", "1764806400", "2025-13-04", "04/05/2025"),
    *("31 Feb 2025", "4 Foo 2025", "soon"),
)


def _feed_date(dates: str) -> date | None:
    """Return the day of a feed's only paper."""
    (paper,) = feed.parse(_RSS.format(dates).encode())
    return paper.published.date() if paper.published else None


@pytest.mark.parametrize(("text", "day"), _DAYS.items())
def test_A13_dates_are_read_as_publishers_write_them(text: str, day: date) -> None:
    """Year first, month first, day first, East Asian, with and without a zone."""
    when = read_date(text)
    assert when is not None
    assert when.date() == day


@pytest.mark.parametrize("text", _NONE)
def test_A13_no_date_is_made_up(text: str) -> None:
    """A week, a month, a number or an ambiguous order names no day."""
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("THU, 04 DEC 2025 09:17:32 -0400", "2025-12-04T09:17:32-04:00"),
        ("2016/6/29 15:07:41", "2016-06-29T15:07:41+00:00"),
        ("December 4, 2025 3:07 PM", "2025-12-04T00:00:00+00:00"),
        ("2025-12-4 10:00:00 +02:00", "2025-12-04T10:00:00+02:00"),
    ],
)
def test_A13_time_and_zone_are_kept(text: str, instant: str) -> None:
    """A time that is not certain is midnight."""
    assert read_date(text) == datetime.fromisoformat(instant)


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        ("<pubDate>2025年12月4日</pubDate>", date(2025, 12, 4)),
        ("<pubDate>2025-W49</pubDate>", None),
        ("<prism:publicationDate>2025-12-04</prism:publicationDate>", date(2025, 12, 4)),
        (
            "<pubDate>Mon, 01 Jan 0001 00:00:00 GMT</pubDate><dc:date>2025-12-04</dc:date>",
            date(2025, 12, 4),
        ),
        ("<pubDate>soon</pubDate><prism:coverDate>4 Dec 2025</prism:coverDate>", date(2025, 12, 4)),
    ],
)
def test_A13_a_feeds_first_good_date_counts(dates: str, day: date | None) -> None:
    """The publication, the update, the issue; an impossible one costs only itself."""
    assert _feed_date(dates) == day


@pytest.mark.parametrize("text", ["2026-6-3", "2026/06/03", "2026-06-03"])
def test_A13_bioRxiv_dates_need_no_zeros(text: str) -> None:
    """The API writes months and days with one digit or two."""
    entry = {"doi": "10.1101/2026.06.14.1", "title": "Cells", "version": "1", "date": text}
    (paper,) = biorxiv.parse(json.dumps({"collection": [entry]}).encode())
    assert paper.listed == date(2026, 6, 3)


@given(st.dates(min_value=date(1900, 1, 1), max_value=NOW.date()), st.sampled_from([0, 1, 2, 3]))
def test_A13_each_form_names_its_day(day: date, form: int) -> None:
    """The same day comes back from each certain form."""
    forms: Sequence[str] = (
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        day.strftime("%d-%b-%Y"),
        day.strftime("%B %d, %Y"),
    )
    when = read_date(forms[form])
    assert when is not None
    assert when.date() == day


@given(st.text(max_size=40))
def test_A13_no_text_is_an_exception(text: str) -> None:
    """Any text is a date or None."""
    when = read_date(text)
    assert when is None or when.tzinfo is not None

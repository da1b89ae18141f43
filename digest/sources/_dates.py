"""Dates as publishers write them: read where day, month and year are certain, else unknown."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?!\d)|\d{4}-?W\d\d-?\d(?!\d)|\d{8}(?:T|$)")
"""A whole date of ISO 8601; `2025-W49` is a week, which Python reads as its Monday."""
_YEAR_FIRST = (
    r"(?P<year>\d{4})(?:[-/.]|[年년]\s*)(?P<month>\d{1,2})(?:[-/.]|[月월]\s*)"
    r"(?P<day>\d{1,2})(?!\d)[日일]?(?P<rest>.*)"
)
_DAY_FIRST = (
    r"(?:[^\W\d]+[.,]*\s*)?(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?P<month>[A-Za-z]{3,9})"
    r"[.,]?[\s-]+(?P<year>\d{4}|\d\d)(?![\d:])(?P<rest>.*)"
)
_MONTH_FIRST = (
    r"(?:[^\W\d]+[.,]*\s+)?(?P<month>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?"
    r"[,\s]\s*(?P<rest>\d{1,2}:\d\d(?::\d\d)?\s+)?(?P<year>\d{4})(?!\d)(?P<more>.*)"
)
_FORMS = tuple(re.compile(form) for form in (_YEAR_FIRST, _DAY_FIRST, _MONTH_FIRST))
"""Year first; RFC 822, RFC 850 and `04-Dec-2025`; `December 4, 2025` and asctime."""
_CLOCK = re.compile(r"[T,\s]*(\d{1,2}:\d\d(?::\d\d)?)(?:\.\d+)?\s*(.*)")
_LONGEST = 100
"""Characters of a date; a longer text is none."""
_CENTURY_TURN = 69
"""RFC 822 years below it are of this century (POSIX)."""


def read_date(text: str) -> datetime | None:
    """Return the aware instant that `text` names in its own zone, or None.

    Without a zone it is UTC, without a readable time midnight.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    if _ISO.match(text):
        return _iso(text) or _iso(text[:10])
    found = next((match for form in _FORMS if (match := form.fullmatch(text))), None)
    if not found:
        return None
    parts = found.groupdict()
    rest = (parts["rest"] or "") + (parts.get("more") or "")
    try:
        day = datetime(_year(parts["year"]), _month(parts["month"]), int(parts["day"]), tzinfo=UTC)
    except ValueError:
        return None
    return _at(day, rest)


def _iso(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _year(digits: str) -> int:
    """Return a year; one of two digits is that of RFC 822, `0001` is the year 1."""
    number = int(digits)
    if len(digits) > 2:  # noqa: PLR2004  # two digits are a year within a century
        return number
    return number + (2000 if number < _CENTURY_TURN else 1900)


def _month(text: str) -> int:
    """Return the number of a month; raise ValueError where `text` is none."""
    if text.isdecimal():
        return int(text)
    name = {"sept": "september"}.get(text.lower(), text.lower())
    return next((n for n, month in enumerate(_MONTHS, 1) if month.startswith(name)), 0)


def _at(day: datetime, rest: str) -> datetime:
    """Return `day` at the time that `rest` begins with, at midnight where it is not certain."""
    clock = _CLOCK.fullmatch(rest)
    if not clock or re.match(r"[ap]\.?m", clock[2], re.IGNORECASE):
        return day
    zone = re.sub(r"(?<=[+-]\d\d):(?=\d\d)", "", clock[2])
    parts = parsedate_tz(f"1 Jan 2000 {clock[1]} {zone}")
    if parts is None:
        return day
    try:
        where = timezone(timedelta(seconds=parts[9] or 0))
        return day.replace(hour=parts[3], minute=parts[4], second=parts[5], tzinfo=where)
    except ValueError:
        return day

"""JSON from outside, of any shape: read without surprise, asked for by type."""

from __future__ import annotations

import json
from datetime import UTC
from math import isfinite
from typing import TYPE_CHECKING

from digest.model.errors import Unreadable
from digest.sources._dates import read_date

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

_DIGITS = 18
"""Longer numbers fit neither SQLite nor sense."""


def load(body: bytes) -> object:
    """Return the value of a JSON text; raise Unreadable where it is none.

    A byte order mark and undecodable bytes are forgiven; NaN, Infinity and numbers beyond 64 bits
    become None.
    """
    text = body.decode("utf-8", "replace").lstrip("\ufeff")
    try:
        value: object = json.loads(
            text, parse_constant=lambda _: None, parse_int=_whole, parse_float=_finite
        )
    except RecursionError:
        raise Unreadable("the JSON is nested too deeply") from None
    except ValueError as error:
        what = "a web page" if text.lstrip()[:1] == "<" else str(error)
        raise Unreadable(f"the answer is not JSON ({what})") from None
    return value


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= _DIGITS else None


def _finite(digits: str) -> float | None:
    value = float(digits)
    return value if isfinite(value) else None


def table(value: object) -> Mapping[str, object]:
    """Return `value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """Return `value` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """Return `value` if it is a string, else ""."""
    return value if isinstance(value, str) else ""


def count(value: object) -> int | None:
    """Return `value` if it is a whole number of at least 0, else None."""
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if whole and isinstance(value, int) else None


def moment(value: object) -> datetime | None:
    """Return the aware UTC instant that a text names, or None."""
    when = read_date(text(value))
    try:
        return when and when.astimezone(UTC)
    except OverflowError:
        return None


def day(value: object) -> date | None:
    """Return the date that a text names in its own zone, or None."""
    when = read_date(text(value))
    return when and when.date()

"""The tables of config.toml: what each key may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from digest.config import hints, schema
from digest.config.positions import Document
from digest.config.validate import Layers, validate_table

if TYPE_CHECKING:
    from digest.model.errors import Problem

PLACES = Document(file="c.toml", text="", tree={}, places={})


def wrong(cls: type, table: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the messages and hints about a table."""
    found: list[Problem] = []
    made = validate_table(cls, Layers({"table": table}, (PLACES,)), ("table",), found)
    assert (made is None) == bool(found)
    return [(problem.message, problem.hint) for problem in found]


@pytest.mark.parametrize(
    ("cls", "key", "value"),
    [
        (schema.EmailTable, "to", ["ada@example.org"]),
        (schema.EmailTable, "min_score", 30),
        (schema.EmailTable, "min_score", 30.5),
        (schema.EmailTable, "feedback", ""),
        (schema.EmailTable, "subject", "papers, {names}"),
        (schema.ScheduleTable, "at", "6:05"),
        (schema.ScheduleTable, "at", "23:59:30"),
        (schema.ScheduleTable, "days", ["Mon", "saturday"]),
        (schema.ScheduleTable, "timezone", "Europe/Berlin"),
        (schema.TasteTable, "liked", ["10.48550/arXiv.2406.11838", "url:0123", "https://x.org/a"]),
    ],
)
def test_good_values_are_taken(cls: type, key: str, value: object) -> None:
    """What the example file shows works."""
    assert wrong(cls, {key: value}) == []


@pytest.mark.parametrize(
    ("cls", "key", "value", "message", "hint"),
    [
        (schema.EmailTable, "papers", "12", "expected a whole number", "remove the quotes"),
        (schema.EmailTable, "papers", "many", "expected a whole number", ""),
        (schema.EmailTable, "papers", 1.5, "expected a whole number", "without decimals"),
        (schema.EmailTable, "papers", True, "expected a whole number", ""),
        (schema.EmailTable, "papers", 0, "must be at least 1", ""),
        (schema.EmailTable, "papers", 10**4000, "must be at most 1000", ""),
        (schema.EmailTable, "trending", -1, "must be at least 0", ""),
        (schema.EmailTable, "min_score", "x", "expected a number", ""),
        (schema.EmailTable, "min_score", 101, "must be at most 100", ""),
        (schema.EmailTable, "pictures", "true", "expected true or false", "remove the quotes"),
        (schema.EmailTable, "pictures", "x", "expected true or false", ""),
        (
            schema.EmailTable,
            "pictures",
            1,
            "expected true or false",
            "write true or false, without quotes",
        ),
        (schema.EmailTable, "subject", 3, "expected text", "put it in quotes"),
        (schema.EmailTable, "subject", ["x"], "expected text", ""),
        (schema.EmailTable, "subject", "a\nb", "expected one line of text", ""),
        (schema.EmailTable, "language", "xx", 'unsupported language "xx"', "available: de, en, zh"),
        (schema.EmailTable, "templates", 3, "expected text", "put it in quotes"),
        (schema.EmailTable, "to", [], "must not be empty", ""),
        (schema.EmailTable, "to", 3, "expected a list", ""),
        (schema.EmailTable, "empty", "sent", 'expected "skip" or "send"', 'did you mean "send"?'),
        (schema.EmailTable, "empty", "zzz", 'expected "skip" or "send"', ""),
        (schema.EmailTable, "frm", "a@b.c", "unknown key `frm`", "did you mean `from`?"),
        (schema.EmailTable, "min-score", 3, "unknown key `min-score`", "did you mean `min_score`?"),
        (schema.InterestTable, "weight", 0, "must be more than 0", ""),
        (schema.InterestTable, "avoid", "x", "expected a list", 'put it in brackets: ["x"]'),
        (schema.InterestTable, "phrases", ["x"], "expected a table", ""),
        (
            schema.InterestTable,
            "avoid",
            [" "],
            "empty phrase",
            "write a word or two, or delete it",
        ),
        (
            schema.TasteTable,
            "liked",
            ["my paper"],
            '"my paper" is not a paper',
            'write its arXiv id, DOI or link, such as "2406.11838"',
        ),
        (
            schema.ScheduleTable,
            "at",
            "24:00",
            "expected a time of the day",
            'such as "07:30", with quotes',
        ),
        (
            schema.ScheduleTable,
            "at",
            730,
            "expected a time of the day",
            'such as "07:30", with quotes',
        ),
        (schema.ScheduleTable, "days", [], "must not be empty", ""),
        (
            schema.ScheduleTable,
            "days",
            ["m"],
            "expected a day of the week",
            'such as "mon" or "monday"',
        ),
        (
            schema.ScheduleTable,
            "days",
            [1],
            "expected a day of the week",
            'such as "mon" or "monday"',
        ),
        (schema.ScheduleTable, "timezone", 1, "expected text", 'such as "Europe/Berlin"'),
    ],
)
def test_c06_bad_values_are_told_with_the_fix(
    cls: type, key: str, value: object, message: str, hint: str
) -> None:
    """InvalidValue types, limits and unknown keys: what was expected, and what to do."""
    assert wrong(cls, {key: value}) == [(message, hint)]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Europe/Berln", 'did you mean "Europe/Berlin"?'),
        ("europe/berlin ", 'did you mean "Europe/Berlin"?'),
        ("Berlin", 'did you mean "Europe/Berlin"?'),
        ("new york", 'did you mean "America/New_York"?'),
        ("../../etc/passwd", 'a region and a city, such as "Europe/Berlin"'),
        ("Germany/Berlin", 'did you mean "Europe/Berlin"?'),
        ("DE/Berlin", 'did you mean "Europe/Berlin"?'),
        ("", 'a region and a city, such as "Europe/Berlin"'),
    ],
)
def test_s07_an_unknown_zone_is_told_with_the_nearest(name: str, hint: str) -> None:
    """Typing errors and bare cities find their zone."""
    assert wrong(schema.ScheduleTable, {"timezone": name}) == [
        (f'unknown time zone "{name}"', hint)
    ]


def test_s07_a_computer_without_zones_is_told_what_to_install() -> None:
    """A slim image may have none at all."""
    assert "pip install tzdata" in hints.time_zone("Europe/Berlin", [])


def test_a_subject_names_what_there_is() -> None:
    """A template with a word that is none is refused with those there are."""
    ((message, hint),) = wrong(schema.EmailTable, {"subject": "{paper}"})

    assert message.startswith("unusable subject")
    assert "{name} with one of: count, papers" in hint


def test_a_weekly_digest_goes_out_on_mondays() -> None:
    """Without days, a week begins on Monday."""
    assert schema.ScheduleTable(every="week").days == {0}


def test_a_weekly_digest_has_one_day() -> None:
    """Two days a week are no week."""
    assert wrong(schema.ScheduleTable, {"every": "week", "days": ["mon", "fri"]}) == [
        ("a weekly digest has one day", 'such as days = ["mon"]')
    ]

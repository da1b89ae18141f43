"""The tables of config.toml: what each key may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from digest.config import schema
from digest.config.positions import Document
from digest.config.validate import Layers, checked

if TYPE_CHECKING:
    from digest.model.errors import Problem

PLACES = Document(file="c.toml", text="", tree={}, places={})


def wrong(cls: type, table: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the messages and hints about a table."""
    found: list[Problem] = []
    made = checked(cls, Layers({"table": table}, (PLACES,)), ("table",), found)
    assert (made is None) == bool(found)
    return [(problem.message, problem.hint) for problem in found]


@pytest.mark.parametrize(
    ("cls", "key", "value"),
    [
        (schema.Email, "to", ["ada@example.org"]),
        (schema.Email, "min_score", 30),
        (schema.Email, "min_score", 30.5),
        (schema.Email, "feedback", ""),
        (schema.Email, "subject", "papers, {names}"),
        (schema.Schedule, "at", "6:05"),
        (schema.Schedule, "at", "23:59:30"),
        (schema.Schedule, "days", ["Mon", "saturday"]),
        (schema.Schedule, "timezone", "Europe/Berlin"),
        (schema.Taste, "liked", ["10.48550/arXiv.2406.11838", "url:0123", "https://x.org/a"]),
    ],
)
def test_good_values_are_taken(cls: type, key: str, value: object) -> None:
    """What the example file shows works."""
    assert wrong(cls, {key: value}) == []


@pytest.mark.parametrize(
    ("cls", "key", "value", "message", "hint"),
    [
        (schema.Email, "papers", "12", "expected a whole number", "remove the quotes"),
        (schema.Email, "papers", "many", "expected a whole number", ""),
        (schema.Email, "papers", 1.5, "expected a whole number", "without decimals"),
        (schema.Email, "papers", True, "expected a whole number", ""),
        (schema.Email, "papers", 0, "must be at least 1", ""),
        (schema.Email, "papers", 10**4000, "must be at most 1000", ""),
        (schema.Email, "trending", -1, "must be at least 0", ""),
        (schema.Email, "min_score", "x", "expected a number", ""),
        (schema.Email, "min_score", 101, "must be at most 100", ""),
        (schema.Email, "pictures", "true", "expected true or false", "remove the quotes"),
        (schema.Email, "pictures", "x", "expected true or false", ""),
        (
            schema.Email,
            "pictures",
            1,
            "expected true or false",
            "write true or false, without quotes",
        ),
        (schema.Email, "subject", 3, "expected text", "put it in quotes"),
        (schema.Email, "subject", ["x"], "expected text", ""),
        (schema.Email, "subject", "a\nb", "expected one line of text", ""),
        (schema.Email, "language", "xx", 'there are no words for "xx"', "known: en, de"),
        (schema.Email, "templates", 3, "expected text", "put it in quotes"),
        (schema.Email, "to", [], "must not be empty", ""),
        (schema.Email, "to", 3, "expected a list", ""),
        (schema.Email, "empty", "sent", 'expected "skip" or "send"', 'did you mean "send"?'),
        (schema.Email, "empty", "zzz", 'expected "skip" or "send"', ""),
        (schema.Email, "frm", "a@b.c", "unknown key `frm`", "did you mean `from`?"),
        (schema.Email, "min-score", 3, "unknown key `min-score`", "did you mean `min_score`?"),
        (schema.Interest, "weight", 0, "must be more than 0", ""),
        (schema.Interest, "avoid", "x", "expected a list", 'put it in brackets: ["x"]'),
        (schema.Interest, "phrases", ["x"], "expected a table", ""),
        (
            schema.Interest,
            "avoid",
            [" "],
            "an empty phrase",
            "write a word or two, or delete it",
        ),
        (
            schema.Taste,
            "liked",
            ["my paper"],
            '"my paper" names no paper',
            'write its arXiv id, DOI or link, such as "2406.11838"',
        ),
        (
            schema.Schedule,
            "at",
            "24:00",
            "expected a time of the day",
            'such as "07:30", with quotes',
        ),
        (schema.Schedule, "at", 730, "expected a time of the day", 'such as "07:30", with quotes'),
        (schema.Schedule, "days", [], "must not be empty", ""),
        (
            schema.Schedule,
            "days",
            ["m"],
            "expected a day of the week",
            'such as "mon" or "monday"',
        ),
        (schema.Schedule, "days", [1], "expected a day of the week", 'such as "mon" or "monday"'),
        (schema.Schedule, "timezone", 1, "expected text", 'such as "Europe/Berlin"'),
    ],
)
def test_c06_bad_values_are_told_with_the_fix(
    cls: type, key: str, value: object, message: str, hint: str
) -> None:
    """Wrong types, limits and unknown keys: what was expected, and what to do."""
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
    assert wrong(schema.Schedule, {"timezone": name}) == [(f'there is no time zone "{name}"', hint)]


def test_s07_a_computer_without_zones_is_told_what_to_install() -> None:
    """A slim image may have none at all."""
    assert "pip install tzdata" in schema.zone_hint("Europe/Berlin", [])


def test_a_subject_names_what_there_is() -> None:
    """A template with a word that is none is refused with those there are."""
    ((message, hint),) = wrong(schema.Email, {"subject": "{paper}"})

    assert message.startswith("unusable subject")
    assert "{name} with one of: count, papers" in hint


def test_a_weekly_digest_goes_out_on_mondays() -> None:
    """Without days, a week begins on Monday."""
    assert schema.Schedule(every="week").days == {0}


def test_a_weekly_digest_has_one_day() -> None:
    """Two days a week are no week."""
    assert wrong(schema.Schedule, {"every": "week", "days": ["mon", "fri"]}) == [
        ("a weekly digest goes out on one day", 'such as days = ["mon"]')
    ]

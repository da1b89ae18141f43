from __future__ import annotations

import string
from datetime import UTC, date, datetime

import pytest

from digest.email.i18n import LANGUAGES, WORDS, Language, capitalised
from digest.model.issue import EmptyReason, SectionKind
from digest.model.states import SourceState

ENGLISH, GERMAN = Language("en"), Language("de")


def named(text: str | tuple[str, str]) -> set[str]:
    forms = (text,) if isinstance(text, str) else text
    return {field for form in forms for _, field, _, _ in string.Formatter().parse(form) if field}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_says_the_same_things(code: str) -> None:
    """No text is missing, none is left over, and each names what the English one names."""
    own, english = WORDS[code], WORDS["en"]
    assert own.keys() == english.keys()
    numbers = {"n", "spelled"}  # "about a minute" and "eins zu …" say their number in words
    assert {k: named(v) - numbers for k, v in own.items()} == {
        k: named(v) - numbers for k, v in english.items()
    }


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_kind_has_its_words(code: str) -> None:
    """Sections, states and reasons that the program knows have a text."""
    keys = WORDS[code].keys()
    wanted = {f"section.{kind}" for kind in SectionKind}
    wanted |= {f"source.{state}" for state in SourceState}
    wanted |= {f"{part}.{reason}" for reason in EmptyReason for part in ("empty", "subject.none")}
    assert wanted <= keys


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_line_begins_as_mailboxes_part_mails(code: str) -> None:
    """A heading such as "From authors" would be shown with a space before it (RFC 3676, 4.4)."""
    texts = [form for t in WORDS[code].values() for form in ((t,) if isinstance(t, str) else t)]
    assert not [text for text in texts if text.startswith(("From ", ">", " "))]


def test_numbers_are_spelled_to_twelve() -> None:
    """Small numbers are words, large ones are grouped digits in the language's way."""
    assert [ENGLISH.spelled(n) for n in (0, 8, 12, 13, 1234)] == [
        *("no", "eight", "twelve", "13", "1,234")
    ]
    assert GERMAN.spelled(1234) == "1.234"


def test_one_is_not_many() -> None:
    """A count takes the singular for one only."""
    assert [ENGLISH.count("upvotes", n) for n in (0, 1, 2)] == [
        "0 upvotes",
        "1 upvote",
        "2 upvotes",
    ]


def test_a_text_without_a_plural_is_the_same_for_all() -> None:
    """Where a language makes no difference, none is made."""
    assert ENGLISH.count("empty.seen", 1, when="today") == ENGLISH("empty.seen", when="today")


def test_days_are_written_as_people_write_them() -> None:
    """Each shape of a day is that of its language."""
    day = date(2026, 11, 21)
    assert ENGLISH.day(day, "long") == "Saturday 21 November 2026"
    assert ENGLISH.day(day, "short") == "Sat 21 Nov"
    assert GERMAN.day(day, "long") == "Samstag, 21. November 2026"
    assert ENGLISH.time(datetime(2026, 11, 21, 7, 5, tzinfo=UTC)) == "07:05"


def test_lists_end_in_and() -> None:
    """Names are joined as within a sentence; none is nothing."""
    assert ENGLISH.listed(["a", "b", "c"]) == "a, b and c"
    assert GERMAN.listed(["a", "b"]) == "a und b"
    assert ENGLISH.listed([]) == ""


def test_only_the_first_letter_grows() -> None:
    """Names within a sentence keep their case."""
    assert capitalised("three on μP") == "Three on μP"
    assert capitalised("") == ""

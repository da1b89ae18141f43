from __future__ import annotations

import string
from datetime import UTC, date, datetime
from functools import cache

import pytest
from babel.messages.pofile import read_po

from digest.email.i18n import CATALOGUES, LANGUAGES, Language, capitalised
from digest.model.issue import EmptyReason, SectionKind
from digest.model.states import SourceState

ENGLISH, GERMAN = Language("en"), Language("de")


@cache
def messages(code: str) -> dict[str, tuple[str, ...]]:
    """Return all forms of each message of one catalogue."""
    with (CATALOGUES / code / "LC_MESSAGES/digest.po").open("rb") as source:
        found = {
            message.id: message.string
            for message in read_po(source)
            if message.id and message.string
        }
    return {
        key if isinstance(key, str) else key[0]: (forms,) if isinstance(forms, str) else (*forms,)
        for key, forms in found.items()
    }


def named(forms: tuple[str, ...]) -> set[str]:
    return {field for form in forms for _, field, _, _ in string.Formatter().parse(form) if field}


def test_three_languages_have_catalogues() -> None:
    """A language is a folder with a catalogue; there is no list of them in code."""
    assert {"de", "en", "zh"} <= set(LANGUAGES)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_catalogue_is_complete(code: str) -> None:
    """No message is missing, empty or left over; each has the placeholders of the English one."""
    own, english = messages(code), messages("en")
    assert own.keys() == english.keys()
    assert all(form for forms in own.values() for form in forms)
    numbers = {"n", "spelled"}  # "about a minute" and "eins zu …" have their number in words
    assert {k: named(v) - numbers for k, v in own.items()} == {
        k: named(v) - numbers for k, v in english.items()
    }


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("n", [0, 1, 2, 5, 11, 1000])
def test_every_plural_has_a_form_for_every_number(code: str, n: int) -> None:
    """Whatever the number, the catalogue's own plural rule picks one of its forms."""
    for key, forms in messages(code).items():
        values = dict.fromkeys(named(forms) - {"n", "spelled"}, "x")
        assert Language(code).count(key, n, **values)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_value_of_an_enum_has_a_message(code: str) -> None:
    """Sections, states of sources and reasons for an empty digest have a text."""
    wanted = {f"section.{kind}" for kind in SectionKind}
    wanted |= {f"source.{state}" for state in SourceState}
    wanted |= {f"{part}.{reason}" for reason in EmptyReason for part in ("empty", "subject.none")}
    assert wanted <= messages(code).keys()


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_line_begins_as_mailboxes_part_mails(code: str) -> None:
    """A heading such as "From authors" would be shown with a space before it (RFC 3676, 4.4)."""
    texts = [form for forms in messages(code).values() for form in forms]
    assert not [text for text in texts if text.startswith(("From ", ">", " "))]


def test_an_unknown_message_is_an_error() -> None:
    """A misspelt key in a template is reported, not shown."""
    assert not ENGLISH.has("nonsense")
    with pytest.raises(KeyError, match="nonsense"):
        ENGLISH("nonsense")


def test_german_and_chinese_say_one_and_many() -> None:
    """Plural forms follow the language: German has two, Chinese one."""
    assert GERMAN.count("subject.more", 1, names="A") == "A und 1 weiteres"
    assert GERMAN.count("subject.more", 2, names="A") == "A und 2 weitere"
    assert Language("zh").count("papers", 1) == "1 篇论文"


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
    assert ENGLISH.day(day, "long") == "Saturday, 21 November 2026"
    assert ENGLISH.day(day, "short") == "Sat 21 Nov"
    assert GERMAN.day(day, "long") == "Samstag, 21. November 2026"
    assert ENGLISH.days(day, date(2026, 11, 27)) == "21–27 Nov"
    assert GERMAN.days(day, date(2026, 12, 1)) == "21. Nov.–1. Dez."
    assert Language("zh").day(day, "long") == "2026年11月21日星期六"
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

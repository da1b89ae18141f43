from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from letters import DAY, HEAD, ISSUE, LION, QUIET, SCALING, contexts, issues, with_paper

from digest.email.naming import short_name
from digest.email.subject import MAX_CHARS, MIN_CHARS, check_subject, subject
from digest.model.errors import ConfigError
from digest.model.issue import EmptyReason, Entry, Issue, Section, SectionKind

if TYPE_CHECKING:
    from digest.email.context import MessageContext


def only(kind: SectionKind, *entries: Entry) -> Issue:
    return replace(ISSUE, sections=(Section(kind=kind, entries=entries),))


def titled(title: str) -> Entry:
    return with_paper(LION, replace(LION.ranked.paper, title=title))


@given(issue=issues(), head=contexts)
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
def test_any_day_has_a_subject(issue: Issue, head: MessageContext) -> None:
    """Whatever the issue and its language, the subject has 20 to 70 characters."""
    assert MIN_CHARS <= len(subject(issue, head)) <= MAX_CHARS


def test_a_title_is_set_as_in_the_letter() -> None:
    """Apostrophes and quotation marks are curly, in the sentence and in the subject."""
    issue = only(SectionKind.BEST, titled('Calderón\'s "Problem"'))
    named = "Calderón’s “Problem”"
    assert subject(issue, HEAD) == f"Quoc V. Le: {named} · Sat 21 Nov"
    assert (
        subject(issue, replace(HEAD, subject="{names}, {first}")) == f"Quoc V. Le: {named}, {named}"
    )


def test_a_title_may_have_two_colons() -> None:
    """Its name ends at the first of them."""
    assert short_name("BoN: the Best: of N") == "BoN"
    assert subject(only(SectionKind.BEST, titled("BoN: Best: of N")), HEAD).startswith(
        "Quoc V. Le: BoN ·"
    )


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("μLO: Compute-Efficient Learned Optimizers", "μLO"),
        ("Short Title", "Short Title"),
        ("A Long Title That Has No Name Before a Colon", "A Long Title That Has No…"),
        ("A Survey of Methods for the Study of Everything", "A Survey of Methods…"),
        ("注意力：一种方法", "注意力"),
        ("A long part that is no name at all: and its rest", "A long part that is no name…"),
        ("Exactly Twenty Eight Letters of a Title", "Exactly Twenty Eight…"),
        ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffahrtsgesel…"),
    ],
)
def test_the_short_name_is_what_people_call_it(title: str, expected: str) -> None:
    """The part before the colon where there is one, else the first whole words."""
    assert short_name(title) == expected
    assert len(expected.rstrip("…")) <= 28


def test_the_subject_tells() -> None:
    """How many, which, when; short names first, fewer of them where room is short."""
    assert subject(ISSUE, HEAD) == "Quoc V. Le: Symbolic Discovery…, BoN and 1 more · Sat 21 Nov"
    assert subject(only(SectionKind.BEST, SCALING), HEAD) == ("1 paper for you: BoN · Sat 21 Nov")
    assert subject(ISSUE, replace(HEAD, test=True)).startswith("[test] Quoc V. Le: Symbolic")


@pytest.mark.parametrize(
    ("empty", "english", "german"),
    [
        (EmptyReason.NO_SOURCE, "No source could be read", "Keine Quelle erreichbar"),
        (EmptyReason.NO_PAPERS, "No new papers", "Keine neuen Paper"),
        (EmptyReason.SEEN, "Nothing new", "Nichts Neues"),
        (EmptyReason.MUTED, "Only papers with muted words", "Nur Ausgeblendetes"),
        (
            EmptyReason.LOW,
            "No papers close enough to your interests",
            "Nichts nah genug an deinen Themen",
        ),
    ],
)
def test_the_subject_of_a_quiet_day_says_why(empty: EmptyReason, english: str, german: str) -> None:
    """No subject claims that papers were judged where there were none, or none to be judged."""
    issue = replace(QUIET, empty=empty)
    assert subject(issue, HEAD) == f"{english} · Sat 21 Nov"
    assert subject(issue, replace(HEAD, language="de")) == f"{german} · Sa., 21. Nov."


def test_the_subject_names_no_stump() -> None:
    """One name that tells something comes before two, of which one is a word and "…"."""
    long = titled("Efficient Reinforcement of Very Long Names")
    other = titled("Sixteen letters!: and what they say")
    named = "Quoc V. Le: Efficient Reinforcement…"
    assert subject(only(SectionKind.BEST, long, *[other] * 8), HEAD) == (
        f"{named} and 8 more · Sat 21 Nov"
    )


def test_a_stump_is_better_than_no_name() -> None:
    """Where the first word is as long as a name may be, it stands alone."""
    long = titled("Knowledge-Geometry-Decoupling for Very Long Names")
    assert subject(only(SectionKind.BEST, *[long] * 9), HEAD) == (
        "Quoc V. Le: Knowledge-Geometry-Decoupli… and 8 more · Sat 21 Nov"
    )


def test_the_subject_gives_up_names_for_its_date() -> None:
    """Where not even one short name fits, number and date stay."""
    crowd = only(SectionKind.BEST, *[titled("Sixteen letters:")] * 25)
    german = replace(HEAD, language="de", test=True)
    assert subject(crowd, german) == (
        "[Test] Quoc V. Le: Sixteen letters und 24 weitere · Sa., 21. Nov."
    )


def test_the_subject_does_not_shout() -> None:
    """Titles that shout are calmed."""
    issue = only(SectionKind.BEST, titled("ATTENTIONPLEASE NOW! Wow"))
    assert subject(issue, HEAD) == "Quoc V. Le: Attentionplease NOW Wow · Sat 21 Nov"


def test_the_reader_may_write_the_subject() -> None:
    """A template of the reader's own is filled in; a line end in it is a space."""
    head = replace(HEAD, subject="{count} of {read}: {first}\n({weekday} {date}, {interests})")
    assert subject(ISSUE, head) == (
        "3 of 143: Symbolic Discovery… (Saturday Sat 21 Nov, Optimizers, Alignment)"
    )
    assert subject(QUIET, replace(head, subject="{papers}{names}{first}")) == "0 papers"


@pytest.mark.parametrize(
    "template", ["{title}", "{", "}", "{0}", "{count!x}", "{names.nothing}", "{count:>9999999999}"]
)
def test_a_subject_that_cannot_be_filled_is_named(template: str) -> None:
    """A mistake in the template is a problem of the config, with the names that may stand there."""
    with pytest.raises(ConfigError, match="unusable subject") as caught:
        check_subject(template)
    assert "{name} with one of: count, papers" in caught.value.problems[0].hint


def test_a_good_subject_passes() -> None:
    """Every field may stand in a subject, and braces doubled."""
    every = "{{{count} {papers} {names} {first} {interests} {date} {weekday} {read}}}"
    check_subject(every)
    assert subject(ISSUE, replace(HEAD, subject=every)).startswith(
        "{3 3 papers Quoc V. Le: Symbolic"
    )


def test_a_week_is_dated_by_its_days() -> None:
    """A digest of several days has their range, so that no other has the same subject."""
    issue = replace(ISSUE, covers=(date(2026, 11, 15), DAY))
    assert subject(issue, HEAD).endswith(" · 15–21 Nov")


@pytest.mark.parametrize(
    "template",
    [
        "{count:>9999999999}",
        "{count!r}",
        "{papers.__class__}",
        "{names[0]}",
        "{0}",
        "{}",
        "{count",
        "count}",
        "{ count }",
        "{count:{read}}",
        "{papers.__init__.__globals__}",
        "x" * 501,
    ],
)
def test_D2_a_subject_substitutes_bare_names_only(template: str) -> None:
    """A format specification can take all memory, and an attribute can read any object."""
    with pytest.raises(ConfigError, match="unusable subject"):
        check_subject(template)
    with pytest.raises(ConfigError, match="unusable subject"):
        subject(ISSUE, replace(HEAD, subject=template))


@pytest.mark.parametrize(("template", "text"), [("{{{count}}}", "{3}"), ("{{count}}", "{count}")])
def test_D2_a_brace_is_written_twice(template: str, text: str) -> None:
    """As in a Python format string."""
    check_subject(template)
    assert subject(ISSUE, replace(HEAD, subject=template)) == text

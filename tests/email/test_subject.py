from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from letters import DAY, HEAD, ISSUE, LION, POPULAR, QUIET, SCALING, contexts, issues, with_paper

from digest.email.i18n import Language
from digest.email.subject import (
    LONGEST,
    SHORTEST,
    SUBJECT,
    check_subject,
    short_name,
    subject,
    summary,
)
from digest.model.errors import ConfigError, TemplateError
from digest.model.issue import EmptyReason, Entry, Issue, Section, SectionKind

if TYPE_CHECKING:
    from digest.email.context import MessageContext


def only(kind: SectionKind, *entries: Entry) -> Issue:
    return replace(ISSUE, sections=(Section(kind=kind, entries=entries),))


def titled(title: str) -> Entry:
    return with_paper(LION, replace(LION.ranked.paper, title=title))


@given(issue=issues(), head=contexts)
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
def test_any_day_has_a_sentence_and_a_subject(issue: Issue, head: MessageContext) -> None:
    """Whatever the issue, the sentence has 40 to 140 characters, the subject at most 70."""
    sentence = summary(issue, head)
    assert SHORTEST <= len(sentence) <= LONGEST
    assert sentence.endswith(".")
    assert 20 <= len(subject(issue, head)) <= SUBJECT


def test_the_sentence_names_interests_and_the_first_paper() -> None:
    """The day is how many papers on what, and which one leads."""
    assert summary(ISSUE, HEAD) == (
        "One paper on Optimizers, one on Alignment and one more today, led by "
        "“Symbolic Discovery of Optimization Algorithms”."
    )


@pytest.mark.parametrize(
    ("issue", "said"),
    [
        (only(SectionKind.BEST, LION), "One paper on Optimizers today: “Symbolic"),
        (only(SectionKind.AUTHORS, LION), "One paper by people you follow today: “"),
        (only(SectionKind.TRENDING, POPULAR), "One popular paper today: “Learning"),
        (
            QUIET,
            "Nothing today reached the 25 points you ask for: the best of 18 new papers has 21.",
        ),
        (replace(QUIET, read=1), "The one new paper today has 21 of the 25 points you ask for."),
        (replace(QUIET, empty=None, read=0), "Your sources listed no new papers today, so"),
        (replace(QUIET, empty=None), "Nothing today reached the 25 points you ask for: the best"),
        (replace(QUIET, empty=EmptyReason.NO_SOURCE), "None of your sources could be read today"),
        (replace(ISSUE, covers=(date(2026, 11, 18), DAY)), "One paper on Optimizers, one on Align"),
    ],
)
def test_the_sentence_is_true_of_the_day(issue: Issue, said: str) -> None:
    """One paper, followed authors only, popular ones only, or none: the sentence says which."""
    assert summary(issue, HEAD).startswith(said)


def test_the_sentence_says_for_how_long() -> None:
    """A week is a week, several days are several days."""
    assert " this week" in summary(ISSUE, replace(HEAD, weekly=True))
    assert " over these days" in summary(replace(ISSUE, covers=(date(2026, 11, 18), DAY)), HEAD)
    assert summary(ISSUE, replace(HEAD, language="de")).startswith("Heute: ein Paper zu Optimizers")


def test_a_title_is_set_as_in_the_letter() -> None:
    """Apostrophes and quotation marks are curly, in the sentence and in the subject."""
    issue = only(SectionKind.BEST, titled('Calderón\'s "Problem"'))
    named = "Calderón’s “Problem”"
    assert f": “{named}”" in summary(issue, HEAD)
    assert subject(issue, HEAD) == f"1 paper for you: {named} · Sat 21 Nov"
    assert subject(issue, replace(HEAD, subject="{names}, {first}")) == f"{named}, {named}"


def test_a_title_may_have_two_colons() -> None:
    """Its name ends at the first of them."""
    assert short_name("BoN: the Best: of N") == "BoN"
    assert subject(only(SectionKind.BEST, titled("BoN: Best: of N")), HEAD).startswith(
        "1 paper for you: BoN ·"
    )


def test_short_sentences_are_filled() -> None:
    """Where title and interest are short, the sentence tells from how many papers it chose."""
    issue = only(SectionKind.BEST, titled("A"))
    assert summary(issue, HEAD) == "One paper on Optimizers today: “A”, picked from 143 new ones."


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("μLO: Compute-Efficient Learned Optimizers", "μLO"),
        ("Short Title", "Short Title"),
        ("A Long Title That Has No Name Before a Colon", "A Long Title That Has No…"),
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
    assert (
        subject(ISSUE, HEAD)
        == "3 papers for you: Symbolic Discovery of…, BoN and 1 more · Sat 21 Nov"
    )
    assert subject(only(SectionKind.BEST, SCALING), HEAD) == "1 paper for you: BoN · Sat 21 Nov"
    assert subject(ISSUE, replace(HEAD, test=True)).startswith("[test] 3 papers for you")


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


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (
            2,
            (
                "Heute erreichte nichts die 25 Punkte, die du verlangst: "
                "Das beste von 2 neuen Papern hat 21."
            ),
        ),
        (1, "Heute hat das eine neue Paper 21 der 25 Punkte, die du verlangst."),
    ],
)
def test_how_near_the_best_came_is_said_in_german(read: int, said: str) -> None:
    """One sentence names what was asked for and what the best has, of one paper as of many."""
    assert summary(replace(QUIET, read=read), replace(HEAD, language="de")) == said


def test_the_subject_names_no_stump() -> None:
    """One name that tells something comes before two, of which one is a word and "…"."""
    long = titled("Efficient Reinforcement of Very Long Names")
    other = titled("Sixteen letters!: and what they say")
    named = "Efficient Reinforcement of…"
    assert subject(only(SectionKind.BEST, long, *[other] * 8), HEAD) == (
        f"9 papers for you: {named} and 8 more · Sat 21 Nov"
    )


def test_a_stump_is_better_than_no_name() -> None:
    """Where the first word is as long as a name may be, it stands alone."""
    long = titled("Knowledge-Geometry-Decoupling for Very Long Names")
    assert subject(only(SectionKind.BEST, *[long] * 9), HEAD) == (
        "9 papers for you: Knowledge-Geometry-Decoupli… and 8 more · Sat 21 Nov"
    )


def test_the_subject_gives_up_names_for_its_date() -> None:
    """Where not even one short name fits, number and date stay."""
    crowd = only(SectionKind.BEST, *[titled("Sixteen letters:")] * 25)
    german = replace(HEAD, language="de", test=True)
    assert subject(crowd, german) == "[Test] 25 Paper für dich · Sa., 21. Nov."


def test_the_subject_does_not_shout() -> None:
    """Titles that shout are calmed."""
    issue = only(SectionKind.BEST, titled("ATTENTIONPLEASE NOW! Wow"))
    assert subject(issue, HEAD) == "1 paper for you: Attentionplease NOW Wow · Sat 21 Nov"


def test_the_reader_may_write_the_subject() -> None:
    """A template of the reader's own is filled in; a line end in it is a space."""
    head = replace(HEAD, subject="{count} of {read}: {first}\n({weekday} {date}, {interests})")
    assert subject(ISSUE, head) == (
        "3 of 143: Symbolic Discovery of… (Saturday Sat 21 Nov, Optimizers, Alignment)"
    )
    assert subject(QUIET, replace(head, subject="{papers}{names}{first}")) == "0 papers"


@pytest.mark.parametrize("template", ["{title}", "{", "{0}", "{count!x}", "{names.nothing}"])
def test_a_subject_that_cannot_be_filled_is_named(template: str) -> None:
    """A mistake in the template is a problem of the config, with the names that may stand there."""
    with pytest.raises(ConfigError, match="unusable subject") as caught:
        check_subject(template)
    assert "{name} with one of: count, papers" in caught.value.problems[0].hint


def test_a_good_subject_passes() -> None:
    """Every field may stand in a subject, and braces doubled."""
    every = "{{{count} {papers} {names} {first} {interests} {date} {weekday} {read}}}"
    check_subject(every)
    assert subject(ISSUE, replace(HEAD, subject=every)).startswith("{3 3 papers Symbolic")


def test_a_day_that_is_over_is_not_called_today() -> None:
    """In English as in German."""
    issue = replace(QUIET, now=QUIET.now + timedelta(days=3))
    german = replace(HEAD, language="de")
    english, day = Language("en").day(QUIET.day), Language("de").day(QUIET.day)
    assert summary(issue, HEAD).startswith(f"Nothing on {english} reached the 25 points")
    assert summary(issue, german).startswith(f"Am {day} ")


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
    with pytest.raises(TemplateError, match="unusable subject"):
        subject(ISSUE, replace(HEAD, subject=template))


@pytest.mark.parametrize(("template", "text"), [("{{{count}}}", "{3}"), ("{{count}}", "{count}")])
def test_D2_a_brace_is_written_twice(template: str, text: str) -> None:
    """As in a Python format string."""
    check_subject(template)
    assert subject(ISSUE, replace(HEAD, subject=template)) == text

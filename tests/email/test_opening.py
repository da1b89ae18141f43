"""The opening says what the day brought, in one or two sentences that can stand alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from letters import DAY, HEAD, ISSUE, LION, POPULAR, QUIET, SCALING, contexts, issues, with_paper

from digest.email.opening import LONGEST, SHORTEST, lead, opening
from digest.model.issue import EmptyReason, Entry, Issue, Section, SectionKind

if TYPE_CHECKING:
    from digest.email.context import MessageContext

SENTENCE = "MoVerse keeps subjects consistent across long video"


def only(kind: SectionKind, *entries: Entry) -> Issue:
    return replace(ISSUE, sections=(Section(kind=kind, entries=entries),))


def paper(title: str, summary: str = "", *, interest: str = "Optimizers", by: str = "") -> Entry:
    entry = with_paper(LION, replace(LION.ranked.paper, title=title))
    ranked = replace(entry.ranked, interest=interest, followed=(by,) if by else ())
    return replace(entry, ranked=ranked, summary=summary)


MOVERSE = paper("MoVerse: Long Video", f"{SENTENCE}. It is fast.")


@given(issue=issues(), head=contexts)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_any_day_has_an_opening(issue: Issue, head: MessageContext) -> None:
    """Whatever the issue and its language, the opening has 40 to 140 characters and ends."""
    said = opening(issue, head)
    assert SHORTEST <= len(said) <= LONGEST
    assert said.endswith((".", "。"))


@pytest.mark.parametrize(
    ("others", "said"),
    [
        (
            [paper("Evoflux: A"), paper("EvoArena: B"), paper("C", by="Ada Lovelace")],
            f"{SENTENCE}. Also on Optimizers: Evoflux and EvoArena; one by Ada Lovelace.",
        ),
        ([paper("A title alone"), paper("Another")], f"{SENTENCE}; two more on Optimizers."),
        ([paper("Other", interest="Proteins")], f"{SENTENCE}; one more."),
        ([], f"{SENTENCE}."),
    ],
)
def test_the_best_paper_opens(others: list[Entry], said: str) -> None:
    """What it does comes first, then the names of others on its interest, or their number."""
    assert opening(only(SectionKind.BEST, MOVERSE, *others), HEAD) == said


@pytest.mark.parametrize(
    "summary",
    [
        "MoVerse is a unified framework.",
        "MoVerse is fast.",
        "We propose MoVerse, which keeps subjects consistent across long video.",
        "Keeping subjects consistent, MoVerse makes long videos that people like.",
        "MoVerse keeps the subjects of this long video consistent for everybody.",
        "A new model keeps subjects consistent across long video.",
        "MoVerse and its weights are released at https://example.org for everybody.",
        "MoVerse keeps subjects consistent across long video and",
        "Does MoVerse keep subjects consistent across long video?",
        "MoVerse " + "keeps subjects consistent and " * 9,
        "",
    ],
)
def test_what_cannot_stand_alone_opens_nothing(summary: str) -> None:
    """Short, empty, first-person, nameless, dangling sentences and releases are refused."""
    assert lead(paper("MoVerse: Long Video", summary)) == ""
    issue = only(SectionKind.BEST, paper("MoVerse: Long Video", summary), paper("Evoflux: A"))
    assert opening(issue, HEAD) == "Two papers on Optimizers today: MoVerse and Evoflux."


def test_a_long_sentence_is_cut_before_a_preposition() -> None:
    """Only what follows which, to, for, with, by, through or using may go."""
    long = f"{SENTENCE}, which it does by attending to the first frame of every single scene " * 2
    assert lead(paper("MoVerse: Long Video", long)) == SENTENCE


@pytest.mark.parametrize(
    ("issue", "said"),
    [
        (
            ISSUE,
            "One paper on Optimizers, one on Alignment and one more today, among them BoN.",
        ),
        (
            only(SectionKind.BEST, LION),
            "One paper on Optimizers today: “Symbolic Discovery of Optimization Algorithms”.",
        ),
        (only(SectionKind.AUTHORS, LION), "One paper by people you follow today: “Symbolic"),
        (only(SectionKind.TRENDING, POPULAR), "One popular paper today: “Learning"),
        (QUIET, "Nothing today reached the 25 points you ask for: the best of 18 new papers has"),
        (replace(QUIET, read=1), "The one new paper today has 21 of the 25 points you ask for."),
        (replace(QUIET, empty=EmptyReason.NO_SOURCE), "None of your sources could be read today"),
    ],
)
def test_the_opening_is_true_of_the_day(issue: Issue, said: str) -> None:
    """By interest, by followed authors, popular ones only, or none: the opening says which."""
    assert opening(issue, HEAD).startswith(said)


def test_what_is_merely_close_opens_nothing() -> None:
    """A sentence of a paper that is no best match is no opening."""
    assert SENTENCE not in opening(only(SectionKind.CLOSE, MOVERSE), HEAD)


def test_other_days_say_what_they_cover() -> None:
    """A weekly digest, a catch-up and a German one count, and say for how long."""
    issue = only(SectionKind.BEST, MOVERSE, SCALING)
    assert " this week" in opening(issue, replace(HEAD, weekly=True))
    assert " over these days" in opening(replace(issue, covers=(date(2026, 11, 18), DAY)), HEAD)
    assert opening(issue, replace(HEAD, language="de")).startswith("Heute: ein Paper zu Optimizers")
    assert opening(issue, replace(HEAD, language="zh")).startswith("今天有")

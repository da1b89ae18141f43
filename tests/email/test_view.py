from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from letters import FEEDBACK, HEAD, ISSUE, LION, POPULAR, QUIET, SCALING, with_paper

from digest.email import thumbnails
from digest.email import view as page
from digest.email.i18n import Language
from digest.model.issue import Section, SectionKind, SourceReport
from digest.model.paper import Links
from digest.model.ranked import Reason
from digest.model.states import SourceState

if TYPE_CHECKING:
    from digest.email.view import PaperView
    from digest.model.issue import Entry

GIF = b"GIF89a"


def view(entry: Entry, kind: SectionKind = SectionKind.BEST, **head: object) -> PaperView:
    issue = replace(ISSUE, sections=(Section(kind=kind, entries=(entry,)),))
    context = replace(HEAD, **head)  # type: ignore[arg-type] # fields by name
    return page.sections(issue, context, 1_000)[0].papers[0]


def changed(entry: Entry, **facts: object) -> Entry:
    paper = replace(entry.ranked.paper, **facts)  # type: ignore[arg-type] # fields by name
    return with_paper(entry, paper)


def test_sections_have_their_headings() -> None:
    """Each kind has its own words; those outside the interests say so."""
    heads = [(section.heading, section.lead) for section in page.sections(ISSUE, HEAD, 100)]
    assert heads == [
        ("Best matches", ""),
        ("Also close", ""),
        ("Trending elsewhere", "Popular, outside your interests."),
    ]


def test_a_weekly_section_bears_its_interest() -> None:
    """In a weekly letter the interest is the heading."""
    section = Section(kind=SectionKind.BEST, entries=(LION,), interest="Optimizers")
    assert page.sections(replace(ISSUE, sections=(section,)), HEAD, 100)[0].heading == "Optimizers"


def test_a_template_may_use_the_old_name_of_the_summary() -> None:
    """`paper.gist` in a reader's own template still works for one release."""
    shown = view(LION)
    assert shown.summary
    assert shown.gist == shown.summary


def test_a_paper_says_why_it_is_here() -> None:
    """Interest, score, terms; what lowers it, what is missing, the like it is near to."""
    shown = view(SCALING)
    assert (shown.why, shown.terms) == ("Alignment 33", "alignment")
    assert shown.remarks == (
        "Similar to “Lion Secretly Solves Constrained Optimization”, which you liked.",
        "Lowered by: survey.",
        "Not in it: preference data.",
    )


def test_what_is_missing_is_told_of_weak_matches_only() -> None:
    """A good match needs no list of what it lacks; a doubtful author is always told."""
    strong = replace(LION, ranked=replace(LION.ranked, missing=("Adam",)))
    assert view(strong).remarks == ("Quoc V. Le may be another person of that name.",)


@pytest.mark.parametrize(("score", "told"), [(39.4, True), (39.6, False)])
def test_a_match_of_forty_points_is_not_weak(score: float, *, told: bool) -> None:
    """Only what is below 40, as the reader sees it, is told what it lacks."""
    entry = replace(SCALING, ranked=replace(SCALING.ranked, score=score))
    assert ("Not in it: preference data." in view(entry).remarks) is told


@pytest.mark.parametrize(("score", "why"), [(19.4, ""), (19.6, "Alignment 20")])
def test_what_a_followed_author_wrote_fits_as_its_number_says(score: float, why: str) -> None:
    """From 20 on, as it is printed, a paper says why it fits; below it is there for its author."""
    entry = replace(SCALING, ranked=replace(SCALING.ranked, score=score))
    assert view(entry, SectionKind.AUTHORS).why == why


def test_a_single_interest_is_not_named() -> None:
    """With one interest its name says nothing."""
    assert view(LION, interests=("Optimizers",)).why == "Match 71"


def test_an_interest_is_not_named_under_its_own_heading() -> None:
    """In a weekly letter the heading has said it; a stray of another interest names its own."""
    own, stray = LION, replace(SCALING, number=2)
    section = Section(kind=SectionKind.BEST, entries=(own, stray), interest="Optimizers")
    (shown,) = page.sections(replace(ISSUE, sections=(section,)), HEAD, 100)
    assert [paper.why for paper in shown.papers] == ["Match 71", "Alignment 33"]


@pytest.mark.parametrize(
    ("carried", "named"),
    [
        ("KV cache|cache compression|memory|caches", "KV cache, cache compression, memory"),
        (
            "video|generation|consistency|video-generation",
            "video-generation, consistency",
        ),
        ("video generation|video-generation|Videos", "video generation"),
        ("boxes|box|losses|loss|match|matches", "boxes, losses, match"),
        ("policies|policy|class|analysis", "policies, class, analysis"),
        ("self\u2011attention|attention", "self\u2011attention"),
        ("a|b|c|d|e|f", "a, b, c, d, e"),
        ("-|memory", "memory"),
    ],
)
def test_no_matched_word_is_named_twice(carried: str, named: str) -> None:
    """Neither beside its plural nor beside the pair it stands in, with a blank or a hyphen."""
    reasons = tuple(Reason(term=term, weight=9) for term in carried.split("|"))
    entry = replace(LION, ranked=replace(LION.ranked, reasons=reasons))
    assert view(entry).terms == named


def test_popular_papers_give_no_reasons() -> None:
    """What is outside the interests does not pretend to match them."""
    shown = view(POPULAR, SectionKind.TRENDING)
    assert (shown.why, shown.terms, shown.remarks) == ("", "", ())


@pytest.mark.parametrize(
    ("authors", "followed", "expected"),
    [
        ((), (), ""),
        (("A", "B"), (), "A, B"),
        (("A", "B", "C", "D"), (), "A, B, C, D"),
        (("A", "B", "C", "D", "E"), (), "A, B, C and\u00a02\u00a0more"),
        (("A", "B", "C", "D", "E", "F"), ("F",), "A, B, C, F (you follow) and\u00a02\u00a0more"),
        (tuple(f"N{n}" for n in range(600)), (), "N0, N1, N2 and\u00a0597\u00a0more"),
    ],
)
def test_three_authors_are_named(
    authors: tuple[str, ...], followed: tuple[str, ...], expected: str
) -> None:
    """The first three and whoever is followed; never "and 1 more", which is as long as a name."""
    entry = changed(LION, authors=authors)
    assert view(replace(entry, ranked=replace(entry.ranked, followed=followed))).authors == expected


def test_facts_are_what_is_known() -> None:
    """Date, upvotes, comments and stars, each where there is one; at worst the listing day."""
    assert view(LION).facts == ("13 Feb 2023", "54 upvotes", "3 comments", "code with 6,321 stars")
    assert view(POPULAR).facts == ("20 Nov 2026", "1,204 upvotes")
    assert view(changed(POPULAR, listed=None, upvotes=0)).facts == ()


def test_links_are_named_apart() -> None:
    """Each link has a short name and one that is unique in the letter; the first is the title's."""
    shown = view(SCALING)
    assert [link.name for link in shown.links] == ["Abstract", "PDF", "Discussion", "Project"]
    assert shown.links[1].label == "PDF of paper 2"
    assert shown.url == "https://arxiv.org/abs/2404.01730"
    assert view(POPULAR).url == ""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://example.org/it's", "https://example.org/it%27s"),
        ("https://example.org/" + "x" * 600, ""),
        ("ftp://example.org", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_links_are_secure(url: str, expected: str) -> None:
    """A link is https, short enough and needs no quotes escaped, or it is none."""
    assert page.secure(url) == expected
    assert bool(view(changed(POPULAR, links=Links(pdf=url))).links) == bool(expected)


def test_more_and_less_are_there_where_somebody_reads_them() -> None:
    """Without an address and a signature there are no links for feedback."""
    paper = page.sections(ISSUE, FEEDBACK, 100)[0].papers[0]
    assert [link.name for link in paper.taste] == ["More like this", "Less"]
    assert paper.taste[0].url.startswith("mailto:digest@example.org?subject=more-2302.06675-")
    assert [link.name for link in page.life(FEEDBACK)] == ["Pause for a week", "Stop for good"]
    assert view(LION).taste == page.life(HEAD) == ()


def test_the_lists_are_linked_where_no_paper_is() -> None:
    """A quiet letter leads to what the sources list; one with a paper to read does not."""
    assert [link.url for link in page.lists(QUIET, HEAD)] == [url for _, url in HEAD.lists]
    assert page.lists(ISSUE, HEAD) == ()
    unlinked = replace(ISSUE, sections=(Section(kind=SectionKind.BEST, entries=(POPULAR,)),))
    twice = replace(
        HEAD, lists=(("a", "https://a.test"), ("b", "ftp://b"), ("a", "https://c.test"))
    )
    assert [(link.name, link.url) for link in page.lists(unlinked, twice)] == [
        ("a", "https://c.test")
    ]


def test_right_to_left_is_told() -> None:
    """The first letter that has a direction decides."""
    assert view(changed(LION, title="1. تعلم GPT")).dir == "rtl"
    assert view(changed(LION, title="GPT تعلم")).dir == view(changed(LION, title="12")).dir == ""


def test_a_picture_is_no_wider_than_it_is() -> None:
    """A small one is not blown up; without one there is no name for it."""
    small = GIF + b"\x40\x00\x20\x00"
    shown = view(LION, pictures={LION.ranked.paper.id: small})
    assert (shown.picture, shown.picture_width) == (thumbnails.cid(LION.ranked.paper.id), 64)
    assert shown.picture_alt == "Thumbnail of paper 1"
    assert view(LION).picture == ""


def test_sources_are_told_honestly() -> None:
    """Each source says how it fared, the failed one why."""
    assert page.sources(ISSUE, Language("en")) == (
        "Sources: Hugging Face (31 papers), arXiv cs.LG (nothing due today), "
        "medRxiv (still the previous list), BAIR (failed: 404 Not Found)."
    )
    assert page.sources(replace(ISSUE, sources=()), Language("en")) == ""
    unsaid = replace(ISSUE, sources=(SourceReport(name="BAIR", state=SourceState.FAILED),))
    assert page.sources(unsaid, Language("en")) == "Sources: BAIR (failed)."


def test_a_long_error_is_told_in_its_beginning() -> None:
    """A server's whole page about its failure is no matter for the last lines: 120 characters."""
    failed = SourceReport(name="BAIR", state=SourceState.FAILED, error="word " * 40)
    told = page.sources(replace(ISSUE, sources=(failed,)), Language("en"))
    error = told.removeprefix("Sources: BAIR (failed: ").removesuffix(").")
    assert 100 < len(error) <= 120
    assert error.endswith("word…")


def test_the_end_says_what_a_reader_asks() -> None:
    """What was left out, why this came, when the next comes, how to stop it."""
    left, why, due, stop = page.footer(ISSUE, HEAD)
    assert left.startswith("140 other new papers were read and left out. 2 papers listed more than")
    assert "Based on your interests: Optimizers and Alignment." in why
    assert due == "Next digest: Sunday 22 November, 07:30."
    assert "[schedule] in config.toml" in stop
    assert "digest run" in stop


def test_the_end_leaves_out_what_is_not_known() -> None:
    """No interests, no next issue, nothing left out, no source: no empty words about them."""
    bare = replace(ISSUE, sections=(), left_out=0, too_old=0, sources=())
    lines = page.footer(bare, replace(FEEDBACK, interests=(), next=None))
    assert lines == (
        "You get this email because digest runs with your address.",
        "To change its days, edit [schedule] in config.toml. To pause or end it:",
    )


def test_days_are_the_readers() -> None:
    """The next issue is told in the reader's own zone."""
    head = replace(HEAD, next=datetime(2026, 11, 21, 23, 30, tzinfo=UTC))
    assert "Sunday 22 November, 00:30" in page.footer(ISSUE, head)[2]

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from letters import FEEDBACK, HEAD, ISSUE, LION, POPULAR, QUIET, SCALING, with_paper

from digest.email import footer, thumbnails
from digest.email import view as page
from digest.email.view import PaperView, Room
from digest.model.issue import Section, SectionKind
from digest.model.ranked import Reason

if TYPE_CHECKING:
    from digest.model.issue import Entry

GIF = b"GIF89a"


def view(entry: Entry, kind: SectionKind = SectionKind.BEST, **head: object) -> PaperView:
    issue = replace(ISSUE, sections=(Section(kind=kind, entries=(entry,)),))
    context = replace(HEAD, **head)  # type: ignore[arg-type] # fields by name
    return page.sections(issue, context, Room())[0].papers[0]


def changed(entry: Entry, **facts: object) -> Entry:
    paper = replace(entry.ranked.paper, **facts)  # type: ignore[arg-type] # fields by name
    return with_paper(entry, paper)


def test_sections_have_their_headings() -> None:
    """Each kind has its own words; those outside the interests say so."""
    heads = [(section.heading, section.lead) for section in page.sections(ISSUE, HEAD, Room())]
    assert heads == [
        ("Best matches", ""),
        ("Also close", ""),
        ("Trending elsewhere", "Popular, outside your interests."),
    ]


def test_a_weekly_section_bears_its_interest() -> None:
    """In a weekly letter the interest is the heading."""
    section = Section(kind=SectionKind.BEST, entries=(LION,), interest="Optimizers")
    assert (
        page.sections(replace(ISSUE, sections=(section,)), HEAD, Room())[0].heading == "Optimizers"
    )


def test_a_template_may_use_the_old_name_of_the_summary() -> None:
    """`paper.gist` in a reader's own template still works for one release."""
    shown = view(LION)
    assert shown.summary
    assert shown.gist == shown.summary


def test_a_paper_says_why_it_is_here() -> None:
    """Interest, score, terms; what lowers it, what is missing, the like it is near to."""
    shown = view(SCALING)
    assert (shown.why, shown.terms) == ("33 · Alignment", "")
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


@pytest.mark.parametrize(("score", "why"), [(19.4, ""), (19.6, "20 · Alignment")])
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
    (shown,) = page.sections(replace(ISSUE, sections=(section,)), HEAD, Room())
    assert [paper.why for paper in shown.papers] == ["Match 71", "33 · Alignment"]


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
    assert [link.name for link in shown.links] == ["PDF", "Discussion", "Project"]
    assert shown.links[0].label == "PDF of paper 2"
    assert shown.url_name == "Abstract"
    assert shown.url == "https://arxiv.org/abs/2404.01730"
    assert view(POPULAR).url == ""


def test_more_and_less_are_there_where_somebody_reads_them() -> None:
    """Without an address and a signature there are no links for feedback."""
    paper = page.sections(ISSUE, FEEDBACK, Room())[0].papers[0]
    assert [link.name for link in paper.taste] == ["More like this", "Less"]
    assert paper.taste[0].url.startswith("mailto:digest@example.org?subject=more-2302.06675-")
    assert [link.name for link in footer.life(FEEDBACK)] == ["Pause for a week", "Stop for good"]
    assert view(LION).taste == footer.life(HEAD) == ()


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


def test_papers_beyond_the_fifth_are_compact() -> None:
    """A digest has five papers in full; those far down or not close are compact."""
    entries = tuple(replace(LION, number=n) for n in range(1, 8))
    section = Section(kind=SectionKind.BEST, entries=entries)
    (shown,) = page.sections(replace(ISSUE, sections=(section,)), HEAD, Room())
    assert [paper.compact for paper in shown.papers] == [False] * 5 + [True] * 2
    assert view(LION, SectionKind.CLOSE).compact
    assert view(LION, SectionKind.TRENDING).compact


def test_little_room_shortens_summaries_from_the_end() -> None:
    """Papers after `room.full` keep whole sentences: the first one of theirs."""
    entries = tuple(replace(LION, number=n) for n in range(1, 4))
    issue = replace(ISSUE, sections=(Section(kind=SectionKind.BEST, entries=entries),))
    (shown,) = page.sections(issue, HEAD, Room(full=1))
    first, *rest = (paper.summary for paper in shown.papers)
    assert first == LION.summary
    assert all(summary == LION.summary.partition(". ")[0] + "." for summary in rest)


def test_no_best_match_is_said_in_the_heading() -> None:
    """A digest that begins with what is merely close says so."""
    section = Section(kind=SectionKind.CLOSE, entries=(SCALING,))
    (shown,) = page.sections(replace(ISSUE, sections=(section,)), HEAD, Room())
    assert shown.heading == "Nothing close; the nearest:"


def test_a_quiet_day_offers_what_is_popular() -> None:
    """The most popular new papers stand in a section of their own."""
    (shown,) = page.sections(replace(QUIET, popular=(POPULAR,)), HEAD, Room())
    assert (shown.heading, len(shown.papers)) == ("Most popular", 1)


@pytest.mark.parametrize(
    ("title", "lang"),
    [
        ("Attention is all you need", ""),
        ("Die Entstehung der Arten und das Überleben der Besten", "de"),
        ("深度学习优化方法综述", "zh"),
        ("深層学習の最適化について", "ja"),
        ("Глубокое обучение", "ru"),
    ],
)
def test_another_language_is_marked(title: str, lang: str) -> None:
    """A screen reader is told the language of title and summary where it is not the digest's."""
    assert view(replace(changed(LION, title=title), summary="")).lang == lang


def test_one_comment_and_few_stars_are_no_news() -> None:
    """Small counts are left out."""
    few = changed(LION, comments=1, code_stars=9)
    assert view(few).facts == ("13 Feb 2023", "54 upvotes")

"""View model: an issue as the templates see it, in words; none of it is trusted HTML."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.email import reasons, thumbnails
from digest.email.feedback import Verb, reference
from digest.email.i18n import Language
from digest.email.issue import selection
from digest.email.issue.selection import points
from digest.email.links import LinkView, mail_link, secure
from digest.email.typography import curled, language_of
from digest.model.issue import MAX_PAPERS, Section, SectionKind
from digest.model.sentences import split
from digest.model.text import clean, cut
from digest.ranking import band

if TYPE_CHECKING:
    from digest.email.context import MessageContext
    from digest.model.issue import Entry, Issue
    from digest.model.ranked import Ranked

AUTHORS = 3
MIN_COMMENTS, MIN_STARS = 2, 10

MATCHED = frozenset({SectionKind.BEST, SectionKind.CLOSE, SectionKind.NOW_TRENDING})
"""Sections whose papers say why they are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Room for papers in one email: how many in full, and how long summaries may be."""

    full: int = MAX_PAPERS
    """Papers after these are compact, with one sentence each."""
    chars: int = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperView:
    """One paper, ready to be set."""

    number: int
    title: str
    url: str
    """"" where the paper has no usable link."""
    url_name: str
    """Name of that link, which the title carries: "Abstract"."""
    compact: bool
    """Title, one sentence, links: for papers that are not close, or far down."""
    authors: str
    facts: tuple[str, ...]
    """Date, upvotes, comments, stars."""
    summary: str
    why: str
    """What it matched and how well, such as "Optimizers 41"; "" where nothing says so."""
    terms: str
    """The words that carried the score."""
    remarks: tuple[str, ...]
    """More to the reasons: what is missing, the like it is near to, who may be somebody else."""
    links: tuple[LinkView, ...]
    taste: tuple[LinkView, ...]
    """More like this, less; empty where nobody reads them."""
    picture: str
    """The cid of its picture, or ""."""
    picture_width: int
    """In CSS pixels."""
    picture_alt: str
    dir: str
    """rtl where its title is written from right to left, else ""."""
    lang: str
    """Language of title and summary where it is not the digest's, else ""."""

    @property
    def gist(self) -> str:
        """Return the summary: readers' own templates may use its old name until version 0.2."""
        return self.summary


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """Papers under one heading."""

    heading: str
    lead: str
    papers: tuple[PaperView, ...]


def sections(issue: Issue, context: MessageContext, room: Room) -> tuple[SectionView, ...]:
    """Return the sections, with the popular papers that an empty digest offers."""
    say = Language(context.language)
    popular = Section(kind=SectionKind.TRENDING, entries=issue.popular)
    return tuple(
        SectionView(
            heading=_heading(section, issue, say),
            lead=_lead(section, issue, say),
            papers=tuple(_paper(entry, section, context, room) for entry in section.entries),
        )
        for section in (issue.sections or (popular,))
        if section.entries
    )


def _heading(section: Section, issue: Issue, say: Language) -> str:
    if issue.no_interests and section.kind is SectionKind.TRENDING:
        return say("section.trending.all")
    if not issue.sections:
        return say("section.popular")
    if section is issue.sections[0] and section.kind is SectionKind.CLOSE and not section.interest:
        return say("section.close.alone")
    return clean(section.interest) or say(f"section.{section.kind}")


def _lead(section: Section, issue: Issue, say: Language) -> str:
    elsewhere = section.kind is SectionKind.TRENDING and not issue.no_interests
    told = elsewhere or section.kind is SectionKind.NOW_TRENDING
    return say(f"section.{section.kind}.lead") if told else ""


def _paper(entry: Entry, section: Section, context: MessageContext, room: Room) -> PaperView:
    say = Language(context.language)
    ranked, paper = entry.ranked, entry.ranked.paper
    followed = section.kind is SectionKind.AUTHORS and band(points(ranked)) != ""
    matched = section.kind in MATCHED or followed
    links = _links(entry, say)
    compact = selection.compact(section.kind, entry.number) or entry.number > room.full
    drawn = b"" if compact else context.pictures.get(paper.id, b"")
    return PaperView(
        number=entry.number,
        title=curled(entry.title),
        url=links[0].url if links else "",
        url_name=links[0].name if links else "",
        compact=compact,
        authors=_authors(ranked, say),
        facts=_facts(ranked, say),
        summary=curled(_summary(entry, room)),
        why=reasons.why(ranked, section, context, say) if matched else "",
        terms=reasons.terms(ranked) if matched else "",
        remarks=reasons.remarks(ranked, say) if matched else (),
        links=tuple(links[1:]),
        taste=_taste(entry, context, say),
        picture=thumbnails.cid(paper.id) if drawn else "",
        picture_width=thumbnails.shown_width(drawn, large=entry.number == 1),
        picture_alt=say("picture", number=entry.number),
        dir=_direction(entry.title),
        lang=_other_language(f"{entry.title} {entry.summary}", context.language),
    )


def _summary(entry: Entry, room: Room) -> str:
    """Return the summary, of papers beyond `room.full` its first sentence only."""
    summary = entry.summary
    if entry.number > room.full:
        summary = next(iter(split(summary)), "")
    return cut(summary, room.chars, "sentence")


def _other_language(text: str, digest: str) -> str:
    """Return the language of `text` where a screen reader must know that it differs."""
    own = language_of(text)
    return "" if own == digest else own


def _authors(ranked: Ranked, say: Language) -> str:
    """Return the first three authors and every followed one, marked, and how many more."""
    authors = ranked.paper.authors
    followed = set(ranked.followed)
    first = AUTHORS + (len(authors) == AUTHORS + 1)  # a name takes no more room than "and 1 more"
    shown = [a for i, a in enumerate(authors) if i < first or a in followed][: 2 * AUTHORS]
    names = [say("authors.follow", name=a) if a in followed else a for a in shown]
    rest = len(authors) - len(shown)
    return say.count("authors.more", rest, names=", ".join(names)) if rest else ", ".join(names)


def _facts(ranked: Ranked, say: Language) -> tuple[str, ...]:
    """Return date and counts; one comment and a few stars say nothing and are left out."""
    paper = ranked.paper
    day = paper.published.date() if paper.published else paper.listed
    counted = (
        ("upvotes", paper.upvotes, 1),
        ("comments", paper.comments, MIN_COMMENTS),
        ("stars", paper.code_stars, MIN_STARS),
    )
    facts = [say.count(key, n) for key, n, least in counted if n and n >= least]
    return (say.day(day), *facts) if day else tuple(facts)


def _links(entry: Entry, say: Language) -> list[LinkView]:
    """Return the link of the title, then at most PDF, discussion and code."""
    links = entry.ranked.paper.links
    named = (
        ("abstract", links.abstract),
        ("pdf", links.pdf),
        ("discussion", links.discussion),
        ("code", links.code) if secure(links.code) else ("project", links.project),
    )
    return [
        _link(say(f"link.{key}"), "link.of", secure(url), entry.number, say)
        for key, url in named
        if secure(url)
    ]


def _link(name: str, label: str, url: str, number: int, say: Language) -> LinkView:
    return LinkView(name=name, label=say(label, link=name, number=number), url=url)


def lists(issue: Issue, context: MessageContext) -> tuple[LinkView, ...]:
    """Return links to what the sources list, for a digest in which no paper has one."""
    say = Language(context.language)
    if any(_links(entry, say) for entry in issue.entries):
        return ()
    named = {clean(name): secure(url) for name, url in context.lists}
    return tuple(LinkView(name=name, label=name, url=url) for name, url in named.items() if url)


def _taste(entry: Entry, context: MessageContext, say: Language) -> tuple[LinkView, ...]:
    return tuple(
        _link(say(f"link.{verb}"), "link.taste", url, entry.number, say)
        for verb in (Verb.MORE, Verb.LESS)
        if (url := mail_link(context, verb, reference(entry.ranked.paper)))
    )


def _direction(text: str) -> str:
    """Return "rtl" where the first character with a direction runs from right to left, else ""."""
    strong = (unicodedata.bidirectional(character) for character in text)
    first = next((kind for kind in strong if kind in ("L", "R", "AL")), "L")
    return "" if first == "L" else "rtl"

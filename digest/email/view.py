"""What the templates see: the issue in words, ready to be set, none of it trusted HTML."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from digest.email import thumbnails
from digest.email.feedback import Verb, reference
from digest.email.i18n import Language, capitalised
from digest.email.issue.selection import points
from digest.email.mime.headers import address
from digest.email.typography import curled, lowered
from digest.model.issue import SectionKind
from digest.model.text import clean, cut
from digest.model.tokens import singular
from digest.ranking import band

if TYPE_CHECKING:
    from digest.email.context import MessageContext
    from digest.model.issue import Entry, Issue, Section, SourceReport
    from digest.model.ranked import Ranked

AUTHORS = 3
TERMS = 5
MISSING = 3
WEAK = 40
"""Below this score the email says what a paper lacks."""
LONGEST_LINK = 600
_BETWEEN = re.compile(r"[\s\u2010\u2011-]+")
_SILENT = re.compile(r"(?<=ch|sh|ss|zz)e$|(?<=x)e$")
"""An "e" that the singular of "-es" has or has not."""

_MATCHED = frozenset({SectionKind.BEST, SectionKind.CLOSE, SectionKind.NOW_TRENDING})
"""Sections whose papers say why they are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """One link, its visible name and the name that is unique in the email."""

    name: str
    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperView:
    """One paper, ready to be set."""

    number: int
    title: str
    url: str
    """"" where the paper has no usable link."""
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
    """In pixels of the letter."""
    picture_alt: str
    dir: str
    """rtl where its title is written from right to left, else ""."""

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


def sections(issue: Issue, context: MessageContext, summary_chars: int) -> tuple[SectionView, ...]:
    """Return what the email shows under its headings; no summary longer than `summary_chars`."""
    say = Language(context.language)
    return tuple(
        SectionView(
            heading=_heading(section, issue, say),
            lead=_lead(section, issue, say),
            papers=tuple(
                _paper(entry, section, context, summary_chars) for entry in section.entries
            ),
        )
        for section in issue.sections
        if section.entries
    )


def _heading(section: Section, issue: Issue, say: Language) -> str:
    if issue.no_interests and section.kind is SectionKind.TRENDING:
        return say("section.trending.all")
    return clean(section.interest) or say(f"section.{section.kind}")


def _lead(section: Section, issue: Issue, say: Language) -> str:
    elsewhere = section.kind is SectionKind.TRENDING and not issue.no_interests
    told = elsewhere or section.kind is SectionKind.NOW_TRENDING
    return say(f"section.{section.kind}.lead") if told else ""


def _paper(
    entry: Entry, section: Section, context: MessageContext, summary_chars: int
) -> PaperView:
    say = Language(context.language)
    ranked, paper = entry.ranked, entry.ranked.paper
    followed = section.kind is SectionKind.AUTHORS and band(points(ranked)) != ""
    matched = section.kind in _MATCHED or followed
    links = _links(entry, say)
    drawn = context.pictures.get(paper.id, b"")
    return PaperView(
        number=entry.number,
        title=curled(entry.title),
        url=links[0].url if links else "",
        authors=_authors(ranked, say),
        facts=_facts(ranked, say),
        summary=curled(cut(entry.summary, summary_chars, "sentence")),
        why=_why(ranked, section, context, say) if matched else "",
        terms=_terms(ranked) if matched else "",
        remarks=_remarks(ranked, say) if matched else (),
        links=links,
        taste=_taste(entry, context, say),
        picture=thumbnails.cid(paper.id) if drawn else "",
        picture_width=thumbnails.shown_width(drawn),
        picture_alt=say("picture", number=entry.number),
        dir=_direction(entry.title),
    )


def _why(ranked: Ranked, section: Section, context: MessageContext, say: Language) -> str:
    score = say.number(points(ranked))
    headed = ranked.interest == section.interest  # the heading above has said it
    if ranked.interest and len(context.interests) > 1 and not headed:
        return say("why.interest", interest=cut(clean(ranked.interest), 80), score=score)
    return say("why.match", score=score)


def _terms(ranked: Ranked) -> str:
    """Return the terms that carried most; a word that stands in a pair is named with it alone."""
    terms = {r.term: _words(r.term) for r in ranked.reasons if r.weight > 0}
    pairs = [term for term, words in terms.items() if len(words) > 1]
    home = {word: pair for pair in reversed(pairs) for word in terms[pair]}
    named: dict[str, frozenset[str]] = {}
    for term, words in terms.items():
        if not words <= frozenset().union(*named.values()):
            whole = term if len(words) > 1 else home.get(min(words), term)
            named[whole] = terms[whole]
    paper = ranked.paper
    small = dict.fromkeys(lowered(term, paper.title, paper.abstract) for term in named)
    return ", ".join(list(small)[:TERMS])


def _words(term: str) -> frozenset[str]:
    """Return the words of a term in the singular; "cache" and "caches" are one of them."""
    words = (singular(word) for word in re.split(_BETWEEN, term.casefold()) if word)
    return frozenset(_SILENT.sub("", word) for word in words)


def _remarks(ranked: Ranked, say: Language) -> tuple[str, ...]:
    lowered = ", ".join([r.term for r in ranked.reasons if r.weight < 0][:MISSING])
    missing = ", ".join(ranked.missing[:MISSING]) if points(ranked) < WEAK else ""
    names = say.listed(ranked.uncertain[:AUTHORS])
    remarks = (
        say("why.like", title=cut(ranked.like, 120)) if ranked.like else "",
        say("why.lowered", terms=lowered) if lowered else "",
        say("why.missing", terms=missing) if missing else "",
        say("why.uncertain", names=names) if names else "",
    )
    return tuple(capitalised(say("sentence", text=remark)) for remark in remarks if remark)


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
    paper = ranked.paper
    day = paper.published.date() if paper.published else paper.listed
    counted = (
        ("upvotes", paper.upvotes),
        ("comments", paper.comments),
        ("stars", paper.code_stars),
    )
    facts = [say.count(key, n) for key, n in counted if n]
    return (say.day(day), *facts) if day else tuple(facts)


def _links(entry: Entry, say: Language) -> tuple[LinkView, ...]:
    links = entry.ranked.paper.links
    named = (
        ("abstract", links.abstract),
        ("pdf", links.pdf),
        ("discussion", links.discussion),
        ("code", links.code),
        ("project", links.project),
    )
    return tuple(
        _link(say(f"link.{key}"), "link.of", secure(url), entry.number, say)
        for key, url in named
        if secure(url)
    )


def _link(name: str, label: str, url: str, number: int, say: Language) -> LinkView:
    return LinkView(name=name, label=say(label, link=name, number=number), url=url)


def _taste(entry: Entry, context: MessageContext, say: Language) -> tuple[LinkView, ...]:
    return tuple(
        _link(say(f"link.{verb}"), "link.taste", url, entry.number, say)
        for verb in (Verb.MORE, Verb.LESS)
        if (url := mail_link(context, verb, reference(entry.ranked.paper)))
    )


def secure(url: str) -> str:
    """Return `url` as https, nothing in it that HTML must escape but "&"; "" if too long."""
    safe = re.sub(r"^http://", "https://", url).replace("'", "%27")
    return safe if safe.startswith("https://") and len(safe) <= LONGEST_LINK else ""


def mail_link(context: MessageContext, verb: Verb, paper: str = "") -> str:
    """Return the `mailto:` address that says `verb`, or "" where nobody would read it."""
    if not (context.feedback and context.token):
        return ""
    _, reader = address(context.feedback)
    subject = quote(context.token(verb, paper), safe=":/")
    return f"mailto:{quote(reader, safe='@')}?subject={subject}"


def life(context: MessageContext) -> tuple[LinkView, ...]:
    """Return the links that pause and stop the digest; none where nobody reads them."""
    say = Language(context.language)
    names = ((verb, say(f"link.{verb}")) for verb in (Verb.PAUSE, Verb.STOP))
    return tuple(
        LinkView(name=name, label=name, url=url)
        for verb, name in names
        if (url := mail_link(context, verb))
    )


def lists(issue: Issue, context: MessageContext) -> tuple[LinkView, ...]:
    """Return links to what the sources list, for a letter in which no paper has one."""
    say = Language(context.language)
    if any(_links(entry, say) for entry in issue.entries):
        return ()
    named = {clean(name): secure(url) for name, url in context.lists}
    return tuple(LinkView(name=name, label=name, url=url) for name, url in named.items() if url)


def _direction(text: str) -> str:
    """Return "rtl" where the first letter with a direction runs from right to left, else ""."""
    strong = (unicodedata.bidirectional(character) for character in text)
    first = next((kind for kind in strong if kind in ("L", "R", "AL")), "L")
    return "" if first == "L" else "rtl"


def sources(issue: Issue, say: Language) -> str:
    """Return one honest line about where the papers came from and what went wrong."""
    told = [_source(report, say) for report in issue.sources]
    return say("sources", sources=", ".join(told)) if told else ""


def _source(report: SourceReport, say: Language) -> str:
    told = report.error and say.code == "en"  # servers and errors speak English alone
    why = f": {cut(clean(report.error), 120).rstrip('.')}" if told else ""
    return say.count(f"source.{report.state}", report.papers, name=clean(report.name), why=why)


def footer(issue: Issue, context: MessageContext) -> tuple[str, ...]:
    """Return the sentences at the end: what was left out, sources, why, next, how to stop."""
    say = Language(context.language)
    names = say.listed([cut(clean(name), 80) for name in context.interests[:12]])
    due = context.next.astimezone(context.zone) if context.next else None
    why = say("why", interests=names) if names else say("why.plain")
    scored = any(section.kind in _MATCHED for section in issue.sections)
    mailed = bool(mail_link(context, Verb.STOP))
    others = issue.left_out if issue.entries else 0  # a quiet letter has told it above
    counted = " ".join(
        say.count(key, n) for key, n in (("left_out", others), ("too_old", issue.too_old)) if n
    )
    lines = (
        " ".join(part for part in (counted, sources(issue, say)) if part),
        " ".join(part for part in (why, scored and say("why.score")) if part),
        say("next", day=say.day(due.date(), "next"), time=say.time(due)) if due else "",
        say("stop.mail" if mailed else "stop", config=context.config),
    )
    return tuple(line for line in lines if line)

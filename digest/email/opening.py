"""Opening: the first sentence of a digest, which inboxes show as its preview.

It says what the best paper does, then what else there is: "MoVerse keeps subjects consistent across
long video. Also on agents: Evoflux; one by Ada Lovelace." Where no sentence can stand alone, it
counts: "Five papers on agents today, among them WeaveBench and Evoflux."
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import product
from typing import TYPE_CHECKING

from digest.email.i18n import Language, capitalised
from digest.email.issue.empty import explain, period
from digest.email.issue.selection import FULL
from digest.email.naming import calm, coined_name, short_name
from digest.email.typography import curled
from digest.model.issue import SectionKind
from digest.model.sentences import split
from digest.model.text import clean, cut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.email.context import MessageContext
    from digest.model.issue import Entry, Issue

SHORTEST, LONGEST = 40, 140
"""Characters of the sentence: inboxes show about so much of it."""
MAX_LEAD = 118
MIN_LEAD_WORDS = 7
_MATCHED = (SectionKind.AUTHORS, SectionKind.BEST, SectionKind.CLOSE, SectionKind.NOW_TRENDING)
_CUT = re.compile(r",? (?:which|to|for|with|by|through|using) ")
_FIRST_PERSON = re.compile(r"\b(?:we|our|ours|us|this|these|those|such)\b", re.IGNORECASE)
_EMPTY = re.compile(
    r"\bis an? (?:\w+ ){0,2}(?:framework|approach|method|model|system|study|paper)$", re.IGNORECASE
)
_RELEASE = re.compile(
    r"https?:|\b(?:released?|available|open-?sourced?|github|project page|leaderboard)\b",
    re.IGNORECASE,
)
_OPEN_END = re.compile(
    r"\b(?:(?:which|that)(?: \w+){0,2}|and|or|but|of|for|with|in|on|to|via|by|from|at|as|than"
    r"|the|an?|is|are|\w+ing)$",
    re.IGNORECASE,
)
_PARTICIPLE = re.compile(r"\w+(?:ing|ed)\b")


def opening(issue: Issue, context: MessageContext) -> str:
    """Return one or two true sentences about the day, 40 to 140 characters."""
    say = Language(context.language)
    if not issue.entries:
        return explain(issue, say, weekly=context.weekly)
    return next(s for s in _candidates(issue, context, say) if SHORTEST <= len(s) <= LONGEST)


def _candidates(issue: Issue, context: MessageContext, say: Language) -> Iterator[str]:
    """Yield openings from the most telling to the barest; the last ones fit any issue."""
    plain_day = not (context.weekly or issue.covers or issue.past)
    if plain_day and say.code == "en":  # summaries are in English, as nearly all abstracts
        yield from _with_lead(issue, say)
    yield from _counting(issue, say, period(issue, say, weekly=context.weekly))


def _with_lead(issue: Issue, say: Language) -> Iterator[str]:
    """Yield a sentence of one of the best papers, with the names of others after it."""
    strong = [e for s in issue.sections if s.kind in _LEADING for e in s.entries]
    for entry in strong[:FULL]:
        if sentence := lead(entry):
            others = [e for e in issue.entries if e is not entry]
            yield from _also(sentence, entry, others, say)
            return


_LEADING = (SectionKind.AUTHORS, SectionKind.BEST)
"""Sections whose papers may open a digest: "Also close" never does."""


def lead(entry: Entry) -> str:
    """Return what `entry` does as a sentence that can stand alone, without full stop; or ""."""
    name = coined_name(entry.title)
    sentences = split(entry.summary)
    if not name or not sentences:
        return ""
    text = curled(sentences[0]).rstrip(".")
    ends = [len(text)]
    if len(text) > MAX_LEAD:
        ends = [found.start() for found in _CUT.finditer(text) if found.start() <= MAX_LEAD]
    shorter = (text[:end] for end in reversed(ends))
    return next((each for each in shorter if not _refused(each, curled(name))), "")


def _refused(text: str, name: str) -> bool:
    """Return whether `text` would say nothing, need its neighbours, or announce a release."""
    return (
        name not in text
        or len(text.split()) < MIN_LEAD_WORDS
        or bool(_FIRST_PERSON.search(text))
        or bool(_EMPTY.search(text) or _RELEASE.search(text))
        or bool(_OPEN_END.search(text) or _PARTICIPLE.match(text))
        or text[-1] in "?!…:"
    )


def _also(sentence: str, entry: Entry, others: list[Entry], say: Language) -> Iterator[str]:
    interest = cut(clean(entry.ranked.interest), 40)
    same = [e for e in others if e.ranked.interest == entry.ranked.interest and interest]
    named = [calm(curled(name)) for e in same or others if (name := coined_name(e.title))]
    followed = Counter(e.ranked.followed[0] for e in others if e.ranked.followed)
    by = [say.count("opening.by", n, author=author) for author, n in followed.most_common(1)]
    whole = say("sentence", text=sentence)
    for tail, names in product((by, []), (named[:2], named[:1])):
        if names:
            key = "opening.also" if same else "opening.also.plain"
            also = say(key, interest=interest, names=say.listed(names))
            yield f"{whole} {capitalised(say('sentence', text='; '.join([also, *tail])))}"
    rest = say.count("opening.more.on", len(same), interest=interest) if same else ""
    for more in (rest, say.count("part.rest", len(others))):
        if more and others:
            yield say("sentence", text=f"{sentence}; {more}")
    yield whole


def _counting(issue: Issue, say: Language, when: str) -> Iterator[str]:
    """Yield what the issue holds: how many papers on what, and two of their names."""
    *telling, plain = _parts(issue, say)
    of = say.count("opening.of", max(issue.read, len(issue.entries)))
    for parts, names in product((*telling, plain), _names(issue, say)):
        listed = say.listed(names)
        key = "opening" if len(names) < len(issue.entries) else "opening.all"
        text = say(key, parts=parts, when=when, names=listed)
        yield capitalised(say("sentence", text=text))
        yield capitalised(say("sentence", text=f"{text}{of}"))
    for parts in (*telling, plain):
        text = say("opening.bare", parts=parts, when=when)
        yield capitalised(say("sentence", text=text))
        yield capitalised(say("sentence", text=f"{text}{of}"))
    yield capitalised(say("opening.bare.long", parts=plain, when=when))


def _names(issue: Issue, say: Language) -> list[list[str]]:
    """Return names to mention, the fullest first: coined ones of the best papers, else a title."""
    titles = [curled(entry.title) for entry in issue.entries]
    coined = [name for title in titles if (name := coined_name(title))]
    first = titles[0]
    whole = [] if coined_name(first) else [[say("quoted", text=first)]]
    named = [coined[:2], coined[:1]] if coined else []
    short = [] if coined else [[say("quoted", text=short_name(first, 40))]]
    return [*named, *whole, *short]


def _parts(issue: Issue, say: Language) -> Iterator[str]:
    """Yield how many papers on which interests, ever fewer of them named, then the number."""
    n = len(issue.entries)
    close = [e for s in issue.sections if s.kind in _MATCHED for e in s.entries]
    interests = Counter(clean(e.ranked.interest) for e in close if e.ranked.interest)
    if all(section.kind is SectionKind.AUTHORS for section in issue.sections):
        yield say.count("part.authors", n)
    elif interests:
        yield from (_by_interest(interests.most_common(k), n, say) for k in (3, 2, 1))
    elif all(section.kind is SectionKind.TRENDING for section in issue.sections):
        yield say.count("part.trending", n)
    yield say.count("part.plain", n)


def _by_interest(named: list[tuple[str, int]], total: int, say: Language) -> str:
    keys = ("part.first", *["part.next"] * len(named))
    parts = [
        say.count(key, n, interest=cut(name, 40))
        for key, (name, n) in zip(keys, named, strict=False)
    ]
    rest = total - sum(n for _, n in named)
    return say.listed([*parts, *([say.count("part.rest", rest)] if rest else [])])

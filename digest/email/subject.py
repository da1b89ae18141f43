"""The day in one sentence, for the inbox's preview, and in the subject line."""

from __future__ import annotations

import re
from collections import Counter
from itertools import product
from typing import TYPE_CHECKING

from digest.email.i18n import Language, capitalised
from digest.email.issue.empty import explain, period, reason_of
from digest.email.typography import curled
from digest.model.errors import ConfigError, Problem, TemplateError
from digest.model.issue import SectionKind
from digest.model.text import clean, cut

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from digest.email.context import MessageContext
    from digest.model.issue import Entry, Issue

SHORTEST, LONGEST = 40, 140
"""How long the sentence may be: what inboxes show of it."""
SUBJECT = 70
FIELDS = ("count", "papers", "names", "first", "interests", "date", "weekday", "read")
"""What a subject template may name."""

_SUBJECT_HINT = f"write {{name}} with one of: {', '.join(FIELDS)}; a brace itself is {{{{ or }}}}"
_FIELD = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
MAX_TEMPLATE_CHARS = 500
"""Maximum length of a subject template; mail programs show about 70 characters."""
_CLOSE = (SectionKind.BEST, SectionKind.CLOSE, SectionKind.NOW_TRENDING)
_STUMP = re.compile(r"\S+…")
"""A name of one word and "…": it tells too little to stand in a subject."""
_NAMES = ((28, 2), (24, 2), (20, 2), (28, 1), (24, 1), (16, 1))
"""How long names in a subject may be, and how many of them: the fullest first."""
_SHOUT = re.compile(r"\b[A-Z]{12,}\b")


def summary(issue: Issue, context: MessageContext) -> str:
    """Return one true sentence about the day, 40–140 characters."""
    say = Language(context.language)
    if not issue.entries:
        return explain(issue, say, weekly=context.weekly)
    when = period(issue, say, weekly=context.weekly)
    fitting = [s for s in _sentences(issue, say, when) if SHORTEST <= len(s) <= LONGEST]
    return fitting[0]


def _sentences(issue: Issue, say: Language, when: str) -> Iterator[str]:
    """Yield the sentence from the fullest to the barest; the last ones fit any issue."""
    title = curled(issue.entries[0].title)
    of = say.count("summary.of", max(issue.read, len(issue.entries)))
    names = (title, short_name(title, 40), short_name(title, 20))
    *telling, plain = _parts(issue, say)
    for name, parts in (*product(names, telling), *product(names, (plain,))):
        text = say.count("summary", len(issue.entries), parts=parts, when=when, title=name)
        yield capitalised(say("sentence", text=f"{text}{of}"))
        yield capitalised(say("sentence", text=text))


def _parts(issue: Issue, say: Language) -> Iterator[str]:
    """Yield what the issue holds: by interest with ever fewer of them named, then its number."""
    n = len(issue.entries)
    close = [e for s in issue.sections if s.kind in _CLOSE for e in s.entries]
    interests = Counter(clean(e.ranked.interest) for e in close if e.ranked.interest)
    if interests:
        yield from (_by_interest(interests.most_common(k), n, say) for k in (3, 2, 1))
    elif all(section.kind is SectionKind.AUTHORS for section in issue.sections):
        yield say.count("part.authors", n)
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


def short_name(title: str, limit: int = 28) -> str:
    """Return the name a title gives its work, the part before ":", else its first words and "…"."""
    name, colon, _ = title.partition(":")
    if colon and 1 < len(name) <= limit:
        return name
    return cut(title, limit, "word")


def subject(issue: Issue, context: MessageContext) -> str:
    """Return the subject: by the reader's own template, else the fullest that fits 70 characters.

    Raises TemplateError where it cannot be filled in; one that says nothing is passed by.
    """
    say = Language(context.language)
    mark = f"{say('subject.test')} " if context.test else ""
    if context.subject and (own := _own(issue, context)):
        return mark + own
    return mark + next(s for s in _subjects(issue, say) if len(mark + s) <= SUBJECT)


def _own(issue: Issue, context: MessageContext) -> str:
    try:
        return clean(_filled(context.subject, _fields(issue, context)), 200)
    except ValueError as error:
        message = f"unusable subject “{cut(context.subject, 200)}”: {error}"
        raise TemplateError(message, hint=_SUBJECT_HINT) from error


def _filled(template: str, fields: Mapping[str, object]) -> str:
    """Return `template` with each bare {name} replaced; raise ValueError for anything else.

    `str.format` would also read attributes, and pad to any width: a reader's subject could take
    all memory.
    """
    if len(template) > MAX_TEMPLATE_CHARS:
        raise ValueError(f"longer than {MAX_TEMPLATE_CHARS} characters")

    def value(found: re.Match[str]) -> str:
        if found[0] in ("{{", "}}"):
            return found[0][0]
        if found[1] not in fields:
            raise ValueError(f"{found[0]} is not a field" if found[1] else "a brace stands alone")
        return str(fields[found[1]])

    return _FIELD.sub(value, template)


def check_subject(template: str) -> None:
    """Raise ConfigError unless `template` has only bare names of FIELDS in braces."""
    try:
        _filled(template, dict.fromkeys(FIELDS, ""))
    except ValueError as error:
        problem = Problem(message=f"unusable subject: {error}", hint=_SUBJECT_HINT)
        raise ConfigError([problem]) from error


def _subjects(issue: Issue, say: Language) -> Iterator[str]:
    """Yield the subject from the fullest to the barest; those that name a stump come late."""
    date = say.day(issue.day, "short")
    n = len(issue.entries)
    if not n:
        yield say(f"subject.none.{reason_of(issue)}", date=date)
        return
    papers = say.count("papers", n)
    for limit, k in sorted(_NAMES, key=lambda size: _stumps(issue.entries, *size)):
        names = _listed(issue.entries, k, limit, say)
        yield say("subject", papers=papers, names=names, date=date)
    yield say("subject.bare", papers=papers, date=date)


def _stumps(entries: tuple[Entry, ...], limit: int, k: int) -> bool:
    return any(_STUMP.fullmatch(name) for name in _names(entries, k, limit))


def _names(entries: tuple[Entry, ...], k: int, limit: int) -> list[str]:
    return [_calm(short_name(curled(entry.title), limit)) for entry in entries[:k]]


def _listed(entries: tuple[Entry, ...], k: int, limit: int, say: Language) -> str:
    names = _names(entries, k, limit)
    rest = len(entries) - len(names)
    return say.count("subject.more", rest, names=", ".join(names)) if rest else say.listed(names)


def _calm(name: str) -> str:
    """Return `name` without what spam filters take for shouting."""
    return _SHOUT.sub(lambda word: word[0].capitalize(), name.replace("!", ""))


def _fields(issue: Issue, context: MessageContext) -> dict[str, object]:
    say = Language(context.language)
    entries = issue.entries
    return {
        "count": len(entries),
        "papers": say.count("papers", len(entries)),
        "names": _listed(entries, 2, 28, say) if entries else "",
        "first": short_name(curled(entries[0].title)) if entries else "",
        "interests": ", ".join(context.interests),
        "date": say.day(issue.day, "short"),
        "weekday": say.day(issue.day, "long").partition(" ")[0].rstrip(","),
        "read": issue.read,
    }

"""Subject line: names of papers first, then the date; or the reader's own template."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.email.i18n import Language
from digest.email.issue.empty import reason_of
from digest.email.naming import calm, short_name
from digest.email.typography import curled
from digest.model.errors import ConfigError, Problem
from digest.model.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from digest.email.context import MessageContext
    from digest.model.issue import Entry, Issue

MIN_CHARS, MAX_CHARS = 20, 70
"""Length of a subject: shorter ones look like spam, longer ones are cut by inboxes."""
FIELDS = ("count", "papers", "names", "first", "interests", "date", "weekday", "read")
"""Names that a subject template may hold."""

_HINT = f"write {{name}} with one of: {', '.join(FIELDS)}; a brace itself is {{{{ or }}}}"
_FIELD = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
MAX_TEMPLATE_CHARS = 500
"""Length of a subject template; mail programs show about 70 characters."""
_STUMP = re.compile(r"\S+…")
"""A name of one word and "…": too little for a subject."""
_NAMES = ((28, 2), (24, 2), (20, 2), (28, 1), (24, 1), (16, 1))
"""Lengths of names in a subject, and how many of them: the fullest first."""
_ALONE = (50, 1)
"""The same for the only paper of a digest: often its whole title fits."""


def subject(issue: Issue, context: MessageContext) -> str:
    """Return the subject: by the reader's own template, else the fullest that fits."""
    say = Language(context.language)
    mark = f"{say('subject.test')} " if context.test else ""
    if context.subject and (own := _filled(context.subject, _values(issue, context))):
        return mark + own
    fitting = (mark + s for s in _subjects(issue, say, _date(issue, say)))
    return next(s for s in fitting if MIN_CHARS <= len(s) <= MAX_CHARS)


def check_subject(template: str) -> None:
    """Raise ConfigError unless `template` is text with `{name}` for some of FIELDS."""
    _filled(template, dict.fromkeys(FIELDS, ""))


def _filled(template: str, values: Mapping[str, object]) -> str:
    """Return `template` with bare names replaced; a format such as {count:>99} is no name (D2)."""
    if len(template) > MAX_TEMPLATE_CHARS:
        raise _unusable(f"longer than {MAX_TEMPLATE_CHARS} characters")

    def value(found: re.Match[str]) -> str:
        if found[0] in ("{{", "}}"):
            return found[0][0]
        if found[1] not in values:
            raise _unusable(f"{found[0]} is not a field" if found[1] else "a brace stands alone")
        return str(values[found[1]])

    return clean(_FIELD.sub(value, template), 200)


def _unusable(why: str) -> ConfigError:
    return ConfigError([Problem(message=f"unusable subject: {why}", hint=_HINT)])


def _date(issue: Issue, say: Language) -> str:
    """Return the days that `issue` covers, so that no other digest has the same subject."""
    return say.days(*issue.covers) if issue.covers else say.day(issue.day, "short")


def _subjects(issue: Issue, say: Language, date: str) -> Iterator[str]:
    """Yield the subject from the fullest to the barest; those that name a stump come late."""
    n = len(issue.entries)
    if not n:
        yield say(f"subject.none.{reason_of(issue)}", date=date)
        return
    papers = say.count("papers", n)
    sizes = (_ALONE, *_NAMES) if n == 1 else _NAMES
    listed = [
        _listed(issue.entries, k, limit, say)
        for limit, k in sorted(sizes, key=lambda size: _stumps(issue.entries, *size))
    ]
    yield from (say("subject", names=names, date=date) for names in listed)
    yield from (say("subject.count", papers=papers, names=names, date=date) for names in listed)
    yield say("subject.bare", papers=papers, date=date)


def _stumps(entries: tuple[Entry, ...], limit: int, k: int) -> bool:
    return any(_STUMP.fullmatch(name) for name in _names(entries, k, limit))


def _names(entries: tuple[Entry, ...], k: int, limit: int) -> list[str]:
    return [calm(short_name(curled(entry.title), limit)) for entry in entries[:k]]


def _listed(entries: tuple[Entry, ...], k: int, limit: int, say: Language) -> str:
    names = _names(entries, k, limit)
    if followed := entries[0].ranked.followed:
        names[0] = say("subject.author", author=calm(followed[0]), name=names[0])
    rest = len(entries) - len(names)
    return say.count("subject.more", rest, names=", ".join(names)) if rest else say.listed(names)


def _values(issue: Issue, context: MessageContext) -> dict[str, object]:
    say = Language(context.language)
    entries = issue.entries
    return {
        "count": len(entries),
        "papers": say.count("papers", len(entries)),
        "names": _listed(entries, 2, 28, say) if entries else "",
        "first": short_name(curled(entries[0].title)) if entries else "",
        "interests": ", ".join(context.interests),
        "date": say.day(issue.day, "short"),
        "weekday": say.day(issue.day, "weekday"),
        "read": issue.read,
    }

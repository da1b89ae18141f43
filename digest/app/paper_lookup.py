"""Paper lookup: papers that a reader names, from what was fetched before or from arXiv."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from digest.model.errors import DigestError, SourceError
from digest.model.identity import arxiv_id, identity
from digest.store.codec import from_json, to_json
from digest.store.papers import MOST_FOUND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from digest.app.runtime import Runtime
    from digest.model.paper import Paper

log = logging.getLogger(__name__)

MAX_IDS_PER_REQUEST = 100
"""Ids in one arXiv query, so that its URL stays below the server's limit."""
ASKED_AGAIN = timedelta(hours=1)
"""Pause before an id that arXiv did not know is asked for again on its own accord."""

_PAPER = "paper:"
_ASKED = "asked:"


class PaperNotFound(DigestError):
    """Error: no paper, or more than one, matches the text of a lookup."""


MAX_NUMBER_DIGITS = 2


def look_up(text: str, runtime: Runtime) -> Paper:
    """Return the paper named by an id, a link, or a part of one title; raise PaperNotFound.

    A paper that was never fetched is requested from arXiv.
    """
    found = runtime.store.papers.find(text)
    if len(found) > 1:
        raise ambiguous(text, found)
    failure = None if found else _ask([text], runtime, patient=False)
    paper = found[0] if found else known_paper(text, runtime)
    if paper is None:
        raise _unknown(text, failure)
    return paper


def from_number(text: str, reader: str, runtime: Runtime) -> str:
    """Return the key of a paper given by its number in the reader's last digest, else `text`."""
    number = text.removeprefix("#")
    if not (number.isascii() and number.isdecimal() and len(number) <= MAX_NUMBER_DIGITS):
        return text
    key = runtime.store.digests.numbered(reader, int(number))
    if not key:
        raise PaperNotFound(
            f"the last digest has no paper number {number}", hint="give an id or part of a title"
        )
    return key


def ambiguous(text: str, papers: Sequence[Paper]) -> PaperNotFound:
    """Return the error for a text that several titles contain, with the first eight of them."""
    titles = "\n".join(f"  {p.id}  {p.title}" for p in papers[:8])
    number = f"{len(papers)} or more" if len(papers) >= MOST_FOUND else len(papers)
    message = f"“{text}” is part of {number} titles:\n{titles}"
    return PaperNotFound(message, hint="give the id, or more of the title")


def _unknown(text: str, failure: SourceError | None) -> PaperNotFound:
    """Return the error for a paper that cannot be found, with a hint at the cure."""
    if failure:
        message = f"digest has not read “{text}”, and arXiv could not be asked: {failure}"
        return PaperNotFound(message, hint="try again when this computer is online")
    if number := arxiv_id(text):
        return PaperNotFound(f"arXiv knows no paper {number}", hint="look at its number once more")
    return PaperNotFound(
        f"no paper is known by “{text}”",
        hint="give an arXiv id, a link, or words of the title of a paper that digest has read",
    )


def lacks_text(paper: Paper) -> bool:
    """Return whether a paper lacks its abstract and has an arXiv id to get it by."""
    return not paper.abstract and key_of(paper.id).startswith("arxiv:")


def completed(
    papers: Sequence[Paper], runtime: Runtime, *, asked: Callable[[int], object] = lambda _: None
) -> tuple[Paper, ...]:
    """Return `papers` with missing abstracts filled in from arXiv, as far as it answers.

    `asked` is called with the number of papers of each request, for a progress bar.
    """
    names = [key_of(paper.id) for paper in papers if lacks_text(paper)]
    for start in range(0, len(names), MAX_IDS_PER_REQUEST):
        part = names[start : start + MAX_IDS_PER_REQUEST]
        if _ask(part, runtime, patient=False):
            break
        asked(len(part))
    return tuple(_with_text(paper, runtime) for paper in papers)


def _with_text(paper: Paper, runtime: Runtime) -> Paper:
    known = known_paper(paper.id, runtime) if lacks_text(paper) else None
    if known is None:
        return paper
    return replace(
        paper,
        aliases=tuple(dict.fromkeys([*paper.aliases, *known.keys[1:]])),
        abstract=known.abstract,
        authors=paper.authors or known.authors,
        categories=paper.categories or known.categories,
    )


def fetch_named(keys: Iterable[str], runtime: Runtime) -> None:
    """Fetch the papers named as likes in a config that are not stored yet.

    Part of the fetch stage, so that a draft needs no network. A failure is logged and tried
    again after an hour: the digest is made without these likes.
    """
    _ask(keys, runtime)


def known_paper(key: str, runtime: Runtime) -> Paper | None:
    """Return the stored paper of an id, a DOI or a link, or None."""
    name = key_of(key)
    for paper in runtime.store.papers.find(name):
        if name in paper.keys:
            return paper
    kept = runtime.store.keyvalue.get(_PAPER + name)
    return from_json(kept) if kept else None


def _ask(keys: Iterable[str], runtime: Runtime, *, patient: bool = True) -> SourceError | None:
    """Request unknown papers from arXiv and store them; return the error where it fails.

    A `patient` caller skips ids requested within the last hour, and logs a failure as a warning,
    because no command shows it.
    """
    names = dict.fromkeys(key_of(key) for key in keys if not known_paper(key, runtime))
    numbers = [
        name.removeprefix("arxiv:")
        for name in names
        if name.startswith("arxiv:") and not (patient and _asked_lately(name, runtime))
    ]
    for start in range(0, len(numbers), MAX_IDS_PER_REQUEST):
        part = numbers[start : start + MAX_IDS_PER_REQUEST]
        if failure := _ask_arxiv(part, runtime):
            level = logging.WARNING if patient else logging.INFO
            ids = ",".join(part)
            log.log(level, "event=papers-not-found ids=%s error=%r", ids, str(failure))
            return failure
    return None


def _ask_arxiv(numbers: list[str], runtime: Runtime) -> SourceError | None:
    from digest.sources.arxiv import by_id

    keyvalue = runtime.store.keyvalue
    for number in numbers:
        keyvalue.put(f"{_ASKED}arxiv:{number}", runtime.now().isoformat())
    try:
        found = by_id(runtime.http, numbers)
    except SourceError as error:
        return error
    for paper in found:
        for key in paper.keys:
            keyvalue.put(_PAPER + key, to_json(paper))
    return None


def _asked_lately(name: str, runtime: Runtime) -> bool:
    at = runtime.store.keyvalue.get(_ASKED + name)
    return bool(at) and abs(runtime.now() - datetime.fromisoformat(at)) < ASKED_AGAIN


def key_of(key: str) -> str:
    """Return the key under which a paper named by an id, a DOI, a link or a title is stored."""
    if key.startswith(("url:", "title:")):
        return key
    return identity(arxiv=key, doi=key, link=key if "://" in key else "", title=key)[0]

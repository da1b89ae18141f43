"""What a reader teaches: likes and dislikes by id, link, title, library file or returned mail."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from digest.email import feedback
from digest.email.feedback import PAUSE_DAYS, Verb
from digest.email.latex.normalize import readable
from digest.model.errors import DigestError, SourceError
from digest.model.identity import arxiv_id, identity
from digest.store.codec import from_json, to_json
from digest.store.papers import MOST_FOUND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from digest import store
    from digest.app.runtime import Runtime
    from digest.config import Reader
    from digest.model.paper import Paper
    from digest.model.profile import Interest, Profile
    from digest.store.votes import Vote

log = logging.getLogger(__name__)

MOST_AT_ONCE = 100
"""Ids in one question to arXiv: its address must not get too long."""
ASKED_AGAIN = timedelta(hours=1)

_PAPER = "paper:"
_ASKED = "asked:"


class Unknown(DigestError):
    """No paper, or more than one, answers to what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """One judgement that was kept."""

    paper: Paper
    verb: str
    new: bool
    """False where the reader had said the same before."""


def profile_of(reader: Reader, runtime: Runtime) -> Profile:
    """Return what a reader wants: the config's words and papers, and what was taught since.

    A like given to a named interest stays with it; the others are the reader's.
    """
    _ask(reader.paper_ids, runtime)
    votes = runtime.store.votes.of(reader.name)
    names = {interest.name for interest in reader.profile(lambda _: None).interests}

    def given(verb: str, interest: str = "") -> list[Paper]:
        return [
            vote.paper
            for vote in votes
            if vote.verb == verb and (vote.interest if vote.interest in names else "") == interest
        ]

    plain = reader.profile(
        lambda key: _remembered(key, runtime), liked=given("like"), disliked=given("dislike")
    )

    def with_votes(interest: Interest) -> Interest:
        return replace(
            interest,
            liked=(*interest.liked, *given("like", interest.name)),
            disliked=(*interest.disliked, *given("dislike", interest.name)),
        )

    return replace(plain, interests=tuple(map(with_votes, plain.interests)))


def seen(reader: Reader, day: date, runtime: Runtime) -> dict[str, tuple[str, ...]]:
    """Return the papers that need not come, each key with all keys of its paper.

    These are those judged before `day`, which the reader knows, and all that were disliked. What
    was liked on the day itself stays in that day's digest, where the reader found it.
    """
    return {
        key: vote.paper.keys
        for vote in runtime.store.votes.of(reader.name)
        if vote.verb == "dislike" or vote.at.astimezone(reader.schedule.zone).date() < day
        for key in vote.paper.keys
    }


def look_up(text: str, runtime: Runtime) -> Paper:
    """Return the paper that `text` means: an id, a link, or a part of one title.

    A paper that was never seen is asked for at arXiv. Raises Unknown.
    """
    found = runtime.store.papers.find(text)
    if len(found) > 1:
        raise _several(text, found)
    failure = None if found else _ask([text], runtime, patient=False)
    paper = found[0] if found else _remembered(text, runtime)
    if paper is None:
        raise _unknown(text, failure)
    return paper


def undo(reader: Reader, texts: Iterable[str], runtime: Runtime) -> tuple[Vote, ...]:
    """Forget what `reader` said of the papers that `texts` mean, and return it; raise Unknown.

    A part of a title is looked for among the papers that something was said of.
    """
    said = runtime.store.votes.of(reader.name)
    taken = tuple(dict.fromkeys(_said_of(text, said) for text in texts))
    for vote in taken:
        runtime.store.votes.take_back(reader.name, vote.paper)
    return taken


def _said_of(text: str, votes: Sequence[Vote]) -> Vote:
    name, part = _name(text), " ".join(text.split()).casefold()
    found = [vote for vote in votes if name in vote.paper.keys] or [
        vote for vote in votes if part in vote.paper.title.casefold()
    ]
    if len(found) > 1:
        raise _several(text, [vote.paper for vote in found])
    if not found:
        raise Unknown(
            f"nothing was said of “{text}”", hint="name a paper that was liked or disliked"
        )
    return found[0]


def _several(text: str, papers: Sequence[Paper]) -> Unknown:
    titles = "\n".join(f"  {p.id}  {p.title}" for p in papers[:8])
    number = f"{len(papers)} or more" if len(papers) >= MOST_FOUND else len(papers)
    message = f"“{text}” is part of {number} titles:\n{titles}"
    return Unknown(message, hint="give the id, or more of the title")


def _unknown(text: str, failure: SourceError | None) -> Unknown:
    """Return why nothing is known of a paper, and what would help."""
    if failure:
        message = f"digest has not read “{text}”, and arXiv could not be asked: {failure}"
        return Unknown(message, hint="try again when this computer is online")
    if number := arxiv_id(text):
        return Unknown(f"arXiv knows no paper {number}", hint="look at its number once more")
    return Unknown(
        f"no paper is known by “{text}”",
        hint="give an arXiv id, a link, or words of the title of a paper that digest has read",
    )


def lacks_text(paper: Paper) -> bool:
    """Tell whether a paper has no abstract, but a name by which arXiv may know it."""
    return not paper.abstract and _name(paper.id).startswith("arxiv:")


def completed(
    papers: Sequence[Paper], runtime: Runtime, *, asked: Callable[[int], object] = lambda _: None
) -> tuple[Paper, ...]:
    """Return papers, those without an abstract with arXiv's, as far as it can be asked.

    `asked` is told how many papers each request was about.
    """
    names = [_name(paper.id) for paper in papers if lacks_text(paper)]
    for start in range(0, len(names), MOST_AT_ONCE):
        part = names[start : start + MOST_AT_ONCE]
        if _ask(part, runtime, patient=False):
            break
        asked(len(part))
    return tuple(_with_text(paper, runtime) for paper in papers)


def _with_text(paper: Paper, runtime: Runtime) -> Paper:
    known = _remembered(paper.id, runtime) if lacks_text(paper) else None
    if known is None:
        return paper
    return replace(
        paper,
        aliases=tuple(dict.fromkeys([*paper.aliases, *known.keys[1:]])),
        abstract=known.abstract,
        authors=paper.authors or known.authors,
        categories=paper.categories or known.categories,
    )


def vote(
    reader: Reader, papers: Iterable[Paper], verb: Verb, runtime: Runtime, *, interest: str = ""
) -> tuple[Taught, ...]:
    """Keep that `reader` likes (`Verb.MORE`) or dislikes (`Verb.LESS`) these papers.

    Whoever asks for more wants the digest again that they paused or stopped.
    """
    word: store.Verb = "like" if verb is Verb.MORE else "dislike"
    if verb is Verb.MORE:
        runtime.store.votes.resume(reader.name)
    given = list(papers)
    news = runtime.store.votes.vote_on(given, reader.name, word, interest)
    return tuple(
        Taught(paper=paper, verb=word, new=new) for paper, new in zip(given, news, strict=True)
    )


def apply(raw: bytes, readers: Iterable[Reader], runtime: Runtime, today: date) -> str:
    """Do what one returned mail asks for and say what was done; raise feedback.FeedbackRejected."""
    command = feedback.read_mail(raw)
    by_name = {reader.name: reader for reader in readers}
    key = runtime.store.keyvalue.secret()
    reader = by_name[feedback.verify(command, key, readers=by_name, today=today)]
    match command.verb:
        case Verb.PAUSE:
            until = today + timedelta(days=PAUSE_DAYS)
            runtime.store.votes.pause(reader.name, until)
            return f"no digest for {reader.name} until {until}"
        case Verb.STOP:
            runtime.store.votes.pause(reader.name, None)
            return f"no digest for {reader.name} any more; `digest like`, or `more`, brings it back"
        case verb:
            paper = look_up(command.paper, runtime)
            vote(reader, [paper], verb, runtime)
            return f"{reader.name} wants {verb} like {readable(paper.title)}"


def _remembered(key: str, runtime: Runtime) -> Paper | None:
    """Return the paper of an id, a DOI or a link: one that a source showed, or that was asked."""
    name = _name(key)
    for paper in runtime.store.papers.find(name):
        if name in paper.keys:
            return paper
    kept = runtime.store.keyvalue.get(_PAPER + name)
    return from_json(kept) if kept else None


def _ask(keys: Iterable[str], runtime: Runtime, *, patient: bool = True) -> SourceError | None:
    """Ask arXiv for the papers that nobody knows, all at once; what it says is kept for ever.

    A `patient` asker leaves an id alone for an hour after it was asked for in vain, and a failure
    is worth a warning, as nobody waits for the answer. Returns why arXiv could not be asked.
    """
    names = dict.fromkeys(_name(key) for key in keys if not _remembered(key, runtime))
    numbers = [
        name.removeprefix("arxiv:")
        for name in names
        if name.startswith("arxiv:") and not (patient and _asked_lately(name, runtime))
    ]
    for start in range(0, len(numbers), MOST_AT_ONCE):
        part = numbers[start : start + MOST_AT_ONCE]
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


def _name(key: str) -> str:
    if key.startswith(("url:", "title:")):
        return key
    return identity(arxiv=key, doi=key, link=key if "://" in key else "", title=key)[0]

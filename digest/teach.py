"""What a reader teaches: likes and dislikes by id, link, title, library file or returned mail."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from digest import feedback
from digest.errors import DigestError, SourceError
from digest.feedback import PAUSE_DAYS, Verb
from digest.paper import identity
from digest.store.codec import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from digest.config import Reader
    from digest.paper import Paper
    from digest.profile import Interest, Profile
    from digest.store import Vote
    from digest.world import World

log = logging.getLogger(__name__)


class Unknown(DigestError):
    """No paper, or more than one, answers to what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """One judgement that was kept."""

    paper: Paper
    verb: str
    new: bool
    """False where the reader had said the same before."""


def profile_of(reader: Reader, world: World) -> Profile:
    """Return what a reader wants: the config's words and papers, and what was taught since.

    A like given to a named interest stays with it; the others are the reader's.
    """
    votes = world.store.taste.votes(reader.name)
    names = {interest.name for interest in reader.profile(lambda _: None).interests}

    def given(verb: str, interest: str = "") -> list[Paper]:
        return [
            vote.paper
            for vote in votes
            if vote.verb == verb and (vote.interest if vote.interest in names else "") == interest
        ]

    def known(key: str) -> Paper | None:
        return _known(key, world)

    plain = reader.profile(known, liked=given("like"), disliked=given("dislike"))

    def with_votes(interest: Interest) -> Interest:
        return replace(
            interest,
            liked=(*interest.liked, *given("like", interest.name)),
            disliked=(*interest.disliked, *given("dislike", interest.name)),
        )

    return replace(plain, interests=tuple(map(with_votes, plain.interests)))


def look_up(text: str, world: World) -> Paper:
    """Return the paper that `text` means: an id, a link, or a part of one title.

    A paper that was never seen is asked for at arXiv. Raises Unknown.
    """
    found = world.store.papers.find(text)
    if len(found) > 1:
        titles = "\n".join(f"  {p.id}  {p.title}" for p in found[:8])
        raise Unknown(
            f"“{text}” is part of {len(found)} titles:\n{titles}",
            hint="give the id, or more of the title",
        )
    paper = found[0] if found else _known(text, world)
    if paper is None:
        raise Unknown(
            f"no paper is known by “{text}”",
            hint="give an arXiv id, a link, or words of the title of a paper that digest has read",
        )
    return paper


def vote(
    reader: Reader, papers: Iterable[Paper], verb: Verb, world: World, *, interest: str = ""
) -> tuple[Taught, ...]:
    """Keep that `reader` likes (`Verb.MORE`) or dislikes (`Verb.LESS`) these papers."""
    word = "like" if verb is Verb.MORE else "dislike"
    return tuple(
        Taught(
            paper=paper,
            verb=word,
            new=world.store.taste.vote(reader.name, paper, word, interest),
        )
        for paper in papers
    )


def undo(reader: Reader, count: int, world: World) -> tuple[Vote, ...]:
    """Take back the reader's last judgements."""
    return world.store.taste.undo(reader.name, count)


def obey(raw: bytes, readers: Iterable[Reader], world: World, today: date) -> str:
    """Do what one returned mail asks for and say what was done; raise feedback.Refused."""
    command = feedback.read_mail(raw)
    by_name = {reader.name: reader for reader in readers}
    key = world.store.notes.secret()
    reader = by_name[feedback.verify(command, key, readers=by_name, today=today)]
    match command.verb:
        case Verb.PAUSE:
            until = today + timedelta(days=PAUSE_DAYS)
            world.store.taste.pause(reader.name, until)
            return f"no digest for {reader.name} until {until}"
        case Verb.STOP:
            world.store.taste.pause(reader.name, None)
            return f"no digest for {reader.name} any more; `digest like` or a reply brings it back"
        case verb:
            paper = look_up(command.paper, world)
            vote(reader, [paper], verb, world)
            return f"{reader.name} wants {verb} like {paper.title}"


def _known(key: str, world: World) -> Paper | None:
    """Return a paper by its id: from memory, else from arXiv, which is asked once."""
    name = identity(arxiv=key, doi=key, link=key if "://" in key else "")[0]
    for paper in world.store.papers.find(name):
        if name in paper.keys:
            return paper
    note = f"paper:{name}"
    if kept := world.store.notes.get(note):
        return from_json(kept)
    if not name.startswith("arxiv:"):
        return None
    return _asked(name, note, world)


def _asked(name: str, note: str, world: World) -> Paper | None:
    from digest.sources.arxiv import by_id

    try:
        found = by_id(world.http, [name.removeprefix("arxiv:")])
    except SourceError as error:
        log.warning("event=paper-not-found id=%s error=%r", name, str(error))
        return None
    for paper in found:
        world.store.notes.put(note, to_json(paper))
        return paper
    return None

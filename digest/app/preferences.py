"""Preferences: likes and dislikes by id, link, title, library file or feedback mail."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from digest.app.paper_lookup import PaperNotFound, ambiguous, key_of, known_paper, look_up
from digest.email import feedback
from digest.email.feedback import PAUSE_DAYS, Verb
from digest.email.latex.normalize import readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest import store
    from digest.app.runtime import Runtime
    from digest.config import Reader
    from digest.model.paper import Paper
    from digest.model.profile import Interest, Profile
    from digest.store.votes import Vote


_UNCHANGED = "vote-unchanged:"
"""Key of the last vote command of a reader where it repeated earlier votes only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """One vote that was stored."""

    paper: Paper
    verb: str
    new: bool
    """False where the reader had said the same before."""


def profile_of(reader: Reader, runtime: Runtime) -> Profile:
    """Return a reader's profile: interests and papers of the config, and later votes.

    A like given to a named interest stays with it; the others are the reader's.
    """
    votes = runtime.store.votes.of(reader.name)
    names = {interest.name for interest in reader.profile(lambda _: None).interests}

    def given(verb: str, interest: str = "") -> list[Paper]:
        return [
            vote.paper
            for vote in votes
            if vote.verb == verb and (vote.interest if vote.interest in names else "") == interest
        ]

    plain = reader.profile(
        lambda key: known_paper(key, runtime), liked=given("like"), disliked=given("dislike")
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

    These are those judged before `day`, all disliked ones, and those of an imported library,
    which no source listed. A paper liked on the day itself stays in that day's digest, where it
    was found.
    """
    return {
        key: vote.paper.keys
        for vote in runtime.store.votes.of(reader.name)
        if vote.verb == "dislike"
        or not vote.paper.sources
        or vote.at.astimezone(reader.schedule.zone).date() < day
        for key in vote.paper.keys
    }


def undo(reader: Reader, texts: Iterable[str], runtime: Runtime) -> tuple[Vote, ...]:
    """Delete the votes on the papers that `texts` name, and return them; raise PaperNotFound.

    A part of a title is looked for among the papers that something was said of.
    """
    said = runtime.store.votes.of(reader.name)
    taken = tuple(dict.fromkeys(_said_of(text, said) for text in texts))
    for vote in taken:
        runtime.store.votes.take_back(reader.name, vote.paper)
    return taken


def undo_last(reader: Reader, runtime: Runtime) -> tuple[Vote, ...]:
    """Delete the votes of the last command, and return them; none where it changed nothing."""
    if runtime.store.keyvalue.drop(_UNCHANGED + reader.name):
        return ()
    return runtime.store.votes.undo(reader.name)


def _said_of(text: str, votes: Sequence[Vote]) -> Vote:
    name, part = key_of(text), " ".join(text.split()).casefold()
    found = [vote for vote in votes if name in vote.paper.keys] or [
        vote for vote in votes if part in vote.paper.title.casefold()
    ]
    if len(found) > 1:
        raise ambiguous(text, [vote.paper for vote in found])
    if not found:
        raise PaperNotFound(
            f"nothing was said of “{text}”", hint="name a paper that was liked or disliked"
        )
    return found[0]


def vote(
    reader: Reader, papers: Iterable[Paper], verb: Verb, runtime: Runtime, *, interest: str = ""
) -> tuple[Taught, ...]:
    """Store that `reader` likes (`Verb.MORE`) or dislikes (`Verb.LESS`) these papers.

    A stop stays: a click in an old digest says nothing about new ones. A pause ends, as it would
    by itself within days.
    """
    word: store.Verb = "like" if verb is Verb.MORE else "dislike"
    if verb is Verb.MORE and runtime.store.votes.paused_until(reader.name) != date.max:
        runtime.store.votes.resume(reader.name)
    given = list(papers)
    news = runtime.store.votes.vote_on(given, reader.name, word, interest)
    if any(news):
        runtime.store.keyvalue.drop(_UNCHANGED + reader.name)
    else:  # or --undo would take back the command before
        runtime.store.keyvalue.put(_UNCHANGED + reader.name, runtime.now().isoformat())
    return tuple(
        Taught(paper=paper, verb=word, new=new) for paper, new in zip(given, news, strict=True)
    )


def apply(raw: bytes, readers: Iterable[Reader], runtime: Runtime, today: date) -> str:
    """Do what one returned mail asks for and say what was done; raise feedback.FeedbackRejected."""
    command = feedback.read_mail(raw)
    by_name = {reader.name: reader for reader in readers}
    former = runtime.store.readers.former()
    by_name = {old: by_name[new] for old, new in former.items() if new in by_name} | by_name
    key = runtime.store.keyvalue.secret()
    reader = by_name[feedback.verify(command, key, readers=by_name, today=today)]
    match command.verb:
        case Verb.PAUSE:
            if runtime.store.votes.paused_until(reader.name) == date.max:
                return f"{reader.name} is stopped already; `digest resume` resumes delivery"
            until = today + timedelta(days=PAUSE_DAYS)
            runtime.store.votes.pause(reader.name, until)
            return f"no digest for {reader.name} until {until}"
        case Verb.STOP:
            runtime.store.votes.pause(reader.name, None)
            return f"no digest for {reader.name} any more; `digest resume` resumes delivery"
        case verb:
            paper = look_up(command.paper, runtime)
            vote(reader, [paper], verb, runtime)
            return f"{reader.name} wants {verb} like {readable(paper.title)}"

"""Message context: addresses, zone, next digest and feedback, from a reader's config."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.email import feedback
from digest.email.context import MessageContext
from digest.model.schedule import next_due
from digest.sources.arxiv import Arxiv
from digest.sources.biorxiv import Biorxiv
from digest.sources.feed import Feed
from digest.sources.huggingface import HuggingFace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.app.pipeline.request import DigestRequest
    from digest.app.runtime import Runtime
    from digest.config import Config
    from digest.email.context import Token
    from digest.email.feedback import Verb
    from digest.sources import Source

NOBODY = "you@example.org"
"""Address shown in a preview before one is set; without one nothing is delivered."""

LISTS = 4
"""Number of source pages named in an empty digest."""


def build_context(
    request: DigestRequest, *, config: Config, runtime: Runtime, edition: int = 1
) -> MessageContext:
    """Return the rendering context that a reader's config gives for a request."""
    reader, email = request.reader, request.reader.email
    own = config.documents.get(reader.name)
    return MessageContext(
        to=request.to or email.to or (NOBODY,),
        sender=email.sender or NOBODY,
        reply_to=email.reply_to,
        subject=email.subject,
        language=email.language,
        zone=reader.schedule.zone,
        next=next_due(reader.schedule, runtime.now(), (request.day,)),
        interests=tuple(interest.name for interest in reader.profile(lambda _: None).interests),
        lists=_lists(config.sources),
        weekly=reader.limits.weekly,
        config=PurePath(own.file).name if own else config.path.name,
        own_file=own is not None,
        contact=config.contact,
        feedback=email.feedback,
        token=_token(request, runtime) if email.feedback else None,
        test=request.test,
        secret=runtime.store.keyvalue.secret(),
        edition=_edition(request, edition, runtime),
    )


def _lists(sources: Iterable[Source]) -> tuple[tuple[str, str], ...]:
    """Return names and addresses of pages on which a person can see what the sources list."""
    pages = ((source.name, _list_of(source)) for source in sources)
    return tuple((name, page) for name, page in pages if page)[:LISTS]


def _list_of(source: Source) -> str:
    match source:
        case HuggingFace():
            return "https://huggingface.co/papers"
        case Arxiv(categories=(first, *_)):
            return f"https://arxiv.org/list/{first}/new"
        case Biorxiv(server=server):
            return f"https://www.{server}.org"
        case Feed(url=url, private=False):  # its site: the address itself may hold a password
            return f"https://{urlsplit(url).hostname}/"
        case _:
            return ""


def _edition(request: DigestRequest, edition: int, runtime: Runtime) -> str:
    """Return the mark of a further message of the day; "" for the digest itself.

    A test has a Message-ID of its own: a mailbox that knows it already would drop the digest.
    """
    if request.test:
        return f"test {runtime.now().isoformat()}"
    if request.to:
        return f"for {', '.join(request.to)}"
    return str(edition) if edition > 1 else ""


def _token(request: DigestRequest, runtime: Runtime) -> Token:
    key = runtime.store.keyvalue.secret()

    def token(verb: Verb, paper: str) -> str:
        return feedback.sign(
            key, reader=request.reader.name, verb=verb, day=request.day, paper=paper
        )

    return token

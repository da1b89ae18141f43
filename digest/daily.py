"""The line: a day's digest, from the sources to the reader's inbox.

    fetch → merge → rank → compose → render → post → record

    gather(sources)      | each source by itself; a failed one is left out, and told
      | candidates       | one of each paper, what is new to this reader
      | Ranker.rank      | 0–100 and why
      | compose          | sections, or the reason why there is nothing
      | render           | subject, HTML, text, headers
      | digests.record   | the day is taken and the mail is in the outbox, in one transaction
      | flush            | from the outbox to the inbox

Everything up to `render` only looks (`draft`); what follows makes it so (`send`).
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from digest.candidates import candidates
from digest.errors import ConfigError, DigestError, SourceError, Unreachable
from digest.issue import SourceReport, compose
from digest.letterhead import letterhead
from digest.message import to_bytes
from digest.outbox import flush
from digest.post import Envelope
from digest.render import render
from digest.sources import Fetched, State, When, stale
from digest.store import Mail
from digest.teach import profile_of
from digest.template import Templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from digest.candidates import Candidates
    from digest.config import Config, Reader
    from digest.issue import History, Issue
    from digest.letter import Letter
    from digest.outbox import Outcome
    from digest.paper import Paper
    from digest.post import Post
    from digest.ranking import Ranked
    from digest.sources import Source
    from digest.world import World

log = logging.getLogger(__name__)

STALE_PATIENCE = timedelta(hours=3)
"""How long after its time a digest waits for a source that still shows the last batch."""

DAILY_LISTS = frozenset({"huggingface", "arxiv"})
"""Kinds of sources that have something new every working day; a feed may rest for weeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A digest to make: whose, for which local date, and how."""

    reader: Reader
    day: date
    since: datetime | None = None
    """When it became due; None where somebody asked for it now, and then nothing is waited for."""
    asked: bool = False
    """Somebody named this very day."""
    again: bool = False
    """Although the day has a digest: a further edition of it."""
    to: tuple[str, ...] = ()
    """Other recipients than the reader's own addresses."""
    test: bool = False
    """Marked [test], delivered at once, and not remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A digest as it would go out now."""

    order: Order
    issue: Issue
    letter: Letter
    ranked: tuple[Ranked, ...]
    edition: int = 1

    @property
    def passed(self) -> tuple[Paper, ...]:
        """Return the candidates that are not in the letter."""
        chosen = {paper.id for paper in self.letter.papers}
        return tuple(r.paper for r in self.ranked if r.paper.id not in chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of an order."""

    reader: str
    day: date
    state: str
    """sent · queued · empty · already · waiting · paused · failed."""
    text: str = ""
    """Why, or what the mail server said."""
    papers: int = 0
    read: int = 0
    message_id: str = ""
    recipients: tuple[str, ...] = ()


def send(
    orders: Sequence[Order], config: Config, world: World, *, retry: bool = False
) -> tuple[Result, ...]:
    """Make and deliver the digests that were ordered, and deliver what waits in the outbox.

    Each order succeeds or fails by itself. `retry` delivers what waits without its back-off.
    Raises ConfigError where the config says no way of delivery, StateError where nothing can be
    remembered: then nothing is sent either.
    """
    post = config.delivery()
    results = [_closed(order, world) for order in orders]
    open_orders = [order for order, closed in zip(orders, results, strict=True) if closed is None]
    fetched = _gathered(open_orders, config, world)
    results = [
        closed or _made(order, fetched[order.day, order.asked], config, world, post)
        for order, closed in zip(orders, results, strict=True)
    ]
    outcomes = flush(world.store, post, now=world.now, force=retry, stop=world.stop.is_set)
    return tuple(_delivered(result, outcomes) for result in results if result is not None)


def gather(
    sources: Sequence[Source], world: World, day: date, *, asked: bool = False
) -> tuple[Fetched, ...]:
    """Read every source, all at once, and remember what they gave; a failure is a result."""
    health = world.store.sources.all()
    now = world.now()

    def read(source: Source) -> Fetched:
        known = health.get(source.name)
        if known and known.not_before and now < known.not_before:
            return _failed(source, f"asked to be left alone until {known.not_before:%H:%M} UTC")
        since = known.last_day if known else None
        try:
            return source.fetch(world.http, When(now=now, day=day, since=since, asked=asked))
        except Exception as error:  # an outsider's source may raise anything: the line goes on
            log.exception("event=source-raised source=%r", source.name)
            return _failed(source, f"{type(error).__name__}: {error}")

    with ThreadPoolExecutor(max_workers=max(len(sources), 1)) as threads:
        fetched = tuple(threads.map(read, sources))
    if not asked:
        fetched = tuple(
            _stale_told(one, world, day) if source.kind in DAILY_LISTS else one
            for source, one in zip(sources, fetched, strict=True)
        )
    _remember(fetched, world, day, health=not asked)
    return fetched


def draft(order: Order, fetched: Sequence[Fetched], config: Config, world: World) -> Draft:
    """Return the digest as it would go out now; nothing is sent and no day is taken."""
    reader, store = order.reader, world.store
    history = store.digests.history(reader.name, apart_from=order.day)
    found = _candidates(order, fetched, history, world)
    ranked = world.ranker.rank(found.papers, profile_of(reader, world))
    issue = compose(
        ranked,
        reader=reader.name,
        day=order.day,
        now=world.now(),
        limits=reader.limits,
        history=history,
        sources=[_report(one) for one in fetched],
        idf=world.ranker.background.weight,
    )
    issue = replace(issue, too_old=found.too_old)
    edition = store.digests.edition(reader.name, order.day) + 1 if order.again else 1
    head = letterhead(order, issue, config=config, world=world, edition=edition)
    letter = render(issue, Templates(reader.email.templates), head)
    if letter.note:
        log.warning("event=template-fell-back reader=%r error=%r", reader.name, letter.note)
    return Draft(order=order, issue=issue, letter=letter, ranked=tuple(ranked), edition=edition)


def _gathered(
    orders: Iterable[Order], config: Config, world: World
) -> Mapping[tuple[date, bool], tuple[Fetched, ...]]:
    """Read the sources once for each day that is wanted."""
    wanted = dict.fromkeys((order.day, order.asked) for order in orders)
    return {key: gather(config.sources, world, key[0], asked=key[1]) for key in wanted}


def _closed(order: Order, world: World) -> Result | None:
    """Return the result of an order for which there is nothing to do, None where there is."""
    name, day = order.reader.name, order.day
    if order.test:
        return None
    if world.store.taste.paused(name, day) and order.since:
        return Result(reader=name, day=day, state="paused", text="paused by the reader")
    taken = [sent for sent in world.store.digests.latest(name, 50) if sent.day == day]
    if order.again or not taken or (taken[0].state == "empty" and order.since is None):
        return None
    last = taken[0]
    return Result(
        reader=name,
        day=day,
        state="already",
        text=last.reason or f"sent at {last.composed:%H:%M} UTC",
        papers=last.papers,
        message_id=last.message_id,
    )


def _made(
    order: Order, fetched: Sequence[Fetched], config: Config, world: World, post: Post
) -> Result:
    """Make one digest and put it in the outbox; whatever is wrong with it concerns it alone."""
    result = Result(reader=order.reader.name, day=order.day, state="failed")
    if fetched and all(one.state is State.FAILED for one in fetched):
        errors = "; ".join(f"{one.source}: {one.error}" for one in fetched)
        return replace(result, text=f"every source failed: {errors}")
    stale = [one.source for one in fetched if one.state is State.STALE]
    if stale and order.since and world.now() < order.since + STALE_PATIENCE:
        return replace(result, state="waiting", text=f"{', '.join(stale)} not yet updated")
    try:
        return _posted(draft(order, fetched, config, world), world, post, result)
    except ConfigError:
        raise
    except DigestError as error:
        log.exception("event=digest-failed reader=%r", order.reader.name)
        return replace(result, text=str(error))


def _posted(made: Draft, world: World, post: Post, result: Result) -> Result:
    issue, letter, order = made.issue, made.letter, made.order
    result = replace(
        result,
        papers=len(letter.papers),
        read=issue.read,
        message_id=letter.message_id,
        recipients=letter.recipients,
    )
    if order.test:
        return _tested(letter, post, result)
    digests = world.store.digests
    if not issue.worth_sending:
        digests.record_empty(
            reader=order.reader.name,
            day=order.day,
            reason=issue.empty_reason,
            passed=made.passed,
            read=issue.read,
        )
        return replace(result, state="empty", text=issue.empty_reason, message_id="")
    mail = Mail(
        message_id=letter.message_id,
        sender=letter.sender,
        recipients=letter.recipients,
        message=to_bytes(letter),
    )
    made_now = digests.record(
        reader=order.reader.name,
        day=order.day,
        mail=mail,
        papers=letter.papers,
        passed=made.passed,
        read=issue.read,
        edition=made.edition,
    )
    return replace(result, state="queued" if made_now else "already")


def _tested(letter: Letter, post: Post, result: Result) -> Result:
    """Deliver a test at once, past the outbox; raise DeliveryError."""
    with post.session() as session:
        answers = [
            session.deliver(
                Envelope(
                    message_id=letter.message_id,
                    sender=letter.sender,
                    recipient=recipient,
                    message=to_bytes(letter),
                )
            )
            for recipient in letter.recipients
        ]
    return replace(result, state="sent", text=answers[-1] if answers else "")


def _delivered(result: Result, outcomes: Sequence[Outcome]) -> Result:
    """Return the result with what the outbox says of its message."""
    mine = [o for o in outcomes if o.message_id == result.message_id]
    if result.state != "queued" or not mine:
        return result
    worst = next((o for o in mine if o.state != "sent"), mine[0])
    state = "queued" if worst.state == "waiting" else worst.state
    return replace(result, state=state, text=worst.text)


def _candidates(
    order: Order, fetched: Sequence[Fetched], history: History, world: World
) -> Candidates:
    store = world.store
    day_before = datetime.combine(order.day, time(), tzinfo=UTC) - timedelta(days=1)
    seen_after = day_before if order.asked else history.read_until
    return candidates(
        fetched,
        store.papers.since(seen_after) if seen_after else (),
        day=order.day,
        last=history.last,
        new_sources=_new_sources(fetched, history, world),
        asked=order.asked,
    )


def _new_sources(fetched: Sequence[Fetched], history: History, world: World) -> set[str]:
    """Return the sources that were read for the first time after the reader's last digest."""
    first = {one.source: world.store.notes.get(_FIRST_READ + one.source) for one in fetched}
    last = history.read_until
    return {name for name, at in first.items() if last and at > last.isoformat()}


_FIRST_READ = "first-read:"


def _remember(fetched: Sequence[Fetched], world: World, day: date, *, health: bool) -> None:
    """Keep papers, validators and health: the validators only with the papers read from them.

    What was asked of an old day says nothing about how a source fares, or what was read when.
    """
    store = world.store
    world.http.commit()
    store.papers.remember(paper for one in fetched for paper in one.papers)
    for one in fetched:
        log.info(
            "event=source-read source=%r state=%s papers=%d skipped=%d error=%r",
            *(one.source, one.state.value, len(one.papers), one.skipped, str(one.error or "")),
        )
        if health:
            _note_health(one, world, day)


def _note_health(one: Fetched, world: World, day: date) -> None:
    store = world.store
    if one.state is not State.FAILED and not store.notes.get(_FIRST_READ + one.source):
        store.notes.put(_FIRST_READ + one.source, world.now().isoformat())
    pause = one.error.retry_after if isinstance(one.error, Unreachable) else None
    store.sources.record(
        one.source,
        state=one.state.value,
        day=day,
        papers=len(one.papers),
        error=str(one.error or ""),
        not_before=world.now() + timedelta(seconds=pause) if pause else None,
    )


def _stale_told(one: Fetched, world: World, day: date) -> Fetched:
    """Mark a daily list as stale that shows nothing but what it showed half a day ago."""
    before = world.now() - timedelta(hours=12)
    keys = {key for paper in one.papers for key in (paper.id, *paper.aliases)}
    first_seen = {key: world.store.papers.first_seen([key]) for key in keys}
    known = {key for key, at in first_seen.items() if at and at < before}
    if one.state is State.OK and stale(one.papers, known, day):
        return replace(one, state=State.STALE)
    return one


def _failed(source: Source, text: str) -> Fetched:
    error = SourceError(text, source=source.name)
    return Fetched(source=source.name, state=State.FAILED, error=error)


def _report(one: Fetched) -> SourceReport:
    return SourceReport(
        name=one.source,
        state=one.state.value,
        papers=len(one.papers),
        error=str(one.error or ""),
    )

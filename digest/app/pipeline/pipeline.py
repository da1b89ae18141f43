"""The line: a day's digest, from the sources to the reader's inbox.

    fetch → merge → rank → compose → render → queue → record

    gather               | each source by itself; a failed one is left out, and told
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
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from digest.app import alerts
from digest.app.isolated_templates import templates_of
from digest.app.pipeline import attempts
from digest.app.pipeline.candidates import candidates
from digest.app.pipeline.fetch import fetch_for, new_sources, report
from digest.app.pipeline.message_context import build_context
from digest.app.pipeline.preconditions import already_done, cannot_run
from digest.app.pipeline.request import DigestRequest, DigestResult, Draft
from digest.app.preferences import profile_of, seen
from digest.delivery import Envelope
from digest.delivery.outbox import flush, warn
from digest.email.issue.compose import compose
from digest.email.mime.message import signer, to_bytes
from digest.email.render import render
from digest.model.errors import DigestError, StateError
from digest.model.states import DigestState
from digest.store import Mail

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from digest.app.pipeline.candidates import Candidates
    from digest.app.runtime import Runtime
    from digest.config import Config
    from digest.delivery.queue_run import DeliveryResult
    from digest.model.issue import History, IssueLimits
    from digest.sources import Fetched

__all__ = ["DigestRequest", "DigestResult", "Draft", "draft", "rehearse", "send"]

log = logging.getLogger(__name__)


def send(
    requests: Sequence[DigestRequest], config: Config, runtime: Runtime, *, retry: bool = False
) -> tuple[DigestResult, ...]:
    """Make and deliver the digests that were ordered, and deliver what waits in the outbox.

    Each order succeeds or fails by itself. `retry` delivers what waits without its back-off.
    Raises ConfigError where the config says no way of delivery, StateError where nothing can be
    remembered: then nothing is sent either.
    """
    transport = config.require_transport()
    done = [already_done(request, runtime) for request in requests]
    still_open = [request for request, result in zip(requests, done, strict=True) if not result]
    fetched = fetch_for(still_open, config.sources, runtime)
    results = [
        result or _made(request, fetched[request.days], config, runtime)
        for request, result in zip(requests, done, strict=True)
    ]
    outcomes = flush(
        runtime.store, transport, now=runtime.now, force=retry, stop=runtime.stop.is_set
    )
    warn(outcomes, told={result.message_id for result in results})
    for request, result in zip(requests, results, strict=True):
        if not request.is_copy:
            attempts.remember(runtime.store.keyvalue, result, runtime.now())
    return tuple(_delivered(result, outcomes) for result in results)


def rehearse(
    requests: Sequence[DigestRequest], config: Config, runtime: Runtime
) -> Iterator[Draft | DigestResult]:
    """Yield for each order the digest that `send` would make now, or why it would make none."""
    for request in requests:
        if standing := already_done(request, runtime):
            yield standing
            continue
        fetched = fetch_for([request], config.sources, runtime)[request.days]
        yield cannot_run(request, fetched, runtime) or draft(request, fetched, config, runtime)


def draft(
    request: DigestRequest, fetched: Sequence[Fetched], config: Config, runtime: Runtime
) -> Draft:
    """Return the digest as it would go out now; nothing is sent and no day is taken."""
    reader, store = request.reader, runtime.store
    waiting = None if request.explicit_day else store.digests.undelivered(reader.name, request.day)
    history = store.digests.history(reader.name, apart_from=request.day, merged_from=waiting)
    history = replace(history, sent={**seen(reader, request.day, runtime), **history.sent})
    found = _candidates(request, fetched, history, runtime)
    profile = profile_of(reader, runtime)
    ranked = runtime.ranker.rank(found.papers, profile)
    issue = compose(
        ranked,
        reader=reader.name,
        day=request.day,
        now=runtime.now().astimezone(reader.schedule.zone),
        limits=_limits(request, waiting, runtime, no_interests=profile.empty),
        history=history,
        sources=[report(one) for one in fetched],
        idf=runtime.ranker.background.weight,
    )
    told = alerts.for_mail(config, reader, store.alerts, merged_from=waiting)
    silent = request.due_at and not waiting
    silence = alerts.silence(reader, history, runtime.now()) if silent else ""
    no_room = alerts.no_room(issue, reader) if waiting else ""
    own_file = alerts.own_file(reader, store.alerts)
    told_of = (own_file, silence, alerts.words(told, reader.email.language), no_room)
    note = " ".join(part for part in told_of if part)
    issue = replace(issue, too_old=found.too_old, note=note)
    edition = store.digests.edition(reader.name, request.day) + 1 if request.new_edition else 1
    head = build_context(request, issue, config=config, runtime=runtime, edition=edition)
    letter = render(issue, templates_of(reader.email.templates), head)
    return Draft(
        request=request,
        issue=issue,
        message=letter,
        ranked=tuple(ranked),
        archive=found.archive,
        edition=edition,
        merged_from=waiting,
        alerts=tuple(told),
    )


def _made(
    request: DigestRequest, fetched: Sequence[Fetched], config: Config, runtime: Runtime
) -> DigestResult:
    """Make one digest and put it in the outbox; whatever is wrong with it concerns it alone."""
    if reason := cannot_run(request, fetched, runtime):
        return reason
    result = DigestResult(reader=request.reader.name, day=request.day, state=DigestState.FAILED)
    try:
        made = draft(request, fetched, config, runtime)
        return _handed_over(made, config) if request.is_copy else _recorded(made, config, runtime)
    except StateError:
        raise
    except Exception as error:  # one reader's digest, however odd its fault, stops no other's
        log.info("event=digest-failed reader=%r", request.reader.name, exc_info=True)
        if not isinstance(error, DigestError):
            return replace(result, text=f"{type(error).__name__}: {error}")
        return replace(result, text=f"{error} ({error.hint})" if error.hint else str(error))


def _recorded(made: Draft, config: Config, runtime: Runtime) -> DigestResult:
    """Take the day: the mail goes into the outbox, or the reason why there is none is kept."""
    issue, letter, store = made.issue, made.message, runtime.store
    alerts.template(store.alerts, issue.reader, letter.note)
    if not issue.worth_sending:
        store.digests.record_empty(
            reader=issue.reader,
            day=issue.day,
            reason=issue.empty_reason,
            passed=made.passed,
            read=issue.read,
        )
        return made.result(DigestState.EMPTY, issue.empty_reason)
    mail = Mail(
        message_id=letter.message_id,
        sender=letter.sender,
        recipients=letter.recipients,
        message=to_bytes(letter, signer(config.dkim)),
    )
    store.digests.record(
        reader=issue.reader,
        day=issue.day,
        mail=mail,
        papers=letter.papers,
        passed=made.passed,
        read=issue.read,
        edition=made.edition,
        merged_from=made.merged_from,
    )
    store.alerts.mark_notified(made.alerts)
    (kept, *_) = store.digests.of_day(issue.reader, issue.day)
    return made.result(DigestState.QUEUED, kept.answer)


def _handed_over(made: Draft, config: Config) -> DigestResult:
    """Deliver a copy at once, past the outbox; raise DeliveryError."""
    letter = made.message
    if not (made.issue.worth_sending or made.request.test):
        return made.result(DigestState.EMPTY, made.issue.empty_reason)
    message = to_bytes(letter, signer(config.dkim))
    with config.require_transport().session() as session:
        answers = [
            session.deliver(
                Envelope(
                    message_id=letter.message_id,
                    sender=letter.sender,
                    recipient=recipient,
                    message=message,
                )
            )
            for recipient in letter.recipients
        ]
    return made.result(DigestState.SENT, answers[-1])


def _delivered(result: DigestResult, outcomes: Sequence[DeliveryResult]) -> DigestResult:
    """Return the result with what the outbox says of its message."""
    mine = [o for o in outcomes if o.message_id == result.message_id]
    if result.state is not DigestState.QUEUED or not mine:
        return result
    worst = next((o for o in mine if o.state is not DigestState.SENT), mine[0])
    state = DigestState.QUEUED if worst.state is DigestState.WAITING else worst.state
    return replace(result, state=state, text=worst.text)


def _limits(
    request: DigestRequest, waiting: date | None, runtime: Runtime, *, no_interests: bool
) -> IssueLimits:
    """Return what fits into a letter: as much as all the letters would hold that it replaces."""
    limits, letters = request.reader.limits, 1
    if waiting:
        days = runtime.store.digests.days(request.reader.name, waiting)
        letters += sum(waiting <= day < request.day for day in days)
    return replace(
        limits,
        papers=limits.papers * letters,
        trending=limits.trending * letters,
        no_interests=no_interests,
    )


def _candidates(
    request: DigestRequest, fetched: Sequence[Fetched], history: History, runtime: Runtime
) -> Candidates:
    first_day = request.first_day or request.day
    day_before = datetime.combine(first_day, time(), tzinfo=UTC) - timedelta(days=1)
    seen_after = day_before if request.explicit_day else history.read_until
    return candidates(
        fetched,
        runtime.store.papers.since(seen_after) if seen_after else (),
        day=request.day,
        last=history.last,
        new_sources=new_sources(fetched, history.read_until, runtime),
        asked=request.explicit_day,
        since=request.first_day,
    )

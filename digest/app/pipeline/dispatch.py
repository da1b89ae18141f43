"""Dispatch: digests into the outbox, from there to the mail server, and what became of them."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from digest.app import alerts
from digest.app.pipeline import attempts
from digest.app.pipeline.request import DigestResult
from digest.delivery import Envelope
from digest.delivery.outbox import flush, warn
from digest.email.mime.message import signer, to_bytes
from digest.model.errors import DeliveryError, DigestError, StateError, TransportUnavailable
from digest.model.states import DigestState
from digest.store import Mail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from digest.app.pipeline.request import DigestRequest, Draft
    from digest.app.runtime import Runtime
    from digest.config import Config
    from digest.delivery import Session, Transport
    from digest.delivery.queue_run import DeliveryResult

log = logging.getLogger(__name__)

_WORST_FIRST = (DigestState.FAILED, DigestState.WAITING, DigestState.SENT)
_RESULT_STATES = {DigestState.WAITING: DigestState.QUEUED}
"""State of a digest by the worst state of its messages, where they differ."""


def isolated(request: DigestRequest, make: Callable[[], DigestResult]) -> DigestResult:
    """Return the result of `make`, or its failure: one reader's fault is not the others'."""
    failed = DigestResult(reader=request.reader.name, day=request.day, state=DigestState.FAILED)
    try:
        return make()
    except StateError:
        raise
    except Exception as error:  # a template or a paper of theirs may raise anything
        log.info("event=digest-failed reader=%r", request.reader.name, exc_info=True)
        if not isinstance(error, DigestError):
            return replace(failed, text=f"{type(error).__name__}: {error}")
        return replace(failed, text=f"{error} ({error.hint})" if error.hint else str(error))


def queue_digest(made: Draft, config: Config, runtime: Runtime) -> DigestResult:
    """Queue a digest and record it, or the reason why it is empty; deliver a copy at once."""
    if made.request.is_copy:
        return _deliver_copy(made, config)
    issue, message, store = made.issue, made.message, runtime.store
    alerts.template(store.alerts, issue.reader, message.note)
    if not issue.worth_sending:
        store.digests.record_empty(
            reader=issue.reader,
            day=issue.day,
            reason=issue.empty_reason,
            passed=made.passed,
            read=issue.read,
        )
        return made.result(DigestState.EMPTY, issue.empty_reason)
    with store.database.transaction():
        store.digests.record(
            reader=issue.reader,
            day=issue.day,
            mail=Mail(
                message_id=message.message_id,
                sender=message.sender,
                recipients=message.recipients,
                message=to_bytes(message, signer(config.dkim)),
            ),
            papers=message.papers,
            passed=made.passed,
            read=issue.read,
            edition=made.edition,
            merged_from=made.merged_from,
        )
        store.digests.forget_returned(issue.reader, made.returned_days)
    store.alerts.mark_notified(made.alerts)
    (kept, *_) = store.digests.of_day(issue.reader, issue.day)
    return made.result(DigestState.QUEUED, kept.answer)


def _deliver_copy(made: Draft, config: Config) -> DigestResult:
    """Deliver a copy at once, past the outbox, to each recipient by itself."""
    message = made.message
    if not (made.issue.worth_sending or made.request.test):
        return made.result(DigestState.EMPTY, made.issue.empty_reason)
    whole = Envelope(
        message_id=message.message_id,
        sender=message.sender,
        recipient="",
        message=to_bytes(message, signer(config.dkim)),
    )
    with config.require_transport().session() as session:
        answers = [
            _answer(session, replace(whole, recipient=recipient))
            for recipient in message.recipients
        ]
    return _summed_up(made.result(DigestState.QUEUED), answers)


def _answer(session: Session, envelope: Envelope) -> tuple[str, DigestState, str]:
    """Return the recipient, the state and the server's answer of one copy."""
    try:
        return envelope.recipient, DigestState.SENT, session.deliver(envelope)
    except TransportUnavailable:
        raise
    except DeliveryError as error:
        text = f"{error} ({error.hint})" if error.hint else str(error)
        return envelope.recipient, DigestState.FAILED, text


def _summed_up(
    result: DigestResult, answers: Sequence[tuple[str, DigestState, str]]
) -> DigestResult:
    """Return a result with the worst state of its recipients, and who was reached."""
    reached = tuple(to for to, state, _ in answers if state is DigestState.SENT)
    worst = min((state for _, state, _ in answers), key=_WORST_FIRST.index)
    texts = {to: text for to, state, text in answers if state is worst}
    text = next(iter(texts.values()))
    if reached and worst is not DigestState.SENT:
        text = "; ".join(f"{to}: {text}" for to, text in texts.items())
    return replace(result, state=_RESULT_STATES.get(worst, worst), text=text, reached=reached)


@dataclass(slots=True, kw_only=True)
class Delivery:
    """Delivery of a run: batch by batch while the transport works, at the end in any case."""

    transport: Transport
    runtime: Runtime
    retry: bool
    outcomes: list[DeliveryResult] = field(default_factory=list)
    _stalled: bool = False
    """The last batch could not be delivered: the next one is not tried before the end."""

    def run(self) -> None:
        """Deliver what is due, unless nothing could be delivered the last time."""
        if self._stalled:
            return
        outcomes = flush(
            self.runtime.store,
            self.transport,
            now=self.runtime.now,
            force=self.retry,
            stop=self.runtime.stop.is_set,
        )
        self.outcomes += outcomes
        tried = [outcome.state for outcome in outcomes]
        self._stalled = bool(tried) and DigestState.SENT not in tried

    def finish(
        self, requests: Iterable[DigestRequest], results: Sequence[DigestResult]
    ) -> tuple[DigestResult, ...]:
        """Deliver the rest; return each result with what became of its messages."""
        self._stalled = False
        self.run()
        warn(self.outcomes, told={result.message_id for result in results})
        for request, result in zip(requests, results, strict=True):
            if not request.is_copy:
                attempts.remember(self.runtime.store.keyvalue, result, self.runtime.now())
        return tuple(self._delivered(result) for result in results)

    def _delivered(self, result: DigestResult) -> DigestResult:
        answers = {
            one.recipient: (one.recipient, one.state, one.text)
            for one in self.outcomes
            if one.message_id == result.message_id
        }
        if result.state is not DigestState.QUEUED or not answers:
            return result
        return _summed_up(result, tuple(answers.values()))

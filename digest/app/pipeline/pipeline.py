"""The pipeline: one day's digest, from the sources to the reader's inbox.

    fetch → merge → rank → compose → render → queue → record

    fetch_for         | read each source once and look up named likes; a failure leaves one out
    candidates_for    | merge: one of each paper that may be new to this reader
    Ranker.rank       | a score of 0 to 100 with reasons
    compose_issue     | sections of papers, or the reason why there are none
    render_issue      | subject, HTML, text, headers
    add_pictures      | thumbnails, for readers who want them
    queue_digest      | the mail and its record enter the outbox in one transaction
    Delivery          | from the outbox to the inbox, and what became of it

`draft` is merge to render: it opens no socket and writes no row. `send` is the whole line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.app.pipeline import dispatch, preconditions
from digest.app.pipeline.candidates import candidates_for
from digest.app.pipeline.composition import compose_issue
from digest.app.pipeline.fetch import fetch_for
from digest.app.pipeline.history import recall
from digest.app.pipeline.rendering import add_pictures, render_issue
from digest.app.pipeline.request import Draft
from digest.app.preferences import profile_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.app.pipeline.request import DigestRequest, DigestResult
    from digest.app.runtime import Runtime
    from digest.config import Config
    from digest.sources import FetchResult

BATCH = 25
"""Digests made before they are sent: the first reader does not wait for the last one's."""


def send(
    requests: Sequence[DigestRequest], config: Config, runtime: Runtime, *, retry: bool = False
) -> tuple[DigestResult, ...]:
    """Make and deliver the requested digests, and deliver what is due in the outbox.

    Each request succeeds or fails by itself. `retry` ignores the retry delays of the outbox.
    Raises ConfigError where the config names no transport, and StateError where the store cannot
    be written: then nothing is sent either.
    """
    transport = config.require_transport()
    done = [preconditions.already_done(request, runtime) for request in requests]
    wanted = [request for request, result in zip(requests, done, strict=True) if not result]
    fetched = fetch_for(wanted, config, runtime)
    results: list[DigestResult] = []
    delivery = dispatch.Delivery(transport=transport, runtime=runtime, retry=retry)
    for request, result in zip(requests, done, strict=True):
        results.append(result or _make(request, fetched[request.days], config, runtime))
        if len(results) % BATCH == 0:
            delivery.run()
    return delivery.finish(requests, results)


def rehearse(
    requests: Sequence[DigestRequest], config: Config, runtime: Runtime
) -> Iterator[Draft | DigestResult]:
    """Yield for each request the digest that `send` would make, or why it would make none."""
    for request in requests:
        if done := preconditions.already_done(request, runtime):
            yield done
            continue
        fetched = fetch_for([request], config, runtime, record=False)[request.days]
        yield preconditions.cannot_run(request, fetched, runtime) or draft(
            request, fetched, config, runtime
        )


def draft(
    request: DigestRequest, fetched: Sequence[FetchResult], config: Config, runtime: Runtime
) -> Draft:
    """Return the digest as it would be sent now, without pictures; change nothing."""
    past = recall(request, config, runtime)
    found = candidates_for(request, fetched, past, runtime)
    profile = profile_of(request.reader, runtime)
    ranked = runtime.ranker.rank(found.papers, profile)
    issue = compose_issue(request, ranked, found, past, fetched, profile, runtime)
    context, message = render_issue(request, issue, past.edition, config, runtime)
    return Draft(
        request=request,
        issue=issue,
        context=context,
        message=message,
        ranked=tuple(ranked),
        archive=found.archive,
        edition=past.edition,
        merged_from=past.merged_from,
        returned_days=past.returned.days,
        alerts=tuple(past.alerts),
    )


def _make(
    request: DigestRequest, fetched: Sequence[FetchResult], config: Config, runtime: Runtime
) -> DigestResult:
    """Make one digest and queue it; a fault of its own does not stop the others."""

    def make() -> DigestResult:
        made = add_pictures(draft(request, fetched, config, runtime), runtime)
        return dispatch.queue_digest(made, config, runtime)

    stopped = preconditions.cannot_run(request, fetched, runtime)
    return stopped or dispatch.isolated(request, make)

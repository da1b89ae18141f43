"""Preconditions: whether a digest is made already, and whether it can be made now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.app.pipeline.request import DigestRequest, DigestResult
from digest.model.states import DigestState, SourceState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from digest.app.runtime import Runtime
    from digest.sources import FetchResult

STALE_PATIENCE = timedelta(hours=3)
"""How long after its time a digest waits for a source that still shows the last batch."""


def already_done(request: DigestRequest, runtime: Runtime) -> DigestResult | None:
    """Return the result of a request for which there is nothing to make, None where there is."""
    name, day = request.reader.name, request.day
    if request.explicit_day and (future := _future(request, runtime.now())):
        return future
    if request.is_copy:
        return None
    if runtime.store.votes.paused(name, day) and request.due_at:
        return DigestResult(
            reader=name, day=day, state=DigestState.PAUSED, text="paused by the reader"
        )
    taken = runtime.store.digests.of_day(name, day)
    if (
        request.new_edition
        or not taken
        or (taken[0].state is DigestState.EMPTY and request.due_at is None)
    ):
        return None
    last = taken[0]
    result = DigestResult(
        reader=name,
        day=day,
        state=DigestState.ALREADY,
        papers=last.papers,
        message_id=last.message_id,
        read=last.read,
        recipients=request.reader.email.to,
    )
    nothing = last.reason and f"looked for: {last.reason}"
    states = {
        DigestState.WAITING: (DigestState.QUEUED, last.answer),
        DigestState.FAILED: (DigestState.FAILED, f"given up: {last.answer}"),
    }
    done = (DigestState.ALREADY, nothing or f"sent, made at {last.composed:%H:%M} UTC")
    state, text = states.get(last.state, done)
    return replace(result, state=state, text=text)


def cannot_run(
    request: DigestRequest, fetched: Sequence[FetchResult], runtime: Runtime
) -> DigestResult | None:
    """Return the result of a request that cannot be carried out now, None where it can."""
    result = DigestResult(reader=request.reader.name, day=request.day, state=DigestState.FAILED)
    if runtime.stop.is_set():
        return replace(result, state=DigestState.WAITING, text="digest was told to stop")
    if fetched and all(one.state is SourceState.FAILED for one in fetched):
        errors = "; ".join(f"{one.source}: {one.error}" for one in fetched)
        return replace(result, text=f"every source failed: {errors}")
    stale = [one.source for one in fetched if one.state is SourceState.STALE]
    if stale and request.due_at and runtime.now() < request.due_at + STALE_PATIENCE:
        return replace(
            result, state=DigestState.WAITING, text=f"{', '.join(stale)} not yet updated"
        )
    return None


def _future(request: DigestRequest, now: datetime) -> DigestResult | None:
    """Return the refusal of a day to come: made now, it would take that day's place."""
    name, day = request.reader.name, request.day
    today = now.astimezone(request.reader.schedule.zone).date()
    if day <= today:
        return None
    text = f"{day} is in the future; the latest possible day is {today}"
    return DigestResult(reader=name, day=day, state=DigestState.FAILED, text=text)

"""Whether an order need be carried out, and whether it can be now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.app.pipeline.request import DigestRequest, DigestResult
from digest.model.states import DigestState, SourceState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.app.runtime import Runtime
    from digest.sources import Fetched

STALE_PATIENCE = timedelta(hours=3)
"""How long after its time a digest waits for a source that still shows the last batch."""


def already_done(request: DigestRequest, runtime: Runtime) -> DigestResult | None:
    """Return the result of an order for which there is nothing to make, None where there is."""
    name, day = request.reader.name, request.day
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
    match last.state:
        case DigestState.WAITING:
            return replace(result, state=DigestState.QUEUED, text=last.answer)
        case DigestState.FAILED:
            return replace(result, state=DigestState.FAILED, text=f"given up: {last.answer}")
        case _:
            nothing = last.reason and f"looked for: {last.reason}"
            return replace(result, text=nothing or f"sent, made at {last.composed:%H:%M} UTC")


def cannot_run(
    request: DigestRequest, fetched: Sequence[Fetched], runtime: Runtime
) -> DigestResult | None:
    """Return the result of an order that cannot be carried out now, None where it can."""
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

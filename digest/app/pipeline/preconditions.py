"""Whether an order need be carried out, and whether it can be now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.app.pipeline.request import Order, Result
from digest.model.states import DigestState, SourceState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.app.runtime import World
    from digest.sources import Fetched

STALE_PATIENCE = timedelta(hours=3)
"""How long after its time a digest waits for a source that still shows the last batch."""


def closed(order: Order, world: World) -> Result | None:
    """Return the result of an order for which there is nothing to make, None where there is."""
    name, day = order.reader.name, order.day
    if order.is_copy:
        return None
    if world.store.taste.paused(name, day) and order.since:
        return Result(reader=name, day=day, state=DigestState.PAUSED, text="paused by the reader")
    taken = world.store.digests.of_day(name, day)
    if order.again or not taken or (taken[0].state is DigestState.EMPTY and order.since is None):
        return None
    last = taken[0]
    result = Result(
        reader=name,
        day=day,
        state=DigestState.ALREADY,
        papers=last.papers,
        message_id=last.message_id,
        read=last.read,
        recipients=order.reader.email.to,
    )
    match last.state:
        case DigestState.WAITING:
            return replace(result, state=DigestState.QUEUED, text=last.answer)
        case DigestState.FAILED:
            return replace(result, state=DigestState.FAILED, text=f"given up: {last.answer}")
        case _:
            nothing = last.reason and f"looked for: {last.reason}"
            return replace(result, text=nothing or f"sent, made at {last.composed:%H:%M} UTC")


def blocked(order: Order, fetched: Sequence[Fetched], world: World) -> Result | None:
    """Return the result of an order that cannot be carried out now, None where it can."""
    result = Result(reader=order.reader.name, day=order.day, state=DigestState.FAILED)
    if world.stop.is_set():
        return replace(result, state=DigestState.WAITING, text="digest was told to stop")
    if fetched and all(one.state is SourceState.FAILED for one in fetched):
        errors = "; ".join(f"{one.source}: {one.error}" for one in fetched)
        return replace(result, text=f"every source failed: {errors}")
    stale = [one.source for one in fetched if one.state is SourceState.STALE]
    if stale and order.since and world.now() < order.since + STALE_PATIENCE:
        return replace(
            result, state=DigestState.WAITING, text=f"{', '.join(stale)} not yet updated"
        )
    return None

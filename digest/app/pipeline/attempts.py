"""Attempts: digests that could not be made, stored until they are, so that `status` says why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from digest.model.states import DigestState

if TYPE_CHECKING:
    from digest.app.pipeline.request import DigestResult
    from digest.store import KeyValue

AGAIN_AFTER = {
    DigestState.FAILED: timedelta(minutes=15),
    DigestState.WAITING: timedelta(minutes=30),
}
"""When a digest is tried again that could not be made, or whose sources are still stale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The last try of a digest that is not made yet."""

    day: date
    at: datetime
    state: DigestState
    """FAILED, or WAITING for sources that still show the last batch."""
    text: str
    """Why."""

    @property
    def again(self) -> datetime:
        """Return when a scheduled run tries it again."""
        return self.at + AGAIN_AFTER[self.state]


def remember(keyvalue: KeyValue, result: DigestResult, now: datetime) -> None:
    """Keep that a digest could not be made, or forget it once it is made."""
    if result.state not in AGAIN_AFTER or result.message_id:
        keyvalue.drop(_key(result.reader))
        return
    kept = (result.day.isoformat(), now.isoformat(), result.state, result.text)
    keyvalue.put(_key(result.reader), json.dumps(kept))


def last(keyvalue: KeyValue, reader: str) -> Attempt | None:
    """Return the reader's last attempt where it failed, None where all is well."""
    kept = keyvalue.get(_key(reader))
    if not kept:
        return None
    day, at, state, text = json.loads(kept)
    return Attempt(
        day=date.fromisoformat(day),
        at=datetime.fromisoformat(at),
        state=DigestState(state),
        text=text,
    )


def _key(reader: str) -> str:
    return f"attempt:{reader}"

"""Retry policy: delays between attempts and the end of trying (RFC 5321, 4.5.4.1).

Pure: what an attempt means follows from its row, the error and the time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from digest.model.errors import PASSWORD_REFUSED
from digest.store import Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from digest.model.errors import DeliveryError
    from digest.store import QueuedMessage

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
LONGEST_WAIT = timedelta(hours=2)
GREYLISTED = timedelta(minutes=5)
"""A server that puts a recipient off wants some minutes to pass."""
UNCERTAIN_WAIT = timedelta(minutes=30)
"""Most servers that broke off after the final dot have not kept the message (RFC 1047)."""
UNCERTAIN_AGAIN = timedelta(days=1)
"""One that breaks off every time may well have kept each copy: no more than one a day then."""
MOST_UNCERTAIN = 4
"""So many copies may have arrived at most; then the message is given up, and that is told."""
HOLD = timedelta(hours=1)
"""More tries with a refused password would lock the account."""
SET_BACK = timedelta(hours=2)
"""A clock that was nearly right is set back so far; what was tried later, a wrong one saw."""
TOLD_AFTER = timedelta(days=1)
GIVEN_UP_AFTER = timedelta(days=5)
FEWEST_ATTEMPTS = 3
"""After a long sleep of the computer five days are over without a fair try."""
JITTER = 0.1

_PUT_OFF = frozenset({450, 451, 452})


def is_due(row: QueuedMessage, now: datetime) -> bool:
    """Return whether a message is to be tried now.

    An attempt in the future was made by a clock that was wrong: it keeps nothing waiting.
    """
    if is_locked(row, now):
        return False
    return row.tried is None or row.tried > now or row.due <= now


def is_locked(row: QueuedMessage, now: datetime) -> bool:
    """Return whether the password was refused less than an hour ago, for this message.

    A clock that was set back since makes the wait longer, never shorter.
    """
    if row.tried is None or not row.hold or row.code not in PASSWORD_REFUSED:
        return False
    return row.tried - SET_BACK <= now < row.due


def classify(row: QueuedMessage, error: DeliveryError, now: datetime, chance: float) -> Outcome:
    """Return what a failed attempt means; `chance` in 0–1 spreads the next ones."""
    old = now - row.composed >= GIVEN_UP_AFTER and row.attempts + 1 >= FEWEST_ATTEMPTS
    enough = error.uncertain and row.uncertain + 1 >= MOST_UNCERTAIN
    answer = f"{error} ({error.hint})" if error.hint else str(error)
    return Outcome(
        due=now + _wait(row, error) * (1 + JITTER * chance),
        code=error.code,
        answer=f"{answer}; {_in_doubt(row.uncertain + 1)}" if enough else answer,
        dead=error.permanent or old or enough,
        hold=error.hold,
        uncertain=error.uncertain,
    )


def interrupted(row: QueuedMessage, now: datetime) -> Outcome:
    """Return what it means that we died while sending: the message may have been accepted."""
    enough = row.uncertain + 1 >= MOST_UNCERTAIN
    answer = "digest was interrupted while sending; it may have been accepted"
    return Outcome(
        due=min(row.tried or now, now) + uncertain_wait(row),
        code=0,
        answer=f"{answer}; {_in_doubt(row.uncertain + 1)}" if enough else answer,
        dead=enough,
        uncertain=True,
    )


def uncertain_wait(row: QueuedMessage) -> timedelta:
    """Return how long to wait after one more attempt that may have succeeded."""
    return UNCERTAIN_AGAIN if row.uncertain else UNCERTAIN_WAIT


def _in_doubt(times: int) -> str:
    return f"it was handed over {times} times and may have arrived as often, or never"


def _wait(row: QueuedMessage, error: DeliveryError) -> timedelta:
    if error.hold:
        return HOLD
    wait = BACK_OFF[row.attempts] if row.attempts < len(BACK_OFF) else LONGEST_WAIT
    if error.uncertain:
        return max(wait, uncertain_wait(row))
    return max(wait, GREYLISTED) if error.code in _PUT_OFF else wait

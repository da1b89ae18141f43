"""A process that delivers the outbox and is killed on the way, at a named step or from outside.

It imports everything once and then forks for each life, so that hundreds of deaths take seconds.
A line of standard input orders a life: folder, port, moment, step (or "-"), how many readers there
are beside ada; the answers are a line with the process number, and one with the exit status when it
is over.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from digest.delivery.outbox import flush
from digest.delivery.smtp import Smtp
from digest.store import Mail, Store, lock
from digest.store.group_commit import GroupCommit
from digest.store.outbox import Outbox

if TYPE_CHECKING:
    from datetime import date

    from digest.store import Attempt, QueuedMessage
    from digest.store.database import Database


class Doomed(Outbox):
    """An outbox whose process dies at one step."""

    __slots__ = ("step",)

    def __init__(self, database: Database, step: str) -> None:
        super().__init__(database, GroupCommit(database))
        object.__setattr__(self, "step", step)

    def exchange(self, done: Attempt | None, following: QueuedMessage | None) -> bytes | None:
        """Record and claim, and die before or after."""
        named = "sent" if done else "claim"
        die_at(self.step, f"before-{named}")  # type: ignore[attr-defined]  # a slot of ours
        message = super().exchange(done, following)
        die_at(self.step, f"after-{named}")  # type: ignore[attr-defined]  # a slot of ours
        return message


def die_at(step: str, here: str) -> None:
    """Die without a last word."""
    if step == here:
        os.kill(os.getpid(), signal.SIGKILL)


def write(store: Store, reader: str, day: date) -> None:
    """Put a digest into the outbox, unless it is there."""
    message_id = f"<{reader}.{day}@digest.test>"
    mail = Mail(
        message_id=message_id,
        sender="digest@digest.test",
        recipients=(f"{reader}@inbox.test",),
        message=f"Message-ID: {message_id}\r\n\r\nEight papers.\r\n".encode(),
    )
    store.digests.record(reader=reader, day=day, mail=mail, papers=[])


def live(folder: str, port: str, moment: str, step: str, others: str) -> None:
    """Write digests of that moment unless they are written, and deliver what is due."""
    now = datetime.fromisoformat(moment)
    with lock(Path(folder)), Store.open(Path(folder), now=lambda: now, alone=True) as store:
        with store.database.transaction():
            for reader in ("ada", *(f"reader{number}" for number in range(int(others)))):
                write(store, reader, now.date())
            die_at(step, "before-record")
        die_at(step, "after-record")
        doomed = replace(store, outbox=Doomed(store.database, step))
        flush(doomed, Smtp(host="127.0.0.1", port=int(port), security="none"), now=lambda: now)


def main() -> None:
    """Fork a life for each order."""
    for request in sys.stdin:
        pid = os.fork()
        if not pid:
            live(*request.split())
            os._exit(0)
        tell(pid)
        tell(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def tell(number: int) -> None:
    """Answer with a number."""
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

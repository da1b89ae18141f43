"""A process that delivers the outbox and is killed on the way, at a named step or from outside.

It imports everything once and then forks for each life, so that hundreds of deaths take seconds.
A line of standard input orders a life: folder, port, moment, step (or "-"); the answers are a line
with the process number, and one with the exit status when it is over.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from digest.outbox import flush
from digest.post.smtp import Smtp
from digest.store import Mail, Store, lock
from digest.store.outbox import Outbox

if TYPE_CHECKING:
    from digest.store import Waiting
    from digest.store.database import Database


class Doomed(Outbox):
    """An outbox whose process dies at one step."""

    __slots__ = ("step",)

    def __init__(self, database: Database, step: str) -> None:
        super().__init__(database)
        object.__setattr__(self, "step", step)

    def claim(self, row: Waiting) -> bool:
        """Claim, and die before or after."""
        die_at(self.step, "before-claim")  # type: ignore[attr-defined]  # a slot of ours
        claimed = super().claim(row)
        die_at(self.step, "after-claim")  # type: ignore[attr-defined]  # a slot of ours
        return claimed

    def sent(self, row: Waiting, answer: str) -> None:
        """Mark, and die before or after."""
        die_at(self.step, "before-sent")  # type: ignore[attr-defined]  # a slot of ours
        super().sent(row, answer)
        die_at(self.step, "after-sent")  # type: ignore[attr-defined]  # a slot of ours


def die_at(step: str, here: str) -> None:
    """Die without a last word."""
    if step == here:
        os.kill(os.getpid(), signal.SIGKILL)


def live(folder: str, port: str, moment: str, step: str) -> None:
    """Write a digest of that moment unless it is written, and deliver what is due."""
    now = datetime.fromisoformat(moment)
    with lock(Path(folder)), Store.open(Path(folder), now=lambda: now, alone=True) as store:
        message_id = f"<ada.{now.date()}@digest.test>"
        mail = Mail(
            message_id=message_id,
            sender="digest@digest.test",
            recipients=("ada@inbox.test",),
            message=f"Message-ID: {message_id}\r\n\r\nEight papers.\r\n".encode(),
        )
        with store.database.transaction():
            store.digests.record(reader="ada", day=now.date(), mail=mail, papers=[])
            die_at(step, "before-record")
        die_at(step, "after-record")
        doomed = replace(store, outbox=Doomed(store.database, step))
        flush(doomed, Smtp(host="127.0.0.1", port=int(port), security="none"), now=lambda: now)


def main() -> None:
    """Fork a life for each order."""
    for order in sys.stdin:
        pid = os.fork()
        if not pid:
            live(*order.split())
            os._exit(0)
        tell(pid)
        tell(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def tell(number: int) -> None:
    """Answer with a number."""
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

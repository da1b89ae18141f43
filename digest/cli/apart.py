"""The line in a process of its own, for a daemon: what ranking loads leaves with it.

numpy, scipy and the archive of papers take 140 MB, which no allocator gives back; a daemon that
works some seconds a day would hold them all night. The child is told what is due, works by the
config in force (the last good one, which the daemon keeps beside its state) and under the daemon's
own lock of the state folder, so that nobody else works there should the daemon be killed; it stops
as the daemon would: at a signal, or when its standard input ends. Both speak JSON.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryFile
from threading import Event, Thread
from typing import IO, TYPE_CHECKING, TypedDict

from digest.cli.base import set_up_logging
from digest.daemon import Died
from digest.errors import DigestError, StateError
from digest.order import Order, Result

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.config import Config
    from digest.world import World

log = logging.getLogger(__name__)

POLL = 0.2
"""Seconds between two looks at whether we are told to stop."""


class Task(TypedDict):
    """What a child is told."""

    config: str
    storage: str
    orders: list[dict[str, str]]
    """Each the name of a reader, a day, and since when it is due ("" where it is not)."""
    verbose: int
    quiet: bool


class Told(TypedDict):
    """What a child tells: results, or why there are none."""

    results: list[dict[str, object]]
    failure: str
    hint: str
    state: bool
    """The failure is a StateError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Sends what is due as `daily.send` does, in a child that speaks as loudly as we do."""

    verbose: int = 0
    quiet: bool = False
    code: str = f"from {__name__} import main; main()"

    def __call__(
        self, orders: Sequence[Order], config: Config, world: World, held: int
    ) -> tuple[Result, ...]:
        """Return what became of a daemon's orders; `held` is the descriptor of the folder's lock.

        Raises StateError where nothing can be remembered, Died where the child gave no answer.
        """
        task: Task = {
            "config": str(config.path),
            "storage": str(config.storage),
            "orders": [_order_json(order) for order in orders],
            "verbose": self.verbose,
            "quiet": self.quiet,
        }
        with (
            TemporaryFile() as told,
            Popen(  # noqa: S603  # our own module by our own interpreter
                [
                    sys.executable,
                    "-P",
                    "-c",
                    f"import sys; sys.path[:] = {sys.path!r}; {self.code}",
                ],
                stdin=PIPE,
                stdout=told,
                pass_fds=[held],
            ) as child,
        ):
            # A child that is gone already is known by its exit code.
            with suppress(BrokenPipeError):
                _tell(child, f"{json.dumps(task)}\n".encode())
                while child.poll() is None and not world.stop.wait(POLL):
                    pass
                _tell(child, None)
            code = child.wait()
            told.seek(0)
            return _opened(told.read(), code)


def _tell(child: Popen[bytes], line: bytes | None) -> None:
    """Write a line to a child; None ends its input."""
    if child.stdin and line is not None:
        child.stdin.write(line)
        child.stdin.flush()
    elif child.stdin:
        child.stdin.close()


def _order_json(order: Order) -> dict[str, str]:
    return {
        "reader": order.reader.name,
        "day": order.day.isoformat(),
        "since": order.since.isoformat() if order.since else "",
    }


def _opened(answer: bytes, code: int) -> tuple[Result, ...]:
    """Return the results in an answer; raise what it says was raised."""
    if code or not answer:
        raise Died(
            f"the process that made the digest ended without an answer (exit code {code})",
            hint="memory may be short: 250 MB are enough",
        )
    told = json.loads(answer)
    if text := told["failure"]:
        raise (StateError if told["state"] else DigestError)(text, hint=told["hint"])
    return tuple(
        Result(
            **{
                **one,
                "day": date.fromisoformat(one["day"]),
                "recipients": tuple(one["recipients"]),
            }
        )
        for one in told["results"]
    )


def main() -> None:
    """Do the task on standard input and write what became of it to standard output."""
    from digest.schedule import limited, stop_on_signals

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does
    task = json.loads(sys.stdin.buffer.readline())
    set_up_logging(task["verbose"], quiet=task["quiet"])
    stop = Event()
    stop_on_signals(stop)
    Thread(target=_watch, args=(sys.stdin.buffer, stop), daemon=True).start()
    with limited():
        answer = done(task, stop)
    sys.stdout.write(json.dumps(answer, default=str))
    sys.stdout.flush()
    logging.shutdown()
    os._exit(0)  # a thread that still reads the standard input would hold the interpreter up


def _watch(line: IO[bytes], stop: Event) -> None:
    """Set `stop` once the parent hangs up, however it ended."""
    line.read()
    stop.set()


def done(task: Task, stop: Event) -> Told:
    """Return the results of a task, or the words of what was raised."""
    from digest.daily import send
    from digest.world import opened

    told = Told(results=[], failure="", hint="", state=False)
    try:
        config = _config(Path(task["config"]), Path(task["storage"]))
        with opened(config, stop=stop) as world:
            results = send([_order(one, config) for one in task["orders"]], config, world)
        told["results"] = [asdict(result) for result in results]
    except DigestError as error:
        told["failure"], told["hint"] = str(error), error.hint
        told["state"] = isinstance(error, StateError)
    except Exception as error:  # told by the parent; its traceback is here
        log.exception("event=line-broke")
        told["failure"] = f"{type(error).__name__}: {error}"
    return told


def _order(told: Mapping[str, str], config: Config) -> Order:
    since = datetime.fromisoformat(told["since"]) if told["since"] else None
    day = date.fromisoformat(told["day"])
    return Order(reader=config.reader(told["reader"]), day=day, since=since)


def _config(path: Path, storage: Path) -> Config:
    """Return the config that the daemon follows, whatever lies on disk by now."""
    from digest.config import load
    from digest.config.keeping import last_good
    from digest.config.loading import understood
    from digest.config.readers import computers_zone

    kept = last_good(path, storage)
    if kept is None:
        return replace(load(path, environ=os.environ), storage=storage)
    config = understood(kept, environ=os.environ, local_zone=computers_zone)
    return replace(config, storage=storage)

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
import signal
import sys
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from subprocess import PIPE, Popen, TimeoutExpired
from tempfile import TemporaryFile
from threading import Event, Thread
from typing import IO, TYPE_CHECKING, TypedDict

from digest.app.daemon.daemon import Died
from digest.app.pipeline.request import DigestRequest, DigestResult
from digest.cli.common import set_up_logging
from digest.delivery.queue_run import GRACE
from digest.model.errors import DigestError, StateError
from digest.model.states import DigestState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from digest.app.runtime import Runtime
    from digest.config import Config

log = logging.getLogger(__name__)

POLL = 0.2
"""Seconds between two looks at whether we are told to stop."""

LAST_WORDS = 2.0
"""Seconds that a child has, after the message in hand, to say what became of it."""
_STOPS = (signal.SIGTERM, signal.SIGINT)


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
class Worker:
    """Sends what is due as `daily.send` does, in a child that speaks as loudly as we do."""

    verbose: int = 0
    quiet: bool = False
    code: str = f"from {__name__} import main; main()"
    patience: float = GRACE + LAST_WORDS
    """Seconds that a child has to end in once it was told to."""

    def __call__(
        self, requests: Sequence[DigestRequest], config: Config, runtime: Runtime, held: int
    ) -> tuple[DigestResult, ...]:
        """Return what became of a daemon's orders; `held` is the descriptor of the folder's lock.

        Raises StateError where nothing can be remembered, Died where the child gave no answer.
        """
        task: Task = {
            "config": str(config.path),
            "storage": str(config.storage),
            "orders": [_order_json(request) for request in requests],
            "verbose": self.verbose,
            "quiet": self.quiet,
        }
        with TemporaryFile() as told, self._started(told, held) as child:
            # A child that is gone already is known by its exit code.
            with suppress(BrokenPipeError):
                _tell(child, f"{json.dumps(task)}\n".encode())
                while child.poll() is None and not runtime.stop.wait(POLL):
                    pass
                _tell(child, None)
            code = self._ended(child)
            if runtime.stop.is_set() and -code in _STOPS:
                return tuple(_not_begun(request) for request in requests)
            told.seek(0)
            return _opened(told.read(), code)

    def _started(self, told: IO[bytes], held: int) -> Popen[bytes]:
        """Start a child, deaf to the signals that stop until it knows what to do at one.

        A terminal and a service manager send theirs to all our processes at once.
        """
        line = f"import sys; sys.path[:] = {sys.path!r}; {self.code}"
        with _deaf():
            return Popen(  # noqa: S603  # our own module by our own interpreter
                [sys.executable, "-P", "-c", line], stdin=PIPE, stdout=told, pass_fds=[held]
            )

    def _ended(self, child: Popen[bytes]) -> int:
        """Return the exit code of a child that was told to end; one that does not is ended."""
        try:
            return child.wait(self.patience)
        except TimeoutExpired:
            child.kill()  # or it would hold the lock of the folder for ever
            return child.wait()


@contextmanager
def _deaf() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _tell(child: Popen[bytes], line: bytes | None) -> None:
    """Write a line to a child; None ends its input."""
    if child.stdin and line is not None:
        child.stdin.write(line)
        child.stdin.flush()
    elif child.stdin:
        child.stdin.close()


def _order_json(request: DigestRequest) -> dict[str, str]:
    return {
        "reader": request.reader.name,
        "day": request.day.isoformat(),
        "since": request.due_at.isoformat() if request.due_at else "",
    }


def _not_begun(request: DigestRequest) -> DigestResult:
    """Return what becomes of an order whose child was told to stop before it had begun."""
    text = "digest was told to stop"
    return DigestResult(
        reader=request.reader.name, day=request.day, state=DigestState.WAITING, text=text
    )


def _opened(answer: bytes, code: int) -> tuple[DigestResult, ...]:
    """Return the results in an answer; raise what it says was raised."""
    if code or not answer:
        raise Died(
            f"the process that made the digest ended without an answer (exit code {code})",
            hint="memory may be short: 250 MB are enough",
        )
    try:
        told = json.loads(answer)
    except ValueError:
        words = answer[:80].decode("utf-8", "replace")
        raise Died(
            f"the process that made the digest gave an answer that is none: {words}"
        ) from None
    if text := told["failure"]:
        raise (StateError if told["state"] else DigestError)(text, hint=told["hint"])
    return tuple(
        DigestResult(
            **{
                **one,
                "day": date.fromisoformat(one["day"]),
                "state": DigestState(one["state"]),
                "recipients": tuple(one["recipients"]),
            }
        )
        for one in told["results"]
    )


def main() -> None:
    """Do the task on standard input and write what became of it to standard output.

    Whatever else is printed meanwhile, by somebody's source or way of delivery, goes to the log.
    """
    from digest.app.daemon.loop import limited, stop_on_signals

    answer_to = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does
    task = json.loads(sys.stdin.buffer.readline())
    set_up_logging(task["verbose"], quiet=task["quiet"])
    stop = Event()
    stop_on_signals(stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
    Thread(target=_watch, args=(sys.stdin.buffer, stop), daemon=True).start()
    with limited():
        answer = done(task, stop)
    answer_to.write(json.dumps(answer, default=str))
    answer_to.flush()
    sys.stdout.flush()
    logging.shutdown()
    os._exit(0)  # a thread that still reads the standard input would hold the interpreter up


def _watch(line: IO[bytes], stop: Event) -> None:
    """Set `stop` once the parent hangs up, however it ended."""
    line.read()
    stop.set()


def done(task: Task, stop: Event) -> Told:
    """Return the results of a task, or the words of what was raised."""
    from digest.app.pipeline.pipeline import send
    from digest.app.runtime import opened

    told = Told(results=[], failure="", hint="", state=False)
    try:
        config = _config(Path(task["config"]), Path(task["storage"]))
        with opened(config, stop=stop) as runtime:
            results = send([_order(one, config) for one in task["orders"]], config, runtime)
        told["results"] = [asdict(result) for result in results]
    except DigestError as error:
        told["failure"], told["hint"] = str(error), error.hint
        told["state"] = isinstance(error, StateError)
    except Exception as error:  # told by the parent; its traceback is here
        log.exception("event=line-broke")
        told["failure"] = f"{type(error).__name__}: {error}"
    return told


def _order(told: Mapping[str, str], config: Config) -> DigestRequest:
    since = datetime.fromisoformat(told["since"]) if told["since"] else None
    day = date.fromisoformat(told["day"])
    return DigestRequest(reader=config.reader(told["reader"]), day=day, due_at=since)


def _config(path: Path, storage: Path) -> Config:
    """Return the config that the daemon follows, whatever lies on disk by now."""
    from digest.config import load
    from digest.config.last_good import last_good
    from digest.config.load import build_config
    from digest.config.reader_tables import computer_zone

    kept = last_good(path, storage)
    if kept is None:
        return replace(load(path, environ=os.environ), storage=storage)
    config = build_config(kept, environ=os.environ, local_zone=computer_zone)
    return replace(config, storage=storage)

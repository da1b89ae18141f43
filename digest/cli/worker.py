"""Worker process: the daemon runs the pipeline in a child, whose memory is freed when it ends.

numpy, scipy and the archive of papers take 140 MB that no allocator returns, for seconds of work
a day. The child gets the due digests as JSON, uses the daemon's config (the last good one, kept
in the state folder) and inherits the lock of that folder, so that the folder stays locked if the
daemon is killed. It stops at a signal, or when its standard input ends.
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
"""Seconds between two checks of the stop event."""

ANSWER_TIMEOUT_S = 2.0
"""Seconds for the child's answer after the message it is sending."""
_STOPS = (signal.SIGTERM, signal.SIGINT)


class Task(TypedDict):
    """Input of a worker."""

    config: str
    storage: str
    orders: list[dict[str, str]]
    """Name of a reader, day, and due time ("" if none) of each."""
    verbose: int
    quiet: bool


class WorkerAnswer(TypedDict):
    """Output of a worker: results, or the error."""

    results: list[dict[str, object]]
    failure: str
    hint: str
    state: bool
    """The failure is a StateError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Runs `pipeline.send` in a child process with the same log level."""

    verbose: int = 0
    quiet: bool = False
    code: str = f"from {__name__} import main; main()"
    patience: float = GRACE + ANSWER_TIMEOUT_S
    """Seconds to wait for the child after a stop, before it is killed."""

    def __call__(
        self, requests: Sequence[DigestRequest], config: Config, runtime: Runtime, held: int
    ) -> tuple[DigestResult, ...]:
        """Return the results of the due digests; `held` is the descriptor of the folder's lock.

        Raises StateError if the store cannot be used, Died if the child gave no answer.
        """
        task: Task = {
            "config": str(config.path),
            "storage": str(config.storage),
            "orders": [_order_json(request) for request in requests],
            "verbose": self.verbose,
            "quiet": self.quiet,
        }
        with TemporaryFile() as told, self._started(told, held) as child:
            # A child that has already ended is recognised by its exit code.
            with suppress(BrokenPipeError):
                _write(child, f"{json.dumps(task)}\n".encode())
                while child.poll() is None and not runtime.stop.wait(POLL):
                    pass
                _write(child, None)
            code = self._ended(child)
            if runtime.stop.is_set() and -code in _STOPS:
                return tuple(_not_begun(request) for request in requests)
            told.seek(0)
            return _opened(told.read(), code)

    def _started(self, told: IO[bytes], held: int) -> Popen[bytes]:
        """Start a child that blocks stop signals until its handlers are installed.

        A terminal and a service manager signal all processes of the group at once.
        """
        line = f"import sys; sys.path[:] = {sys.path!r}; {self.code}"
        with _stop_signals_blocked():
            return Popen(  # noqa: S603  # our own module by our own interpreter
                [sys.executable, "-P", "-c", line], stdin=PIPE, stdout=told, pass_fds=[held]
            )

    def _ended(self, child: Popen[bytes]) -> int:
        """Return the exit code of a stopping child; kill it after the patience has passed."""
        try:
            return child.wait(self.patience)
        except TimeoutExpired:
            child.kill()  # otherwise it would hold the lock of the folder for ever
            return child.wait()


@contextmanager
def _stop_signals_blocked() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _write(child: Popen[bytes], line: bytes | None) -> None:
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
    """Return the result of a request whose child was stopped before it began."""
    text = "digest was stopped"
    return DigestResult(
        reader=request.reader.name, day=request.day, state=DigestState.WAITING, text=text
    )


def _opened(answer: bytes, code: int) -> tuple[DigestResult, ...]:
    """Return the results in an answer; raise the error that it contains."""
    if code or not answer:
        raise Died(
            f"the process that made the digest ended without an answer (exit code {code})",
            hint="memory may be short: 250 MB are enough",
        )
    try:
        told = json.loads(answer)
    except ValueError:
        words = answer[:80].decode("utf-8", "replace")
        raise Died(f"the process that made the digest gave an unreadable answer: {words}") from None
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
    """Run the task from standard input and write its answer to standard output.

    Other output, printed by a plugin, goes to stderr instead.
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
    os._exit(0)  # the thread that reads standard input would block a normal exit


def _watch(line: IO[bytes], stop: Event) -> None:
    """Set `stop` once the parent closes the pipe or ends."""
    line.read()
    stop.set()


def done(task: Task, stop: Event) -> WorkerAnswer:
    """Return the results of a task, or the error that it raised."""
    from digest.app.pipeline.pipeline import send
    from digest.app.runtime import opened

    told = WorkerAnswer(results=[], failure="", hint="", state=False)
    try:
        config = _config(Path(task["config"]), Path(task["storage"]))
        with opened(config, stop=stop) as runtime:
            results = send([_order(one, config) for one in task["orders"]], config, runtime)
        told["results"] = [asdict(result) for result in results]
    except DigestError as error:
        told["failure"], told["hint"] = str(error), error.hint
        told["state"] = isinstance(error, StateError)
    except Exception as error:  # the parent reports it; the traceback is only here
        log.exception("event=line-broke")
        told["failure"] = f"{type(error).__name__}: {error}"
    return told


def _order(told: Mapping[str, str], config: Config) -> DigestRequest:
    since = datetime.fromisoformat(told["since"]) if told["since"] else None
    day = date.fromisoformat(told["day"])
    return DigestRequest(reader=config.reader(told["reader"]), day=day, due_at=since)


def _config(path: Path, storage: Path) -> Config:
    """Return the daemon's config, even if the file on disk has changed since."""
    from digest.config import load
    from digest.config.last_good import last_good
    from digest.config.load import build_config
    from digest.config.reader_tables import computer_zone

    kept = last_good(path, storage)
    if kept is None:
        return replace(load(path, environ=os.environ), storage=storage)
    config = build_config(kept, environ=os.environ, local_zone=computer_zone)
    return replace(config, storage=storage)

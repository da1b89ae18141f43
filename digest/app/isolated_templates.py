"""Isolated rendering of a reader's own templates: one process with bounds on time and memory.

A sandbox keeps a template from Python's internals, but not from endless loops or from a text of a
terabyte. The kernel stops both, whatever the template does. This module is also the program of
that process: a pickled request on stdin, a JSON answer on stdout.
"""

from __future__ import annotations

import contextlib
import json
import pickle
import resource
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from jinja2 import TemplateRuntimeError

from digest.email.template_errors import HINT, raised
from digest.email.templates import Templates
from digest.model.errors import Problem, TemplateError

if TYPE_CHECKING:
    from collections.abc import Mapping

CPU_SECONDS = 3.0
"""Processor time for both parts; the built-in templates take 0.02 s."""
MEMORY_BYTES = 1 << 30
MAX_CHARS = 2_000_000
"""Characters of both parts; an email has at most 80,000 bytes of HTML."""
_TIMEOUT = 20
"""Seconds in all on a busy machine, start included."""
_ROOT = Path(__file__).parents[2]
_TOO_LONG = "it takes too long: is there a loop without an end?"


@dataclass(frozen=True, slots=True)
class IsolatedTemplates:
    """Templates in `folder`, with the built-in ones behind them, rendered in a process."""

    folder: Path
    cpu_seconds: float = CPU_SECONDS

    def both(self, values: Mapping[str, object]) -> tuple[str, str]:
        """Return the HTML part and the plain part. Raises TemplateError."""
        request = pickle.dumps((self.folder.resolve(), self.cpu_seconds, dict(values)))
        command = (sys.executable, "-m", "digest.app.isolated_templates")
        try:
            done = subprocess.run(  # noqa: S603 # our own module, by the running interpreter
                command,
                input=request,
                capture_output=True,
                timeout=_TIMEOUT,
                check=False,
                cwd=_ROOT,
                env={},  # no password in the environment is a template's business
            )
        except subprocess.TimeoutExpired as error:
            raise self._stopped(_TOO_LONG) from error
        if done.returncode:
            died = done.returncode in {-signal.SIGKILL, -signal.SIGXCPU}
            cause = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
            raise self._stopped(_TOO_LONG if died else f"it could not be rendered: {cause}"[:300])
        answer = json.loads(done.stdout)
        if "problem" in answer:
            raise raised(Problem(**answer["problem"]))
        return answer["html"], answer["text"]

    def _stopped(self, message: str) -> TemplateError:
        return raised(Problem(message=message, file=str(self.folder), hint=HINT))


def templates_of(folder: Path | None) -> Templates | IsolatedTemplates:
    """Return the templates in `folder`, isolated; the built-in ones where there is none."""
    return IsolatedTemplates(folder) if folder else Templates()


def _limit(cpu_seconds: float) -> None:
    """Bound this process: by an exception in the template, which has a line, then by the kernel."""

    def expired(*_: object) -> NoReturn:
        raise TemplateRuntimeError(_TOO_LONG)

    signal.signal(signal.SIGVTALRM, expired)
    signal.setitimer(signal.ITIMER_VIRTUAL, cpu_seconds)
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = int(used.ru_utime + used.ru_stime + cpu_seconds) + 2
    with contextlib.suppress(ValueError, OSError):  # macOS knows no limit on address space
        resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _answer(folder: Path, values: Mapping[str, object]) -> dict[str, object]:
    try:
        html, text = Templates(folder).both(values)
    except TemplateError as error:
        return {"problem": asdict(error.problem)}
    if len(html) + len(text) > MAX_CHARS:
        message = f"it writes {len(html) + len(text):,} characters"
        return {"problem": asdict(Problem(message=message, file=str(folder), hint=HINT))}
    return {"html": html, "text": text}


def main() -> None:
    """Render one request from stdin."""
    folder, cpu_seconds, values = pickle.load(sys.stdin.buffer)  # noqa: S301 # from our parent
    _limit(cpu_seconds)
    json.dump(_answer(folder, values), sys.stdout)


if __name__ == "__main__":
    main()

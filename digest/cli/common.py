"""Shared parts of all commands: global options, config lookup, output and logging."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from digest.cli import completion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from digest.app.json_output import JsonValue
    from digest.app.runtime import Runtime
    from digest.config import Config, Reader


Item = TypeVar("Item")


@dataclass(slots=True)
class Context:
    """Values of the global options."""

    config: Path | None = None
    verbose: int = 0
    quiet: bool = False

    @property
    def path(self) -> Path:
        """Return the config file to use; raise ConfigError where there is none."""
        from digest.config import find_config

        return find_config(self.config, os.environ, Path.cwd())

    def load(self, *, warn: bool = False) -> Config:
        """Return the config; `warn` prints each warning to stderr."""
        from digest.config import load

        config = load(self.path, environ=os.environ)
        rejected = [problem for one in config.rejected for problem in one.problems]
        for problem in (*rejected, *config.warnings) if warn else ():
            self.note(str(problem))
        return config

    def note(self, text: str) -> None:
        """Print a note to stderr, beside the data; nothing under --quiet."""
        if not self.quiet:
            print_error(text)


def print_error(text: str) -> None:
    """Write a line to stderr; a closed pipe or a full disk must not stop a digest."""
    with suppress(OSError):
        click.echo(text, err=True)


class DateParam(click.ParamType[date]):
    """A date such as 2026-11-22."""

    name = "day"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Return the date; fail with the expected form."""
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            return self.fail(f"{value!r} is not a date; write it as 2026-11-22", param, ctx)


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SHOWN_BY_COMMAND = frozenset({"source", "outbox", "refused"})
"""Kinds of alert that a sending command already prints in its own output."""
DATE = DateParam()
PATH = click.Path(path_type=Path)
reader_option = click.option(
    "--reader",
    "name",
    metavar="NAME",
    help="Only this reader.",
    shell_complete=completion.reader_names,
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


def readers_of(config: Config, name: str | None) -> tuple[Reader, ...]:
    """Return the reader of that name, or all; raise ConfigError where there is none."""
    return (config.reader(name),) if name else config.readers


def only_reader(config: Config, name: str | None) -> Reader:
    """Return the reader of that name, or the first; raise ConfigError where there is none."""
    return readers_of(config, name)[0]


def today(reader: Reader, now: datetime) -> date:
    """Return the date in the reader's own zone."""
    return now.astimezone(reader.schedule.zone).date()


@contextmanager
def locked_runtime(config: Config, *, wait: float = 0.0) -> Iterator[Runtime]:
    """Open the runtime and lock the state folder; raise AlreadyRunning if it is locked."""
    from digest.app.runtime import opened
    from digest.store import lock

    with lock(config.storage, wait=wait), opened(config, alone=True) as runtime:
        print_notices(runtime)
        yield runtime


@contextmanager
def shared_runtime(config: Config, *, offline: bool = False) -> Iterator[Runtime]:
    """Open the runtime without the lock, so that a daemon may run at the same time."""
    from digest.app.runtime import opened

    with opened(config, offline=offline) as runtime:
        print_notices(runtime)
        yield runtime


def print_notices(runtime: Runtime) -> None:
    """Print what the store reported when it was opened, such as a restored backup."""
    for text in runtime.store.told:
        print_error(text)


def is_interactive() -> bool:
    """Return whether questions can be asked: stdin and stdout are a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


@contextmanager
def spinner(text: str) -> Iterator[None]:
    """Show a spinner on a terminal; do nothing elsewhere, or where the log is shown."""
    if not _has_terminal():
        yield
        return
    from rich.console import Console
    from rich.live import Live
    from rich.spinner import Spinner

    # stdout may be a file: rich would redirect it to the terminal.
    spinner, console = Spinner("dots", text), Console(stderr=True)
    with Live(spinner, console=console, transient=True, redirect_stdout=False), _logged_above():
        yield


@contextmanager
def _logged_above() -> Iterator[None]:
    """Write the log above the spinner instead of into its line."""
    handlers = [
        h for h in logging.getLogger("digest").handlers if isinstance(h, logging.StreamHandler)
    ]
    before = [(handler, handler.setStream(sys.stderr)) for handler in handlers]
    try:
        yield
    finally:
        for handler, stream in before:
            if stream is not None:
                handler.setStream(stream)


@contextmanager
def print_new_alerts(context: Context, runtime: Runtime) -> Iterator[None]:
    """Print new alerts as sentences on a terminal instead of as log lines.

    Failed sources and deliveries are left out: the command prints those itself.
    """
    if context.verbose or not _has_terminal():
        yield
        return
    log, before = logging.getLogger("digest.app.alerts"), set(runtime.store.alerts.active().items())
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(logging.NOTSET)
    for key, text in runtime.store.alerts.active().items():
        if (key, text) not in before and key.split(":")[0] not in _SHOWN_BY_COMMAND:
            print_error(text)


@contextmanager
def progress(text: str, total: int) -> Iterator[Callable[[int], object]]:
    """Show a progress bar on a terminal; yield the function that advances it."""
    if not (total and _has_terminal()):
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    parts = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *parts, console=Console(stderr=True), transient=True, redirect_stdout=False
    ) as bar:
        task = bar.add_task(text, total=total)
        yield lambda done: bar.advance(task, done)


def _has_terminal() -> bool:
    return logging.getLogger("digest").level == logging.WARNING and sys.stderr.isatty()


def with_spinner(found: Iterable[Item], text: str) -> Iterator[Item]:
    """Yield items one by one, with a spinner while the next one is computed."""
    rest = iter(found)
    while True:
        with spinner(text):
            item = next(rest, None)
        if item is None:
            return
        yield item


def print_json(value: JsonValue) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_lines(lines: Iterable[str]) -> None:
    """Print lines of data."""
    for line in lines:
        click.echo(line)


class _OneLineFormatter(logging.Formatter):
    """Log format: one line an event with time and key=value, control characters replaced."""

    def __init__(self, *, traces: bool) -> None:
        super().__init__()
        self.traces = traces

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; -vv adds the traceback."""
        at = datetime.fromtimestamp(record.created, UTC).astimezone().isoformat(timespec="seconds")
        line = f"{at} {record.levelname} {_CONTROL.sub('?', record.getMessage())}"
        if record.exc_info and record.exc_info[1] is not None:
            kind, error = type(record.exc_info[1]).__name__, record.exc_info[1]
            line += f" raised={_CONTROL.sub('?', f'{kind}: {error}')!r}"
            if self.traces:
                line += f"\n{self.formatException(record.exc_info)}"
        return line


def set_up_logging(verbose: int, *, quiet: bool) -> None:
    """Send the log to stderr: warnings, with -v each event, with -vv tracebacks too."""
    level = logging.ERROR if quiet else logging.WARNING
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLineFormatter(traces=verbose > 1))
    log = logging.getLogger("digest")
    log.handlers[:] = [handler]
    log.setLevel(logging.INFO if verbose else level)
    log.propagate = False
    logging.getLogger("tzlocal").setLevel(logging.ERROR)  # the config check reports the zone
    logging.raiseExceptions = False  # a closed stderr must not stop a digest

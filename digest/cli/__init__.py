"""The commands: read arguments, call one function, print, exit code.

Exit codes: 0 done · 1 could not deliver, or `check` found a problem · 2 usage or config ·
75 another digest is running · 130 Ctrl-C.
"""

from __future__ import annotations

import os
import sys
from difflib import get_close_matches
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

import click

from digest import __version__
from digest.cli import backup, inspect, manage, reader, run, templates
from digest.cli.common import PATH, Context, print_error, set_up_logging
from digest.model.errors import ConfigError, DigestError

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130


FIRST_STEPS = """Email new papers that match your interests, every day, with the reasons.

\b
First steps:
  digest preview --sample    see a sample digest, no config needed
  digest init                answer five questions, get a config.toml
  digest preview             see today's digest in your browser
  digest send --test         send it to your inbox
  digest run                 send it every day
"""


class OrderedGroup(click.Group):
    """Command group listed in order of first use instead of alphabetically."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Return the names as they were added."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command; an unknown name fails with the most similar one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = get_close_matches(args[0], self.commands, n=1)
            if not near:
                raise
            raise click.UsageError(f"{error.message} Did you mean '{near[0]}'?", ctx) from None

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a closed pipe (`digest status | head`) is not an error."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _to_devnull(sys.stdout)
            return 0


@click.group(
    cls=OrderedGroup,
    help=FIRST_STEPS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("-c", "--config", type=PATH, metavar="FILE", help="The config file.")
@click.option("-v", "--verbose", count=True, help="Show the log; -vv adds tracebacks.")
@click.option("-q", "--quiet", is_flag=True, help="Show errors only.")
@click.version_option(__version__, prog_name="digest")
@click.pass_context
def cli(ctx: click.Context, config: Path | None, verbose: int, *, quiet: bool) -> None:
    """Read the global options; without a command, print the next steps."""
    ctx.obj = Context(config=config, verbose=verbose, quiet=quiet)
    set_up_logging(verbose, quiet=quiet)
    if os.environ.get("NO_COLOR"):  # no-color.org
        ctx.color = False
    if ctx.invoked_subcommand is None:
        click.echo(_next_step(ctx.obj) or ctx.get_help())


for _command in (
    manage.init,
    inspect.check,
    inspect.preview,
    run.send,
    run.run,
    inspect.rank,
    inspect.why,
    manage.like,
    manage.dislike,
    manage.feedback,
    manage.resume,
    reader.reader,
    inspect.status,
    templates.templates,
    backup.backup,
    backup.restore,
):
    cli.add_command(_command)


def main() -> NoReturn:
    """Run the command line and exit."""
    _open_streams()
    # One BLAS thread is enough, and with little memory OpenBLAS blocks for ever while it
    # allocates a buffer for each further thread.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.exit(exit_code(sys.argv[1:]))


def exit_code(arguments: Sequence[str]) -> int:
    """Run one command; an expected error is one message on stderr, never a traceback."""
    try:
        done = cli.main(args=list(arguments), prog_name="digest", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        print_error("")
        return INTERRUPTED
    except DigestError as error:
        if "-vv" in arguments:
            raise
        _show(error)
        return error.exit_code
    except (MemoryError, RuntimeError, ImportError, OSError) as error:
        text = _computer_fault(error)
        if not text:
            raise
        print_error(text)
        return 1
    return done if isinstance(done, int) else 0


def _computer_fault(error: Exception) -> str:
    """Return one line about a fault of the computer, "" for a fault of digest."""
    if "home directory" in str(error):  # Path.home() without $HOME and passwd entry
        return "digest: this user has no home folder: set HOME to an absolute path"
    if _is_shortage(error):
        return f"digest: not enough memory or threads ({str(error) or 'out of memory'})"
    if isinstance(error, FileNotFoundError) and not _has_working_folder():
        return "digest: the working folder was deleted: change to another one (cd)"
    if isinstance(error, OSError):
        return f"{error.filename or 'digest'}: {error.strerror or error}"
    return ""


def _has_working_folder() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return False
    return True


def _is_shortage(error: Exception) -> bool:
    """Return whether an error means out of memory, for a library or for a new thread."""
    text = str(error)
    return isinstance(error, MemoryError) or "failed to map" in text or "new thread" in text


def _open_streams() -> None:
    """Reopen closed standard streams on /dev/null, and set all of them to UTF-8.

    Otherwise SQLite could get descriptor 2 and a library's messages would go into the database.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # POSIX: the lowest free descriptor
    sys.stdout = sys.stdout or os.fdopen(1, "w")
    sys.stderr = sys.stderr or os.fdopen(2, "w")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _to_devnull(*streams: TextIO) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in streams:
        os.dup2(nowhere, stream.fileno())


def _show(error: DigestError) -> None:
    print_error(str(error))
    if error.hint:
        print_error(f"  = {error.hint}")


def _next_step(context: Context) -> str:
    try:
        path = context.path
    except ConfigError:
        return ""
    state = "\n".join(inspect.glance(context))
    return (
        f"Your config is {path}.\n{state}\n\n"
        "  digest preview      see today's digest\n"
        "  digest send --test  send it to your inbox\n"
        "  digest run          send it every day\n"
        "  digest status       what was sent, what comes next\n"
        "  digest --help       all commands"
    )

"""Commands that change things: init, like, dislike, feedback."""

from __future__ import annotations

import sys
from contextlib import suppress
from shlex import quote
from typing import IO, TYPE_CHECKING

import click

from digest.cli.common import (
    PATH,
    Context,
    is_interactive,
    only_reader,
    print_error,
    print_lines,
    progress,
    reader_option,
    shared_runtime,
    spinner,
)
from digest.cli.completion import interest_names
from digest.cli.terminal import fold, short
from digest.model.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from digest.app.preferences import Taught
    from digest.app.runtime import Runtime
    from digest.config import Reader
    from digest.email.feedback import Verb
    from digest.model.paper import Paper


LINE = 72
TRY_AGAIN = 75
"""EX_TEMPFAIL of sysexits.h: the mail server keeps the mail and pipes it in again."""
MAX_LISTED = 10
"""More papers than these are counted, not listed."""
TITLE_ONLY = (
    "have no abstract and count by their titles",
    "has no abstract and counts by its title",
)


@click.command()
@click.argument("path", type=PATH, required=False)
@click.option("--defaults", is_flag=True, help="Ask nothing, write the defaults.")
@click.option("--force", is_flag=True, help="Replace an existing config (the old one is kept).")
@click.pass_context
def init(ctx: click.Context, path: Path | None, *, defaults: bool, force: bool) -> None:
    """Answer five questions and write a config.toml, or PATH."""
    from digest.cli.init.wizard import Questions, log_in
    from digest.cli.init.wizard import init as set_up

    present = is_interactive() and not defaults
    log_in_with = log_in if present else None
    questions = Questions(ask=_ask, say=_print_folded, hidden=_ask_hidden, log_in_with=log_in_with)
    written = set_up(path, questions, defaults=defaults, force=force)
    click.echo(f"\nWrote {short(written.path)} (only you can read it)\n")
    ctx.obj.config = written.path
    if present and written.library:
        _offer_library(ctx, written.library)
    program = _program(written.path)
    hints = [
        f"`{program} send --test` sends it to your inbox",
        f"`{program} run` sends it every day",
    ]
    if present and click.confirm("See today's digest now?", default=True):
        _show_today(ctx)
        click.echo()
    else:
        hints.insert(0, f"`{program} preview` shows today's digest")
    first = "set your address and mail server in it; then\n      " if defaults else ""
    click.echo("hint: " + first + ",\n      ".join(hints))


def _offer_library(ctx: click.Context, library: Path) -> None:
    """Offer to like each paper of the library that the first interest comes from."""
    if click.confirm(f"Like each paper of {library.name}, too?", default=True):
        try:
            ctx.invoke(like, library=library)
        except DigestError as error:
            click.echo(f"   {error}")


def _program(config: Path) -> str:
    """Return the command line that uses the config at that path."""
    from digest.config.files import user_config

    return "digest" if config == user_config() else f"digest -c {quote(str(config))}"


def _show_today(ctx: click.Context) -> None:
    from digest.cli.inspect import preview

    with suppress(KeyboardInterrupt):  # Ctrl-C ends the preview
        ctx.invoke(preview)


def _ask(question: str, default: str) -> str:
    """Ask a question on the terminal; a long one gets the answer on its own line."""
    shown = f"[{short(default)}]"
    gap = "\n   " if len(question) + len(shown) > LINE - 10 else " "
    return str(
        click.prompt(
            f"{question}{gap}{shown} >", default=default, show_default=False, prompt_suffix=" "
        )
    )


def _ask_hidden(question: str) -> str:
    hidden = sys.stdin.isatty()  # a script has no terminal whose echo could be switched off
    return str(click.prompt(question, hide_input=hidden, default="", show_default=False))


def _print_folded(text: str) -> None:
    """Print a text between two questions, folded to the terminal."""
    for line in text.split("\n"):
        indent = " " * (len(line) - len(line.lstrip()))
        print_lines(fold(line, indent=indent))


_from_option = click.option(
    "--from", "library", type=PATH, metavar="FILE.bib|.ris|.json", help="A library of papers."
)


def _vote_command(name: str, text: str) -> click.Command:
    @click.argument("papers", nargs=-1)
    @_from_option
    @click.option(
        "--interest",
        default="",
        metavar="NAME",
        help="Only for this interest.",
        shell_complete=interest_names,
    )
    @reader_option
    @click.option("--undo", is_flag=True, help="Undo the last command, or the votes on PAPERS.")
    @click.pass_obj
    def command(  # one option each
        context: Context,
        papers: Sequence[str],
        *,
        library: Path | None,
        interest: str,
        name: str | None,
        undo: bool,
    ) -> None:
        if not (papers or library or undo):
            raise click.UsageError("name a paper, a --from file, or --undo")
        if undo and (library or interest):
            raise click.UsageError("--undo cannot be combined with --from or --interest")
        from digest.app.paper_lookup import from_number

        verb = _verb(command_name)
        config = context.load()
        reader = only_reader(config, name)
        _require_interest(reader, interest)
        with shared_runtime(config) as runtime:
            papers = [from_number(text, reader.name, runtime) for text in papers]
            if undo:
                print_lines(_undo_lines(reader, papers, runtime))
                return
            found = [*_named(papers, runtime), *_from_library(library, runtime)]
            from digest.app.preferences import vote

            print_lines(_vote_lines(vote(reader, found, verb, runtime, interest=interest)))

    command_name = name
    command.__doc__ = text
    return click.command(name)(command)


def _verb(name: str) -> Verb:
    from digest.email.feedback import Verb

    return Verb.MORE if name == "like" else Verb.LESS


def _require_interest(reader: Reader, name: str) -> None:
    """Raise ConfigError if the reader has no such interest: the vote would have no effect."""
    from digest.config.validate import suggestion
    from digest.model.errors import ConfigError, Problem

    names = [interest.name for interest in reader.interests if interest.name]
    if name and name not in names:
        hint = suggestion(name, names) if names else 'give one a name = "…" in the config'
        raise ConfigError([Problem(message=f"no interest is called {name}", hint=hint)])


def _undo_lines(reader: Reader, papers: Sequence[str], runtime: Runtime) -> Iterator[str]:
    """Undo the votes on `papers`, else the last command; yield a line for each."""
    from digest.app.preferences import undo, undo_last

    taken = undo(reader, papers, runtime) if papers else undo_last(reader, runtime)
    if not taken:
        yield "nothing to undo"
    elif len(taken) > MAX_LISTED:
        yield f"undone: {taken[0].verb}s of {len(taken)} papers"
    else:
        yield from (f"undone: {v.verb} {v.paper.title} ({v.paper.id})" for v in taken)


def _vote_lines(taught: Sequence[Taught]) -> Iterator[str]:
    """Yield a line for each paper, or one count where there are many."""
    if len(taught) <= MAX_LISTED:
        for one in taught:
            word = f"{one.verb}d" if one.new else f"already {one.verb}d"
            yield f"{word}: {one.paper.title} ({one.paper.id})"
        return
    new = sum(one.new for one in taught)
    before = len(taught) - new
    word = f"{taught[0].verb}d"
    yield f"{word} {new} papers" + (f", {before} already {word}" if before else "")
    bare = sum(not one.paper.abstract for one in taught)
    if bare:
        yield f"{bare} of them {TITLE_ONLY[bare == 1]}"


def _named(papers: Sequence[str], runtime: Runtime) -> list[Paper]:
    from digest.app.paper_lookup import look_up

    found = []
    for text in papers:
        with spinner(f"Looking for {text}"):
            found.append(look_up(text, runtime))
    return found


def _from_library(path: Path | None, runtime: Runtime) -> Sequence[Paper]:
    if path is None:
        return ()
    from digest.app.bibliography import read_library
    from digest.app.paper_lookup import completed, lacks_text

    with spinner(f"Reading {path.name}"):
        library = read_library(path)
    papers = library.papers
    if library.left_out:
        print_error(f"{path}: {library.message}")
    if not papers:
        raise DigestError(f"{path}: no paper with a title")
    with progress("Abstracts from arXiv", sum(map(lacks_text, papers))) as asked:
        return completed(papers, runtime, asked=asked)


@click.command()
@click.argument("mail", type=click.File("rb"), metavar="MAIL|-")
@click.pass_obj
def feedback(context: Context, mail: IO[bytes]) -> None:
    """Read one feedback email: more, less, pause, stop."""
    from digest.app.preferences import apply
    from digest.email.feedback import MAX_HEADER_BYTES, FeedbackRejected

    raw = mail.read(MAX_HEADER_BYTES)
    while mail.read(MAX_HEADER_BYTES):
        pass  # Postfix reports a pipe that is closed early as a failure
    try:
        config = context.load()
        with shared_runtime(config) as runtime:
            click.echo(apply(raw, config.readers, runtime, runtime.now().date()))
    except FeedbackRejected:
        raise
    except (DigestError, OSError) as error:
        print_error(f"digest: {error}")
        raise click.exceptions.Exit(TRY_AGAIN) from error


@click.command()
@reader_option
@click.pass_obj
def resume(context: Context, *, name: str | None) -> None:
    """Resume delivery to a reader who paused or stopped it."""
    config = context.load()
    reader = only_reader(config, name)
    with shared_runtime(config) as runtime:
        runtime.store.votes.resume(reader.name)
    click.echo(f"Delivery to {reader.name} is resumed.")


like = _vote_command("like", "Add to your liked papers: by id, link, title or NUMBER.")
dislike = _vote_command("dislike", "Add to your disliked papers.")

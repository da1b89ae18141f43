"""Commands that settle things: init, like, dislike, feedback."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

import click

from digest.cli.base import PATH, Context, looking, only_reader, reader_option

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from digest.feedback import Verb
    from digest.paper import Paper
    from digest.world import World


@click.command()
@click.argument("path", type=PATH, required=False)
@click.option("--defaults", is_flag=True, help="Ask nothing.")
@click.option("--force", is_flag=True, help="Write although there is a config.")
def init(path: Path | None, *, defaults: bool, force: bool) -> None:
    """Answer a few questions, get a config.toml."""
    from digest.setup import init as set_up

    written = set_up(
        path,
        ask=lambda question, default: str(click.prompt(question, default=default)),
        say=click.echo,
        defaults=defaults,
        force=force,
    )
    click.echo(f"\nWrote {written} (only you can read it)")


def _vote_command(name: str, text: str) -> click.Command:
    from_option = click.option(
        "--from", "library", type=PATH, metavar="FILE.bib|.ris|.json", help="A library of papers."
    )

    @click.argument("papers", nargs=-1)
    @from_option
    @click.option("--interest", default="", metavar="NAME", help="Only for this interest.")
    @reader_option
    @click.option("--undo", is_flag=True, help="Take the last one back.")
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
        verb = _verb(command_name)
        config = context.load()
        reader = only_reader(config, name)
        with looking(config) as world:
            if undo:
                _undo(world, reader_name=reader.name)
                return
            found = [*_named(papers, world), *_from_library(library)]
            from digest.teach import vote

            for taught in vote(reader, found, verb, world, interest=interest):
                word = f"{taught.verb}d" if taught.new else f"{taught.verb}d before"
                click.echo(f"{word}: {taught.paper.title} ({taught.paper.id})")

    command_name = name
    command.__doc__ = text
    return click.command(name)(command)


def _verb(name: str) -> Verb:
    from digest.feedback import Verb

    return Verb.MORE if name == "like" else Verb.LESS


def _undo(world: World, *, reader_name: str) -> None:
    taken = world.store.taste.undo(reader_name)
    if not taken:
        click.echo("there is nothing to take back")
    for vote in taken:
        click.echo(f"took back: {vote.verb} {vote.paper.title} ({vote.paper.id})")


def _named(papers: Sequence[str], world: World) -> list[Paper]:
    from digest.teach import look_up

    return [look_up(text, world) for text in papers]


def _from_library(path: Path | None) -> Sequence[Paper]:
    if path is None:
        return ()
    from digest.library import read_library

    return read_library(path)


@click.command()
@click.argument("mail", type=click.File("rb"), metavar="MAIL|-")
@click.pass_obj
def feedback(context: Context, mail: IO[bytes]) -> None:
    """Read one returned mail: more, less, pause, stop."""
    from digest.teach import obey

    config = context.load()
    with looking(config) as world:
        click.echo(obey(mail.read(), config.readers, world, world.now().date()))


like = _vote_command("like", "Teach it by papers you liked: ids, links or parts of titles.")
dislike = _vote_command("dislike", "Teach it by papers you did not like.")

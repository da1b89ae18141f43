"""Reader commands: list, add, pause, resume and rename the readers of a config."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from digest.cli.common import DATE, Context, print_lines, shared_runtime, today
from digest.cli.terminal import short
from digest.model.errors import ConfigError, DigestError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from digest.app.runtime import Runtime
    from digest.config import Config

_NAME = re.compile(r"[\w-][\w.-]{0,63}")


@click.group()
def reader() -> None:
    """List, add, pause, resume and rename readers."""


@reader.command("list")
@click.pass_obj
def list_readers(context: Context) -> None:
    """List the readers, their addresses and whether delivery is paused."""
    config = context.load()
    with shared_runtime(config) as runtime:
        print_lines(_reader_lines(config, runtime))


def _reader_lines(config: Config, runtime: Runtime) -> Iterator[str]:
    from datetime import date

    for one in config.readers:
        until = runtime.store.votes.paused_until(one.name)
        state = "active"
        if today(one, runtime.now()) < until:
            state = "stopped" if until == date.max else f"paused until {until}"
        yield f"{one.name:<16}  {', '.join(one.email.to)}  {state}"


@reader.command()
@click.argument("name")
@click.option("--until", type=DATE, metavar="DAY", help="First day with a digest again.")
@click.pass_obj
def pause(context: Context, name: str, until: date | None) -> None:
    """Pause delivery until DAY, or until `digest reader resume`."""
    config = context.load()
    one = config.reader(name)
    with shared_runtime(config) as runtime:
        if until and until <= today(one, runtime.now()):
            raise DigestError(f"{until} is not in the future", hint="give a later day")
        runtime.store.votes.pause(one.name, until)
    click.echo(f"Delivery to {one.name} is paused{f' until {until}' if until else ''}.")


@reader.command()
@click.argument("name")
@click.pass_obj
def resume(context: Context, name: str) -> None:
    """Resume delivery to a reader."""
    config = context.load()
    one = config.reader(name)
    with shared_runtime(config) as runtime:
        runtime.store.votes.resume(one.name)
    click.echo(f"Delivery to {one.name} is resumed.")


@reader.command()
@click.argument("name")
@click.argument("address")
@click.option("--interest", "phrases", multiple=True, metavar="PHRASE", help="May be repeated.")
@click.pass_obj
def add(context: Context, name: str, address: str, phrases: tuple[str, ...]) -> None:
    """Add a reader: write a file with ADDRESS and the given interests."""
    from digest.config.addresses import InvalidValue, parse_address

    try:
        to = parse_address(address)
    except InvalidValue as error:
        raise DigestError(f"{address}: {error}", hint=error.hint) from error
    target = _new_file(context, name)
    text = f"[email]\nto = {_toml(to)}\n"
    text += "".join(f"\n[[interests]]\nphrases = [{_toml(phrase)}]\n" for phrase in phrases)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("x", encoding="utf-8") as file:
        file.write(text)
    click.echo(f"Wrote {short(target)}")


@reader.command()
@click.argument("old")
@click.argument("new")
@click.pass_obj
def rename(context: Context, old: str, new: str) -> None:
    """Rename a reader's file; history, votes and pauses are kept."""
    from digest.config.files import reader_files

    config = context.load()
    files = reader_files(config.path, config.document.tree.get("readers"))
    source = next((path for path in files if path.stem == old), None)
    if source is None:
        raise _problem(f"no reader's file is called {old}.toml", "see `digest reader list`")
    target = _new_file(context, new)
    text = source.read_text(encoding="utf-8")
    if not re.search(r"(?m)^id\s*=", text):  # top-level keys come before the first table
        source.write_text(f"id = {_toml(old)}\n{text}", encoding="utf-8")
    source.rename(target)
    click.echo(f"Renamed {short(source)} to {short(target)}")


def _new_file(context: Context, name: str) -> Path:
    """Return the file of a new reader below the `readers` pattern; raise ConfigError."""
    from digest.config.files import read_bytes
    from digest.config.parse import parse_toml

    path = context.path.absolute()
    pattern = parse_toml(read_bytes(path)[0], str(path)).tree.get("readers")
    if not _NAME.fullmatch(name):
        raise _problem(f"{name!r} cannot be a reader's name", "use letters, digits, - and _")
    if not isinstance(pattern, str) or not pattern.endswith("*.toml"):
        hint = 'set readers = "readers/*.toml" in it; your own digest then needs a file there, too'
        raise _problem(f"{short(path)} names no folder of readers' files", hint)
    target = (path.parent / pattern).with_name(f"{name}.toml")
    if target.exists():
        raise _problem(f"{short(target)} already exists", "choose another name")
    return target


def _problem(message: str, hint: str) -> ConfigError:
    return ConfigError([Problem(message=message, hint=hint)])


def _toml(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)

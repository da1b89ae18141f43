"""Command that copies the email templates."""

from __future__ import annotations

from pathlib import Path

import click

from digest.cli.common import PATH, Context, print_lines
from digest.cli.terminal import short
from digest.model.errors import ConfigError, DigestError


@click.command()
@click.argument("folder", type=PATH, default=Path("templates"))
@click.pass_obj
def templates(context: Context, folder: Path) -> None:
    """Copy the email templates to FOLDER, so that you can edit them."""
    from digest.email.templates import copy

    written = copy(folder)
    print_lines(str(path) for path in written)
    if not written:
        raise DigestError(f"{folder}: every template is already there", hint="choose another")
    config, named = _named_in_config(context, folder.absolute())
    click.echo(f'\nNow set  templates = "{named}"  under [email] in {config}', err=True)


def _named_in_config(context: Context, folder: Path) -> tuple[str, str]:
    """Return the config's path and `folder` relative to it, as config paths are."""
    try:
        path = context.path.absolute()
    except ConfigError:
        return "config.toml", str(folder)
    near = folder.is_relative_to(path.parent)
    return short(path), str(folder.relative_to(path.parent) if near else folder)

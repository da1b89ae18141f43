"""Backup commands: backup and restore."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from digest.cli.common import PATH, Context
from digest.cli.terminal import short
from digest.model.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

with_config = click.option("--config", "config_too", is_flag=True, help="Include the config files.")


@click.command()
@click.argument("file", type=PATH)
@with_config
@click.pass_obj
def backup(context: Context, file: Path, *, config_too: bool) -> None:
    """Save the state, and with --config the config, to one FILE.

    It works while `digest run` is running. Password files are not included.
    """
    from digest.app.backup import back_up_to
    from digest.app.runtime import utc_now
    from digest.config.files import reader_files
    from digest.store import Store

    config = context.load()
    main = config.path.absolute()
    files = (main, *reader_files(main, config.document.tree.get("readers")))
    with Store.open(config.storage, now=utc_now) as store:
        back_up_to(file, store, files if config_too else (), root=main.parent)
    click.echo(f"Saved {short(file)}")


@click.command()
@click.argument("file", type=PATH)
@with_config
@click.pass_obj
def restore(context: Context, file: Path, *, config_too: bool) -> None:
    """Restore the state, and with --config the config, from FILE.

    Stop `digest run` first. The previous database is kept beside the new one.
    """
    from digest.app.backup import restore_from
    from digest.config.files import user_config
    from digest.store import DAEMON, lock

    state = _state(context)
    target = (context.config or user_config()).absolute().parent
    with lock(state, DAEMON), lock(state):
        done = restore_from(file, state, root=target if config_too else None)
    click.echo(f"Restored {short(done.database)}")
    if done.replaced:
        click.echo(f"The previous database is kept as {short(done.replaced)}")
    for path in done.config:
        click.echo(f"Restored {short(path)}")


def _state(context: Context) -> Path:
    """Return the state folder; the default one on a computer without a config."""
    from digest.config.files import state_folder

    try:
        return context.load().storage
    except ConfigError:
        if context.config and context.config.exists():
            raise
        return state_folder(os.environ, None)

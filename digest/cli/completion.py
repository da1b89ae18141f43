"""What the shell offers behind --reader and --interest: the names in the config."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from digest.model.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click

    from digest.config import Reader


def reader_names(ctx: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """Return the names of readers that begin so."""
    return _those((reader.name for reader in _readers(ctx)), begun)


def interest_names(ctx: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """Return the names of interests that begin so: of the reader who is named, else of all."""
    wanted = ctx.params.get("name")
    readers = [reader for reader in _readers(ctx) if wanted in (None, reader.name)]
    return _those((i.name for reader in readers for i in reader.interests), begun)


def _those(names: Iterable[str], begun: str) -> list[str]:
    lower = begun.casefold()
    return list(dict.fromkeys(n for n in names if n and n.casefold().startswith(lower)))


def _readers(ctx: click.Context) -> tuple[Reader, ...]:
    """Return the readers; none where the config cannot be read: nobody asked for an error."""
    from digest.config import find_config, load

    try:
        path = find_config(ctx.find_root().params.get("config"), os.environ, Path.cwd())
        return load(path, environ=os.environ).readers
    except DigestError:
        return ()

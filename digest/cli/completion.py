"""Shell completion of --reader and --interest from the names in the config."""

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
    """Return the names of readers with this prefix."""
    return _matching((reader.name for reader in _readers(ctx)), begun)


def interest_names(ctx: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """Return the names of interests with this prefix, of --reader or of all readers."""
    wanted = ctx.params.get("name")
    readers = [reader for reader in _readers(ctx) if wanted in (None, reader.name)]
    return _matching((i.name for reader in readers for i in reader.interests), begun)


def _matching(names: Iterable[str], begun: str) -> list[str]:
    lower = begun.casefold()
    return list(dict.fromkeys(n for n in names if n and n.casefold().startswith(lower)))


def _readers(ctx: click.Context) -> tuple[Reader, ...]:
    """Return the readers; none from a broken config, since completion must not print errors."""
    from digest.config import find_config, load

    try:
        path = find_config(ctx.find_root().params.get("config"), os.environ, Path.cwd())
        return load(path, environ=os.environ).readers
    except DigestError:
        return ()

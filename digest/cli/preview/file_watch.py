"""Tells when a file that shapes the digest was saved: the config, a reader's file, a template.

Folders are watched, not files, because editors write a new file and rename it. What counts in the
end is what the files look like, compared at each event and once a second besides: a save between
two watches, or on a file system that reports none, is seen all the same.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from watchfiles import watch

from digest.config.files import readers_files
from digest.email.templates import home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from threading import Event

    from digest.config import Config

log = logging.getLogger(__name__)

Stamps = dict[Path, tuple[int, ...]]
DEBOUNCE_MS = 20
"""Milliseconds without a further event after which a save is taken to be done."""
CHECK_EVERY_MS = 1000
"""Milliseconds after which the files are looked at although nothing was reported."""
POLL_S = 0.2
"""Seconds between two changes where nothing is reported at all."""


def follow(
    config: Callable[[], Config],
    saved: Callable[[], object],
    stop: Event,
    *,
    since: Stamps,
    look: Callable[[], object] = lambda: None,
) -> None:
    """Call `saved` after each save of a file that shapes `config()`, until `stop` is set.

    `since` is what the files looked like when the config was read: fetching may have taken long.
    `look` is called once a second or more often, for what else may have changed.
    """
    before = since
    while not stop.is_set():
        watched = folders(config())
        for _ in changes(watched, stop):
            look()
            now = stamps(config())
            if now != before:
                before = now
                saved()
            if folders(config()) != watched:
                break


def stamps(config: Config) -> Stamps:
    """Return what differs in each file once it is written, replaced, added or taken away."""
    found: Stamps = {}
    for path in _files(config):
        with suppress(OSError):
            stat = path.stat()
            found[path] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    return found


def folders(config: Config) -> frozenset[Path]:
    """Return the folders in which those files lie, and those to which links lead."""
    files = {path for file in _files(config) for path in (file, file.resolve())}
    lying = {path.parent for path in files} | set(_template_folders(config))
    return frozenset(folder for folder in lying if folder.is_dir())


def changes(watched: frozenset[Path], stop: Event) -> Iterator[None]:
    """Yield whenever something in those folders may have been saved, until `stop` is set."""
    yield
    try:
        for _ in watch(
            *watched,
            watch_filter=None,
            debounce=5 * DEBOUNCE_MS,
            step=DEBOUNCE_MS,
            rust_timeout=CHECK_EVERY_MS,
            yield_on_timeout=True,
            stop_event=stop,
            raise_interrupt=False,
            recursive=False,
        ):
            yield
    except OSError as error:  # no more watches to be had, or a folder that has just gone
        log.warning("event=watch-failed error=%r", str(error))
    while not stop.wait(POLL_S):
        yield


def _files(config: Config) -> Iterator[Path]:
    yield config.path
    pattern = config.document.tree.get("readers")
    if isinstance(pattern, str) and pattern:
        yield from readers_files(config.path, pattern)
    for folder in _template_folders(config):
        with suppress(OSError):
            yield from (path for path in folder.iterdir() if path.is_file())


def _template_folders(config: Config) -> Iterator[Path]:
    own = (reader.email.templates for reader in config.readers)
    for root in dict.fromkeys([*own, home()]):
        if root is not None and root.is_dir():
            yield root
            yield from (path for path in root.rglob("*") if path.is_dir())

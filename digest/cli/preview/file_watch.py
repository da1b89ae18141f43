"""File watch: detects a saved config, reader's file or template.

Folders are watched, not files, because editors write a new file and rename it. File stamps are
compared at each event and once a second besides, so that a save between two watches, or on a file
system without events, is detected too.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from watchfiles import watch

from digest.config.files import Stamps, reader_files, stamps
from digest.email.templates import home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from threading import Event

    from digest.config import Config

log = logging.getLogger(__name__)

DEBOUNCE_MS = 20
"""Milliseconds without a further event after which a save counts as complete."""
CHECK_EVERY_MS = 1000
"""Milliseconds between two comparisons without events."""
POLL_S = 0.2
"""Seconds between two comparisons where events are unavailable."""


def follow(
    config: Callable[[], Config],
    saved: Callable[[], object],
    stop: Event,
    *,
    since: Stamps,
    look: Callable[[], object] = lambda: None,
) -> None:
    """Call `saved` after each save of a file that `config()` uses, until `stop` is set.

    `since` has the stamps from when the config was read: fetching may have taken long.
    `look` is called at least once a second, for changes that are no files.
    """
    before = since
    while not stop.is_set():
        watched = folders(config())
        for _ in changes(watched, stop):
            look()
            now = config_stamps(config())
            if now != before:
                before = now
                saved()
            if folders(config()) != watched:
                break


def config_stamps(config: Config) -> Stamps:
    """Return a stamp of each file that the digest depends on."""
    return stamps(_files(config))


def folders(config: Config) -> frozenset[Path]:
    """Return the folders of those files and of the targets of their links."""
    files = {path for file in _files(config) for path in (file, file.resolve())}
    lying = {path.parent for path in files} | set(_template_folders(config))
    return frozenset(folder for folder in lying if folder.is_dir())


def changes(watched: frozenset[Path], stop: Event) -> Iterator[None]:
    """Yield whenever a file in those folders may have changed, until `stop` is set."""
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
    except OSError as error:  # no inotify watches left, or the folder was just removed
        log.warning("event=watch-failed error=%r", str(error))
    while not stop.wait(POLL_S):
        yield


def _files(config: Config) -> Iterator[Path]:
    yield config.path
    yield from reader_files(config.path, config.document.tree.get("readers"))
    for folder in _template_folders(config):
        with suppress(OSError):
            yield from (path for path in folder.iterdir() if path.is_file())


def _template_folders(config: Config) -> Iterator[Path]:
    own = (reader.email.templates for reader in config.readers)
    for root in dict.fromkeys([*own, home()]):
        if root is not None and root.is_dir():
            yield root
            yield from (path for path in root.rglob("*") if path.is_dir())

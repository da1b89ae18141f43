"""The last config that was whole, kept on disk: a restart beside a broken one still has it."""

from __future__ import annotations

import json
import logging
import os
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path

from digest.config.files import Files

log = logging.getLogger(__name__)

NAME = "last-good-config.json"


def keep(files: Files, folder: Path) -> bool:
    """Keep `files` in the state folder, readable by their owner alone.

    Returns whether that was possible; a full disk must not stop a digest.
    """
    kept = {
        "main": str(files.main.absolute()),
        "private": files.private,
        "texts": {str(path): b64encode(data).decode() for path, data in files.texts.items()},
    }
    new = folder / f"{NAME}.{os.getpid()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(kept, file)
        new.replace(folder / NAME)
    except OSError as error:
        log.warning("event=config-not-kept folder=%s error=%s", folder, error.strerror)
        with suppress(OSError):
            new.unlink()
        return False
    return True


def last_good(main: Path, folder: Path) -> Files | None:
    """Return what was kept of the config at `main`; None where nothing usable was."""
    try:
        kept = json.loads((folder / NAME).read_bytes())
        texts = {Path(path): b64decode(data) for path, data in kept["texts"].items()}
        if kept["main"] != str(main.absolute()) or main not in texts:
            return None
        return Files(main=main, texts=texts, private=bool(kept["private"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None

"""Last good config, kept in the state folder for a restart while the files are broken."""

from __future__ import annotations

import json
import logging
from base64 import b64decode, b64encode
from pathlib import Path
from typing import TYPE_CHECKING

from digest.config.files import ConfigFiles, write_private

if TYPE_CHECKING:
    from digest.config.config import Config

log = logging.getLogger(__name__)

NAME = "last-good-config.json"


def keep(config: Config) -> bool:
    """Keep the files in force in the state folder, and return whether that succeeded.

    A full disk must not stop a digest, so a failure is only logged.
    """
    files = config.files
    texts = {str(path): b64encode(data).decode() for path, data in files.texts.items()}
    kept = {"main": str(files.main.absolute()), "private": files.private, "texts": texts}
    try:
        write_private(config.storage / NAME, json.dumps(kept))
    except OSError as error:
        log.warning("event=config-not-kept folder=%s error=%s", config.storage, error.strerror)
        return False
    return True


def last_good(main: Path, folder: Path) -> ConfigFiles | None:
    """Return the kept files of the config at `main`; None where there are no usable ones."""
    try:
        kept = json.loads((folder / NAME).read_bytes())
        texts = {Path(path): b64decode(data) for path, data in kept["texts"].items()}
        if kept["main"] != str(main.absolute()) or main not in texts:
            return None
        return ConfigFiles(main=main, texts=texts, private=bool(kept["private"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None

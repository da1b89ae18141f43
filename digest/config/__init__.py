"""The config as typed values with their defaults: found, read, checked, watched while running."""

from __future__ import annotations

from digest.config.config import Config
from digest.config.files import find_config, user_config
from digest.config.load import load
from digest.config.reader import Reader
from digest.config.reload import Change, Watched
from digest.config.schema import Email, Interest, Schedule, Taste

__all__ = [
    "Change",
    "Config",
    "Email",
    "Interest",
    "Reader",
    "Schedule",
    "Taste",
    "Watched",
    "find_config",
    "load",
    "user_config",
]

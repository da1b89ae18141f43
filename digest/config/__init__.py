"""The config as typed values with their defaults: found, read, checked, watched while running."""

from __future__ import annotations

from digest.config.files import find_config, user_config
from digest.config.loading import load
from digest.config.model import Config
from digest.config.reader import Reader
from digest.config.tables import Email, Interest, Schedule, Taste
from digest.config.watching import Change, Watched

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

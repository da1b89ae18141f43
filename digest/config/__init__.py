"""Config files as checked values with their defaults."""

from __future__ import annotations

from digest.config.config import Config
from digest.config.files import find_config, user_config
from digest.config.load import load
from digest.config.reader import Reader
from digest.config.reload import ConfigChange, ConfigWatcher
from digest.config.schema import EmailTable, InterestTable, ScheduleTable, TasteTable

__all__ = [
    "Config",
    "ConfigChange",
    "ConfigWatcher",
    "EmailTable",
    "InterestTable",
    "Reader",
    "ScheduleTable",
    "TasteTable",
    "find_config",
    "load",
    "user_config",
]

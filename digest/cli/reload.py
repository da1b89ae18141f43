"""Reloading of the config while the daemon runs."""

from __future__ import annotations

import logging
import os
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.app.runtime import Runtime
    from digest.cli.common import Context
    from digest.config import Config, ConfigWatcher

log = logging.getLogger(__name__)


def watched_config(context: Context) -> ConfigWatcher:
    """Return the watcher of the config; raise ConfigError.

    Under a service manager a broken config falls back to the last good one; started by hand it
    is an error at once.
    """
    from digest.config import ConfigWatcher

    service = "NOTIFY_SOCKET" in os.environ
    watched = ConfigWatcher(context.path, environ=os.environ, clock=monotonic, fall_back=service)
    for problem in watched.config.warnings:
        context.note(str(problem))
    watched.config.require_transport()
    return watched


def follow_config(
    watched: ConfigWatcher, runtime: Runtime, *, note: Callable[[str], None] | None = None
) -> Callable[[], Config]:
    """Return a function for the current config: valid changes apply, others raise an alert."""
    from digest.app.alerts import config_accepted, config_refused, readers_rejected
    from digest.app.runtime import note_readers

    alerts = runtime.store.alerts
    if watched.refused:
        readers_rejected(alerts, watched.config)
        config_refused(alerts, watched.refused)
    else:
        config_accepted(alerts, watched.config)

    def config() -> Config:
        change = watched.poll()
        if change and change.refused:
            config_refused(alerts, change.refused)
        elif change:
            config_accepted(alerts, change.config)
            note_readers(runtime.store, change.config)
            if note:
                note("config reloaded")
            for problem in change.config.warnings:
                log.warning("event=config-warning where=%s text=%r", problem.where, problem.message)
        return watched.config

    return config

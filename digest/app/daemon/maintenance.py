"""Maintenance, once a day: old rows are pruned and a backup is made."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from digest.app import alerts
from digest.model.errors import StateError

if TYPE_CHECKING:
    from digest.app.runtime import Runtime
    from digest.config import Config

log = logging.getLogger(__name__)


def upkeep(config: Config, runtime: Runtime) -> None:
    """Forget what left the config, prune, and make today's backup; raise StateError."""
    runtime.store.sources.forget({source.name for source in config.sources})
    alerts.tidy(runtime.store.alerts, config)
    runtime.store.tidy()


def upkeep_after(config: Config, runtime: Runtime) -> None:
    """Run maintenance once a day under cron; a failure does not affect digests already sent."""
    if runtime.store.tidied:
        return
    try:
        upkeep(config, runtime)
    except StateError as error:
        log.warning("event=no-backup error=%r hint=%r", str(error), error.hint)

"""History of a reader, as the pipeline reads it from the store before it makes a digest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from digest.app import alerts
from digest.app.preferences import seen
from digest.store import Returned

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from digest.app.pipeline.request import DigestRequest
    from digest.app.runtime import Runtime
    from digest.config import Config
    from digest.model.issue import History


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Earlier digests and open alerts that decide what the new digest contains."""

    history: History
    edition: int = 1
    """Number of this edition of the day."""
    merged_from: date | None = None
    """First of the days whose undelivered digests this one replaces."""
    replaced: int = 0
    """Number of digests that it replaces: it may hold as many papers as all of them."""
    returned: Returned = field(default_factory=Returned)
    """Papers of digests that no recipient received: they are new again."""
    alerts: Mapping[str, str]
    """Alerts that this digest reports, by key."""


def recall(request: DigestRequest, config: Config, runtime: Runtime) -> Past:
    """Return what is remembered of a request's reader; only read the store."""
    reader, day, digests = request.reader, request.day, runtime.store.digests
    merged_from = None if request.explicit_day else digests.undelivered(reader.name, day)
    history = digests.history(reader.name, apart_from=day, merged_from=merged_from)
    days = digests.days(reader.name, merged_from) if merged_from else ()
    return Past(
        history=replace(history, sent={**seen(reader, day, runtime), **history.sent}),
        edition=digests.edition(reader.name, day) + 1 if request.new_edition else 1,
        merged_from=merged_from,
        replaced=sum(merged_from <= one < day for one in days) if merged_from else 0,
        returned=Returned() if request.explicit_day else digests.returned(reader.name, day),
        alerts=alerts.for_mail(config, reader, runtime.store.alerts, merged_from=merged_from),
    )

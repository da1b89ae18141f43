"""Schedules: the instants at which digests are due, across time zones and daylight saving."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection
    from zoneinfo import ZoneInfo


SILENT_AFTER = timedelta(hours=26)
"""Delay after which a missing digest raises an alert."""

BUILT = date(2026, 1, 1)
"""Earliest date of a correct clock; before it (a board without one, before NTP) nothing is due."""


class Schedule(Protocol):
    """Time, weekdays and zone of a reader's digest."""

    @property
    def at(self) -> time:
        """Return the wall-clock time."""
        ...

    @property
    def days(self) -> Collection[int]:
        """Return the weekdays, Monday is 0."""
        ...

    @property
    def zone(self) -> ZoneInfo:
        """Return the reader's own zone."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Digest that a reader should have by now."""

    reader: str
    day: date
    since: datetime
    """Instant at which it became due, aware UTC."""


def due_at(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """Return the instant of that wall-clock time on that local date, aware UTC.

    A time that the clock skips lands at the first instant after the gap's length has passed; of
    a time that comes twice the first counts. None where the zone has no such date (Apia skipped
    30 December 2011).
    """
    moment = datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
    noon = datetime.combine(day, time(12), tzinfo=zone).astimezone(UTC)
    return moment if noon.astimezone(zone).date() == day else None


def latest_due(schedule: Schedule, now: datetime) -> tuple[date, datetime] | None:
    """Return the last scheduled date whose time has come, and the instant, or None in 8 days."""
    today = now.astimezone(schedule.zone).date()
    for back in range(-1, 9):
        day = today - timedelta(days=back)
        moment = due_at(day, schedule.at, schedule.zone)
        if day.weekday() in schedule.days and moment is not None and moment <= now:
            return day, moment
    return None


def next_due(schedule: Schedule, now: datetime, done: Collection[date] = ()) -> datetime:
    """Return the next scheduled instant after `now`, as aware time in the reader's zone."""
    today = now.astimezone(schedule.zone).date()
    for ahead in range(-1, 9):
        day = today + timedelta(days=ahead)
        moment = due_at(day, schedule.at, schedule.zone)
        if day in done or day.weekday() not in schedule.days:
            continue
        if moment is not None and moment > now:
            return moment.astimezone(schedule.zone)
    return now.astimezone(schedule.zone) + timedelta(days=9)


def due(
    reader: str,
    schedule: Schedule,
    now: datetime,
    done: Collection[date],
    *,
    since: datetime | None = None,
) -> Due | None:
    """Return the digest that is due and not among the `done` dates, or None.

    Missed dates are not made up one by one: the newest covers them. A reader without any digest
    gets the first one today at the earliest, or one that became due after `since`, the instant
    from which the reader was known.
    """
    if now.astimezone(schedule.zone).date() < BUILT:
        return None
    latest = latest_due(schedule, now)
    if latest is None or latest[0] in done:
        return None
    day, moment = latest
    today = now.astimezone(schedule.zone).date()
    missed = since is not None and since <= moment
    if not any(before <= day for before in done) and day < today and not missed:
        return None
    return Due(reader=reader, day=day, since=moment)


def overdue(schedule: Schedule, day: date, made: datetime, now: datetime) -> bool:
    """Return whether the digest after that of `day`, which was `made` then, is 26 hours late."""
    return now - next_due(schedule, made, (day,)) > SILENT_AFTER

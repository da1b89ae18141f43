"""Which days the lists and the archive work on: nothing is missed on a Sunday."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
"""arXiv's clock: submissions close at 14:00 there, the feed is rebuilt at midnight."""
_REBUILT = timedelta(minutes=45)
_CLOSES = time(14, 0)
_FRIDAY = 4
_DAY = timedelta(days=1)


def is_weekday(day: date) -> bool:
    """Return whether `day` is a weekday."""
    return day.weekday() <= _FRIDAY


def weekdays_before(day: date, count: int) -> tuple[date, ...]:
    """Return the `count` weekdays before `day`, the latest first."""
    back = (day - n * _DAY for n in range(1, 2 * count + 4))
    return tuple(d for d in back if is_weekday(d))[:count]


def is_holiday(day: date) -> bool:
    """Return whether `day` is a holiday on which arXiv announces nothing.

    The fixed days of its yearly announcement, and the days round New Year, of which it picks some.
    """
    fixed = {(1, 1), (6, 19), (7, 4), (12, 24), (12, 25)}
    observed = {(7, 3)} if date(day.year, 7, 4).weekday() == _FRIDAY + 1 else set()
    if (day.month, day.day) in fixed | observed or (day.month == 12 and day.day > 28):  # noqa: PLR2004  # December the 29th to 31st
        return True
    nth = (day.day - 1) // 7 + 1
    return (day.month, day.weekday(), nth) in {(1, 0, 3), (9, 0, 1), (11, 3, 4)}


def announces(day: date) -> bool:
    """Return whether arXiv announces a batch dated `day`."""
    return is_weekday(day) and not is_holiday(day)


def batch_day(now: datetime) -> date:
    """Return the date of the batch that arXiv's feed holds at `now` (aware)."""
    return (now - _REBUILT).astimezone(EASTERN).date()


def batches_between(after: date, until: date) -> tuple[date, ...]:
    """Return the days after `after` and before `until` on which arXiv announced, oldest first."""
    span = range(1, (until - after).days)
    return tuple(day for n in span if announces(day := after + n * _DAY))


def submitted(day: date) -> tuple[datetime, datetime]:
    """Return from when until when (aware) a paper was submitted that was announced on `day`."""
    before = day - _DAY
    while not announces(before):
        before -= _DAY
    return _closed(before), _closed(day)


def _closed(day: date) -> datetime:
    """Return the instant at which submissions for the batch of `day` were closed."""
    last = weekdays_before(day, 1)[0]
    return datetime.combine(last, _CLOSES, EASTERN)


def announced(when: datetime) -> date:
    """Return the day on which a paper submitted at `when` (aware) is announced."""
    day = when.astimezone(EASTERN).date() + _DAY
    while not (announces(day) and when < _closed(day)):
        day += _DAY
    return day

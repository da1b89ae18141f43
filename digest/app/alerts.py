"""Alerts: faults that the operator should know of, in the next digest once and in `status`.

An alert has a key, so that it is raised once however often its cause is met, and resolved when
the cause is gone. `event:…` is a past event: the digest that reports it resolves it.
"""

from __future__ import annotations

import logging
from datetime import datetime, time
from pathlib import PurePath
from typing import TYPE_CHECKING

from digest.config.addresses import bare_address
from digest.email.i18n import Language
from digest.email.mime.headers import address
from digest.model.schedule import overdue
from digest.model.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from digest.config import Config, Reader
    from digest.model.errors import ConfigError, Problem
    from digest.model.issue import History, Issue
    from digest.store import Alerts

log = logging.getLogger(__name__)

LONGEST = 600
"""Characters of one alert: a mail server's answer may be long."""

CONFIG = "config"
WORK = "work"
HANG = "event:hang"
SUSPENDED = "suspended"
READER = "reader"
OPENED = "event:opened"


def raise_alert(alerts: Alerts, key: str, text: str) -> None:
    """Raise an alert; it is logged where it is new or says something else."""
    text = clean(text, LONGEST)
    if alerts.add(key, text):
        log.warning("event=alert about=%s text=%r", key, text)


def config_refused(alerts: Alerts, error: ConfigError) -> None:
    """Raise that a changed config is not in force, with each problem's place and cure."""
    problems = (
        " ".join(
            part
            for part in (p.where and f"{p.where}:", p.message, p.hint and f"({p.hint})")
            if part
        )
        for p in error.problems
    )
    raise_alert(alerts, CONFIG, f"the changed config is not in force: {'; '.join(problems)}")


def config_accepted(alerts: Alerts, config: Config) -> None:
    """Resolve the alert about a rejected config; report the readers' files with problems."""
    alerts.resolve(CONFIG)
    readers_rejected(alerts, config)


def readers_rejected(alerts: Alerts, config: Config) -> None:
    """Raise an alert for each reader's file with problems, and resolve those of mended files."""
    rejected = {f"{READER}:{one.name}": one for one in config.rejected}
    for key, one in rejected.items():
        effect = "its last good version is used" if one.served else "this reader gets no digest"
        problems = "; ".join(_in_one_line(problem) for problem in one.problems)
        raise_alert(alerts, key, f"{one.name}: {effect}: {problems}")
    for key in alerts.active():
        if key.startswith(f"{READER}:") and key not in rejected:
            alerts.resolve(key)


def own_file(reader: Reader, alerts: Alerts) -> str:
    """Return a sentence for a reader whose own file has problems, or "".

    It is in every digest until the file is mended, since it concerns this reader's own settings.
    """
    text = alerts.active().get(f"{READER}:{reader.name}")
    return Language(reader.email.language)("note.own_file") if text else ""


def _in_one_line(problem: Problem) -> str:
    """Return a problem without the line of the file, which may be a secret's."""
    where = f"{PurePath(problem.file).name}{problem.where.removeprefix(problem.file)}"
    parts = (problem.file and f"{where}:", problem.message, problem.hint and f"({problem.hint})")
    return " ".join(part for part in parts if part)


def tidy(alerts: Alerts, config: Config) -> None:
    """Settle the alerts about sources, readers and addresses that left the config."""
    known = {
        *(f"{kind}:{source.name}" for source in config.sources for kind in ("source", "moved")),
        *(f"{kind}:{reader.name}" for reader in config.readers for kind in ("template", SUSPENDED)),
        *(f"refused:{address(to)[1]}" for reader in config.readers for to in reader.email.to),
    }
    kinds = {key.split(":")[0] for key in known}
    for key in alerts.active():
        if key.split(":")[0] in kinds and key not in known:
            alerts.resolve(key)


def suspended(alerts: Alerts, name: str, to: Iterable[str], refusals: int) -> None:
    """Raise that a reader gets no digest on schedule, because mail to them is always refused."""
    raise_alert(
        alerts,
        f"{SUSPENDED}:{name}",
        f"nothing more is sent to {', '.join(to)} on schedule: the last {refusals} digests were "
        f"refused; mend the address, or try again with digest send --reader {name}",
    )


def for_mail(
    config: Config, reader: Reader, alerts: Alerts, *, merged_from: date | None = None
) -> Mapping[str, str]:
    """Return the alerts that the next digest for `reader` reports.

    They concern the operator: the only reader, or the one whose address is the sender. Other
    readers get none, because an alert may hold another reader's address. Alerts reported only by
    undelivered digests from `merged_from` on are reported again.
    """
    own = {bare_address(address) for address in reader.email.to}
    if len(config.readers) > 1 and bare_address(reader.email.sender) not in own:
        return {}
    midnight = time(tzinfo=reader.schedule.zone)
    return alerts.unnotified(datetime.combine(merged_from, midnight) if merged_from else None)


def template(alerts: Alerts, reader: str, note: str) -> None:
    """Raise that a reader's own templates cannot be used, as the letter itself says; settle it."""
    key = f"template:{reader}"
    if note:
        raise_alert(alerts, key, note)
        alerts.mark_notified([key])
    else:
        alerts.resolve(key)


def silence(reader: Reader, history: History, now: datetime) -> str:
    """Return a sentence about scheduled digests that were not made since the last one, or ""."""
    day, made = history.last, history.read_until
    if day is None or made is None or not overdue(reader.schedule, day, made, now):
        return ""
    say = Language(reader.email.language)
    return say("note.silence", day=say.day(day))


def returned(days: Sequence[date], reader: Reader) -> str:
    """Return a sentence about digests that could not be delivered, "" where there are none."""
    say = Language(reader.email.language)
    return say("note.returned", day=say.day(days[0])) if days else ""


def no_room(issue: Issue, reader: Reader) -> str:
    """Return a sentence about wanted papers that one letter for several days has no room for."""
    say = Language(reader.email.language)
    return say.count("note.no_room", issue.no_room) if issue.no_room else ""


def words(told: Mapping[str, str], language: str) -> str:
    """Return alerts as sentences; what an error said stays in English, as a quotation."""
    say = Language(language)
    kinds = (key.removeprefix("event:").partition(":")[0] for key in told)
    keys = (key if say.has(key := f"alert.{kind}") else "alert" for kind in kinds)
    return " ".join(
        f"{say(key, text=text.rstrip('.'))}." for key, text in zip(keys, told.values(), strict=True)
    )

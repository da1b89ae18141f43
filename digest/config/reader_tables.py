"""One reader from its tables, with warnings about what is probably not meant."""

from __future__ import annotations

import warnings as python_warnings
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from digest.config import schema
from digest.config.hints import low_score
from digest.config.interests import build_interests
from digest.config.reader import Reader
from digest.config.validate import Layers, resolve_paths, validate_table
from digest.model.issue import MAX_PAPERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from digest.model.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Problems and warnings, collected while a config is checked."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def build_reader(
    name: str,
    layers: Layers,
    folder: Path,
    findings: Findings,
    local_zone: Callable[[], ZoneInfo],
) -> Reader | None:
    """Return the reader that the tables of `layers` describe, None after adding problems."""
    problems, warnings = findings.problems, findings.warnings
    email = validate_table(schema.EmailTable, layers, ("email",), problems)
    taste = validate_table(schema.TasteTable, layers, ("taste",), problems)
    schedule = validate_table(schema.ScheduleTable, layers, ("schedule",), problems)
    interests = build_interests(layers, problems, warnings)
    if email is None or taste is None or schedule is None:
        return None
    if layers.at(("schedule", "timezone")) is None:
        schedule = replace(schedule, zone=local_zone())
        if schedule.zone.key in _UTC:
            message = (
                f"no time zone is set and this computer's is UTC: {schedule.at:%H:%M} means UTC"
            )
            hint = 'add timezone = "Europe/Berlin", or yours, under [schedule]'
            warnings.append(layers.problem(("schedule",), message, hint=hint))
    if email.papers > MAX_PAPERS:
        message = f"a digest holds at most {MAX_PAPERS} papers"
        hint = "mail programs cut off longer messages"
        warnings.append(layers.problem(("email", "papers"), message, hint=hint))
    if hint := low_score(email.min_score):
        message = f"min_score is a number of 100, so {email.min_score:g} lets every paper in"
        warnings.append(layers.problem(("email", "min_score"), message, hint=hint))
    if not interests and not taste.liked and not taste.authors:
        message = "no interests: the digest holds only trending papers"
        hint = "add [[interests]] with a few phrases"
        warnings.append(layers.problem(("interests",), message, hint=hint))
    return Reader(
        name=name,
        email=resolve_paths(email, folder),
        interests=interests,
        taste=taste,
        schedule=schedule,
    )


_UTC = {"UTC", "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/GMT", "GMT", "Universal", "Zulu"}


def computer_zone() -> ZoneInfo:
    """Return the computer's time zone, UTC where it has none that can be found."""
    import tzlocal

    with python_warnings.catch_warnings():
        python_warnings.simplefilter("ignore")  # replaced by the config's own warning about UTC
        try:
            return tzlocal.reload_localzone()
        except (LookupError, ValueError, OSError):
            return ZoneInfo("UTC")

"""Walks everything that a digest needs and says of each part whether it works, sending nothing."""

from __future__ import annotations

import shlex
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digest.app.paper_lookup import fetch_named
from digest.app.pipeline.fetch import fetch
from digest.app.pipeline.pipeline import draft
from digest.app.pipeline.request import DigestRequest
from digest.config.addresses import bare_address
from digest.delivery.secret import secrets_of
from digest.model.errors import ConfigError, DigestError, Problem, TemplateError, Unreachable
from digest.model.schedule import next_due
from digest.model.states import PartState, SourceState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from digest.app.runtime import Runtime
    from digest.config import Config, Reader
    from digest.config.positions import KeyPath
    from digest.sources import FetchResult

MAYBE_OFFLINE = "is this computer online, and is the address right?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One part that was looked at."""

    part: str
    """config · sources · mail · templates · schedule · state · outbox · interests."""
    what: str
    detail: str
    problem: Problem | None = None
    """None where it works."""
    warning: bool = False
    """It works, but should be looked at."""


def check(
    config: Config,
    runtime: Runtime,
    *,
    offline: bool = False,
    advice: Callable[[Reader], Sequence[str]] = lambda _: (),
) -> Iterator[Finding]:
    """Yield what is found, part by part, as it is found; `offline` opens no connection."""
    yield from _config(config)
    if not offline:
        fetch_named((key for reader in config.readers for key in reader.paper_ids), runtime)
    for reader in config.readers:
        for words in advice(reader):
            yield Finding(part="interests", what=reader.name, detail=words, warning=True)
    fetched: tuple[FetchResult, ...] = ()
    if not offline:
        day = runtime.now().astimezone(config.readers[0].schedule.zone).date()
        fetched = fetch(config.sources, runtime, day, record=False)
        yield from _sources(config, fetched)
        yield _mail(config)
    yield from _open_secrets(config)
    yield from _templates(config, runtime, fetched)
    for reader in config.readers:
        yield _schedule(reader, runtime)
    yield _state(config, runtime)
    yield from _outbox(runtime)


def _config(config: Config) -> Iterator[Finding]:
    interests = sum(len(reader.interests) for reader in config.readers)
    detail = f"{_count(len(config.readers), 'reader')}, {_count(interests, 'interest')}"
    yield Finding(part="config", what=str(config.path), detail=detail)
    for problem in (problem for one in config.rejected for problem in one.problems):
        yield Finding(part="config", what=problem.where, detail=problem.message, problem=problem)
    for problem in config.warnings:
        yield Finding(
            part="config", what=problem.where, detail=problem.message, problem=problem, warning=True
        )


def _sources(config: Config, fetched: Sequence[FetchResult]) -> Iterator[Finding]:
    for index, one in enumerate(fetched):
        problem = None
        unknown = any(part.state is PartState.UNKNOWN for part in one.parts)
        if one.state is SourceState.FAILED or unknown:
            problem = _at_source(config, index, one)
        detail = str(one.error) if one.error else _count(len(one.papers), "paper")
        if one.state in (SourceState.QUIET, SourceState.STALE):
            detail += f" ({one.state.value})"
        yield Finding(part="sources", what=one.source, detail=detail, problem=problem)


def _at_source(config: Config, index: int, one: FetchResult) -> Problem:
    """Return the problem of a source, shown at its address in the config."""
    silent = isinstance(one.error, Unreachable) and not one.error.status
    doubt = MAYBE_OFFLINE if silent else "open the address in a browser: has it moved?"
    hint = (one.error.hint if one.error else "") or doubt
    return config.problem(("sources", index, "url"), f"{one.source}: {one.error}", hint=hint)


def _mail(config: Config) -> Finding:
    try:
        transport = config.require_transport()
    except ConfigError as error:
        return _refused("", error.problems[0])
    try:
        senders = tuple(
            dict.fromkeys(bare_address(reader.email.sender) for reader in config.readers)
        )
        return Finding(part="mail", what=transport.kind, detail=transport.check(senders))
    except DigestError as error:
        place = _place(config, transport.kind, getattr(error, "key", ""))
        return _refused(transport.kind, config.problem(place, str(error), hint=error.hint))


def _open_secrets(config: Config) -> Iterator[Finding]:
    """Yield each password file that other users of this computer can read.

    Files below /run come from a service manager, which sets their mode.
    """
    for key, secret in secrets_of(config.transport).items():
        path = secret.path
        if path is None or path.is_relative_to("/run"):
            continue
        try:
            shared = path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH)
        except OSError:
            continue  # told where the way is tried
        if shared and config.transport:
            kind, message = config.transport.kind, f"{path}: others can read the password in it"
            hint = f"chmod 600 {shlex.quote(str(path))}"
            problem = config.problem(_place(config, kind, key), message, hint=hint)
            detail = f"{message}: {hint}"
            yield Finding(part="mail", what=kind, detail=detail, problem=problem, warning=True)


def _place(config: Config, kind: str, key: str) -> KeyPath:
    """Return the place of a transport's setting, or of the one it depends on."""
    wanted: KeyPath = ("email", key) if key == "from" else (kind, key)
    stand_ins = {"security": "port", "password": "username", "from": "username"}
    places = (wanted, (kind, stand_ins.get(key, "")), (kind, "host"))
    return next((place for place in places if place in config.document.places), (kind,))


def _refused(kind: str, problem: Problem) -> Finding:
    return Finding(part="mail", what=kind, detail=problem.message, problem=problem)


def _templates(
    config: Config, runtime: Runtime, fetched: Sequence[FetchResult]
) -> Iterator[Finding]:
    """Render each reader's digest: a template is sound if it can be rendered."""
    for reader in config.readers:
        folder = reader.email.templates
        request = DigestRequest(
            reader=reader, day=runtime.now().astimezone(reader.schedule.zone).date()
        )
        what = str(folder) if folder else "built in"
        try:
            letter = draft(request, fetched, config, runtime).message
            problem, detail = letter.problem, letter.subject
        except TemplateError as error:
            problem, detail = error.problem, ""
        if problem and problem.file == what:
            message = f"{what}: {problem.message}"
            key = ("email", "templates")
            problem = config.problem(key, message, hint=problem.hint, reader=reader.name)
            yield Finding(part="templates", what=what, detail=message, problem=problem)
            continue
        if problem:
            place = ":".join(p for p in (Path(problem.file).name, str(problem.line or "")) if p)
            detail = f"{place}: {problem.message}" if place else problem.message
        yield Finding(part="templates", what=what, detail=detail, problem=problem)


def _schedule(reader: Reader, runtime: Runtime) -> Finding:
    moment = next_due(reader.schedule, runtime.now())
    hours = (moment - runtime.now()).total_seconds() / 3600
    return Finding(
        part="schedule",
        what=reader.name,
        detail=f"next: {moment:%a %d %b %H:%M %z} ({reader.schedule.zone}), in {hours:.0f} h",
    )


def _state(config: Config, runtime: Runtime) -> Finding:
    told = "; ".join(runtime.store.told)
    return Finding(
        part="state",
        what=str(config.storage),
        detail=told or "readable and writable",
        warning=bool(told),
    )


def _outbox(runtime: Runtime) -> Iterator[Finding]:
    """Yield what waits though all may be well by now."""
    rows = runtime.store.outbox.waiting()
    if rows:
        number = _count(len({row.message_id for row in rows}), "digest")
        detail = f"{number} waiting: `digest send --retry`"
        yield Finding(part="outbox", what=rows[0].reader, detail=detail, warning=True)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"

"""Fetch stage: each source is read by itself, and its health is recorded."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.app.alerts import raise_alert
from digest.app.paper_lookup import fetch_named
from digest.model.errors import SourceError, Unreachable
from digest.model.issue import SourceReport
from digest.model.states import SourceState
from digest.sources import FetchResult, FetchWindow, stale

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from digest.app.pipeline.request import DigestRequest
    from digest.app.runtime import Runtime
    from digest.config import Config
    from digest.sources import Source

log = logging.getLogger(__name__)

DAILY_LISTS = frozenset({"huggingface", "arxiv"})
"""Kinds of sources that have something new every working day; a feed may rest for weeks."""

STALE_AFTER = timedelta(hours=12)
"""Age from which a paper belongs to the previous batch."""

TOLD_AFTER = timedelta(days=3)
"""Time that a source may fail before an alert is raised."""

LONGEST_REST = timedelta(days=1)
"""Longest pause that a server can ask for; a later time was noted by a wrong clock."""

_FIRST_READ = "first-read:"


def fetch_for(
    requests: Sequence[DigestRequest], config: Config, runtime: Runtime, *, record: bool = True
) -> dict[tuple[date | None, date, bool], tuple[FetchResult, ...]]:
    """Read every source once for each `days` of the requests, and look up their named likes.

    All of the network that a draft depends on is here. Without `record` only caches are written.
    """
    fetch_named((key for request in requests for key in request.reader.paper_ids), runtime)
    wanted = dict.fromkeys(request.days for request in requests)
    return {
        (since, day, asked): fetch(
            config.sources, runtime, day, asked=asked, since=since, record=record
        )
        for since, day, asked in wanted
    }


def fetch(
    sources: Sequence[Source],
    runtime: Runtime,
    day: date,
    *,
    asked: bool = False,
    since: date | None = None,
    record: bool = True,
) -> tuple[FetchResult, ...]:
    """Read every source, all at once, and remember what they gave; a failure is a result.

    `since` is the first day that is wanted, where it is not `day` alone. Papers and HTTP
    validators are always cached; the health of the sources only with `record`.
    """
    health = runtime.store.sources.all()
    now = runtime.now()

    def read(source: Source) -> FetchResult:
        known = health.get(source.name)
        if known and known.not_before and now < known.not_before <= now + LONGEST_REST:
            return _resting(source, known.not_before, now)
        last = known.last_day if known else None
        if since and not asked:
            last = min(since, last or since)
        try:
            if asked and since:
                return _of_days(source, runtime, FetchWindow(now=now, day=since, asked=True), day)
            window = FetchWindow(
                now=now,
                day=day,
                since=last,
                read_until=known.read_until if known else {},
                asked=asked,
            )
            return source.fetch(runtime.http, window)
        except Exception as error:  # an outsider's source may raise anything: the line goes on
            log.exception("event=source-raised source=%r", source.name)
            return _failed(source, f"{type(error).__name__}: {error}")

    fetched = _at_once(read, sources, runtime)
    if runtime.stop.is_set():  # what was cut off by us says nothing of a source
        return fetched
    if not asked:
        fetched = tuple(
            _stale_told(one, runtime, day) if source.kind in DAILY_LISTS else one
            for source, one in zip(sources, fetched, strict=True)
        )
    _remember(fetched, runtime, day, health=record and not asked)
    return fetched


def _of_days(source: Source, runtime: Runtime, first: FetchWindow, last: date) -> FetchResult:
    """Return what a source lists of several days, each asked for by itself until one fails."""
    given: list[FetchResult] = []
    while first.day <= last and not (given and given[-1].state is SourceState.FAILED):
        given.append(source.fetch(runtime.http, first))
        first = replace(first, day=first.day + timedelta(days=1))
    papers = tuple({paper.id: paper for one in given for paper in one.papers}.values())
    return replace(
        given[-1],
        papers=papers,
        state=SourceState.OK if papers else given[-1].state,
        skipped=sum(one.skipped for one in given),
    )


def _at_once(
    read: Callable[[Source], FetchResult], sources: Sequence[Source], runtime: Runtime
) -> tuple[FetchResult, ...]:
    with ThreadPoolExecutor(max_workers=max(len(sources), 1)) as threads:
        try:
            return tuple(threads.map(read, sources))
        except BaseException:  # Ctrl-C: nobody waits for the answers any more
            runtime.stop.set()
            raise


def new_sources(
    fetched: Sequence[FetchResult], since: datetime | None, runtime: Runtime
) -> set[str]:
    """Return the sources that were read for the first time after the instant `since`."""
    first = {one.source: runtime.store.keyvalue.get(_FIRST_READ + one.source) for one in fetched}
    return {name for name, at in first.items() if since and at > since.isoformat()}


def report(one: FetchResult) -> SourceReport:
    """Return the line of a source in a digest's footer."""
    return SourceReport(
        name=one.source,
        state=one.state,
        papers=len(one.papers),
        error=str(one.error or ""),
    )


def _remember(fetched: Sequence[FetchResult], runtime: Runtime, day: date, *, health: bool) -> None:
    """Keep papers, validators and health: the validators only with the papers read from them.

    What was asked of an old day says nothing about how a source fares, or what was read when.
    """
    store = runtime.store
    runtime.http.commit()
    store.papers.remember(paper for one in fetched for paper in one.papers)
    for one in fetched:
        log.info(
            "event=source-read source=%r state=%s papers=%d skipped=%d error=%r",
            *(one.source, one.state.value, len(one.papers), one.skipped, str(one.error or "")),
        )
        if health:
            _note_health(one, runtime, day)
            _tell(one, runtime)


def _note_health(one: FetchResult, runtime: Runtime, day: date) -> None:
    store = runtime.store
    if one.state is not SourceState.FAILED and not store.keyvalue.get(_FIRST_READ + one.source):
        store.keyvalue.put(_FIRST_READ + one.source, runtime.now().isoformat())
    pause = one.error.retry_after if isinstance(one.error, Unreachable) else None
    store.sources.record(
        one.source,
        state=one.state,
        day=day,
        papers=len(one.papers),
        error=str(one.error or ""),
        not_before=runtime.now() + timedelta(seconds=pause) if pause else None,
    )
    parts = ((part.name, part.state, part.read_until) for part in one.parts)
    store.sources.record_parts(one.source, parts)


def _tell(one: FetchResult, runtime: Runtime) -> None:
    """Raise what the reader should mend: an address that moved, a source that fails for days."""
    alerts = runtime.store.alerts
    moved, failing = f"moved:{one.source}", f"source:{one.source}"
    if one.notes:
        raise_alert(alerts, moved, f"{one.source}: {'; '.join(one.notes)}")
    elif one.state is not SourceState.FAILED:
        alerts.resolve(moved)
    since = runtime.store.sources.all()[one.source].failing_since
    if since is None:
        alerts.resolve(failing)
    elif runtime.now() - since >= TOLD_AFTER:
        hint = f" ({one.error.hint})" if one.error and one.error.hint else ""
        text = f"{one.source} cannot be read since {since:%d %b}: {one.error}{hint}"
        raise_alert(alerts, failing, text)


def _stale_told(one: FetchResult, runtime: Runtime, day: date) -> FetchResult:
    """Mark a daily list as stale that shows nothing but what it showed half a day ago."""
    before = runtime.now() - STALE_AFTER
    keys = {key for paper in one.papers for key in (paper.id, *paper.aliases)}
    first_seen = {key: runtime.store.papers.first_seen([key]) for key in keys}
    known = {key for key, at in first_seen.items() if at and at < before}
    if one.due and one.state is SourceState.OK and stale(one.papers, known, day):
        return replace(one, state=SourceState.STALE)
    return one


def _resting(source: Source, until: datetime, now: datetime) -> FetchResult:
    error = Unreachable(
        f"asked to be left alone until {until:%H:%M} UTC",
        source=source.name,
        retry_after=(until - now).total_seconds(),
    )
    return FetchResult(source=source.name, state=SourceState.FAILED, error=error)


def _failed(source: Source, text: str) -> FetchResult:
    error = SourceError(text, source=source.name)
    return FetchResult(source=source.name, state=SourceState.FAILED, error=error)

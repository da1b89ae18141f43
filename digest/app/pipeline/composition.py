"""Composition: the papers of a digest, and the notices above them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from digest.app import alerts
from digest.app.pipeline.fetch import report
from digest.email.issue.compose import compose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.app.pipeline.candidates import Candidates
    from digest.app.pipeline.history import Past
    from digest.app.pipeline.request import DigestRequest
    from digest.app.runtime import Runtime
    from digest.model.issue import Issue, IssueLimits
    from digest.model.profile import Profile
    from digest.model.ranked import Ranked
    from digest.sources import FetchResult


def compose_issue(
    request: DigestRequest,
    ranked: Sequence[Ranked],
    found: Candidates,
    past: Past,
    fetched: Sequence[FetchResult],
    profile: Profile,
    runtime: Runtime,
) -> Issue:
    """Return the content of a digest, with the notices that stand above its papers."""
    reader = request.reader
    issue = compose(
        ranked,
        reader=reader.name,
        day=request.day,
        now=runtime.now().astimezone(reader.schedule.zone),
        limits=_limits(request, past, no_interests=profile.empty),
        history=past.history,
        sources=[report(one) for one in fetched],
        idf=runtime.ranker.background.weight,
    )
    note = " ".join(filter(None, _notices(request, issue, past, runtime)))
    return replace(issue, too_old=found.too_old, note=note)


def _limits(request: DigestRequest, past: Past, *, no_interests: bool) -> IssueLimits:
    """Return the limits of a digest: as many papers as all the digests that it stands for."""
    limits, digests = request.reader.limits, past.replaced + 1
    return replace(
        limits,
        papers=limits.papers * digests,
        trending=limits.trending * digests,
        no_interests=no_interests,
    )


def _notices(request: DigestRequest, issue: Issue, past: Past, runtime: Runtime) -> Iterator[str]:
    reader = request.reader
    yield alerts.own_file(reader, runtime.store.alerts)
    if request.due_at and not past.merged_from:
        yield alerts.silence(reader, past.history, runtime.now())
    yield alerts.returned(past.returned.days, reader)
    yield alerts.words(past.alerts, reader.email.language)
    if past.merged_from:
        yield alerts.no_room(issue, reader)

"""Why there is nothing today: an honest reason, for the reader and for the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.model.issue import EmptyReason
from digest.model.states import SourceState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.model.issue import Issue, SourceReport
    from digest.model.ranked import Ranked

SATURDAY = 5


def empty_reason(
    ranked: Sequence[Ranked], fresh: Sequence[Ranked], sources: Sequence[SourceReport]
) -> EmptyReason:
    """Return why nothing was chosen from `ranked`, of which `fresh` were new."""
    if not ranked:
        failed = bool(sources) and all(source.state is SourceState.FAILED for source in sources)
        return EmptyReason.NO_SOURCE if failed else EmptyReason.NO_PAPERS
    if not fresh:
        return EmptyReason.SEEN
    return EmptyReason.MUTED if all(r.muted for r in fresh) else EmptyReason.LOW


def explain(empty: EmptyReason, issue: Issue, seen: int) -> str:
    """Return the sentences that say why `issue` is empty; `seen` counts all papers looked at."""
    return " ".join((_reason(empty, issue, seen), *_troubles(empty, issue.sources)))


def _reason(empty: EmptyReason, issue: Issue, seen: int) -> str:
    read = _papers(issue.read, "new ")
    best = f"the best of {read}" if issue.read > 1 else "the one new paper"
    least = f"{issue.min_score:g}"
    when = _when(issue)
    of = when if issue.past else " of today"
    reasons = {
        EmptyReason.NO_SOURCE: f"No source could be read{when}: {_names(issue.sources)}.",
        EmptyReason.NO_PAPERS: f"There are no new papers{_expected(issue)}.",
        EmptyReason.SEEN: f"There is nothing new{when}: {_papers(seen)} listed, all read before.",
        EmptyReason.MUTED: f"Words that you mute are in all {read}{of}.",
        EmptyReason.LOW: f"Nothing reached {least} points{when}: {best} has {issue.best}.",
    }
    return reasons[empty]


def _expected(issue: Issue) -> str:
    if not issue.sources or any(source.state is not SourceState.QUIET for source in issue.sources):
        return _when(issue)
    weekend = issue.day.weekday() >= SATURDAY
    return f": none were expected{' at the weekend' if weekend else _when(issue)}"


def _when(issue: Issue) -> str:
    """Return " today", or the day that somebody asked for."""
    return f" on {issue.day:%-d %B %Y}" if issue.past else " today"


def _troubles(empty: EmptyReason, sources: Sequence[SourceReport]) -> Iterator[str]:
    """Yield a sentence for the sources that show old lists, and for those that gave nothing."""
    stale = [source for source in sources if source.state is SourceState.STALE]
    failed = [source for source in sources if source.state is SourceState.FAILED]
    if stale:
        yield f"Nothing newer than the last time from {_names(stale)}."
    if failed and empty is not EmptyReason.NO_SOURCE:
        yield f"Not read, and tried again next time: {_names(failed)}."


def _names(sources: Sequence[SourceReport]) -> str:
    return ", ".join(source.name for source in sources)


def _papers(number: int, kind: str = "") -> str:
    return f"{number:,} {kind}paper{'s' * (number != 1)}"

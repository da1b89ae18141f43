"""Empty digests: why a day has no papers, as a reason for code and as a sentence for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.email.i18n import Language, capitalised
from digest.model.issue import EmptyReason
from digest.model.states import SourceState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.model.issue import Issue, SourceReport
    from digest.model.ranked import Ranked


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


def reason_of(issue: Issue) -> EmptyReason:
    """Return the reason of an empty `issue`; one that lost its last paper to size has none yet."""
    return issue.empty or (EmptyReason.LOW if issue.read else EmptyReason.NO_PAPERS)


def period(issue: Issue, say: Language, *, weekly: bool = False) -> str:
    """Return the time that `issue` covers, as it stands within a sentence: "today"."""
    if weekly or issue.covers:
        return say("when.week" if weekly else "when.days")
    return say("when.on", day=say.day(issue.day)) if issue.past else say("when.day")


def explain(issue: Issue, say: Language, *, weekly: bool = False) -> str:
    """Return one sentence about why `issue` is empty, for a digest or a terminal."""
    when, asked = period(issue, say, weekly=weekly), f"{issue.min_score:g}"
    key = f"empty.{reason_of(issue)}"
    return capitalised(say.count(key, issue.read, when=when, best=issue.best, asked=asked))


def troubles(issue: Issue, say: Language) -> Iterator[str]:
    """Yield a sentence for the sources with old lists, and one for those that failed."""
    for state in (SourceState.STALE, SourceState.FAILED):
        names = [source.name for source in issue.sources if source.state is state]
        if names:
            yield say(f"troubles.{state}", sources=", ".join(names))

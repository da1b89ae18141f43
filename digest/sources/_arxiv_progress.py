"""Bookkeeping of one arXiv fetch: which batches of which category were read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.model.errors import SourceError, Unreachable, Unreadable
from digest.model.states import PartState
from digest.sources import SourcePart
from digest.sources._arxiv_calendar import announces, batches_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from digest.sources import FetchWindow

LONGEST_GAP = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(slots=True)
class Category:
    """One category in one fetch: its unread batches and the state of its feed."""

    name: str
    known_until: date
    """The last batch read before this fetch."""
    unread: tuple[date, ...]
    """Batches to read, oldest first; all before them were read."""
    state: PartState = PartState.QUIET
    trouble: str = ""
    """The fault of its feed, for the reader."""
    error: SourceError | None = None
    empty: bool = False
    """Its feed had no entries: the category may really have had nothing."""

    @property
    def known(self) -> bool:
        """Return whether arXiv has such a category, as far as its reply says."""
        return self.state is not PartState.UNKNOWN

    def showed(self, newest: date | None, batch: date) -> None:
        """Record the newest batch that a complete feed held, None for an empty feed."""
        if newest and newest >= batch:
            self.state = PartState.OK
            self.unread = tuple(day for day in self.unread if day != batch)
        elif announces(batch):
            self.state, self.empty = PartState.STALE, newest is None
            self.trouble = (
                f"its feed still shows the batch of {newest:%d %b}"
                if newest
                else "its feed is empty"
            )

    def failed(self, error: SourceError, state: PartState) -> None:
        """Record a feed that could not be read, or not to its end."""
        self.state, self.error, self.trouble = state, error, str(error)

    def filled(self, until: date, *, papers: bool) -> None:
        """Record that the API was read for all batches up to `until`."""
        self.unread = tuple(day for day in self.unread if day > until)
        if self.unread or self.state is PartState.OK:
            return
        self.state = PartState.OK if papers else PartState.QUIET
        if self.empty and not papers:  # a small category on a day without papers
            self.trouble = ""

    def part(self, batch: date) -> SourcePart:
        """Return its state, and the batch up to which nothing was missed."""
        until = max(self.known_until, self.unread[0] - _DAY) if self.unread else batch
        return SourcePart(
            name=self.name,
            state=self.state,
            read_until=None if self.state is PartState.UNKNOWN else until,
        )


def progress(names: Iterable[str], window: FetchWindow, batch: date) -> tuple[Category, ...]:
    """Return each category with the batches that are to be read, today's always among them.

    arXiv's date may not yet or no more be the reader's; a part that was never read begins where
    the source was read last.
    """
    ahead = batch - window.day
    since = window.since + ahead if window.since else batch - _DAY
    today = (batch,) if announces(batch) else ()

    def begun(name: str) -> Category:
        known = window.read_until.get(name, since)
        after = max(min(since, known), batch - LONGEST_GAP)
        unread = (*batches_between(after, batch), *today)
        return Category(name, known_until=min(max(after, known), batch), unread=unread)

    return tuple(begun(name) for name in dict.fromkeys(names))


def account(categories: Iterable[Category]) -> str:
    """Return the categories whose feed was at fault, with the fault and its consequence."""
    by_fault: dict[str, list[str]] = {}
    for one in categories:
        if one.trouble:
            end = "; asked for again next time" if one.unread else "; read from the API instead"
            end = "" if one.state is PartState.UNKNOWN else end
            by_fault.setdefault(one.trouble.rstrip(".") + end, []).append(one.name)
    return "; ".join(f"{', '.join(names)}: {fault}" for fault, names in by_fault.items())


def renamed(error: SourceError | None, text: str, source: str) -> SourceError:
    """Return `error` with another message, a new one where there is none."""
    if error is None:
        return SourceError(text, source=source)
    same = {"source": error.source, "url": error.url, "hint": error.hint}
    if isinstance(error, Unreachable):
        return Unreachable(text, **same, status=error.status, retry_after=error.retry_after)
    return Unreadable(text, **same) if isinstance(error, Unreadable) else SourceError(text, **same)


def shared(categories: Sequence[Category], most: int) -> list[Sequence[Category]]:
    """Return the categories of each request, at most `most` requests."""
    each = -(-len(categories) // most) or 1
    return [categories[i : i + each] for i in range(0, len(categories), each)]

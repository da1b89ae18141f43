"""Requests, drafts and results: the types that the pipeline takes and returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.model.states import DigestState, SourceState

if TYPE_CHECKING:
    from datetime import date, datetime

    from digest.config import Reader
    from digest.email.context import MessageContext
    from digest.model.issue import Issue
    from digest.model.message import RenderedMessage
    from digest.model.paper import Paper
    from digest.model.ranked import Ranked


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRequest:
    """A digest to make: whose, for which local date, and how."""

    reader: Reader
    day: date
    due_at: datetime | None = None
    """When it became due; None for a request by hand, which does not wait for stale sources."""
    explicit_day: bool = False
    """The day was given explicitly, as with --day."""
    new_edition: bool = False
    """Make a further edition although the day has a digest."""
    to: tuple[str, ...] = ()
    """Recipients of a copy; the reader's own digest is not affected."""
    test: bool = False
    """Marked [test]."""

    @property
    def first_day(self) -> date | None:
        """Return the first of the days that it is about, None where it is about `day` alone."""
        return self.day - timedelta(days=6) if self.reader.limits.weekly else None

    @property
    def days(self) -> tuple[date | None, date, bool]:
        """Return the days to fetch; requests with equal days share one fetch."""
        return self.first_day, self.day, self.explicit_day

    @property
    def is_copy(self) -> bool:
        """Return whether it is delivered at once and not recorded: a test, or another address."""
        return self.test or bool(self.to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A digest as it would go out now."""

    request: DigestRequest
    issue: Issue
    context: MessageContext
    message: RenderedMessage
    ranked: tuple[Ranked, ...]
    archive: tuple[Paper, ...] = ()
    """Papers that a source listed before the reader's first digest."""
    edition: int = 1
    merged_from: date | None = None
    """First of the days whose undelivered digests this one replaces."""
    returned_days: tuple[date, ...] = ()
    """Days of digests that were not received, and whose papers are new again in this one."""
    alerts: tuple[str, ...] = ()
    """Keys of the alerts that it reports."""

    @property
    def unread(self) -> tuple[str, ...]:
        """Return the sources that could not be read, each with what went wrong."""
        failed = (source for source in self.issue.sources if source.state is SourceState.FAILED)
        return tuple(f"{source.name} could not be read: {source.error}" for source in failed)

    @property
    def passed(self) -> tuple[Paper, ...]:
        """Return the candidates left out: they are not new in the next digest."""
        chosen = {paper.id for paper in self.message.papers}
        seen = (*(r.paper for r in self.ranked), *self.archive)
        return tuple(paper for paper in seen if paper.id not in chosen)

    def result(self, state: DigestState, text: str = "") -> DigestResult:
        """Return the result of this draft."""
        return DigestResult(
            reader=self.issue.reader,
            day=self.issue.day,
            state=state,
            text=text,
            papers=len(self.message.papers),
            read=self.issue.read,
            message_id="" if state is DigestState.EMPTY else self.message.message_id,
            recipients=self.message.recipients,
            unread=self.unread,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestResult:
    """Result of a request."""

    reader: str
    day: date
    state: DigestState
    text: str = ""
    """Reason, or the mail server's reply."""
    papers: int = 0
    read: int = 0
    message_id: str = ""
    recipients: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    """Recipients to whom it was delivered."""
    unread: tuple[str, ...] = ()
    """The sources that could not be read, each with what went wrong."""

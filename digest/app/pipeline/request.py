"""What is asked of the line, what it has in hand, and what became of it."""

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
    """When it became due; None where somebody asked for it now, and then nothing is waited for."""
    explicit_day: bool = False
    """Somebody named this very day."""
    new_edition: bool = False
    """Although the day has a digest: a further edition of it."""
    to: tuple[str, ...] = ()
    """Other recipients than the reader, who keeps the right to a digest of their own."""
    test: bool = False
    """Marked [test]."""

    @property
    def first_day(self) -> date | None:
        """Return the first of the days that it is about, None where it is about `day` alone."""
        return self.day - timedelta(days=6) if self.reader.limits.weekly else None

    @property
    def days(self) -> tuple[date | None, date, bool]:
        """Return what is asked of the sources: orders alike in this share one reading."""
        return self.first_day, self.day, self.explicit_day

    @property
    def is_copy(self) -> bool:
        """Tell whether it is delivered at once and not remembered: a test, or for somebody else."""
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
    """What a source showed of the time before the reader's first digest."""
    edition: int = 1
    merged_from: date | None = None
    """The first of the days whose digests wait in vain, and whose papers this one takes over."""
    returned_days: tuple[date, ...] = ()
    """Days of digests that nobody received, and whose papers are new again in this one."""
    alerts: tuple[str, ...] = ()
    """The keys of the alerts that the letter tells."""

    @property
    def unread(self) -> tuple[str, ...]:
        """Return the sources that could not be read, each with what went wrong."""
        failed = (source for source in self.issue.sources if source.state is SourceState.FAILED)
        return tuple(f"{source.name} could not be read: {source.error}" for source in failed)

    @property
    def passed(self) -> tuple[Paper, ...]:
        """Return what was seen and is not in the letter: it is no news tomorrow."""
        chosen = {paper.id for paper in self.message.papers}
        seen = (*(r.paper for r in self.ranked), *self.archive)
        return tuple(paper for paper in seen if paper.id not in chosen)

    def result(self, state: DigestState, text: str = "") -> DigestResult:
        """Return what became of it."""
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
    """What became of an order."""

    reader: str
    day: date
    state: DigestState
    text: str = ""
    """Why, or what the mail server said."""
    papers: int = 0
    read: int = 0
    message_id: str = ""
    recipients: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    """Recipients to whom it was delivered."""
    unread: tuple[str, ...] = ()
    """The sources that could not be read, each with what went wrong."""

"""The errors that digest raises on purpose.

    DigestError            all of them; .hint says what to do
      ConfigError          .problems, each with file, line and column     exit 2
      SourceError          .source .url; the digest goes on without it
        Unreachable        no answer, or an answer that says no
        Unreadable         an answer that is not what the source promised
      TemplateError        .file .line .problem
      DeliveryError        .permanent .uncertain .hold                    exit 1
        WayClosed          no message at all can leave now
      StateError           the store cannot be read or written            exit 1
      Busy                 another digest holds the lock                  exit 75

Each says who must act: the reader (ConfigError, TemplateError, StateError), nobody yet
(SourceError, a temporary DeliveryError), or the reader's mail provider (a permanent one).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong in a text a person wrote, and how to mend it."""

    message: str
    file: str = ""
    line: int = 0
    """1-based; 0 where the problem has no place in the text."""
    column: int = 0
    length: int = 1
    """How many characters the carets underline."""
    source: str = ""
    """The line as it stands in the file."""
    hint: str = ""

    @property
    def where(self) -> str:
        """Return `file:line:column`, as far as it is known."""
        parts = [self.file or "", *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(part for part in parts if part)

    def __str__(self) -> str:
        head = f"{self.where}: {self.message}" if self.where else self.message
        if not self.line:
            return f"{head}\n  = {self.hint}" if self.hint else head
        margin = " " * len(str(self.line))
        lines = [head, f"{margin} |", f"{self.line} | {self.source}"]
        lines.append(f"{margin} | {' ' * (self.column - 1)}{'^' * max(self.length, 1)}")
        if self.hint:
            lines.append(f"{margin} = {self.hint}")
        return "\n".join(lines)


class DigestError(Exception):
    """All that digest raises on purpose."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class ConfigError(DigestError):
    """The config cannot be used; every problem of it is listed."""

    exit_code = 2

    def __init__(self, problems: list[Problem] | tuple[Problem, ...]) -> None:
        super().__init__("\n\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class SourceError(DigestError):
    """A source gave nothing that can be used; the digest goes on without it."""

    def __init__(self, message: str, *, source: str = "", url: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.source = source
        self.url = url


class Unreachable(SourceError):
    """The source did not answer, or answered that it will not."""

    def __init__(
        self,
        message: str,
        *,
        source: str = "",
        url: str = "",
        hint: str = "",
        status: int = 0,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, source=source, url=url, hint=hint)
        self.status = status
        """The HTTP status, 0 where there was no answer."""
        self.retry_after = retry_after
        """Seconds the server asked us to stay away."""


class Unreadable(SourceError):
    """The source answered with something other than what it promises."""


class TemplateError(DigestError):
    """A template cannot be rendered."""

    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        file: str = "",
        line: int = 0,
        hint: str = "",
        problem: Problem | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.file = file
        self.line = line
        self.problem = problem or Problem(message=message, file=file, hint=hint)
        """The same in its parts, to be shown where it stands."""


class DeliveryError(DigestError):
    """A message was not accepted (or we cannot know whether it was)."""

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        uncertain: bool = False,
        hold: bool = False,
        code: int = 0,
        hint: str = "",
        key: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.permanent = permanent
        """Trying again is useless."""
        self.uncertain = uncertain
        """It may have been accepted: the connection broke after the final dot."""
        self.hold = hold
        """The reader must act first (a refused password, a quota): one try an hour."""
        self.code = code
        """The SMTP reply code or the exit status, 0 where there was none."""
        self.key = key
        """The setting of the way that it is about, such as `port`; "" where none is."""


WRONG_PASSWORD = 535
PASSWORD_REFUSED = frozenset({530, 534, WRONG_PASSWORD, 538})
"""Codes of a DeliveryError after which more tries would lock the account: RFC 4954."""


class WayClosed(DeliveryError):
    """Not one message but the whole way of delivery cannot be used now."""


class StateError(DigestError):
    """The store cannot be read or written."""


class Busy(DigestError):
    """Another digest is at work on the same state folder."""

    exit_code = 75

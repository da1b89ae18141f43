"""Errors that digest raises on purpose.

    DigestError            all of them; .hint says what to do
      ConfigError          .problems, each with file, line and column     exit 2
      SourceError          .source .url; the digest goes on without it
        Unreachable        no reply, or an HTTP error
        Unreadable         a reply in another format than the source's
      TemplateError        .file .line .problem
      DeliveryError        .permanent .uncertain .hold                    exit 1
        TransportUnavailable   the transport can send no message now
      StateError           the store cannot be read or written            exit 1
      AlreadyRunning       another digest holds the lock                  exit 75

The class says who must act: the reader (ConfigError, TemplateError, StateError), no one for now
(SourceError, a temporary DeliveryError), or the reader's mail provider (a permanent one).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Fault in a text that a person wrote, with its place and a hint."""

    message: str
    file: str = ""
    line: int = 0
    """1-based; 0 where the problem has no place in the text."""
    column: int = 0
    """1-based; 0 where only the line is known."""
    length: int = 1
    """Number of characters that the carets underline."""
    source: str = ""
    """Line of the file, unchanged."""
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
        if self.column:
            lines.append(f"{margin} | {' ' * (self.column - 1)}{'^' * max(self.length, 1)}")
        if self.hint:
            lines.append(f"{margin} = {self.hint}")
        return "\n".join(lines)


class DigestError(Exception):
    """Base of every error that digest raises on purpose."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class ConfigError(DigestError):
    """Config that cannot be used; `problems` lists every fault of it."""

    exit_code = 2

    def __init__(self, problems: list[Problem] | tuple[Problem, ...]) -> None:
        super().__init__("\n\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class SourceError(DigestError):
    """Source without usable papers; the digest goes on without it."""

    def __init__(self, message: str, *, source: str = "", url: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.source = source
        self.url = url


class Unreachable(SourceError):
    """Source that did not reply, or replied with an HTTP error."""

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
        """HTTP status, 0 without a reply."""
        self.retry_after = retry_after
        """Seconds of the server's Retry-After header."""
        self.body = b""
        """Reply of a refused request (400), which may say what was wrong with it."""


class Unreadable(SourceError):
    """Source whose reply is not in its format."""


class TemplateError(DigestError):
    """Template that cannot be rendered."""

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
        """The same with line and column, for messages that quote the file."""


class DeliveryError(DigestError):
    """Message that was not accepted, or may not have been."""

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
        """True where a further attempt is useless."""
        self.uncertain = uncertain
        """True where it may have been accepted: the connection broke after the final dot."""
        self.hold = hold
        """True where the reader must act first (password, quota): one attempt an hour."""
        self.code = code
        """SMTP reply code or exit status, 0 without one."""
        self.key = key
        """Setting of the transport at fault, such as `port`; "" where none is."""


WRONG_PASSWORD = 535
PASSWORD_REFUSED = frozenset({530, 534, WRONG_PASSWORD, 538})
"""Reply codes after which more attempts would lock the account (RFC 4954)."""


class TransportUnavailable(DeliveryError):
    """Transport that can send no message now."""


class StateError(DigestError):
    """Store that cannot be read or written."""


class AlreadyRunning(DigestError):
    """State folder that another digest process has locked."""

    exit_code = 75

"""The whole config of one digest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.model.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from digest.config.positions import Document, KeyPath
    from digest.config.reader import Reader
    from digest.config.schema import DkimTable
    from digest.delivery import Transport
    from digest.sources import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All that config.toml says, checked."""

    path: Path
    """Absolute."""
    readers: tuple[Reader, ...]
    sources: tuple[Source, ...]
    transport: Transport | None
    """None where the config says nothing about delivery; `require_transport()` then raises."""
    storage: Path
    """The folder of the state; not made yet."""
    dkim: DkimTable | None = None
    """How letters are signed; None where the mail server does it, or nobody."""
    embeddings: str = ""
    """The name of the embedding model that is asked beside words, or ""."""
    heartbeat: str = ""
    """An address to call after each digest, or ""."""
    warnings: tuple[Problem, ...] = ()
    """What works but should be looked at."""
    document: Document = field(repr=False, compare=False)
    """The text of the main file, for problems found later, such as a feed that moved."""
    documents: Mapping[str, Document] = field(default_factory=dict, repr=False, compare=False)
    """The texts of the readers' own files, by the readers' names."""

    def require_transport(self) -> Transport:
        """Return the way of delivery; raise ConfigError where it or an address is missing."""
        problems = [
            Problem(
                message=f"nobody to send to: {reader.name} has no address",
                file=self.document.file,
                hint='add to = "you@example.org" under [email]',
            )
            for reader in self.readers
            if not reader.email.to
        ]
        if self.transport is None:
            problems.append(
                Problem(
                    message="no way of delivery",
                    file=self.document.file,
                    hint="add [smtp] with the host of your mail server, or run `digest init`",
                )
            )
        if problems or self.transport is None:
            raise ConfigError(problems)
        return self.transport

    def reader(self, name: str) -> Reader:
        """Return the reader of that name; raise ConfigError where there is none."""
        for reader in self.readers:
            if reader.name == name:
                return reader
        known = ", ".join(reader.name for reader in self.readers)
        raise ConfigError([Problem(message=f"no reader is called {name}", hint=f"known: {known}")])

    def problem(self, path: KeyPath, message: str, *, hint: str = "", reader: str = "") -> Problem:
        """Return a problem found later, in the reader's own file or the main one."""
        own = self.documents.get(reader)
        document = own if own and path in own.places else self.document
        return document.problem(path, message, hint=hint)

"""Config of one installation: sources, readers, transport and storage."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.model.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from digest.config.files import ConfigFiles
    from digest.config.positions import Document, KeyPath
    from digest.config.reader import Reader
    from digest.config.schema import DkimTable
    from digest.delivery import Transport
    from digest.sources import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedFile:
    """Reader's file with problems: its last good version is used, or the reader is left out."""

    name: str
    """Name of the reader."""
    problems: tuple[Problem, ...]
    served: bool = False
    """Whether a last good version is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Checked content of config.toml and of the readers' files."""

    path: Path
    """Absolute path of the main file."""
    readers: tuple[Reader, ...]
    rejected: tuple[RejectedFile, ...] = ()
    """Readers' files that are not used as they are."""
    sources: tuple[Source, ...]
    transport: Transport | None
    """None where the config has no delivery table; `require_transport()` then raises."""
    storage: Path
    """Folder of the state; it may not exist yet."""
    dkim: DkimTable | None = None
    """Signing key, None where the mail server signs."""
    embeddings: str = ""
    """Name of the embedding model that is used beside words, or ""."""
    heartbeat: str = ""
    """URL to call after each digest, or ""."""
    contact: str = ""
    """Person or address that readers can ask, or ""."""
    warnings: tuple[Problem, ...] = ()
    """Problems that do not prevent a digest."""
    document: Document = field(repr=False, compare=False)
    """Text of the main file, for problems found later, such as a feed that moved."""
    documents: Mapping[str, Document] = field(default_factory=dict, repr=False, compare=False)
    """Texts of the readers' own files, by the readers' names."""
    files: ConfigFiles = field(repr=False, compare=False)
    """ConfigFiles in force: a rejected one's last good version, or nothing of it."""

    def require_transport(self) -> Transport:
        """Return the transport; raise ConfigError where it or a reader's address is missing."""
        problems = [
            Problem(
                message=f"{reader.name} has no address, so there is no recipient",
                file=self.document.file,
                hint='add to = "you@example.org" under [email]',
            )
            for reader in self.readers
            if not reader.email.to
        ]
        if self.transport is None:
            problems.append(
                Problem(
                    message="no delivery is set up",
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
        for rejected in self.rejected:
            if rejected.name == name:
                raise ConfigError(rejected.problems)
        known = ", ".join(reader.name for reader in self.readers)
        raise ConfigError([Problem(message=f"no reader is called {name}", hint=f"known: {known}")])

    def problem(self, path: KeyPath, message: str, *, hint: str = "", reader: str = "") -> Problem:
        """Return a problem found later, in the reader's own file or the main one."""
        own = self.documents.get(reader)
        document = own if own and path in own.places else self.document
        return document.problem(path, message, hint=hint)

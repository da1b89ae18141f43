"""Readers of a config: the main file's own, or one for each file that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from digest.config import schema
from digest.config.config import RejectedFile
from digest.config.interests import build_interests
from digest.config.normalize import normalize
from digest.config.parse import parse_toml
from digest.config.reader_tables import Findings, build_reader
from digest.config.validate import Layers, unknown_key, validate_table
from digest.model.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from digest.config.components import Kinds
    from digest.config.files import ConfigFiles
    from digest.config.positions import Document
    from digest.config.reader import Reader

OWN = "me"
"""Name of the reader in the main file."""

PARTS = ("interests", "taste", "email", "schedule")
"""Tables of a reader, in the main file as defaults for all."""
COMMON = (
    "sources",
    "storage",
    "ranking",
    "readers",
    "heartbeat",
    "dkim",
    "contact",
    "allow",
)
"""Keys and tables for all readers, beside the transports."""
TRUSTED = ("templates", "from")
"""Keys of [email] that a reader's file may set only where `allow` in the main file names them.

A template is run by the operator's account, and a sender may be any person's address.
"""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderRules:
    """Context in which a reader's file is read."""

    main: Document
    folder: Path
    """Folder of the main file."""
    kinds: Kinds
    local_zone: Callable[[], ZoneInfo]

    @property
    def allowed(self) -> frozenset[str]:
        """Return the keys of TRUSTED that readers' files may set."""
        listed = self.main.tree.get("allow")
        return frozenset(key for key in TRUSTED if isinstance(listed, list) and key in listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltReaders:
    """Readers with the files that they come from."""

    readers: tuple[Reader, ...]
    rejected: tuple[RejectedFile, ...] = ()
    documents: Mapping[str, Document] = field(default_factory=dict)
    texts: Mapping[Path, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReaderFile:
    reader: Reader
    document: Document
    warnings: list[Problem]


def build_readers(
    files: ConfigFiles,
    rules: ReaderRules,
    findings: Findings,
    kept: Callable[[], ConfigFiles | None],
) -> BuiltReaders:
    """Return the readers: the main file's own, or one for each file that `readers` names.

    A reader's tables are merged with the main file's, key by key; interests are replaced as a
    whole. A file with problems is replaced by its last good version in `kept`.
    """
    main, paths = rules.main, sorted({*files.texts, *files.unreadable} - {files.main})
    _check_allow(rules, findings)
    if "readers" not in main.tree and not paths:
        own = build_reader(
            OWN, Layers(main.tree, (main,)), rules.folder, findings, rules.local_zone
        )
        return BuiltReaders(readers=(own,) if own else ())
    _check_pattern(rules, paths, findings.problems)
    built: dict[Path, _ReaderFile] = {}
    rejected: list[RejectedFile] = []
    texts: dict[Path, bytes] = {}
    for path in paths:
        try:
            found, texts[path] = _read(path, files, rules, built), files.texts[path]
        except ConfigError as error:
            good = kept()
            earlier = _last_good(path, good, rules, built)
            name, served = earlier.reader.name if earlier else path.stem, earlier is not None
            rejected.append(RejectedFile(name=name, problems=error.problems, served=served))
            if earlier is None or good is None:
                continue
            found, texts[path] = earlier, good.texts[path]
        built[path] = found
        findings.warnings.extend(found.warnings)
    _check_defaults(rules, [*built.values()], findings)
    findings.warnings.extend(_duplicates([*built.values()]))
    findings.warnings.extend(_skipped(path) for path in files.skipped)
    return BuiltReaders(
        readers=tuple(one.reader for one in built.values()),
        rejected=tuple(rejected),
        documents={one.reader.name: one.document for one in built.values()},
        texts=texts,
    )


def _check_pattern(rules: ReaderRules, paths: Sequence[Path], problems: list[Problem]) -> None:
    """Report a `readers` that is no text, or that matches no file."""
    pattern = rules.main.tree.get("readers")
    if not isinstance(pattern, str):
        hint = 'such as readers = "readers/*.toml"'
        problems.append(rules.main.problem(("readers",), "expected text", hint=hint))
    elif not paths:
        hint = f"put a .toml file for each reader there, below {rules.folder}"
        message = f'"{pattern}" matches no file'
        problems.append(rules.main.problem(("readers",), message, hint=hint))


def _read(
    path: Path, files: ConfigFiles, rules: ReaderRules, before: Mapping[Path, _ReaderFile]
) -> _ReaderFile:
    """Return the reader of the file `path`; raise ConfigError with the file's own problems."""
    if unreadable := files.unreadable.get(path):
        raise ConfigError([unreadable])
    document, warnings = normalize(parse_toml(files.texts[path], str(path)))
    findings = Findings(warnings=warnings)
    document = _without_trusted(document, rules, findings)
    _check_keys(document, rules, findings.problems)
    layers = Layers(_merged(document, rules.main), (document, rules.main))
    home = path.parent if _has(document, "email", "templates") else rules.folder
    name = str(document.tree.get("id", path.stem))
    reader = build_reader(name, layers, home, findings, rules.local_zone)
    if reader and not reader.email.to:
        message, hint = "this reader has no address", 'add to = "…" under [email]'
        findings.problems.append(document.problem(("email",), message, hint=hint))
    for other in before.values():
        if other.reader.name.casefold() == name.casefold():
            message = f"two readers are called {name}"
            hint = f"the other is {other.document.file}; rename one of the files, or its id"
            findings.problems.append(document.problem(("id",), message, hint=hint))
    if reader is None or findings.problems:
        raise ConfigError(sorted(findings.problems, key=lambda p: (p.file, p.line, p.column)))
    return _ReaderFile(reader=reader, document=document, warnings=findings.warnings)


def _last_good(
    path: Path,
    kept: ConfigFiles | None,
    rules: ReaderRules,
    before: Mapping[Path, _ReaderFile],
) -> _ReaderFile | None:
    if kept is None or path not in kept.texts:
        return None
    try:
        return _read(path, kept, rules, before)
    except ConfigError:
        return None  # good at that time, but not beside today's main file


def _check_allow(rules: ReaderRules, findings: Findings) -> None:
    listed = rules.main.tree.get("allow", [])
    if not isinstance(listed, list) or not all(key in TRUSTED for key in listed):
        message = "expected a list of keys that readers' files may set"
        hint = 'such as allow = ["templates", "from"]'
        findings.problems.append(rules.main.problem(("allow",), message, hint=hint))


def _check_defaults(rules: ReaderRules, built: list[_ReaderFile], findings: Findings) -> None:
    """Check the tables of the main file, even if every reader replaces them."""
    main = rules.main
    layers = Layers(main.tree, (main,))
    for table, cls in (
        ("email", schema.EmailTable),
        ("taste", schema.TasteTable),
        ("schedule", schema.ScheduleTable),
    ):
        validate_table(cls, layers, (table,), findings.problems)
    # Warnings about its interests are given for the readers who inherit them.
    build_interests(layers, findings.problems, [])
    if _has(main, "email", "to") and all(_has(one.document, "email", "to") for one in built):
        message = "no digest is sent to this address: every reader's file has its own"
        hint = "delete it, or add a reader's file with interests and this address"
        findings.warnings.append(main.problem(("email", "to"), message, hint=hint))


def _check_keys(document: Document, rules: ReaderRules, problems: list[Problem]) -> None:
    """Report keys that do not belong in a reader's file."""
    layers = Layers(document.tree, (document,))
    for key in document.tree:
        if key in {*rules.kinds.transports, *COMMON}:
            message, hint = f"`{key}` cannot be set in a reader's file", "it is for all readers"
            problems.append(layers.problem((key,), message, hint=hint, key=True))
        elif key not in {*PARTS, "id"}:
            problems.append(unknown_key(layers, (key,), (*PARTS, "id")))
    own = document.tree.get("id", "id")
    if not isinstance(own, str) or not _ID.fullmatch(own):
        hint = "letters, digits and -, at most 64"
        problems.append(layers.problem(("id",), "this is not an id", hint=hint))


def _without_trusted(document: Document, rules: ReaderRules, findings: Findings) -> Document:
    """Return the document without the keys that the main file does not allow."""
    email = document.tree.get("email")
    if not isinstance(email, dict):
        return document
    refused = [key for key in TRUSTED if key in email and key not in rules.allowed]
    for key in refused:
        message = f"`{key}` is ignored in a reader's file"
        hint = f'if you trust this file, add allow = ["{key}"] to {rules.main.file}'
        findings.warnings.append(document.problem(("email", key), message, hint=hint, key=True))
    kept = {key: value for key, value in email.items() if key not in refused}
    return replace(document, tree={**document.tree, "email": kept})


def _has(document: Document, table: str, key: str) -> bool:
    found = document.tree.get(table)
    return isinstance(found, dict) and key in found


def _merged(own: Document, main: Document) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for part in PARTS:
        mine, default = own.tree.get(part), main.tree.get(part)
        if isinstance(mine, dict) and isinstance(default, dict):
            tree[part] = default | mine
        elif mine is not None or default is not None:
            tree[part] = default if mine is None else mine
    return tree


def _duplicates(built: list[_ReaderFile]) -> list[Problem]:
    """Return a warning for each address that several files have."""
    first: dict[str, _ReaderFile] = {}
    found = []
    for one in built:
        for address in one.reader.email.to:
            other = first.setdefault(address.casefold(), one)
            if other is not one:
                message = f"{address} also gets the digest of {other.reader.name}"
                hint = f"if this is one person, delete this file or {other.document.file}"
                found.append(one.document.problem(("email", "to"), message, hint=hint))
    return found


def _skipped(path: Path) -> Problem:
    message = "left out: the name is that of a copy made by a sync program"
    hint = "merge it into the original file, then delete it; rename it if it is a reader"
    return Problem(message=message, file=str(path), hint=hint)

"""From a config file, and the readers' files it names, to one Config or to all its problems."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from digest.config import parse, schema
from digest.config.addresses import bare_address
from digest.config.components import Kinds, build_sources, build_transport, registered
from digest.config.config import Config
from digest.config.files import Files, read_bytes, readers_files, state_folder
from digest.config.normalize import normalize
from digest.config.readers import COMMON, PARTS, Findings, build_readers, computer_zone
from digest.config.validate import Layers, resolve_paths, unknown_key, validate_table
from digest.model.errors import ConfigError, Problem
from digest.model.text import http_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from digest.config.positions import Document
    from digest.config.reader import Reader
    from digest.delivery import Transport

TABLES = (*PARTS, *COMMON)


def load(
    path: Path,
    *,
    environ: Mapping[str, str],
    local_zone: Callable[[], ZoneInfo] = computer_zone,
    kinds: Kinds | None = None,
) -> Config:
    """Return the config in `path`; raise ConfigError with all that is wrong.

    `environ` may name the state folder (`$DIGEST_STATE`); `local_zone` finds the computer's own
    time zone for readers who name none; `kinds` are the sources and ways there are.
    """
    return build_config(read_files(path), environ=environ, local_zone=local_zone, kinds=kinds)


def read_files(path: Path) -> Files:
    """Return the bytes of the config and of its readers' files; raise ConfigError."""
    data, private = read_bytes(path)
    texts = {path: data}
    try:
        pattern = parse.parse_toml(data, str(path)).tree.get("readers")
    except ConfigError:
        pattern = None  # told with all the rest when the texts are build_config
    if isinstance(pattern, str) and pattern:
        texts |= {file: read_bytes(file)[0] for file in readers_files(path, pattern)}
    return Files(main=path, texts=texts, private=private)


def build_config(
    files: Files,
    *,
    environ: Mapping[str, str],
    local_zone: Callable[[], ZoneInfo] = computer_zone,
    kinds: Kinds | None = None,
) -> Config:
    """Return the config that `files` hold; raise ConfigError with all that is wrong."""
    findings = Findings()
    documents = {path: _document(path, data, findings) for path, data in files.texts.items()}
    main = documents.pop(files.main)
    if main is None:
        raise ConfigError(_sorted(findings.problems, str(files.main)))
    folder = files.main.absolute().parent
    layers = Layers(main.tree, (main,))
    kinds = kinds or registered()
    _top(layers, kinds, findings.problems)
    sources = build_sources(layers, kinds.sources, folder, findings.problems)
    way = build_transport(
        layers, kinds.transports, folder, findings.problems, private=files.private
    )
    storage = validate_table(schema.StorageTable, layers, ("storage",), findings.problems)
    ranking = validate_table(schema.RankingTable, layers, ("ranking",), findings.problems)
    dkim = (
        validate_table(schema.DkimTable, layers, ("dkim",), findings.problems)
        if "dkim" in main.tree
        else None
    )
    readers = build_readers(main, documents, folder, findings, kinds.transports, local_zone)
    if findings.problems or storage is None or ranking is None:
        raise ConfigError(_sorted(findings.problems, main.file))
    return Config(
        path=files.main.absolute(),
        readers=tuple(_with_sender(reader, way) for reader in readers),
        sources=sources,
        transport=way,
        storage=state_folder(environ, resolve_paths(storage, folder).path),
        dkim=resolve_paths(dkim, folder) if dkim else None,
        embeddings=ranking.embeddings,
        heartbeat=str(main.tree.get("heartbeat", "")),
        warnings=tuple(_sorted(findings.warnings, main.file)),
        document=main,
        documents={path.stem: own for path, own in documents.items() if own},
    )


def _document(path: Path, data: bytes, findings: Findings) -> Document | None:
    try:
        document, renamed = normalize(parse.parse_toml(data, str(path)))
    except ConfigError as error:
        findings.problems.extend(error.problems)
        return None
    findings.warnings.extend(renamed)
    return document


def _top(layers: Layers, kinds: Kinds, problems: list[Problem]) -> None:
    """Check what stands above all tables, and that there are no unknown ones."""
    known = {*TABLES, *kinds.transports}
    problems += [unknown_key(layers, (key,), known) for key in layers.tree if key not in known]
    url = layers.tree.get("heartbeat", "")
    if url != "" and not http_url(url):
        hint = 'it begins with https://, such as "https://hc-ping.com/…"'
        problems.append(layers.problem(("heartbeat",), "expected a web address", hint=hint))


def _with_sender(reader: Reader, way: Transport | None) -> Reader:
    """Give the reader's letters a sender: the mail account's address, else the reader's own."""
    if reader.email.sender or not reader.email.to:
        return reader
    account = str(getattr(way, "username", None) or "")
    sender = account if "@" in account else bare_address(reader.email.to[0])
    return replace(reader, email=replace(reader.email, sender=sender))


def _sorted(problems: Iterable[Problem], main: str) -> list[Problem]:
    """Return each problem once, the main file's first, from its top to its end."""
    return sorted(dict.fromkeys(problems), key=lambda p: (p.file != main, p.file, p.line, p.column))

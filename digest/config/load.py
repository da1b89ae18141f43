"""Loading: from a config file and the readers' files it names to one Config, or to all problems."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from digest.config import schema
from digest.config.addresses import bare_address
from digest.config.components import Kinds, build_sources, build_transport, registered
from digest.config.config import Config
from digest.config.files import (
    ConfigFiles,
    conflict_copies,
    read_bytes,
    reader_files,
    state_folder,
)
from digest.config.last_good import last_good
from digest.config.normalize import normalize
from digest.config.parse import parse_toml
from digest.config.reader_tables import Findings, computer_zone
from digest.config.readers import COMMON, PARTS, ReaderRules, build_readers
from digest.config.validate import Layers, resolve_paths, unknown_key, validate_table
from digest.model.errors import ConfigError, Problem
from digest.model.text import http_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from digest.config.reader import Reader
    from digest.delivery import Transport

MAX_CONTACT_CHARS = 200
"""Maximum length of the contact line, which is one line of the footer."""


def load(
    path: Path,
    *,
    environ: Mapping[str, str],
    local_zone: Callable[[], ZoneInfo] = computer_zone,
    kinds: Kinds | None = None,
) -> Config:
    """Return the config in `path`; raise ConfigError with all its problems.

    `environ` may name the state folder (`$DIGEST_STATE`); `local_zone` finds the computer's time
    zone for readers without one; `kinds` are the registered sources and transports.
    """
    return build_config(read_files(path), environ=environ, local_zone=local_zone, kinds=kinds)


def read_files(path: Path) -> ConfigFiles:
    """Return the bytes of the config and of its readers' files; raise ConfigError for the first.

    A reader's file that cannot be read concerns that reader alone.
    """
    data, private = read_bytes(path)
    texts, unreadable = {path: data}, {}
    try:
        pattern = parse_toml(data, str(path)).tree.get("readers")
    except ConfigError:
        pattern = None  # reported with all other problems by build_config
    for file in reader_files(path, pattern):
        try:
            texts[file] = read_bytes(file)[0]
        except ConfigError as error:
            unreadable[file] = error.problems[0]
    return ConfigFiles(
        main=path,
        texts=texts,
        private=private,
        unreadable=unreadable,
        skipped=conflict_copies(path, pattern),
    )


def build_config(
    files: ConfigFiles,
    *,
    environ: Mapping[str, str],
    local_zone: Callable[[], ZoneInfo] = computer_zone,
    kinds: Kinds | None = None,
) -> Config:
    """Return the config in `files`; raise ConfigError with all problems of the main file.

    A reader's file with problems leaves out that reader, or its last good version is used.
    """
    main, renamed = normalize(parse_toml(files.texts[files.main], str(files.main)))
    findings = Findings(warnings=renamed)
    folder = files.main.absolute().parent
    layers = Layers(main.tree, (main,))
    kinds = kinds or registered()
    problems = findings.problems
    _check_top(layers, kinds, problems)
    sources = build_sources(layers, kinds.sources, folder, problems)
    transport = build_transport(layers, kinds.transports, folder, problems, private=files.private)
    storage = validate_table(schema.StorageTable, layers, ("storage",), problems)
    ranking = validate_table(schema.RankingTable, layers, ("ranking",), problems)
    dkim = _dkim(layers, folder, problems)
    state = state_folder(environ, resolve_paths(storage, folder).path if storage else None)
    rules = ReaderRules(main=main, folder=folder, kinds=kinds, local_zone=local_zone)
    built = build_readers(files, rules, findings, lambda: last_good(files.main, state))
    if problems or ranking is None or not built.readers:
        problems += [problem for rejected in built.rejected for problem in rejected.problems]
        raise ConfigError(_sorted(problems, main.file))
    return Config(
        path=files.main.absolute(),
        readers=tuple(_with_sender(reader, transport) for reader in built.readers),
        rejected=built.rejected,
        sources=sources,
        transport=transport,
        storage=state,
        dkim=dkim,
        embeddings=ranking.embeddings,
        heartbeat=str(main.tree.get("heartbeat", "")),
        contact=" ".join(str(main.tree.get("contact", "")).split()),
        warnings=tuple(_sorted(findings.warnings, main.file)),
        document=main,
        documents=built.documents,
        files=replace(files, texts={files.main: files.texts[files.main], **built.texts}),
    )


def _dkim(layers: Layers, folder: Path, problems: list[Problem]) -> schema.DkimTable | None:
    if "dkim" not in layers.tree:
        return None
    table = validate_table(schema.DkimTable, layers, ("dkim",), problems)
    return resolve_paths(table, folder) if table else None


def _check_top(layers: Layers, kinds: Kinds, problems: list[Problem]) -> None:
    """Check the keys above all tables, and report unknown tables."""
    known = {*PARTS, *COMMON, *kinds.transports}
    problems += [unknown_key(layers, (key,), known) for key in layers.tree if key not in known]
    url = layers.tree.get("heartbeat", "")
    if url != "" and not http_url(url):
        hint = 'it begins with https://, such as "https://hc-ping.com/…"'
        problems.append(layers.problem(("heartbeat",), "expected a web address", hint=hint))
    contact = layers.tree.get("contact", "")
    if not isinstance(contact, str) or len(contact) > MAX_CONTACT_CHARS:
        message = f"expected a text of at most {MAX_CONTACT_CHARS} characters"
        problems.append(layers.problem(("contact",), message))


def _with_sender(reader: Reader, transport: Transport | None) -> Reader:
    """Return the reader with a sender: the mail account's address, else the reader's own."""
    if reader.email.sender or not reader.email.to:
        return reader
    account = str(getattr(transport, "username", None) or "")
    sender = account if "@" in account else bare_address(reader.email.to[0])
    return replace(reader, email=replace(reader.email, sender=sender))


def _sorted(problems: Iterable[Problem], main: str) -> list[Problem]:
    """Return each problem once, the main file's first, from its top to its end."""
    return sorted(dict.fromkeys(problems), key=lambda p: (p.file != main, p.file, p.line, p.column))

"""The readers of a config: its own, or one from each of the files it names."""

from __future__ import annotations

import warnings as python_warnings
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from digest.config import schema
from digest.config.reader import Reader
from digest.config.validate import Layers, resolve_paths, unknown_key, validate_table
from digest.model.errors import Problem
from digest.model.issue import MAX_PAPERS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from digest.config.positions import Document, KeyPath

OWN = "me"
"""The name of the reader whom the config itself describes."""

PARTS = ("interests", "taste", "email", "schedule")
"""What one reader's file may hold."""
COMMON = ("sources", "storage", "ranking", "readers", "heartbeat", "dkim")
"""What is for all readers, beside the ways of delivery."""

MAX_INTERESTS = 100
MAX_PHRASES = 500
MAX_ABOUT_CHARS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What is wrong and what is odd, read_files on the way through a config."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def build_readers(
    main: Document,
    others: Mapping[Path, Document | None],
    folder: Path,
    findings: Findings,
    transports: Collection[str],
    local_zone: Callable[[], ZoneInfo],
) -> tuple[Reader, ...]:
    """Return the readers: `main`'s own, or one for each of `others` where it names files.

    What a reader's file leaves out comes from the main one: table by table, key by key, its
    interests as a whole. None stands for a file that cannot be read; that is told already.
    """
    pattern = main.tree.get("readers")
    if not others:
        own = _reader(OWN, Layers(main.tree, (main,)), folder, findings, local_zone)
        if pattern is None:
            return (own,) if own else ()
    if not isinstance(pattern, str):
        hint = 'such as readers = "readers/*.toml"'
        findings.problems.append(main.problem(("readers",), "expected text", hint=hint))
    elif not others:
        message, hint = f'"{pattern}" names no reader', f"put a .toml file there, below {folder}"
        findings.problems.append(main.problem(("readers",), message, hint=hint))
    _defaults(main, tuple(others.values()), findings)
    made = []
    for path, document in others.items():
        if document is not None:
            _foreign(document, transports, findings.problems)
            layers = Layers(_merged(document, main), (document, main))
            home = path.parent if _says(document, "email", "templates") else folder
            made.append((document, _reader(path.stem, layers, home, findings, local_zone)))
    _distinct(made, findings.problems)
    return tuple(reader for _, reader in made if reader)


def _defaults(main: Document, others: Collection[Document | None], findings: Findings) -> None:
    """Check what the main file says for all readers, whether or not one of them takes it."""
    layers = Layers(main.tree, (main,))
    # What is odd in it is told of the readers who take it.
    apart = Findings(problems=findings.problems)
    for table, cls in (
        ("email", schema.EmailTable),
        ("taste", schema.TasteTable),
        ("schedule", schema.ScheduleTable),
    ):
        validate_table(cls, layers, (table,), findings.problems)
    _interests(layers, apart)
    if _says(main, "email", "to") and all(o and _says(o, "email", "to") for o in others):
        message = "nobody gets a digest here: each reader has an address of their own"
        hint = "delete it, or give it a reader's file, with interests and this address"
        findings.warnings.append(main.problem(("email", "to"), message, hint=hint))


def _foreign(document: Document, transports: Collection[str], problems: list[Problem]) -> None:
    """Refuse what does not belong in a reader's file."""
    layers = Layers(document.tree, (document,))
    for key in document.tree:
        if key in {*transports, *COMMON}:
            message, hint = f"`{key}` cannot stand in a reader's file", "it is for all readers"
            problems.append(layers.problem((key,), message, hint=hint, key=True))
        elif key not in PARTS:
            problems.append(unknown_key(layers, (key,), PARTS))


def _says(document: Document, table: str, key: str) -> bool:
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


def _distinct(made: list[tuple[Document, Reader | None]], problems: list[Problem]) -> None:
    """Refuse two readers with one name, and readers without an address."""
    names: dict[str, str] = {}
    for document, reader in made:
        if reader is None:
            continue
        other = names.setdefault(reader.name.casefold(), document.file)
        if other != document.file:
            message = f"two readers are called {reader.name}"
            hint = f"the other is {other}; rename one of the files"
            problems.append(Problem(message=message, file=document.file, hint=hint))
        if not reader.email.to:
            message, hint = "this reader has no address", 'add to = "…" under [email]'
            problems.append(document.problem(("email",), message, hint=hint))


def _reader(
    name: str,
    layers: Layers,
    folder: Path,
    findings: Findings,
    local_zone: Callable[[], ZoneInfo],
) -> Reader | None:
    problems = findings.problems
    email = validate_table(schema.EmailTable, layers, ("email",), problems)
    taste = validate_table(schema.TasteTable, layers, ("taste",), problems)
    schedule = validate_table(schema.ScheduleTable, layers, ("schedule",), problems)
    interests = _interests(layers, findings)
    if email is None or taste is None or schedule is None:
        return None
    if layers.at(("schedule", "timezone")) is None:
        schedule = replace(schedule, zone=local_zone())
        if schedule.zone.key in _UTC:
            findings.warnings.append(_says_utc(layers, schedule))
    if email.papers > MAX_PAPERS:
        message = f"a digest holds {MAX_PAPERS} papers at most"
        hint = "mail programs cut a longer letter short"
        findings.warnings.append(layers.problem(("email", "papers"), message, hint=hint))
    if not interests and not taste.liked and not taste.authors:
        hint = "add [[interests]] with a few phrases"
        message = "no interests: the digest holds only what is trending"
        findings.warnings.append(layers.problem(("interests",), message, hint=hint))
    return Reader(
        name=name,
        email=resolve_paths(email, folder),
        interests=interests,
        taste=taste,
        schedule=schedule,
    )


def _says_utc(layers: Layers, schedule: schema.ScheduleTable) -> Problem:
    message = f"no time zone is set and this computer's is UTC: {schedule.at:%H:%M} means UTC"
    hint = 'add timezone = "Europe/Berlin", or yours, under [schedule]'
    return layers.problem(("schedule",), message, hint=hint)


def _interests(layers: Layers, findings: Findings) -> tuple[schema.InterestTable, ...]:
    listed = layers.tree.get("interests", [])
    if not isinstance(listed, list) or not all(isinstance(table, dict) for table in listed):
        hint = "write [[interests]], once for each"
        findings.problems.append(layers.problem(("interests",), "expected tables", hint=hint))
        return ()
    made: list[schema.InterestTable] = []
    for index in range(len(listed)):
        path = ("interests", index)
        interest = validate_table(schema.InterestTable, layers, path, findings.problems)
        if interest is None:
            continue
        if not (interest.phrases or interest.about.strip() or interest.liked):
            message = "this interest says nothing and is left out"
            hint = "give it phrases, free text (about) or liked papers"
            findings.warnings.append(layers.problem(path, message, hint=hint))
            continue
        if any(interest.name and interest.name == other.name for other in made):
            message = f"two interests are called {interest.name}"
            hint = "`digest like --interest` could not tell them apart"
            problem = layers.problem((*path, "name"), message, hint=hint)
            findings.warnings.append(problem)
        made.append(_bounded(interest, layers, path, findings.warnings))
    if len(made) > MAX_INTERESTS:
        message = f"only the first {MAX_INTERESTS} interests count"
        findings.warnings.append(layers.problem(("interests", MAX_INTERESTS), message))
    return tuple(made[:MAX_INTERESTS])


def _bounded(
    interest: schema.InterestTable, layers: Layers, path: KeyPath, warnings: list[Problem]
) -> schema.InterestTable:
    """Return `interest` cut to what a ranker can use, with a warning where something is cut."""
    if len(interest.phrases) > MAX_PHRASES:
        message = f"only the first {MAX_PHRASES} phrases count"
        warnings.append(layers.problem((*path, "phrases", MAX_PHRASES), message))
    if len(interest.about) > MAX_ABOUT_CHARS:
        message = f"only the first {MAX_ABOUT_CHARS:,} characters of this text count"
        warnings.append(layers.problem((*path, "about"), message))
    return replace(
        interest, phrases=interest.phrases[:MAX_PHRASES], about=interest.about[:MAX_ABOUT_CHARS]
    )


_UTC = {"UTC", "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/GMT", "GMT", "Universal", "Zulu"}


def computer_zone() -> ZoneInfo:
    """Return the computer's own time zone, UTC where it has none that can be found."""
    import tzlocal

    with python_warnings.catch_warnings():
        python_warnings.simplefilter("ignore")  # it warns where it finds none; we say so ourselves
        try:
            return tzlocal.reload_localzone()
        except (LookupError, ValueError, OSError):
            return ZoneInfo("UTC")

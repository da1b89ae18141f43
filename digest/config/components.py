"""Sources and transport of a config, built from the registered kinds."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_type_hints

from digest import delivery, sources
from digest.config import hints
from digest.config.validate import (
    Layers,
    is_path_key,
    nested_types,
    resolve_paths,
    suggestion,
    table_keys,
    validate_table,
)
from digest.delivery.secret import Secret
from digest.model.text import http_url

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from _typeshed import DataclassInstance

    from digest.config.positions import KeyPath
    from digest.model.errors import Problem

T = TypeVar("T")

DEFAULT_SOURCE = "huggingface"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """Kinds of sources and transports that a config can use."""

    sources: Mapping[str, type[sources.Source]]
    transports: Mapping[str, type[delivery.Transport]]


def registered() -> Kinds:
    """Return all installed kinds, plugins included."""
    return Kinds(sources=sources.kinds(), transports=delivery.kinds())


def build_sources(
    layers: Layers,
    known: Mapping[str, type[sources.Source]],
    folder: Path,
    problems: list[Problem],
) -> tuple[sources.Source, ...]:
    """Return the sources of `[[sources]]`, each with a unique name."""
    listed = layers.tables("sources", problems) or [{"type": DEFAULT_SOURCE}]
    made: list[sources.Source] = []
    taken: set[str] = set()
    for index, table in enumerate(listed):
        path = ("sources", index)
        kind = table.get("type")
        if not isinstance(kind, str) or kind not in known:
            problems.append(_unknown_type(layers, index, kind, list(known)))
            continue
        inner = {"sources": [*listed[:index], {k: v for k, v in table.items() if k != "type"}]}
        found = _kind(known[kind], Layers(inner, layers.documents), path, problems)
        if found is not None:
            name = _own_name(str(table.get("name") or kind), taken)
            made.append(_named(resolve_paths(cast("DataclassInstance", found), folder), name))
    return tuple(made)


def _kind(cls: type[T], layers: Layers, path: KeyPath, problems: list[Problem]) -> T | None:
    """Return the table at `path` as a `cls` that passes the rules for every kind."""
    found: list[Problem] = []
    made = validate_table(cls, layers, path, found)
    reported = {problem.where for problem in found}
    for key in table_keys(cls):
        value = layers.at((*path, key))
        message, hint = ("", "") if value is None else _invalid(cls, key, value)
        problem = layers.problem((*path, key), message, hint=hint)
        if message and problem.where not in reported:
            found.append(problem)
    problems += found
    return None if found else made


def _invalid(cls: type, key: str, value: object) -> tuple[str, str]:
    """Return message and hint for a value that no kind accepts, two empty texts otherwise."""
    if key == "port" and value not in range(1, 65536):
        return "must be at least 1 and at most 65535", ""
    if isinstance(value, int | float) and value < 0:
        return "must be at least 0", ""
    if key.endswith("url") and not http_url(value):
        return "expected a web address", "it begins with https://"
    if key in required(cls) and value in ("", []):
        return "must not be empty", ""
    if isinstance(value, str) and key == "host":
        return hints.host(value)
    return hints.path(value) if isinstance(value, str) and is_path_key(key) else ("", "")


def required(cls: type) -> frozenset[str]:
    """Return the keys without a default in the table that `cls` describes."""
    return frozenset(
        item.name
        for item in fields(cls)
        if item.default is MISSING and item.default_factory is MISSING
    )


def _unknown_type(layers: Layers, index: int, kind: object, known: list[str]) -> Problem:
    if kind is None:
        hint = f"one of {', '.join(sorted(known))}"
        return layers.problem(("sources", index), "a source needs a `type`", hint=hint)
    path = ("sources", index, "type")
    return layers.problem(
        path, f"unknown type of source {kind!r}", hint=suggestion(str(kind), known)
    )


def _own_name(name: str, taken: set[str]) -> str:
    number, unique = 1, name
    while unique.casefold() in taken:
        number += 1
        unique = f"{name} {number}"
    taken.add(unique.casefold())
    return unique


def _named(source: DataclassInstance, name: str) -> sources.Source:
    has_name = any(item.name == "name" for item in fields(source))
    return cast("sources.Source", replace(source, **{"name": name} if has_name else {}))


def build_transport(
    layers: Layers,
    known: Mapping[str, type[delivery.Transport]],
    folder: Path,
    problems: list[Problem],
    *,
    private: bool,
) -> delivery.Transport | None:
    """Return the transport of the config, None where there is none.

    The file may contain a password only where it is `private`.
    """
    named = [kind for kind in layers.tree if kind in known]
    wrong: list[Problem] = []
    if not named:
        return None
    kind = named[0]
    for other in named[1:]:
        message = f"[{kind}] and [{other}] both set up delivery"
        problems.append(layers.problem((other,), message, hint="keep one of them", key=True))
    table = layers.tree[kind]
    if isinstance(table, dict):
        inner, wrong = _secrets(known[kind], table, layers, kind, private=private)
        layers = Layers({**layers.tree, kind: inner}, layers.documents)
        problems += wrong
    found = _kind(known[kind], layers, (kind,), problems)
    if found is None or wrong:
        return None
    return cast("delivery.Transport", resolve_paths(cast("DataclassInstance", found), folder))


def _secrets(
    cls: type, table: dict[str, Any], layers: Layers, kind: str, *, private: bool
) -> tuple[dict[str, Any], list[Problem]]:
    """Return `table` with its valid secrets in long form, and the problems of the others."""
    inner, wrong = dict(table), []
    for name in table.keys() & secret_keys(cls):
        value = {"value": table[name]} if isinstance(table[name], str) else table[name]
        inner[name] = value
        if not isinstance(value, dict):
            continue
        if len(value) != 1:
            message = "expected one of command, file, env"
            hint = 'such as { command = "…" }'
        elif "value" in value and not private:
            message = "other users can read this file, so it must not contain a password"
            hint = f"chmod 600 {layers.documents[0].file}"
        else:
            continue
        wrong.append(layers.problem((kind, name), message, hint=hint))
        del inner[name]
    return inner, wrong


def secret_keys(cls: type) -> frozenset[str]:
    """Return the keys of the table that `cls` describes whose values are secrets."""
    hints = get_type_hints(cls)
    return frozenset(name for name, hint in hints.items() if Secret in nested_types(hint))

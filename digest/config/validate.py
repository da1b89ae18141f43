"""Validation of tables against dataclasses; each fault becomes a problem with its place."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields, is_dataclass, replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from _typeshed import DataclassInstance
    from pydantic_core import ErrorDetails

    from digest.config.positions import Document, KeyPath
    from digest.model.errors import Problem

T = TypeVar("T")
D = TypeVar("D", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class Layers:
    """Tree of a config with the documents it was merged from, the nearest first."""

    tree: Mapping[str, Any]
    documents: tuple[Document, ...]

    def problem(self, path: KeyPath, message: str, *, hint: str = "", key: bool = False) -> Problem:
        """Return the problem at `path`, in the nearest document that has this key."""
        for document in self.documents:
            if path[:2] in document.places:
                return document.problem(path, message, hint=hint, key=key)
        return self.documents[0].problem(path, message, hint=hint, key=key)

    def tables(self, name: str, problems: list[Problem]) -> list[dict[str, Any]]:
        """Return the tables of `[[name]]`; add a problem where it is something else."""
        listed = self.tree.get(name, [])
        if isinstance(listed, list) and all(isinstance(table, dict) for table in listed):
            return listed
        single = isinstance(listed, dict)
        message = f"[{name}] needs double brackets" if single else "expected tables"
        hint = f"write [[{name}]]" + ", once for each" * (not single)
        problems.append(self.problem((name,), message, hint=hint))
        return []

    def at(self, path: KeyPath) -> object:
        """Return the value at `path`, None where there is none."""
        value: Any = self.tree
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value


def validate_table(
    cls: type[T], layers: Layers, path: KeyPath, problems: list[Problem]
) -> T | None:
    """Return the table at `path` as a `cls`, None after adding its faults to `problems`.

    A table is validated as JSON in pydantic's strict mode: a text is not a number, but a list
    becomes a tuple and a text a path. No key of the config is a TOML date.
    """
    text = json.dumps(layers.at(path) or {}, default=lambda _: {})
    try:
        made: T = _adapter(cast("Hashable", cls)).validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        found = {
            where: problem
            for details in reversed(error.errors())
            for where, problem in [_problem(cls, layers, path, details)]
        }
        problems += reversed(found.values())
        return None
    return made


@cache
def _adapter(cls: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast("type[Any]", cls))


def _problem(
    cls: type, layers: Layers, path: KeyPath, details: ErrorDetails
) -> tuple[KeyPath, Problem]:
    where = _real(layers, path, details["loc"])
    match details["type"]:
        case "unexpected_keyword_argument":
            *above, name = details["loc"]
            known = table_keys(_class_at(cls, above))
            problem = unknown_key(layers, where, known)
        case "missing":
            name = details["loc"][-1]
            problem = layers.problem(where, f"`{name}` is missing", hint=f"add {name} = …")
        case _:
            message, hint = _words(details, layers.at(where))
            problem = layers.problem(where, message, hint=hint)
    return (*where, details["loc"][-1]) if details["type"] == "missing" else where, problem


def _real(layers: Layers, path: KeyPath, loc: Iterable[int | str]) -> KeyPath:
    """Return `path` with the steps of `loc` that exist; pydantic adds names of union members."""
    for step in loc:
        if layers.at((*path, step)) is not None:
            path = (*path, step)
    return path


def unknown_key(layers: Layers, path: KeyPath, known: Iterable[str]) -> Problem:
    """Return the problem of an unknown key, with the nearest known one."""
    name = str(path[-1])
    return layers.problem(path, f"unknown key `{name}`", hint=suggestion(name, known), key=True)


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return "did you mean …?" with the nearest of `known`, or list them."""
    names = sorted(known)
    if near := get_close_matches(name.lower().replace("-", "_"), names, n=1, cutoff=0.6):
        return f"did you mean `{near[0]}`?"
    return f"available: {', '.join(names)}"


def table_keys(cls: type) -> tuple[str, ...]:
    """Return the keys of the table that `cls` describes, as config.toml spells them."""
    hints = get_type_hints(cls, include_extras=True)
    return tuple(_alias(hints[item.name]) or item.name for item in fields(cls))


def _alias(hint: object) -> str:
    return next((a.alias for a in get_args(hint) if isinstance(a, FieldInfo) and a.alias), "")


def _class_at(cls: type, loc: Iterable[int | str]) -> type:
    """Return the dataclass that describes the inner table at `loc`."""
    for step in loc:
        hint = get_type_hints(cls).get(step) if isinstance(step, str) else None
        inner = (
            part for part in nested_types(hint) if isinstance(part, type) and is_dataclass(part)
        )
        cls = next(inner, cls)
    return cls


def nested_types(hint: object) -> Iterable[object]:
    """Yield a type and the types it is composed of."""
    yield hint
    for inner in get_args(hint):
        yield from nested_types(inner)


_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "text",
    "path_type": "text",
    "tuple_type": "a list",
    "list_type": "a list",
    "frozen_set_type": "a list",
    "dataclass_type": "a table",
    "dict_type": "a table",
}


def _words(details: ErrorDetails, value: object) -> tuple[str, str]:
    """Return message and hint of a pydantic error."""
    kind, context = details["type"], details.get("ctx", {})
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}", _hint(kind, value)
    if kind == "value_error":
        return str(context["error"]), getattr(context["error"], "hint", "")
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", context["expected"])
        return "expected " + " or ".join(f'"{word}"' for word in words), _near(value, words)
    if kind in _BOUNDS:
        return f"must be {_BOUNDS[kind]} {next(iter(context.values())):g}", ""
    return details["msg"][:1].lower() + details["msg"][1:], ""


_BOUNDS = {
    "greater_than_equal": "at least",
    "less_than_equal": "at most",
    "greater_than": "more than",
    "less_than": "less than",
}


def _near(value: object, words: list[str]) -> str:
    said = str(value).lower()
    near = get_close_matches(_ALSO.get(said, said), words, n=1, cutoff=0.5)
    return f'did you mean "{near[0]}"?' if near else ""


_ALSO = {"ssl": "tls", "ssl/tls": "tls", "smtps": "tls", "off": "none", "no": "none"}
"""Values that other programs use for the same setting."""


def _hint(kind: str, value: object) -> str:
    if isinstance(value, str) and _EXPECTED[kind] == "a list":
        return f'put it in brackets: ["{value[:40]}"]'
    if isinstance(value, str):
        bare = value.lower() in {"true", "false"} if kind == "bool_type" else _numeric(value)
        return "remove the quotes" if bare else ""
    if kind == "bool_type":
        return "write true or false, without quotes"
    if _EXPECTED[kind] == "text" and isinstance(value, int | float):
        return "put it in quotes"
    return "without decimals" if isinstance(value, float) else ""


def _numeric(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


_PATH_KEY = re.compile(r"path|(?:\w+_)?file")


def is_path_key(name: str) -> bool:
    """Return whether a key holds a file or folder: `path`, `file`, `…_file`."""
    return bool(_PATH_KEY.fullmatch(name))


def resolve_paths(value: D, folder: Path) -> D:
    """Return the dataclass `value` with its relative paths made absolute against `folder`.

    A path is a Path, or a text under a key such as `file`. A secret's `$CREDENTIALS_DIRECTORY`
    stays, because its value is known only when the secret is read.
    """
    changed: dict[str, Any] = {}
    for item in fields(value):
        inner = getattr(value, item.name)
        if isinstance(inner, Path):
            changed[item.name] = folder / expand_home(inner)
        elif is_path_key(item.name) and isinstance(inner, str) and inner:
            changed[item.name] = inner if inner[0] == "$" else str(folder / expand_home(inner))
        elif is_dataclass(inner) and not isinstance(inner, type):
            changed[item.name] = resolve_paths(inner, folder)
    return replace(value, **changed) if changed else value


def expand_home(path: str | Path) -> Path:
    """Return `path` with its `~` replaced, unchanged where there is no such home."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)

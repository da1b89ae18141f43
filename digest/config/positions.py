"""Positions of keys and values in a TOML text, so that a problem is shown with its caret.

`scan` walks a text that tomli has accepted, because tomli reports no positions. A place is found
by its path, such as `("sources", 1, "url")`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import tomli

from digest.model.errors import Problem
from digest.model.text import cut

if TYPE_CHECKING:
    from collections.abc import Mapping

KeyPath: TypeAlias = tuple[str | int, ...]
"""Keys and list indexes that lead to a value of a config."""

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"\d{4}-\d\d-\d\d \d\d:[^\s,\]}#]*|[^\s,\]}#]+")
_STRING = re.compile(
    r'"""(?:\\[\s\S]|[^\\])*?"""(?:"{0,2})'
    r"|'''[\s\S]*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
)
_SECRET = re.compile(
    r"""(\b(?:password|secret|token)\b["']?\s*=\s*)("+(?:\\.|[^"\\])*"*|'+[^']*'*|[^\s{},#"']+)""",
    re.IGNORECASE,
)
_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_WIDEST = 200
"""Maximum characters of a line that are shown and underlined."""


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a text: offsets of its first character and of the one after its last."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Position of a key and its value (a table's value is its name)."""

    key: Span
    value: Span


class _Scanner:
    """Walk through a valid TOML text whose line ends are line feeds."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.places: dict[KeyPath, Place] = {}
        self.last: dict[KeyPath, int] = {}
        """Index of the newest element of each array of tables."""

    def run(self) -> dict[KeyPath, Place]:
        table: KeyPath = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            if self._sees("["):
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)
        return self.places

    def _sees(self, sign: str) -> bool:
        return self.text.startswith(sign, self.at)

    def _skip(self, what: re.Pattern[str]) -> Span:
        found = what.match(self.text, self.at)
        span = Span(self.at, found.end() if found else self.at)
        self.at = span.end
        return span

    def _header(self) -> KeyPath:
        double = self._sees("[[")
        self.at += 1 + double
        names = self._names()
        self.at += 1 + double
        whole = Span(names[0][1].start, names[-1][1].end)
        path: KeyPath = ()
        for name, span in names[:-1]:
            path = self._newest((*path, name))
            self.places.setdefault(path, Place(key=span, value=span))
        path = (*path, names[-1][0])
        self.places.setdefault(path, Place(key=whole, value=whole))
        if double:
            self.last[path] = self.last.get(path, -1) + 1
        path = self._newest(path)
        self.places[path] = Place(key=whole, value=whole)
        return path

    def _newest(self, path: KeyPath) -> KeyPath:
        return (*path, self.last[path]) if path in self.last else path

    def _names(self) -> list[tuple[str, Span]]:
        """Read a dotted key."""
        names = [self._name()]
        while self._sees("."):
            self.at += 1
            names.append(self._name())
        return names

    def _name(self) -> tuple[str, Span]:
        self._skip(_SPACE)
        span = self._skip(_STRING if self.text[self.at] in "\"'" else _BARE_KEY)
        raw = self.text[span.start : span.end]
        self._skip(_SPACE)
        match raw[0]:
            case '"':
                return str(tomli.loads(f"key = {raw}")["key"]), span
            case "'":
                return raw[1:-1], span
            case _:
                return raw, span

    def _pair(self, table: KeyPath) -> None:
        names = self._names()
        self.at += 1
        self._skip(_SPACE)
        path = table
        for name, span in names[:-1]:
            path = (*path, name)
            self.places.setdefault(path, Place(key=span, value=span))
        key = Span(names[0][1].start, names[-1][1].end)
        self._value((*path, names[-1][0]), key)

    def _value(self, path: KeyPath, key: Span | None = None) -> None:
        start = self.at
        match self.text[start]:
            case "[":
                self._list(path)
            case "{":
                self._inline(path)
            case '"' | "'":
                self._skip(_STRING)
            case _:
                self._skip(_BARE_VALUE)
        span = Span(start, self.at)
        self.places[path] = Place(key=key or span, value=span)

    def _list(self, path: KeyPath) -> None:
        self.at += 1
        index = 0
        while self._more("]"):
            self._value((*path, index))
            index += 1

    def _inline(self, path: KeyPath) -> None:
        self.at += 1
        while self._more("}"):
            self._pair(path)

    def _more(self, sign: str) -> bool:
        """Skip blanks and a comma; return False after `sign`, which ends the list."""
        self._skip(_BLANK)
        if self._sees(","):
            self.at += 1
            self._skip(_BLANK)
        ends = self._sees(sign)
        self.at += ends
        return not ends


def scan(text: str) -> dict[KeyPath, Place]:
    """Return the place of each key and value in `text`, which is valid TOML with line feeds."""
    return _Scanner(text).run()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Text of a config file with its tree and the places of its values."""

    file: str
    """File name as messages show it."""
    text: str
    tree: Mapping[str, object]
    places: Mapping[KeyPath, Place]

    def problem(self, path: KeyPath, message: str, *, hint: str = "", key: bool = False) -> Problem:
        """Return the problem at the value of `path` (at its key if `key`).

        Where there is no value at `path`, the nearest table around it is shown.
        """
        while path and path not in self.places:
            path = path[:-1]
        if not path:
            return Problem(message=message, file=self.file, hint=hint)
        place = self.places[path]
        span = place.key if key else place.value
        return problem_at(self.text, span, message, file=self.file, hint=hint)


def problem_at(text: str, span: Span, message: str, *, file: str, hint: str = "") -> Problem:
    """Return the problem at `span` of `text`, with its first line; a secret in it is masked."""
    begin = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", begin)
    line = text[begin:] if end < 0 else text[begin:end]
    column = span.start - begin
    length = max(1, min(span.end - span.start, len(line) - column))
    shown = _SECRET.sub(lambda m: m[1] + "*" * len(m[2]), line)
    return Problem(
        message=message,
        file=file,
        line=text.count("\n", 0, begin) + 1,
        column=column + 1,
        length=min(length, _WIDEST),
        source=_ODD.sub(" ", cut(shown, max(_WIDEST, column + _WIDEST))),
        hint=hint,
    )

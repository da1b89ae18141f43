"""TOML parsing: from the bytes of a config file to its tree, or to one problem with its place.

The parser's messages name grammar rules; the six most common mistakes are explained in plain
words instead. The others keep the parser's message.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import tomli

from digest.config.positions import Document, Span, problem_at, scan
from digest.model.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.config.positions import KeyPath

MAX_BYTES = 4_000_000
"""Maximum size of a config file; hand-written ones have a few kilobytes."""

MAX_DEPTH = 32
"""Maximum nesting of lists and tables; the config needs four levels."""

_DIGITS = re.compile(r"[+-]?\d[\d_]{4000,}")
_WORD = re.compile(r"[^\s,\]}#]+")
_TEXT = re.compile(r'"(?:\\.|[^"\\])*"' + r"|'[^']*'")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NEXT = re.compile(r"\s*(?:[A-Za-z0-9_.-]+\s*=|\[+[A-Za-z0-9_.-]+\]+\s*(?:#|$))")
"""Line that starts a new key or table."""
_OPENING = re.compile(r"=\s*([\[{])")
_DECIMAL_COMMA = re.compile(r"([+-]?\d+),(\d+)(?:\s*#.*)?")


def parse_toml(data: bytes, file: str) -> Document:
    """Return the config in `data`; raise ConfigError, with problems that name `file`."""
    if len(data) > MAX_BYTES:
        raise ConfigError([Problem(message="this file is too large for a config", file=file)])
    text = _decoded(data, file)
    try:
        tree = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise ConfigError([_explained(text, error, file)]) from None
    except RecursionError:
        raise ConfigError([_too_deep(file)]) from None
    except ValueError:
        raise ConfigError([_too_long(text, file)]) from None
    if any(len(path) > MAX_DEPTH for path, _ in walk(tree)):
        raise ConfigError([_too_deep(file)])
    document = Document(file=file, text=text, tree=tree, places=scan(text))
    if problems := list(_odd_numbers(document)):
        raise ConfigError(sorted(problems, key=lambda problem: (problem.line, problem.column)))
    return document


def walk(tree: object) -> Iterator[tuple[KeyPath, object]]:
    """Yield every path of `tree` with its value, without recursion."""
    waiting: list[tuple[KeyPath, object]] = [((), tree)]
    while waiting:
        path, value = waiting.pop()
        yield path, value
        if isinstance(value, dict):
            waiting += [((*path, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [((*path, index), inner) for index, inner in enumerate(value)]


def _decoded(data: bytes, file: str) -> str:
    hint = "save the file as UTF-8"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ConfigError([Problem(message="this file is UTF-16", file=file, hint=hint)])
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        text = data.decode("latin-1")
        message = f"byte 0x{data[error.start]:02X} is not UTF-8"
        raise ConfigError([_at(text, error.start, message, hint, file)]) from None
    if found := _CONTROL.search(text):
        name = "NUL" if found[0] == "\0" else f"U+{ord(found[0]):04X}"
        message = f"the control character {name} cannot stand here"
        raise ConfigError([_at(text, found.start(), message, "delete it", file)])
    return text


def _at(text: str, offset: int, message: str, hint: str, file: str, length: int = 1) -> Problem:
    return problem_at(text, Span(offset, offset + length), message, file=file, hint=hint)


def _too_deep(file: str) -> Problem:
    return Problem(message="lists or tables are nested too deeply", file=file)


def _too_long(text: str, file: str) -> Problem:
    found = _DIGITS.search(text)
    start = found.start() if found else 0
    return _at(text, start, "a number with too many digits", "", file, 20)


def _odd_numbers(document: Document) -> Iterator[Problem]:
    for path, value in walk(document.tree):
        if isinstance(value, float) and not math.isfinite(value):
            yield document.problem(path, "expected a number", hint="write it in digits")


def _explained(text: str, error: tomli.TOMLDecodeError, file: str) -> Problem:
    """Return the parser's error as a problem, in plain words where its message is a known one."""
    offset = min(error.pos, len(text))
    for known, explain in _EXPLAIN:
        if known in error.msg:
            at, length, message, hint = explain(text, offset)
            return _at(text, at, message, hint, file, length)
    begin, line = _line(text, min(max(0, offset - 1), len(text.rstrip())))
    start = begin + len(line) - len(line.lstrip())
    plain = error.msg[:1].lower() + error.msg[1:]
    return _at(text, start, plain, "", file, len(line.strip()))


_Explanation = tuple[int, int, str, str]
"""Offset and length of the faulty text, message, hint."""


def _line(text: str, offset: int) -> tuple[int, str]:
    begin = text.rfind("\n", 0, offset) + 1
    return begin, text[begin:].split("\n", 1)[0]


def _open_text(text: str, offset: int) -> _Explanation:
    """Find the nearest line, from `offset` upwards, that opens a quote and does not close it."""
    for quotes in ('"""', "'''"):
        if text.count(quotes, 0, offset) % 2:
            start = text.rindex(quotes, 0, offset)
            return start, 3, "this text has no closing quotes", f"add {quotes} at its end"
    begin, line = _line(text, min(offset, len(text.rstrip())))
    while (start := _first_quote(_TEXT.sub(lambda t: " " * len(t[0]), line))) < 0 and begin:
        begin, line = _line(text, begin - 1)
    start = max(start, 0)
    hint = f"add {line[start : start + 1]} at its end"
    return begin + start, len(line) - start, "this text has no closing quote", hint


def _first_quote(line: str) -> int:
    return min((i for i in (line.find('"'), line.find("'")) if i >= 0), default=-1)


def _open_bracket(text: str, offset: int) -> _Explanation:
    openings = [found.start(1) for found in _OPENING.finditer(text, 0, offset)]
    start = openings[-1] if openings else offset
    sign, what = ("]", "list") if text[start : start + 1] == "[" else ("}", "table")
    return start, 1, f"this {what} has no closing {sign}", f"add {sign} or a missing comma"


def _bad_value(text: str, offset: int) -> _Explanation:
    found = _WORD.match(text, offset)
    word = found[0] if found else ""
    length = max(1, len(word))
    if _is_list_end(text, offset):
        return _open_bracket(text, offset)
    if not word:
        return offset, length, "a value is missing here", "write one, or delete the line"
    if word.lower() in {"true", "false", "yes", "no", "on", "off"}:
        return offset, length, "expected true or false", "in lower case, without quotes"
    if word[0] in "“”„‘’«":
        return offset, length, "these quotes are typographic", 'use straight quotes: "…"'
    return offset, length, "this is not a value", "text needs quotes around it"


def _is_list_end(text: str, offset: int) -> bool:
    """Return whether a new key, a table or the end of the file follows inside a list."""
    begin, line = _line(text, offset)
    inside = "=" not in text[begin:offset] and _OPENING.search(text, 0, offset) is not None
    return inside and (_NEXT.match(line) is not None or not text[offset:].strip())


def _after_value(text: str, offset: int) -> _Explanation:
    begin, line = _line(text, offset)
    rest = text[offset : begin + len(line)].rstrip()
    length = max(1, len(rest))
    before = text[begin:offset].rpartition("=")[2].strip()
    start = text.index(before, begin)
    if comma := _DECIMAL_COMMA.fullmatch(before + rest):
        hint = f"write a decimal point: {comma[1]}.{comma[2]}"
        return start, length + offset - start, "numbers have a decimal point, not a comma", hint
    if before[:1].isdigit() and (rest[:1] == ":" or before == "0" or "-" in before + rest):
        return start, length + offset - start, "this is not a number", "put it in quotes"
    if "=" in rest:
        return offset, length, "two keys on one line", "write one key per line"
    return offset, length, "unexpected text after the value", "start a comment with #"


def _no_equals(text: str, offset: int) -> _Explanation:
    if text[offset : offset + 1] == ":":
        return offset, 1, "expected = after the key", "write = instead of :"
    begin, line = _line(text, offset)
    start = len(line) - len(line.lstrip())
    return begin + start, len(line) - start, "expected `key = value`", "start a comment with #"


def _backslash(text: str, offset: int) -> _Explanation:
    start = text.rfind("\\", 0, offset + 1)
    hint = "write \\\\ for one backslash, or put the text in 'single quotes'"
    return start, 2, "a backslash has a special meaning in double quotes", hint


def _twice(text: str, offset: int) -> _Explanation:
    begin, line = _line(text, min(offset, len(text.rstrip())))
    start = len(line) - len(line.lstrip())
    key = line[start:].split("=", 1)[0].strip()
    hint = "keep one; merge the lines of two tables into one"
    return begin + start, len(key), f"`{key}` is already in this file", hint


_EXPLAIN = (
    ("Illegal character '\\n'", _open_text),
    ("Found invalid character '\\n'", _open_text),
    ("Expected \"'", _open_text),
    ("Unterminated string", _open_text),
    ("Unclosed", _open_bracket),
    ("Invalid value", _bad_value),
    ("Expected newline or end of document", _after_value),
    ("Expected '=' after a key", _no_equals),
    ("'\\' in a string", _backslash),
    ("Invalid hex value", _backslash),  # "C:\Users": \U begins an escape of eight digits
    ("Cannot", _twice),
)
"""Functions that explain a mistake, by a part of tomli's message."""

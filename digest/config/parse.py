"""From the bytes of a config file to its tree, or to the one problem that makes it unreadable.

The TOML parser's own words are for people who write parsers; here they become what a reader
can act on.
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
"""Bytes; no config written by a person is larger."""

MAX_DEPTH = 32
"""Levels of lists and tables within each other."""

_DIGITS = re.compile(r"[+-]?\d[\d_]{4000,}")
_WORD = re.compile(r"[^\s,\]}#]+")
_TEXT = re.compile(r'"(?:\\.|[^"\\])*"' + r"|'[^']*'")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NEXT = re.compile(r"\s*(?:[A-Za-z0-9_.-]+\s*=|\[+[A-Za-z0-9_.-]+\]+\s*(?:#|$))")
"""A line that begins something new."""
_OPENING = re.compile(r"=\s*([\[{])")


def parse_toml(data: bytes, file: str) -> Document:
    """Return the config in `data`, shown to the reader as `file`; raise ConfigError."""
    if len(data) > MAX_BYTES:
        raise ConfigError([Problem(message="this file is too large for a config", file=file)])
    text = _decoded(data, file)
    try:
        tree = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise ConfigError([_rewritten(text, error, file)]) from None
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
    """Yield every path of `tree` with what stands there, without recursion."""
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


def _rewritten(text: str, error: tomli.TOMLDecodeError, file: str) -> Problem:
    """Return what tomli says, in words and at the place that help."""
    offset = min(error.pos, len(text))
    for words, explain in _EXPLAIN:
        if words in error.msg:
            at, length, message, hint = explain(text, offset)
            return _at(text, at, message, hint, file, length)
    plain = error.msg[:1].lower() + error.msg[1:]
    return _at(text, max(0, min(offset, len(text.rstrip()) - 1)), plain, "", file)


_Words = tuple[int, int, str, str]
"""Where, how many characters, what is wrong, how to mend it."""


def _line(text: str, offset: int) -> tuple[int, str]:
    begin = text.rfind("\n", 0, offset) + 1
    return begin, text[begin:].split("\n", 1)[0]


def _last_line(text: str, offset: int) -> tuple[int, str]:
    """Return the line at `offset`, or the last one with something in it."""
    return _line(text, min(offset, len(text.rstrip())))


def _open_text(text: str, offset: int) -> _Words:
    """Find the nearest line, from `offset` upwards, that opens a quote and does not close it."""
    begin, line = _last_line(text, offset)
    while (start := _first_quote(_TEXT.sub(lambda t: " " * len(t[0]), line))) < 0 and begin:
        begin, line = _line(text, begin - 1)
    start = max(start, 0)
    hint = f"add {line[start : start + 1]} at its end"
    return begin + start, len(line) - start, "this text has no closing quote", hint


def _first_quote(line: str) -> int:
    return min((i for i in (line.find('"'), line.find("'")) if i >= 0), default=-1)


def _open_long_text(text: str, offset: int) -> _Words:
    start = max(text.rfind('"""'), text.rfind("'''"))
    if start < 0:
        return _open_text(text, offset)
    quotes = text[start : start + 3]
    return start, 3, "this text has no closing quotes", f"add {quotes} at its end"


def _open_bracket(text: str, offset: int) -> _Words:
    openings = [found.start(1) for found in _OPENING.finditer(text, 0, offset)]
    start = openings[-1] if openings else offset
    sign, what = ("]", "list") if text[start : start + 1] == "[" else ("}", "table")
    return start, 1, f"this {what} has no closing {sign}", f"add {sign} or a missing comma"


def _bad_value(text: str, offset: int) -> _Words:
    found = _WORD.match(text, offset)
    word = found[0] if found else ""
    length = max(1, len(word))
    if _begins_anew(text, offset):
        return _open_bracket(text, offset)
    if not word:
        return offset, length, "a value is missing here", "write one, or delete the line"
    if word.lower() in {"true", "false", "yes", "no", "on", "off"}:
        return offset, length, "expected true or false", "in lower case, without quotes"
    if word[0] in "“”„‘’«":
        return offset, length, "these quotes are typographic", 'use straight ones: "…"'
    return offset, length, "this is not a value", "text needs quotes around it"


def _begins_anew(text: str, offset: int) -> bool:
    """Tell whether a new key, table or the end stands where a list should go on."""
    begin, line = _line(text, offset)
    inside = "=" not in text[begin:offset] and _OPENING.search(text, 0, offset) is not None
    return inside and (_NEXT.match(line) is not None or not text[offset:].strip())


def _bad_key(text: str, offset: int) -> _Words:
    if _NEXT.match(_line(text, offset)[1]):
        return _open_bracket(text, offset)
    return offset, 1, "expected a key here", "keys are words of a-z, digits, _ and -"


def _behind_value(text: str, offset: int) -> _Words:
    begin, line = _line(text, offset)
    rest = text[offset : begin + len(line)].rstrip()
    length = max(1, len(rest))
    before = text[begin:offset].rpartition("=")[2].strip()
    if before[:1].isdigit() and (rest[:1] == ":" or before == "0" or "-" in before + rest):
        start = text.index(before, begin)
        return start, length + offset - start, "this is not a number", "put it in quotes"
    if "=" in rest:
        return offset, length, "two keys on one line", "one key a line"
    return offset, length, "nothing may follow the value", "a comment begins with #"


def _no_equals(text: str, offset: int) -> _Words:
    if text[offset : offset + 1] == ":":
        return offset, 1, "expected = after the key", "write = instead of :"
    begin, line = _line(text, offset)
    start = len(line) - len(line.lstrip())
    return begin + start, len(line) - start, "expected `key = value`", "a comment begins with #"


def _open_header(text: str, offset: int) -> _Words:
    begin, line = _line(text, offset)
    sign = "]]" if line.lstrip().startswith("[[") else "]"
    return begin, len(line), f"this table's name has no closing {sign}", f"add {sign}"


def _twice(text: str, offset: int) -> _Words:
    begin, line = _last_line(text, offset)
    start = len(line) - len(line.lstrip())
    key = line[start:].split("=", 1)[0].strip()
    return begin + start, len(key), f"`{key}` stands here a second time", "keep one of the two"


def _twice_inline(_: str, offset: int) -> _Words:
    return offset - 1, 1, "a key stands twice in this table", "keep one of the two"


def _backslash(text: str, offset: int) -> _Words:
    start = text.rfind("\\", 0, offset + 1)
    hint = "write \\\\ for one backslash, or put the text in 'single quotes'"
    return start, 2, "this backslash means nothing", hint


def _statement(text: str, offset: int) -> _Words:
    begin, line = _line(text, offset)
    return begin, len(line), "expected `key = value` or a [table]", "a comment begins with #"


_EXPLAIN = (
    ("Illegal character '\\n'", _open_text),
    ("Found invalid character '\\n'", _open_text),
    ('Expected "\'"', _open_text),
    ("Unterminated string", _open_long_text),
    ("Expected \"'''\"", _open_long_text),
    ("Unclosed", _open_bracket),
    ("Invalid value", _bad_value),
    ("Invalid initial character", _bad_key),
    ("Expected newline or end of document", _behind_value),
    ("Expected '=' after a key", _no_equals),
    ("at the end of a table declaration", _open_header),
    ("at the end of an array declaration", _open_header),
    ("Cannot", _twice),
    ("Duplicate", _twice_inline),
    ("'\\' in a string", _backslash),
    ("Invalid statement", _statement),
)
"""From words in tomli's message to what explains it."""

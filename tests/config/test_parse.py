"""Bytes that are no config, each told in one clear text."""

from __future__ import annotations

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.config.parse import MAX_BYTES, parse_toml
from digest.model.errors import ConfigError, Problem

COMMA = "numbers have a decimal point, not a comma"
BACKSLASH = "a backslash has a special meaning in double quotes"
TWICE = "keep one; merge the lines of two tables into one"


def problem(data: bytes | str) -> Problem:
    """Return the only problem of a file with these bytes."""
    with pytest.raises(ConfigError) as caught:
        parse_toml(data if isinstance(data, bytes) else data.encode(), "c.toml")
    assert len(caught.value.problems) == 1
    return caught.value.problems[0]


@pytest.mark.parametrize(
    ("text", "place", "length", "message", "hint"),
    [
        ('a = 1\nb = "x\n', (2, 5), 2, "this text has no closing quote", 'add " at its end'),
        ("a = 'x\nb = 1", (1, 5), 2, "this text has no closing quote", "add ' at its end"),
        ("a = 'x", (1, 5), 2, "this text has no closing quote", "add ' at its end"),
        ("a = ['x',\n 'y,\n]", (2, 2), 3, "this text has no closing quote", "add ' at its end"),
        ('a = """x\n\n', (1, 5), 3, "this text has no closing quotes", 'add """ at its end'),
        ("a = '''x", (1, 5), 3, "this text has no closing quotes", "add ''' at its end"),
        ("a = [1,\n", (1, 5), 1, "this list has no closing ]", "add ] or a missing comma"),
        ('a = [1,\nb = "x"', (1, 5), 1, "this list has no closing ]", "add ] or a missing comma"),
        ("a = [1,\n[b]", (1, 5), 1, "this list has no closing ]", "add ] or a missing comma"),
        ("a = {b=1,\n[b]", (1, 1), 9, "invalid initial character for a key part", ""),
        ("a.ö = 1", (1, 1), 7, "invalid initial character for a key part", ""),
        ('a = ["x" "y"]', (1, 5), 1, "this list has no closing ]", "add ] or a missing comma"),
        ("a = {b = 1", (1, 5), 1, "this table has no closing }", "add } or a missing comma"),
        ("a =\nb = 1", (1, 4), 1, "a value is missing here", "write one, or delete the line"),
        ("a = True", (1, 5), 4, "expected true or false", "in lower case, without quotes"),
        ("a = “x”", (1, 5), 3, "these quotes are typographic", 'use straight quotes: "…"'),
        ("to = ada@example.org", (1, 6), 15, "this is not a value", "text needs quotes around it"),
        ("at = 7:30", (1, 6), 4, "this is not a number", "put it in quotes"),
        ("a = 007", (1, 5), 3, "this is not a number", "put it in quotes"),
        ("a = 2026-13-01", (1, 5), 10, "this is not a number", "put it in quotes"),
        ("a = 1 b = 2", (1, 7), 5, "two keys on one line", "write one key per line"),
        ('a = "b" c', (1, 9), 1, "unexpected text after the value", "start a comment with #"),
        ("min_score = 25,5", (1, 13), 4, COMMA, "write a decimal point: 25.5"),
        ("[interests]\nweight = 0,25 # half", (2, 10), 11, COMMA, "write a decimal point: 0.25"),
        ("a = -1,5", (1, 5), 4, COMMA, "write a decimal point: -1.5"),
        ("a = 25, 5", (1, 7), 3, "unexpected text after the value", "start a comment with #"),
        ("port: 587", (1, 5), 1, "expected = after the key", "write = instead of :"),
        ("  just words", (1, 3), 10, "expected `key = value`", "start a comment with #"),
        ("[smtp\n", (1, 1), 5, "expected ']' at the end of a table declaration", ""),
        ("[[sources]\n", (1, 1), 10, "expected ']]' at the end of an array declaration", ""),
        ("a = 1\na = 2\n", (2, 1), 1, "`a` is already in this file", TWICE),
        ("[a]\n[a]", (2, 1), 3, "`[a]` is already in this file", TWICE),
        ("x = {a=1,a=2}", (1, 1), 13, "duplicate inline table key 'a'", ""),
        (
            "a = 'x'\nb = \"C:\\dir\"",
            (2, 8),
            2,
            BACKSLASH,
            "write \\\\ for one backslash, or put the text in 'single quotes'",
        ),
        (
            'path = "C:\\Users\\ada"',
            (1, 11),
            2,
            BACKSLASH,
            "write \\\\ for one backslash, or put the text in 'single quotes'",
        ),
        ("= 3", (1, 1), 3, "invalid statement", ""),
        ('a = "\\ud800"', (1, 1), 12, "escaped character is not a Unicode scalar value", ""),
        ("a = inf", (1, 5), 3, "expected a number", "write it in digits"),
        ("a = [[nan]]", (1, 7), 3, "expected a number", "write it in digits"),
        ("a\0 = 1", (1, 2), 1, "the control character NUL cannot stand here", "delete it"),
        ("# \x1b[1m", (1, 3), 1, "the control character U+001B cannot stand here", "delete it"),
        ("a = 1\rb = 2", (1, 6), 1, "the control character U+000D cannot stand here", "delete it"),
        (f"a = {'9' * 5000}", (1, 5), 20, "a number with too many digits", ""),
    ],
)
def test_c05_broken_text_is_told_in_our_words(
    text: str, place: tuple[int, int], length: int, message: str, hint: str
) -> None:
    """What is wrong, where, and how to mend it; never the parser's own words where ours exist."""
    found = problem(text)

    assert (found.line, found.column) == place
    assert (found.length, found.message, found.hint) == (length, message, hint)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a = 1\nb = 'caf\xe9'", "c.toml:2:9: byte 0xE9 is not UTF-8"),
        ("a = 1".encode("utf-16"), "c.toml: this file is UTF-16"),
        (b"a = " + b"[" * 5000 + b"]" * 5000, "c.toml: lists or tables are nested too deeply"),
        (b"a = " + b"[" * 50 + b"]" * 50, "c.toml: lists or tables are nested too deeply"),
        (b"#" * (MAX_BYTES + 1), "c.toml: this file is too large for a config"),
    ],
)
def test_c05_bytes_that_are_no_text_are_told(data: bytes, expected: str) -> None:
    """Other encodings, deep nests and huge files get one clear text each."""
    assert str(problem(data)).startswith(expected)


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfa = 1\r\nb = 2\r\n", b"a = 1\nb = 2"])
def test_c05_windows_files_are_read(data: bytes) -> None:
    """A byte order mark and CRLF do no harm."""
    assert parse_toml(data, "c.toml").tree == {"a": 1, "b": 2}


def test_no_source_line_carries_a_control_character() -> None:
    """What is shown of a broken line cannot drive a terminal."""
    assert problem("x = 1 # \x1b[31mred\x07").source == "x = 1 #  [31mred "


def test_a_long_line_is_cut() -> None:
    """A problem in a line of a megabyte is still one screen."""
    assert len(str(problem(f'a = "{"x" * 1_000_000}'))) < 1000


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="ab=[]{}\",.'\n# \\1:é", max_size=40).map(lambda s: s.encode()))
def test_any_text_is_read_or_told_with_its_place(data: bytes) -> None:
    """Whatever the text, it is read as tomli reads it, or refused with a place inside it."""
    try:
        tree = parse_toml(data, "c.toml").tree
    except ConfigError as error:
        lines = data.decode().split("\n")
        found = error.problems[0]
        assert 1 <= found.line <= len(lines)
        assert 1 <= found.column <= len(lines[found.line - 1]) + 1
    else:
        assert tree == tomli.loads(data.decode())


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_told(data: bytes) -> None:
    """No bytes raise anything but ConfigError."""
    found: tuple[Problem, ...] = ()
    try:
        parse_toml(data, "c.toml")
    except ConfigError as error:
        found = error.problems
    assert all(str(problem) for problem in found)

"""Places in TOML texts, and problems shown there."""

from __future__ import annotations

import json
import string
from typing import TYPE_CHECKING

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.config.positions import Document, KeyPath, Span, problem_at, scan

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = st.one_of(
    st.text("ab #]=.", max_size=4).map(lambda s: f"'{s}'"),
    st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=5),
    st.text(string.printable + "é✓", max_size=4).map(lambda s: json.dumps(s).replace("\x7f", "")),
)
GAP = st.sampled_from(["", " ", "\t", "  "])
BREAK = st.sampled_from(["", " ", "\n", ' # a ] comment, "\n', "\n\n  "])
SCALAR = st.one_of(
    st.integers(-(2**63), 2**63).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.sampled_from(["true", "false", "inf", "07:30:00", "2026-11-22", "2026-11-22 07:30:00Z"]),
    st.text("ab \"'\\\n✓#]", max_size=6).map(json.dumps),
    st.text('ab \\#]="', max_size=6).map(lambda s: f"'{s}'"),
    st.text("ab #]\n,", max_size=6).map(lambda s: f'"""{s}\\""""" '.rstrip()),
    st.text('ab #]\n"\\', max_size=6).map(lambda s: f"'''{s}'''"),
)


@st.composite
def lists(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    """Draw a list with gaps, comments and perhaps a trailing comma."""
    items = draw(st.lists(inner, max_size=3))
    text = ",".join(f"{draw(BREAK)}{item}{draw(BREAK)}" for item in items)
    last = draw(st.sampled_from(["", ","])) if items else ""
    return f"[{text}{last}{draw(BREAK)}]"


@st.composite
def inline_tables(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    """Draw an inline table."""
    pairs = draw(st.lists(st.tuples(KEY, inner), max_size=3))
    return "{" + ",".join(f"{draw(GAP)}{key}{draw(GAP)}={draw(GAP)}{v}" for key, v in pairs) + "}"


VALUE = st.recursive(
    SCALAR, lambda inner: st.one_of(lists(inner), inline_tables(inner)), max_leaves=4
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Draw a text that is mostly valid TOML: what repeats a name is not."""
    lines = []
    for number in range(draw(st.integers(1, 5))):
        path = draw(st.lists(KEY, min_size=1, max_size=3))
        gap = draw(GAP)
        name = f"{gap}.{gap}".join([*path[:-1], f"n{number}"])
        kind = draw(st.sampled_from(["[{}]", "[[{}]]", "[[ again ]]", "[again.{}]"]))
        lines.append(kind.format(name) + draw(st.sampled_from(["", "  # a ] comment"])))
        lines += [
            f"{gap}{key}{gap}={gap}{draw(VALUE)}"
            for key in draw(st.lists(KEY, max_size=3, unique=True))
        ]
        lines.append(f"{name} = {draw(VALUE)}")
    return "\n".join(lines) + draw(st.sampled_from(["", "\n"]))


def walk(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    """Yield everything in a parsed config with its path."""
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, (*path, key))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from walk(inner, (*path, index))


@settings(deadline=None, max_examples=50)
@given(documents())
def test_every_path_has_its_place(text: str) -> None:
    """The scanner finds exactly what tomli finds; the text at a value's place is that value."""
    try:
        tree = tomli.loads(text)
    except tomli.TOMLDecodeError:
        return
    places = scan(text)
    expected = dict(walk(tree))
    assert set(places) == set(expected)
    for path, value in expected.items():
        span = places[path].value
        if not isinstance(value, dict | list) or text[span.start] in "[{":
            assert tomli.loads(f"v = {text[span.start : span.end]}")["v"] == value


TEXT = """\
# a letter
papers = 12
[email]
to = ["ada@example.org",  # me
      "bob@example.org"]
[[sources]]
type = "feed"
[[sources]]
type.of.it = 'x'
auth = { password = "hunter2", port = "587" }
[sources.more]
"""


@pytest.mark.parametrize(
    ("path", "line", "column", "length"),
    [
        (("papers",), 2, 10, 2),
        (("email",), 3, 2, 5),
        (("email", "to"), 4, 6, 25),
        (("email", "to", 1), 5, 7, 17),
        (("sources",), 6, 3, 7),
        (("sources", 1), 8, 3, 7),
        (("sources", 1, "type", "of"), 9, 6, 2),
        (("sources", 1, "auth", "port"), 10, 39, 5),
        (("sources", 1, "auth", "nothing"), 10, 8, 38),
        (("sources", 1, "more"), 11, 2, 12),
    ],
)
def test_a_problem_stands_at_its_value(path: KeyPath, line: int, column: int, length: int) -> None:
    """Line, column and length point at the value, or at the nearest thing around it."""
    document = Document(file="c.toml", text=TEXT, tree={}, places=scan(TEXT))

    problem = document.problem(path, "wrong")

    assert (problem.line, problem.column, problem.length) == (line, column, length)


def test_a_problem_can_stand_at_its_key() -> None:
    """An unknown key is underlined itself, not its value."""
    document = Document(file="c.toml", text=TEXT, tree={}, places=scan(TEXT))

    problem = document.problem(("papers",), "unknown key", key=True)

    assert (problem.column, problem.length, problem.source) == (1, 6, "papers = 12")


def test_a_problem_of_nothing_in_the_text_names_the_file_alone() -> None:
    """What stands nowhere has no line."""
    document = Document(file="c.toml", text=TEXT, tree={}, places=scan(TEXT))

    assert str(document.problem(("smtp", "host"), "missing", hint="add it")) == (
        "c.toml: missing\n  = add it"
    )


@pytest.mark.parametrize(
    "secret", ['"hunter2"', "'hunter2'", '"hun\\"ter2"', "hunter2", '"hunter2', '"""hunter2"""']
)
def test_no_problem_shows_a_password(secret: str) -> None:
    """A line with a password in it is shown with the password made unreadable, carets in place."""
    text = f"smtp = {{ password = {secret}, port = '5' }}"

    problem = problem_at(text, Span(text.index("'5'"), text.index("'5'") + 3), "no", file="c")

    assert "ter2" not in str(problem)
    assert problem.source[problem.column - 1 :].startswith(("'5'", "*"))


def test_a_tab_is_as_wide_as_its_caret() -> None:
    """Tabs become single spaces, so that the carets stand below what they mean."""
    problem = problem_at("a\t= 1\n", Span(4, 5), "no", file="c")

    assert (problem.source, problem.column) == ("a = 1", 5)

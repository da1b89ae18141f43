"""How lines of text fit the terminal, whatever stands in them."""

from __future__ import annotations

import sys
from pathlib import Path
from shutil import get_terminal_size
from textwrap import wrap

WIDTH = 80
"""Columns, where nobody says how many there are: in a file, in a pipe, in a mail from cron."""
NARROW, WIDEST = 60, 100
"""Columns below which nothing stands beside a label; and above which lines are hard to read."""
LEAST = 24


def width() -> int:
    """Return how many columns may be filled."""
    if not sys.stdout.isatty():
        return WIDTH
    return max(LEAST, min(get_terminal_size((WIDTH, 24)).columns, WIDEST))


def is_narrow() -> bool:
    """Tell whether the terminal has no room for columns."""
    return width() < NARROW


def fold(
    text: str, *, within: int | None = None, indent: str = "", first: str | None = None
) -> list[str]:
    """Return `text` in lines of at most `within`, all but the first begun with `indent`.

    An address or a path is never torn: it may stick out.
    """
    head = indent if first is None else first
    lines = wrap(
        text.strip(),
        within or width(),
        initial_indent=head,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [head.rstrip()]


def labelled(label: str, text: str, *, column: int, indent: str = "") -> list[str]:
    """Return `text` folded at a column, with a label before it; a long label has its own line.

    Where there is no room for columns every label has.
    """
    if is_narrow():
        return [*([indent + label] if label else []), *fold(text, indent=f"{indent}  ")]
    margin = " " * column
    if len(indent) + len(label) >= column:
        return [indent + label, *fold(text, indent=margin)]
    return fold(text, indent=margin, first=f"{indent}{label}".ljust(column))


def short(path: Path | str) -> str:
    """Return a path as one would write it: with ~ for the home folder."""
    text, home = str(path), str(Path.home())
    return f"~{text[len(home) :]}" if text == home or text.startswith(f"{home}/") else text

"""Text folded to the width of the terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from shutil import get_terminal_size
from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDTH = 80
"""Columns in a file, in a pipe and in a mail from cron, which have no width."""
NARROW, WIDEST = 60, 100
"""Columns below which labels get a line of their own; columns above which lines read badly."""
LEAST = 24
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")


def width() -> int:
    """Return the usable columns."""
    if not sys.stdout.isatty():
        return WIDTH
    return max(LEAST, min(get_terminal_size((WIDTH, 24)).columns, WIDEST))


def is_narrow() -> bool:
    """Return whether the terminal is too narrow for columns."""
    return width() < NARROW


def fold(
    text: str, *, within: int | None = None, indent: str = "", first: str | None = None
) -> list[str]:
    """Return `text` in lines of at most `within`, all but the first begun with `indent`.

    An address or a path is never broken: it may exceed the width.
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
    """Return `text` folded at a column after its label; a long label gets its own line.

    On a narrow terminal every label does.
    """
    if is_narrow():
        return [*([indent + label] if label else []), *fold(text, indent=f"{indent}  ")]
    margin = " " * column
    if len(indent) + len(label) >= column:
        return [indent + label, *fold(text, indent=margin)]
    return fold(text, indent=margin, first=f"{indent}{label}".ljust(column))


def short(path: Path | str) -> str:
    """Return a path with ~ for the home folder."""
    text, home = str(path), str(Path.home())
    return f"~{text[len(home) :]}" if text == home or text.startswith(f"{home}/") else text


def open_in_browser(address: str, environ: Mapping[str, str]) -> bool:
    """Open the address in a graphical browser; a text browser would take the terminal."""
    import webbrowser

    screen = any(map(environ.get, SCREENS)) or sys.platform == "darwin"
    return screen and webbrowser.open(address)

"""How lines of text fit a terminal of 80 columns, whatever stands in them."""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap

WIDTH = 80


def fold(text: str, *, width: int = WIDTH, indent: str = "", first: str | None = None) -> list[str]:
    """Return `text` in lines of at most `width`, all but the first begun with `indent`.

    An address or a path is never torn: it may stick out.
    """
    head = indent if first is None else first
    lines = wrap(
        text.strip(),
        width,
        initial_indent=head,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [head.rstrip()]


def labelled(label: str, text: str, *, column: int, indent: str = "") -> list[str]:
    """Return `text` folded at a column, with a label before it; a long label has its own line."""
    margin = " " * column
    if len(indent) + len(label) >= column:
        return [indent + label, *fold(text, indent=margin)]
    return fold(text, indent=margin, first=f"{indent}{label}".ljust(column))


def short(path: Path | str) -> str:
    """Return a path as one would write it: with ~ for the home folder."""
    text, home = str(path), str(Path.home())
    return f"~{text[len(home) :]}" if text == home or text.startswith(f"{home}/") else text

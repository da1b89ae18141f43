"""Shows what is wrong in a template: the message, the file, the line, the very word."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING

from jinja2 import (
    Environment,
    TemplateAssertionError,
    TemplateNotFound,
    TemplateSyntaxError,
    nodes,
)
from jinja2 import TemplateError as JinjaError
from jinja2.parser import Parser

from digest.model.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

HINT = "`digest templates FOLDER` writes fresh copies of ours to start from"

_LINE_END = re.compile(r"\r\n|\r|\n")
_TAG = re.compile(r"\{([{%#]).*?[}%#]\}")
_UNPARSED = frozenset(
    {"comment_begin", "comment", "comment_end", "whitespace", "raw_begin", "raw_end"}
)
"""Tokens of Jinja's lexer that its parser never sees."""


def problem(error: Exception, environment: Environment, path: Path) -> Problem:
    """Return what `error` says, at its place; `path` is the template that was rendered."""
    file, line = _place(error) or (str(path), 0)
    hint = HINT
    match error:
        case TemplateNotFound():
            message = f"there is no template “{error.name}”"
        case UnknownBlock():
            message, hint = str(error.message), error.hint
        case JinjaError() if error.message:
            message = error.message
        case _:
            message = f"{type(error).__name__}: {error}"
    source = _source(file)
    first, length = _span(error, environment, source, line) or _guess(message, source, line)
    return Problem(
        message=message,
        file=file,
        line=line,
        column=first + 1,
        length=length,
        source=_line(source, line),
        hint=hint,
    )


class UnknownBlock(TemplateAssertionError):
    """A template changes a block that the one it extends does not have: nobody would see it."""

    def __init__(self, name: str, known: list[str], lineno: int, file: str) -> None:
        near = get_close_matches(name, known, n=1)
        those = (
            f"there are {', '.join(known)}" if known else "there is none: change the file itself"
        )
        self.hint = f"did you mean “{near[0]}”?" if near else those
        super().__init__(f"there is no block '{name}' to change", lineno, filename=file)


def check_blocks(environment: Environment, name: str, file: Path) -> None:
    """Raise UnknownBlock where a template changes a block that no template above it has.

    What is wrong with it besides is told when it is rendered.
    """
    try:
        tree = environment.parse(file.read_text("utf-8"))
        known = sorted(_inherited(environment, tree, {name}))
    except (JinjaError, nodes.Impossible, OSError, UnicodeError):
        return
    if tree.find(nodes.Extends):
        for block in _outermost(tree):
            if block.name not in known:
                raise UnknownBlock(block.name, known, block.lineno, str(file))


def _inherited(environment: Environment, tree: nodes.Template, seen: set[str]) -> set[str]:
    """Return the names of all blocks in the templates that `tree` extends, near and far.

    Raises nodes.Impossible where it decides only when rendered, JinjaError where it cannot be.
    """
    found: set[str] = set()
    for extends in tree.find_all(nodes.Extends):
        parent = extends.template.as_const()
        if parent in seen or environment.loader is None:
            raise TemplateNotFound(parent)
        source, _, _ = environment.loader.get_source(environment, parent)
        above = environment.parse(source)
        found |= {block.name for block in above.find_all(nodes.Block)}
        found |= _inherited(environment, above, seen | {parent})
    return found


def _outermost(node: nodes.Node) -> Iterator[nodes.Block]:
    """Yield the blocks that stand in no other: those within a changed block may be new."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Block):
            yield child
        else:
            yield from _outermost(child)


def _place(error: Exception) -> tuple[str, int] | None:
    """Return file and line of the innermost template that `error` came through."""
    if isinstance(error, TemplateSyntaxError):
        return str(error.filename or error.name), error.lineno
    places = [
        place for place in _frames(error.__traceback__) if place[0].endswith((".html", ".txt"))
    ]
    return places[-1] if places else None


def _frames(trace: TracebackType | None) -> list[tuple[str, int]]:
    return [(frame.f_code.co_filename, line) for frame, line in walk_tb(trace)]


def _source(file: str) -> str:
    """Return the text of a template with the line ends that Jinja makes of its own."""
    try:
        return "\n".join(_LINE_END.split(Path(file).read_text("utf-8")))
    except (OSError, UnicodeError):
        return ""


def _line(source: str, line: int) -> str:
    lines = source.split("\n")
    return lines[line - 1] if 0 < line <= len(lines) else ""


def _span(
    error: Exception, environment: Environment, source: str, line: int
) -> tuple[int, int] | None:
    """Return column (from 0) and length of the token at which Jinja gave up, if on that line."""
    if not isinstance(error, TemplateSyntaxError):
        return None
    start, end = _stopped(environment, source)
    before = source[:start]
    if before.count("\n") + 1 != line or start == end:
        return None
    column = start - (before.rfind("\n") + 1)
    return column, min(end - start, len(_line(source, line)) - column)


def _stopped(environment: Environment, source: str) -> tuple[int, int]:
    """Return where in `source` the first token stands that cannot be understood; (0, 0): nowhere.

    Jinja knows only its line. So its lexer's tokens are found again in the text, and those are
    counted that its parser had left.
    """
    spans: list[tuple[int, int]] = []
    end = 0
    try:
        for _, kind, value in environment.lex(source):
            start = source.find(value, end)
            end = start + len(value)
            if kind not in _UNPARSED:
                spans.append((start, end))
    except TemplateSyntaxError:  # the lexer itself stumbled: over what follows the last token
        return end, end + 1
    parser = Parser(environment, source)
    try:
        parser.parse()
    except TemplateSyntaxError:
        left = sum(1 for _ in parser.stream)
        return spans[-left] if left else (0, 0)
    return 0, 0


def _guess(message: str, source: str, line: int) -> tuple[int, int]:
    """Return column and length of what `message` quotes in its line, else of the only tag there."""
    text = _line(source, line)
    named = [word for word in message.split("'")[1::2] if word and word in text]
    tags = [tag[0] for tag in _TAG.finditer(text)]
    mark = named[-1] if named else tags[0] if len(tags) == 1 else text.strip()
    return text.find(mark), max(len(mark), 1)

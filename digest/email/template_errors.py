"""Template errors: message, file and line of what Jinja could not render."""

from __future__ import annotations

import re
from dataclasses import replace
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

from digest.model.errors import Problem, TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

HINT = "`digest templates FOLDER` writes fresh copies of the built-in templates"

_LINE_END = re.compile(r"\r\n|\r|\n")


def problem(error: Exception, path: Path) -> Problem:
    """Return `error` with its file and line; `path` is the template that was rendered."""
    file, line = _place(error) or (str(path), 0)
    hint = HINT
    match error:
        case TemplateNotFound():
            message = f"there is no template “{error.name}”"
        case UnknownBlock():
            message, hint = str(error.message), error.hint
        case MemoryError():
            message = "it needs too much memory"
        case JinjaError() if error.message:
            message = error.message
        case _:
            message = f"{type(error).__name__}: {error}"
    return Problem(
        message=message, file=file, line=line, column=0, source=_line(file, line), hint=hint
    )


def raised(problem: Problem) -> TemplateError:
    """Return the error that reports `problem`."""
    plain = str(replace(problem, hint=""))
    return TemplateError(
        plain, file=problem.file, line=problem.line, hint=problem.hint, problem=problem
    )


class UnknownBlock(TemplateAssertionError):
    """A block that the extended template does not have; Jinja would drop it in silence."""

    def __init__(self, name: str, known: list[str], lineno: int, file: str) -> None:
        near = get_close_matches(name, known, n=1)
        those = (
            f"there are {', '.join(known)}" if known else "there is none: change the file itself"
        )
        self.hint = f"did you mean “{near[0]}”?" if near else those
        super().__init__(f"there is no block '{name}' to change", lineno, filename=file)


def check_blocks(environment: Environment, name: str, file: Path) -> None:
    """Raise UnknownBlock where a template changes a block that no template above it has.

    Other errors of the template are reported when it is rendered.
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
    """Return the names of all blocks in the templates that `tree` extends, directly or not.

    Raises nodes.Impossible where the parent is known only at render time, else JinjaError.
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
    """Yield the outermost blocks; those within a changed block may be new."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Block):
            yield child
        else:
            yield from _outermost(child)


def _place(error: Exception) -> tuple[str, int] | None:
    """Return file and line of the innermost template in the traceback of `error`."""
    if isinstance(error, TemplateSyntaxError):
        return str(error.filename or error.name), error.lineno
    places = [
        place for place in _frames(error.__traceback__) if place[0].endswith((".html", ".txt"))
    ]
    return places[-1] if places else None


def _frames(trace: TracebackType | None) -> list[tuple[str, int]]:
    return [(frame.f_code.co_filename, line) for frame, line in walk_tb(trace)]


def _line(file: str, line: int) -> str:
    """Return one line of a template, counted with the line ends that Jinja counts."""
    try:
        lines = _LINE_END.split(Path(file).read_text("utf-8"))
    except (OSError, UnicodeError):
        return ""
    return lines[line - 1] if 0 < line <= len(lines) else ""

"""Finds, loads and copies the templates of the email: the reader's own first, then ours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING

from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    select_autoescape,
)
from jinja2 import TemplateError as JinjaError

from digest.errors import Problem, TemplateError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from jinja2 import BaseLoader
    from jinja2.bccache import Bucket

HTML = "digest.html"
TEXT = "digest.txt"


def home() -> Path:
    """Return the folder of our own templates: inside the package, in a checkout beside it."""
    inside = Path(__file__).parent / "templates"
    return inside if (inside / HTML).is_file() else Path(__file__).parent.parent / "templates"


class _Compiled(BytecodeCache):
    """Templates already compiled, by their text: compiling takes longer than all the rest."""

    def __init__(self) -> None:
        self._codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Hand out what was compiled; it is checked against the text by who asks."""
        if code := self._codes.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._codes[bucket.key] = bucket.bytecode_to_string()


_COMPILED = {True: _Compiled(), False: _Compiled()}
"""With escaping and without it: the same text gives different code."""


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates of one reader; `folder` is their own, None where they have none.

    In their own, `{% extends "default/digest.html" %}` reaches ours, to change one block of it.
    """

    folder: Path | None = None

    def html(self, context: Mapping[str, object]) -> str:
        """Return the HTML part; everything in `context` is escaped. Raises TemplateError."""
        return self._rendered(HTML, context, escape=True)

    def text(self, context: Mapping[str, object]) -> str:
        """Return the plain part, not yet wrapped. Raises TemplateError."""
        return self._rendered(TEXT, context, escape=False)

    def _rendered(self, name: str, context: Mapping[str, object], *, escape: bool) -> str:
        environment = Environment(
            loader=self._loader(),
            autoescape=select_autoescape((), (), default_for_string=escape, default=escape),
            undefined=StrictUndefined,
            bytecode_cache=_COMPILED[escape],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        try:
            return environment.get_template(name).render(context)
        except Exception as error:  # a template may run any code of its writer's
            raise self._explained(error, name) from error

    def _loader(self) -> BaseLoader:
        ours = FileSystemLoader(home())
        own = [FileSystemLoader(self.folder)] if self.folder else []
        return ChoiceLoader([*own, ours, PrefixLoader({"default": ours})])

    def _explained(self, error: Exception, name: str) -> TemplateError:
        file, line = _place(error) or (str((self.folder or home()) / name), 0)
        match error:
            case TemplateNotFound():
                message = f"there is no template “{error.name}”"
            case JinjaError() if error.message:
                message = error.message
            case _:
                message = f"{type(error).__name__}: {error}"
        problem = _shown(Problem(message=message, file=file, line=line))
        hint = "`digest templates FOLDER` writes fresh copies of ours to start from"
        return TemplateError(str(problem), file=file, line=line, hint=hint)


def copy(folder: Path) -> tuple[Path, ...]:
    """Copy our templates into `folder` for the reader to change; return what was written.

    Files that are there already stay as they are.
    """
    written = []
    for source in sorted(path for path in home().rglob("*") if path.is_file()):
        target = folder / source.relative_to(home())
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
        written.append(target)
    return tuple(written)


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


def _shown(problem: Problem) -> Problem:
    """Return `problem` with its line of the template, what its message names there underlined."""
    try:
        source = Path(problem.file).read_text("utf-8").splitlines()[max(problem.line, 1) - 1]
    except (OSError, UnicodeError, IndexError):
        source = ""
    named = [word for word in problem.message.split("'")[1::2] if word and word in source]
    mark = named[-1] if named else source.strip()
    column = source.find(mark) + 1
    return replace(problem, source=source, column=max(column, 1), length=max(len(mark), 1))

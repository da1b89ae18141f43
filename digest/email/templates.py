"""Finds, loads and copies the templates of the email: the reader's own first, then ours."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from itertools import count
from pathlib import Path
from time import thread_time
from typing import TYPE_CHECKING

from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateRuntimeError,
    nodes,
    select_autoescape,
)
from jinja2.sandbox import safe_range

from digest.email import template_errors
from digest.model.errors import Problem, TemplateError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType

    from jinja2.bccache import Bucket

HTML = "digest.html"
TEXT = "digest.txt"
LONGEST = 3.0
"""Seconds of this thread's work after which a template is taken to run for ever; ours take .01."""
EVERY = 8
"""Of so many turns of a loop one looks at the clock, which takes longer than all else in it."""
_TURN = "a_turn"
_turns = count()
_until: ContextVar[float] = ContextVar("_until")
"""When the rendering that is under way has taken too long."""


def home() -> Path:
    """Return the folder of our own templates: inside the package, in a checkout beside it."""
    inside = Path(__file__).parent / "templates"
    return inside if (inside / HTML).is_file() else Path(__file__).parents[2] / "templates"


class _Compiled(BytecodeCache):
    """Templates already compiled, by their text: compiling takes longer than all the rest."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Hand out what was compiled from the same text."""
        checksum, code = self._codes.get(bucket.key, ("", None))
        bucket.code = code if checksum == bucket.checksum else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._codes[bucket.key] = bucket.checksum, bucket.code


class _Environment(Environment):
    """Ends a loop that does not end, and takes `look.ink` for a value of the dict at once.

    A letter says such names 600 times.
    """

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Return the template's tree, in which each turn of each loop looks at the clock."""
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For):
            turn = nodes.Call(nodes.Name(_TURN, "load"), [], [], None, None)
            loop.body.insert(0, nodes.ExprStmt(turn, lineno=loop.lineno).set_lineno(loop.lineno))
        return tree

    def getattr(self, obj: object, attribute: str) -> object:
        """Return what a template means by `obj.attribute`."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


_COMPILED = {True: _Compiled(), False: _Compiled()}
"""With escaping and without it: the same text gives different code."""


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates of one reader; `folder` is their own, None where they have none.

    In their own, `{% extends "default/digest.html" %}` reaches ours, to change one block of it.
    """

    folder: Path | None = None
    longest: float = LONGEST

    def html(self, context: Mapping[str, object]) -> str:
        """Return the HTML part; everything in `context` is escaped. Raises TemplateError."""
        return self._rendered(HTML, context, escape=True)

    def text(self, context: Mapping[str, object]) -> str:
        """Return the plain part, not yet wrapped. Raises TemplateError."""
        return self._rendered(TEXT, context, escape=False)

    def _rendered(self, name: str, context: Mapping[str, object], *, escape: bool) -> str:
        self._check_folder()
        # In a folder of theirs a file may appear that takes the place of ours: looked for anew.
        made = _environment.__wrapped__ if self.folder else _environment
        environment = made(self.folder, escape=escape)
        before = _until.set(thread_time() + self.longest)
        try:
            self._check_blocks(environment)
            return environment.get_template(name).render(context)
        except Exception as error:  # a template may run any code of its writer's
            raise self._explained(error, environment, name) from error
        finally:
            _until.reset(before)

    def _check_folder(self) -> None:
        """Raise TemplateError for a folder that is missing, or changes nothing of ours."""
        if self.folder is None or any((self.folder / name).is_file() for name in _names()):
            return
        empty = f"there is none of our templates' names in it, such as {HTML}"
        message = empty if self.folder.is_dir() else "there is no such folder"
        raise TemplateError(
            f"{self.folder}: {message}",
            file=str(self.folder),
            problem=Problem(message=message, file=str(self.folder), hint=template_errors.HINT),
        )

    def _check_blocks(self, environment: Environment) -> None:
        """Raise UnknownBlock for a block that would silently never be shown."""
        for name in _names() if self.folder else ():
            if self.folder and (self.folder / name).is_file():
                template_errors.check_blocks(environment, name, self.folder / name)

    def _explained(self, error: Exception, environment: Environment, name: str) -> TemplateError:
        problem = template_errors.problem(error, environment, (self.folder or home()) / name)
        plain = str(replace(problem, hint=""))
        return TemplateError(
            plain, file=problem.file, line=problem.line, hint=problem.hint, problem=problem
        )


@lru_cache
def _environment(folder: Path | None, *, escape: bool) -> Environment:
    """Return what renders the templates of `folder` and ours; of ours alone it is made once."""
    ours = FileSystemLoader(home())
    own = [FileSystemLoader(folder)] if folder else []
    environment = _Environment(
        loader=ChoiceLoader([*own, ours, PrefixLoader({"default": ours})]),
        autoescape=select_autoescape((), (), default_for_string=escape, default=escape),
        undefined=StrictUndefined,
        bytecode_cache=_COMPILED[escape],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"changed": changed, "range": safe_range, _TURN: _turn}
    return environment


def _turn() -> None:
    """Raise TemplateRuntimeError once this thread has worked for long enough."""
    if not next(_turns) % EVERY and thread_time() > _until.get():
        raise TemplateRuntimeError("this loop takes too long: does it ever end?")


def changed(look: Mapping[str, str], **values: str) -> dict[str, str]:
    """Return `look` with other values; raise TemplateRuntimeError for a name it does not have."""
    for name in values.keys() - look.keys():
        near = get_close_matches(name, look, n=1)
        guess = f"did you mean “{near[0]}”?" if near else f"there are {', '.join(look)}"
        raise TemplateRuntimeError(f"the look has no '{name}': {guess}")
    return {**look, **values}


def _names() -> tuple[str, ...]:
    """Return the names of all our templates, as one names them in a template."""
    return tuple(str(path.relative_to(home()).as_posix()) for path in _files())


def _files() -> list[Path]:
    return sorted(path for path in home().rglob("*") if path.is_file())


def copy(folder: Path) -> tuple[Path, ...]:
    """Copy our templates into `folder` for the reader to change; return what was written.

    Files that are there already stay as they are.
    """
    written = []
    for source in _files():
        target = folder / source.relative_to(home())
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
        written.append(target)
    return tuple(written)

"""Templates of the email: a reader's own, sandboxed, come before the built-in ones.

A sandbox keeps a template from Python's internals, not from taking for ever: time and memory
are bounded outside (digest.app.isolated_templates).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateRuntimeError,
    select_autoescape,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from digest.email import template_errors
from digest.model.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType

    from jinja2.bccache import Bucket

HTML = "digest.html"
TEXT = "digest.txt"


def home() -> Path:
    """Return the folder of the built-in templates: in the package, or beside it in a checkout."""
    inside = Path(__file__).parent / "templates"
    return inside if (inside / HTML).is_file() else Path(__file__).parents[2] / "templates"


class _Compiled(BytecodeCache):
    """Templates already compiled, by their text: compiling takes longer than rendering."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load the code that was compiled from the same text."""
        checksum, code = self._codes.get(bucket.key, ("", None))
        bucket.code = code if checksum == bucket.checksum else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store compiled code."""
        self._codes[bucket.key] = bucket.checksum, bucket.code


class _BuiltIn(Environment):
    """Environment of the built-in templates; reads `look.ink` from the dict first.

    A digest looks up such names 600 times.
    """

    def getattr(self, obj: object, attribute: str) -> object:
        """Return `obj.attribute`, of a dict its value of that name."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


_COMPILED: defaultdict[tuple[bool, bool], _Compiled] = defaultdict(_Compiled)
"""Caches by (escaped, sandboxed): each makes different code of the same text."""


@dataclass(frozen=True, slots=True)
class Templates:
    """Templates of one reader; `folder` is their own, None where they have none.

    There, `{% extends "default/digest.html" %}` extends a built-in one, to change one block.
    """

    folder: Path | None = None

    def both(self, values: Mapping[str, object]) -> tuple[str, str]:
        """Return the HTML part and the plain part. Raises TemplateError."""
        return self.html(values), self.text(values)

    def html(self, context: Mapping[str, object]) -> str:
        """Return the HTML part; everything in `context` is escaped. Raises TemplateError."""
        return self._rendered(HTML, context, escape=True)

    def text(self, context: Mapping[str, object]) -> str:
        """Return the plain part, not yet wrapped. Raises TemplateError."""
        return self._rendered(TEXT, context, escape=False)

    def _rendered(self, name: str, context: Mapping[str, object], *, escape: bool) -> str:
        self._check_folder()
        # A new file in a reader's folder may replace a built-in one, so its loader is not kept.
        made = _environment.__wrapped__ if self.folder else _environment
        environment = made(self.folder, escape=escape)
        try:
            self._check_blocks(environment)
            return environment.get_template(name).render(context)
        except Exception as error:  # a template can raise anything
            problem = template_errors.problem(error, (self.folder or home()) / name)
            raise template_errors.raised(problem) from error

    def _check_folder(self) -> None:
        """Raise TemplateError for a folder that is missing, or replaces no built-in template."""
        if self.folder is None or any((self.folder / name).is_file() for name in _names()):
            return
        empty = f"it replaces no template: none of its files has a name such as {HTML}"
        message = empty if self.folder.is_dir() else "there is no such folder"
        raise template_errors.raised(
            Problem(message=message, file=str(self.folder), hint=template_errors.HINT)
        )

    def _check_blocks(self, environment: Environment) -> None:
        """Raise UnknownBlock for a block that Jinja would drop in silence."""
        for name in _names() if self.folder else ():
            if self.folder and (self.folder / name).is_file():
                template_errors.check_blocks(environment, name, self.folder / name)


@lru_cache
def _environment(folder: Path | None, *, escape: bool) -> Environment:
    """Return the environment for `folder` before the built-in templates."""
    ours = FileSystemLoader(home())
    own = [FileSystemLoader(folder)] if folder else []
    kind = ImmutableSandboxedEnvironment if own else _BuiltIn
    environment = kind(
        loader=ChoiceLoader([*own, ours, PrefixLoader({"default": ours})]),
        autoescape=select_autoescape((), (), default_for_string=escape, default=escape),
        undefined=StrictUndefined,
        bytecode_cache=_COMPILED[escape, bool(own)],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["changed"] = changed
    return environment


def changed(look: Mapping[str, str], **values: str) -> dict[str, str]:
    """Return `look` with other values; raise TemplateRuntimeError for a name it does not have."""
    for name in values.keys() - look.keys():
        near = get_close_matches(name, look, n=1)
        guess = f"did you mean “{near[0]}”?" if near else f"there are {', '.join(look)}"
        raise TemplateRuntimeError(f"the look has no '{name}': {guess}")
    return {**look, **values}


def _names() -> tuple[str, ...]:
    """Return the names of all built-in templates, as a template names them."""
    return tuple(str(path.relative_to(home()).as_posix()) for path in _files())


def _files() -> list[Path]:
    return sorted(path for path in home().rglob("*") if path.is_file())


def copy(folder: Path) -> tuple[Path, ...]:
    """Copy the built-in templates into `folder`; return what was written.

    Existing files stay as they are.
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

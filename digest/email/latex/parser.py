"""Tolerant LaTeX parser for abstracts, with plain Unicode as its output.

It knows no macros but the common ones; a command that it does not know leaves its argument, or
its name where it has none, so that no word is lost.
"""

from __future__ import annotations

import re

from digest.email.latex.commands import ONE, TWO, macro
from digest.email.latex.symbols import (
    ACCENTS,
    DROPPED,
    LETTERS,
    NAMES,
    NOTHING,
    SIGNS,
    SPACES,
    STYLES,
)
from digest.model.notation import root, subscript, superscript

MAX_DEPTH = 40
"""Maximum depth of groups; deeper ones are dropped as hostile."""

MAX_GROUP_MARKS = 400
"""Maximum tokens before a brace or a dollar sign is closed."""

MAX_FORMULA_CHARS = 600
"""Maximum characters of a formula; more between dollar signs is prose."""

_MARK = re.compile(r"\\(?:[A-Za-z]+\*?|.)|[{}$^_]|[^\\{}$^_]+|\\", re.DOTALL)
_POWER = re.compile(r"[-+−]?\d+|.", re.DOTALL)
_FORMULA = re.compile(r"\\[A-Za-z,;|{!]|[\^_{}=<>|+*]")
_IN_FORMULAE = str.maketrans({"&": " ", "~": " ", "%": "", "}": "", "-": "−", "'": "′"})
_TWO_WORDS = re.compile(r"[A-Za-z]{3,} [A-Za-z]{2,}|[A-Za-z]{2,} [A-Za-z]{3,}")
_CITES = re.compile(r"\\(?:no|paren|text|auto)?cite|\\footnote")
_GAP = re.compile(r"\s+(?=[,.;:)])|\s*,(?=\s*,)")
_OPTION = re.compile(r"\s*\[([^\]]{0,60})\]")

_PROSE = frozenset({"text", "textrm", "textit", "textbf", "texttt", "mbox", "hbox"})
_CLOSING = {"(": "\\)", "[": "\\]"}


def unicode_of(text: str) -> str:
    """Return `text` with its LaTeX read; never raises, whatever it is."""
    whole = _Reader(text).read("", math=False)
    return _GAP.sub("", whole) if _CITES.search(text) else whole


class _Reader:
    """Reads marks from a stack, the next one last."""

    def __init__(self, text: str) -> None:
        self.ahead: list[str] = _MARK.findall(text)[::-1]
        self.depth = 0

    def read(self, until: str, *, math: bool) -> str:
        """Return what stands before the mark `until`, or all that is ahead."""
        out = ""
        self.depth += 1
        while self.ahead:
            mark = self.ahead.pop()
            if mark == until:
                break
            out += self.one(mark, out, math=math)
        self.depth -= 1
        return out

    def one(self, mark: str, before: str, *, math: bool) -> str:
        """Return one mark, its arguments read; `before` is what was read so far."""
        if mark == "{":
            return self.group(before, math=math)
        if mark in ("^", "_"):
            return self.script(mark, before, math=math)
        if mark == "$":
            return "" if math else self.dollar()
        if mark[0] == "\\":
            return self.command(mark[1:].rstrip("*"), before, math=math)
        if math:
            return mark.translate(_IN_FORMULAE)
        return mark

    def group(self, before: str, *, math: bool) -> str:
        """Return what stands in braces; those of plain text stay, unless they join letters."""
        ahead = self.look("}")
        if ahead is None or self.depth > MAX_DEPTH:
            return "" if math or self.depth > MAX_DEPTH else "{"
        raw, after = ahead
        joins = raw.isalpha() and (before[-1:].isalnum() or after.isalnum())
        inner = self.read("}", math=math)
        return inner if math or joins or not raw or "\\" in raw or "$" in raw else f"{{{inner}}}"

    def script(self, mark: str, before: str, *, math: bool) -> str:
        """Return what stands raised or lowered."""
        braced = self.ahead[-1:] == ["{"]
        digits = mark == "^" and before[-1:].isalnum() and self.starts(r"[-−]?\d")
        if not (math or braced or digits):
            return mark
        argument = self.argument(math=True, power=True).strip()
        return superscript(argument) if mark == "^" else subscript(argument)

    def dollar(self) -> str:
        """Return a formula, or the dollar sign where it is money."""
        display = self.ahead[-1:] == ["$"]
        if display:
            self.ahead.pop()
        ahead = self.look("$")
        if ahead is None or not _is_formula(*ahead):
            return "$$" if display else "$"
        formula = self.read("$", math=True).strip()
        if display and self.ahead[-1:] == ["$"]:
            self.ahead.pop()
        return formula

    def command(self, name: str, before: str, *, math: bool) -> str:
        """Return what the command `name` stands for."""
        if name in ACCENTS and (len(name) > 1 or not math):
            return self.accent(name, math=math)
        if name in SIGNS or name in LETTERS:
            return self.sign(name, before, math=math)
        if name in NAMES:
            return self.operator(name, before)
        if name in NOTHING:
            return self.nothing(name)
        if name in DROPPED:
            return self.dropped()
        return self.space(name) if name in SPACES else self.structure(name, math=math)

    def space(self, name: str) -> str:
        """Return a space; the one that ends a command in letters goes."""
        if name.isalpha():
            self.skip()
        return " "

    def structure(self, name: str, *, math: bool) -> str:
        """Return what a command whose arguments have a meaning of their own stands for."""
        if name in _CLOSING:
            return self.read(_CLOSING[name], math=True).strip()
        if name in TWO:
            return TWO[name](self.argument(math=math), self.argument(math=math))
        if name == "sqrt":
            degree = self.option()
            return root(self.argument(math=True), degree)
        if name in ONE:
            return ONE[name](self.argument(math=math))
        return self.unknown(name, math=math)

    def unknown(self, name: str, *, math: bool) -> str:
        """Return the arguments of an unknown command, or its name without any."""
        arguments = []
        self.option()
        while self.ahead[-1:] == ["{"]:
            arguments.append(self.argument(math=math and name not in _PROSE))
        if not arguments and name in STYLES:
            return self.argument(math=math)
        return " ".join(filter(None, arguments)) or macro(name, math=math)

    def accent(self, name: str, *, math: bool) -> str:
        """Return the accented argument; several characters get no accent."""
        letter = self.argument(math=math)
        if not letter.strip():
            return {"~": "~", "^": "^", "'": "", "`": ""}.get(name, "") + letter
        bare = {"ı": "i", "ȷ": "j"}.get(letter[0], letter[0])
        if len(letter) > 1 and len(name) > 1:
            return letter
        return (bare + ACCENTS[name] if bare.isalpha() else bare) + letter[1:]

    def sign(self, name: str, before: str, *, math: bool) -> str:
        """Return a character; the space after its command goes where TeX lets it go."""
        swallow = not before[-1:].isspace() if math else name in LETTERS
        if swallow and name[0].isalpha():
            self.skip()
        return LETTERS.get(name) or SIGNS[name]

    def operator(self, name: str, before: str) -> str:
        """Return an operator that is written as a word, apart from the letters around it."""
        self.skip()
        word = {"bmod": "mod", "argmax": "arg max", "argmin": "arg min"}.get(name, name)
        apart = " " if before[-1:].isalnum() or before[-1:] in (")", "}") else ""
        return apart + word + " " * self.starts(r"[^\W_]|\\")

    def nothing(self, name: str) -> str:
        """Drop a command that only sets how the following looks."""
        if name in ("left", "right") and self.starts(r"\s*\."):
            self.skip()
            self.cut(1)
        elif name[0].isalpha():
            self.skip()
        return ""

    def dropped(self) -> str:
        """Drop a command with its argument."""
        self.option()
        self.option()
        if self.ahead[-2:-1] == ["{"] and self.ahead[-1].isspace():
            self.ahead.pop()
        if self.ahead[-1:] == ["{"]:
            raw, _ = self.look("}") or ("{", "")
            if "{" in raw.removeprefix("{"):
                self.ahead.pop()
            else:
                self.argument(math=False)
        return ""

    def argument(self, *, math: bool, power: bool = False) -> str:
        """Return the next group, command or character, read."""
        self.skip()
        if not self.ahead or self.ahead[-1] in ("}", "$"):
            return ""
        mark = self.ahead.pop()
        if self.depth > MAX_DEPTH:
            return ""
        if mark == "{":
            return self.read("}", math=math)
        if mark[0] in "\\^_":
            self.depth += 1
            piece = self.one(mark, "", math=math)
            self.depth -= 1
            return piece
        first = _POWER.match(mark) if power else None
        piece = first[0] if first else mark[0]
        if len(piece) < len(mark):
            self.ahead.append(mark[len(piece) :])
        return piece

    def option(self) -> str:
        """Return what stands in the square brackets that follow, "" where none do."""
        found = _OPTION.match(self.ahead[-1]) if self.ahead else None
        if not found:
            return ""
        self.cut(found.end())
        return found[1]

    def look(self, stop: str) -> tuple[str, str] | None:
        """Return what stands before `stop` and the character after it, where it is near."""
        raw = ""
        for distance, mark in enumerate(reversed(self.ahead[-MAX_GROUP_MARKS:]), 2):
            if mark == stop:
                after = self.ahead[-distance][:1] if distance <= len(self.ahead) else ""
                return raw, after
            raw += mark
        return None

    def starts(self, pattern: str) -> bool:
        """Return whether what comes next fits `pattern`."""
        return bool(self.ahead and re.match(pattern, self.ahead[-1]))

    def skip(self) -> None:
        """Drop the white space that comes next."""
        if self.ahead and self.ahead[-1][0].isspace():
            self.cut(len(self.ahead[-1]) - len(self.ahead[-1].lstrip()))

    def cut(self, count: int) -> None:
        """Drop the next `count` characters of the mark that comes next."""
        rest = self.ahead.pop()[count:]
        if rest:
            self.ahead.append(rest)


def _is_formula(raw: str, after: str) -> bool:
    """Return whether dollar signs enclose a formula rather than prose between two prices."""
    if not raw.strip() or len(raw) > MAX_FORMULA_CHARS:
        return False
    if _FORMULA.search(raw):
        return True
    prose = bool(_TWO_WORDS.search(raw))
    if not raw.lstrip()[0].isdigit():
        return not (prose and raw[-1].isspace())
    return not (prose or raw[-1].isspace() or after.isdigit())

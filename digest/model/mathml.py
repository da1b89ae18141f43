"""MathML on one line of plain Unicode, in the notation of LaTeX: e^(kt), 1/2, √2, ³⁸Ca."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from digest.model.notation import accented, fraction, root, subscript, superscript

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LEAVES = frozenset({"mi", "mn", "mo", "mtext", "ms", "mspace"})
DROPPED = frozenset({"annotation", "annotation-xml", "mphantom", "maligngroup", "malignmark"})
"""Elements without visible text, or that repeat the formula in another language."""
SCHEMES = frozenset({"mprescripts", "none"})

_RELATIONS = frozenset("=<>≤≥≠≈≃≅≡∼∝≪≫→←↔⇒⇔∈∉⊂⊆⊃⊇∣∥⊥±×:≲≳≔")
_INVISIBLE = str.maketrans({"\u2061": "", "\u2062": "", "\u2063": ",", "\u2064": "", "\u00a0": " "})
_SPACING = str.maketrans({"-": "−", "\u2010": "−"})
_OVER = {
    "^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "¯": "\u0304", "‾": "\u0304",
    "−": "\u0304", "˙": "\u0307", ".": "\u0307", "¨": "\u0308",
    "→": "\u20d7", "ˇ": "\u030c",
}  # fmt: skip


def leaf(name: str, text: str) -> str:
    """Return the text of a token; relations stand between spaces."""
    text = " ".join(text.translate(_INVISIBLE).split()) if name != "mtext" else text
    if name == "mspace":
        return " "
    if name != "mo":
        return text
    text = text.translate(_SPACING)
    return f" {text} " if text in _RELATIONS else f"{text} " if text in {",", ";"} else text


def element(name: str, children: Sequence[str]) -> str:
    """Return an element from its children, which are on one line already."""
    parts = [child for child in children if child not in SCHEMES or name == "mmultiscripts"]
    writer = _WRITERS.get(name)
    if writer is None or len(parts) not in _ARGUMENTS.get(name, (len(parts),)):
        return row(parts)
    return writer(*parts)


def row(parts: Sequence[str]) -> str:
    """Return parts side by side; a word such as `sin` is set apart from its neighbours."""
    shown = [part for part in parts if part]
    whole = shown[:1]
    for before, part in pairwise(shown):
        ends_word = len(before) > 1 and before[-2:].isalpha() and part[:1].isalpha()
        begins_word = before[-1:].isalpha() and len(part) > 1 and part[:2].isalpha()
        whole.append(f" {part}" if ends_word or begins_word else part)
    return "".join(whole)


def _tight(text: str) -> str:
    return text.replace(" ", "")


def _raised(base: str, script: str) -> str:
    return base.rstrip() + superscript(_tight(script))


def _lowered(base: str, script: str) -> str:
    return base.rstrip() + subscript(_tight(script))


def _both(base: str, below: str, above: str) -> str:
    return _raised(_lowered(base, below), above)


def _over(base: str, above: str) -> str:
    mark = _OVER.get(above.strip())
    if mark is None:
        return _raised(base, above)
    return accented(base, mark) if len(base) == 1 else base


def _scripts(*parts: str) -> str:
    """Return a base with scripts on both sides: the pairs after `mprescripts` come before it."""
    base, rest = "".join(parts[:1]), parts[1:]
    cut = rest.index("mprescripts") if "mprescripts" in rest else len(rest)
    before, after = rest[cut + 1 :], rest[:cut]
    return _pairs(before) + base + _pairs(after)


def _pairs(scripts: Sequence[str]) -> str:
    shown = ["" if script == "none" else _tight(script) for script in scripts]
    shown += [""] * (len(shown) % 2)
    return "".join(
        subscript(low) + superscript(high)
        for low, high in zip(shown[::2], shown[1::2], strict=True)
    )


_WRITERS: dict[str, Callable[..., str]] = {
    "msup": _raised,
    "msub": _lowered,
    "msubsup": _both,
    "munder": _lowered,
    "mover": _over,
    "munderover": _both,
    "mfrac": lambda above, below: fraction(above.strip(), below.strip()),
    "mroot": lambda base, degree: root(base.strip(), degree.strip()),
    "msqrt": lambda *parts: root(row(parts).strip()),
    "mfenced": lambda *parts: f"({', '.join(part.strip() for part in parts)})",
    "mmultiscripts": _scripts,
    "mtr": lambda *cells: " ".join(cells) + "; ",
}
_ARGUMENTS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("msup", "msub", "munder", "mover", "mfrac", "mroot"), (2,)),
    **dict.fromkeys(("msubsup", "munderover"), (3,)),
}
"""Numbers of children of elements that need exact ones; a damaged element is a row."""

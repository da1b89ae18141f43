"""HTML, JATS and MathML fragments as plain text; scripts keep their meaning: 10⁶, H₂O.

The reader is a loop over bounded tags rather than a parser: linear in time on hostile markup,
and text such as "a < b" stays as it is.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from digest.model import mathml
from digest.model.notation import subscript, superscript

_TAG = re.compile(
    r"<(/?)((?:[A-Za-z][\w.-]{0,40}:)?[A-Za-z][\w.-]{0,40})(\s[^<>=]{0,40}=[^<>]{0,2000}|\s*/?)>"
)
_DECLARATION = re.compile(r"<[!?][A-Za-z\[][^<>]{0,1000}>")
_BLOCKS = frozenset(
    {"abstract", "address", "article", "aside", "blockquote", "br", "caption", "col", "dd", "div"}
    | {"def-item", "dl", "dt", "fig", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4"}
    | {"h5", "h6", "header", "hr", "img", "label", "li", "list", "list-item", "main", "nav", "ol"}
    | {"option", "p", "pre", "sec", "section", "table", "tbody", "td", "tfoot", "th", "thead"}
    | {"title", "tr", "ul"}
)
"""Elements that separate words; every other element is inside a line."""
_HIDDEN = frozenset({"script", "style", "head", "noscript", "template", "tex-math"})
_SCRIPTS = {"sup": superscript, "super": superscript, "sub": subscript, "inf": subscript}
_KNOWN = re.compile(
    r"</?(?:\w{1,20}:)?(?:i|b|u|em|strong|italic|bold|sub|sup|inf|scp?|span|p|br|div|math|title|sec"
    r"|monospace|underline|small|tt|code|font|a|li|ul|ol|roman)(?:\s[^<>]{0,500})?/?>",
    re.IGNORECASE,
)
_DASHES = str.maketrans({"–": "−", "‐": "−", "‒": "−"})
_SUFFIX = re.compile(r"(?:th|st|nd|rd|s|d)\b")
MAX_DEPTH = 200
"""Maximum depth of nested scripts and formulae; deeper elements are plain text."""


def has_markup(text: str) -> bool:
    """Return whether `text` holds a tag of HTML, JATS or MathML rather than a stray "<"."""
    return "<" in text and bool(_KNOWN.search(text))


def html_text(fragment: str) -> str:
    """Return the text of a fragment, its references replaced; only for what *is* markup."""
    if "<" not in fragment:
        return html.unescape(fragment)
    fragment = _DECLARATION.sub(" ", _without_comments(fragment))
    reader = _Reader()
    end = 0
    for tag in _TAG.finditer(fragment):
        reader.text(fragment[end : tag.start()])
        reader.tag(tag[2].lower().rpartition(":")[2], tag[1], closed=tag[3].endswith("/"))
        end = tag.end()
    reader.text(fragment[end:])
    return reader.whole()


def _without_comments(text: str) -> str:
    """Return `text` without comments, and the content of CDATA sections in their place."""
    text = text.replace("<![CDATA[", "").replace("]]>", "")
    kept, end = [], 0
    while (start := text.find("<!--", end)) >= 0 and (stop := text.find("-->", start)) >= 0:
        kept.append(text[end:start])
        end = stop + 3
    return "".join((*kept, text[end:]))


@dataclass(slots=True)
class _Element:
    """Open element whose text is written only at its end."""

    name: str
    parts: list[str] = field(default_factory=list)


class _Reader:
    """State of one fragment: the open scripts, formulae and hidden elements."""

    def __init__(self) -> None:
        self.open = [_Element("")]
        self.math = 0
        """Number of open `math` elements."""

    def text(self, raw: str) -> None:
        """Add text; inside a formula only tokens have any."""
        if not raw:
            return
        inner = self.open[-1]
        if self.math and inner.name not in mathml.LEAVES and not raw.strip():
            return
        text = html.unescape(raw)
        if inner.name == "after-math":
            self.open.pop()
            inner = self.open[-1]
            if text[:1].isalpha() and not _SUFFIX.match(text):
                text = f" {text}"
        inner.parts.append(text)

    def tag(self, name: str, end: str, *, closed: bool) -> None:
        """Open or close an element."""
        if self.open[-1].name == "after-math":
            self.open.pop()
        if name in _BLOCKS and not self.math:
            self.open[-1].parts.append(" ")
        elif end:
            self._close(name)
        elif closed:
            self._empty(name)
        elif len(self.open) < MAX_DEPTH and self._is_written_late(name):
            self.open.append(_Element(name))
            self.math += name == "math"

    def _is_written_late(self, name: str) -> bool:
        return name in _SCRIPTS or name in _HIDDEN or name == "math" or bool(self.math)

    def _empty(self, name: str) -> None:
        if self.math and name in mathml.SCHEMES:
            self.open[-1].parts.append(name)
        elif self.math and name not in mathml.DROPPED:
            self.open[-1].parts.append(" " if name == "mspace" else "")

    def _close(self, name: str) -> None:
        """Close the innermost element of that name, and what was left open inside it."""
        if not any(element.name == name for element in self.open):
            return
        while True:
            element = self.open.pop()
            self._write(element)
            if element.name == name:
                break

    def _write(self, element: _Element) -> None:
        """Add a closed element to the one around it."""
        name, around = element.name, self.open[-1].parts
        joined = "".join(element.parts)
        if name in _HIDDEN or (self.math and name in mathml.DROPPED):
            return
        if name == "math":
            self.math -= 1
            self._formula(" ".join(mathml.row(element.parts).split()))
        elif name in _SCRIPTS and not self.math:
            around.append(_SCRIPTS[name](joined.strip().translate(_DASHES)))
        elif name in mathml.SCHEMES:
            around.append(name)
        elif name in mathml.LEAVES:
            around.append(mathml.leaf(name, joined))
        elif name == "semantics":
            around.append(element.parts[0] if element.parts else "")
        else:
            around.append(mathml.element(name, element.parts))

    def _formula(self, formula: str) -> None:
        """Add a formula, set apart from a word that is glued to it."""
        around = self.open[-1].parts
        before = around[-1][-1:] if around else ""
        glued = before.isalpha() and (formula[:1].isalpha() or formula[:1].isdecimal())
        around.append(f" {formula}" if glued else formula)
        if formula[-1:].isalpha() or formula[-1:].isdecimal():
            self.open.append(_Element("after-math"))

    def whole(self) -> str:
        """Return the text, with elements that nothing closed."""
        while len(self.open) > 1:
            self._write(self.open.pop())
        return "".join(self.open[0].parts)

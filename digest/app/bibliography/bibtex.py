"""BibTeX files, as BibTeX and biber read them: a damaged entry costs that entry alone.

The reader is our own: bibtexparser 1.4 refuses a whole file for one undefined abbreviation, and
drops entries with a field such as `//doi`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.app.bibliography.entry import LibraryEntry, hidden_arxiv
from digest.model.identity import arxiv_id
from digest.model.tex_accents import tex_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_VALUE_CHARS = 50_000
"""Maximum length of a value; doubling abbreviations would fill the memory."""
MAX_STRING_CHARS = 2_000
"""Maximum length of an abbreviation."""

_START = re.compile(r"@[ \t]*([A-Za-z]\w{0,40})\s{0,20}([{(])")
_NEXT = re.compile(r"^[ \t]{0,20}@[ \t]*[A-Za-z]\w{0,40}\s{0,20}[{(]", re.MULTILINE)
_BRACE = re.compile(r"[{}]")
_BRACE_OR_QUOTE = re.compile(r'[{}"]')
_KEY = re.compile(r"\s*([^\s,={}()\"]{0,300})\s{0,300}(,|(?=[})]))")
_FIELD = re.compile(r"[\s,]*([^\s{}\",=#%'()]{1,100})\s{0,300}=\s*")
_NAME = re.compile(r"[^\s{}\",=#%'()]{1,100}")
_CONCATENATION = re.compile(r"\s*#\s*")
_END = re.compile(r"[\s,]*([})])")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_AND = re.compile(r"\sand(?=\s)", re.IGNORECASE)
_BIBER_NAME = re.compile(
    r"(given|family|prefix|suffix)\s{0,9}=\s{0,9}\"?([^,\"]{1,100})", re.IGNORECASE
)
_URL = re.compile(r"\\(?:url|href|path)\s{0,9}\{([^{}]{0,2000})\}")
_ESCAPE = re.compile(r"\{?\\([_&%#~$])\}?")
_SEPARATOR = re.compile(r"[;,]")


class _DamagedEntryError(Exception):
    """Entry that breaks off: a brace, a comma or a value is missing."""


def read_bibtex(text: str) -> Iterator[LibraryEntry]:
    """Yield the entries of a BibTeX file; a damaged one has no title but its line."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not _START.search(text) and text.strip():
        raise ValueError("it has no entry")
    reader = _Reader(text)
    position = line = 0
    while start := _START.search(text, position):
        line += text.count("\n", position, start.start())
        begin, position = start.start(), start.end()
        kind = start[1].lower()
        if kind != "comment":
            reader.limit = _end_of_entry(text, position)
            try:
                fields, position = reader.entry(kind, position)
            except _DamagedEntryError:
                fields, position = {}, reader.limit
            if kind not in {"string", "preamble"}:
                yield _entry(fields, line + 1)
        line += text.count("\n", begin, position)


def _end_of_entry(text: str, position: int) -> int:
    """Return the beginning of the next entry on a line of its own."""
    following = _NEXT.search(text, position)
    return following.start() if following else len(text)


class _Reader:
    """Reader of values with the abbreviations (`@string`) defined so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.limit = len(text)
        """Place that no value of the current entry passes."""
        self.strings = {month: month for month in _MONTHS}

    def entry(self, kind: str, position: int) -> tuple[dict[str, str], int]:
        """Return the fields of an entry and the place after it."""
        if kind == "preamble":
            _, position = self.value(position)
            return {}, self._end(position)
        if kind != "string":
            key = _KEY.match(self.text, position, self.limit)
            if key is None:
                raise _DamagedEntryError
            position = key.end()
        fields: dict[str, str] = {}
        while not (end := _END.match(self.text, position, self.limit)):
            field = _FIELD.match(self.text, position, self.limit)
            if field is None:
                raise _DamagedEntryError
            value, position = self.value(field.end())
            fields.setdefault(field[1].lower(), value)
        if kind == "string":
            self.strings |= {name: text[:MAX_STRING_CHARS] for name, text in fields.items()}
        return fields, end.end()

    def _end(self, position: int) -> int:
        end = _END.match(self.text, position, self.limit)
        if end is None:
            raise _DamagedEntryError
        return end.end()

    def value(self, position: int) -> tuple[str, int]:
        """Return a value, its parts joined at `#`, and the place after it."""
        whole = ""
        while True:
            part, position = self.part(position)
            whole = (whole + part)[:MAX_VALUE_CHARS]
            more = _CONCATENATION.match(self.text, position, self.limit)
            if not more:
                return whole, position
            position = more.end()

    def part(self, position: int) -> tuple[str, int]:
        """Return text in braces or quotes, a number, or what an abbreviation stands for."""
        match self.text[position : position + 1]:
            case "{":
                end = self._closing(_BRACE, position + 1, "}")
            case '"':
                end = self._closing(_BRACE_OR_QUOTE, position + 1, '"')
            case _:
                name = _NAME.match(self.text, position, self.limit)
                if name is None:
                    raise _DamagedEntryError
                return self.strings.get(name[0].lower(), name[0]), name.end()
        return self.text[position + 1 : end], end + 1

    def _closing(self, marks: re.Pattern[str], position: int, stop: str) -> int:
        """Return the place of the mark that closes a value; braces in it are balanced."""
        depth = 0
        for mark in marks.finditer(self.text, position, self.limit):
            if mark[0] == stop and depth == 0:
                return mark.start()
            depth += {"{": 1, "}": -1}.get(mark[0], 0)
        raise _DamagedEntryError


def _entry(fields: dict[str, str], line: int) -> LibraryEntry:
    """Return an entry from its fields."""

    def field(*names: str) -> str:
        return next((" ".join(v.split()) for name in names if (v := fields.get(name))), "")

    url = _address(field("url", "link", "howpublished"))
    return LibraryEntry(
        title=_title(field),
        abstract=field("abstract"),
        authors=tuple(_authors(field("author", "editor"))),
        doi=_address(field("doi")),
        url=url,
        arxiv=_arxiv(field),
        date=field("date") or f"{field('year')}-{_month(field('month'))}".rstrip("-"),
        keywords=tuple(tex_name(word) for word in _SEPARATOR.split(field("keywords"))),
        line=line,
    )


def _title(field: Callable[..., str]) -> str:
    title, subtitle = field("title"), field("subtitle")
    return f"{title}: {subtitle}" if title and subtitle else title


def _arxiv(field: Callable[..., str]) -> str:
    """Return the arXiv id that an entry has in one of the places that people use."""
    kind = field("archiveprefix", "eprinttype").lower()
    eprint = arxiv_id(field("eprint")) if kind in {"", "arxiv"} else ""
    places = ("eid", "number", "journal", "journaltitle", "howpublished", "note", "url", "pages")
    return eprint or hidden_arxiv(field("volume"), *(_address(field(name)) for name in places))


def _month(text: str) -> str:
    short = text.strip("{}")[:3].lower()
    if short in _MONTHS:
        return f"{_MONTHS.index(short) + 1:02}"
    return short if short.isdecimal() else ""


def _address(text: str) -> str:
    """Return an address or a number without TeX's commands and escapes."""
    if named := _URL.search(text):
        text = named[1]
    return _ESCAPE.sub(r"\1", text).strip(" {}<>")


def _authors(text: str) -> Iterator[str]:
    """Yield the names, given names first; `and others` is no person."""
    for name in _split_at_and(text):
        if name.startswith("{") and name.endswith("}") and name.count("{") == 1:
            yield tex_name(name)
        elif name.lower() != "others" and (shown := _natural(name)):
            yield shown


def _split_at_and(text: str) -> Iterator[str]:
    """Yield the parts between `and`s that stand outside of braces."""
    start = depth = counted = 0
    for found in _AND.finditer(f"{text} "):
        between = text[counted : found.start()]
        depth += between.count("{") - between.count("}")
        counted = found.start()
        if depth <= 0:
            yield text[start : found.start()].strip()
            start = found.end()
    yield text[start:].strip()


def _natural(name: str) -> str:
    """Return `von Family, Jr, Given` the other way round, also in biber's `family=…` form."""
    if parts := dict(_BIBER_NAME.findall(name) if "=" in name else ()):
        order = (parts.get(part, "").strip() for part in ("given", "prefix", "family", "suffix"))
        return tex_name(" ".join(filter(None, order)))
    family, *rest = (part.strip() for part in name.split(","))
    given, suffix = (rest[-1], ", ".join(rest[:-1])) if rest else ("", "")
    shown = f"{given} {family}".strip()
    return tex_name(f"{shown}, {suffix}" if suffix else shown)

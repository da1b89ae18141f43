"""Reads a feed with feedparser in a process of its own; a script that knows nothing of digest.

feedparser takes quadratic time over some small inputs while it holds the interpreter's lock, and
raises on others; here the kernel ends what takes too long or too much memory, and what is left of
a feed goes back as plain JSON: one line of facts in, the body after it, one object out.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
import warnings
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

CPU_SECONDS = 10
MEMORY_BYTES = 1 << 30
MOST_ENTRIES = 5000
LONGEST = 200_000
"""Characters of one field that are passed on; the border cuts further."""
Facts = dict[str, Any]

_REFERENCE = re.compile(rb"&#(?:[xX]0*([0-9a-fA-F]{1,12})|0*([0-9]{1,12}))[0-9a-fA-F]*;?")
_END = re.compile(rb"</\s*(?:[\w.-]{1,50}:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_ITEM = re.compile(rb"</?\s*(?:[\w.-]{1,50}:)?(?:item|entry)\b", re.IGNORECASE)
_PREFIXED = re.compile(rb"<([\w.-]{1,50}):(?:item|entry)\b", re.IGNORECASE)
_RESERVED = (
    *("authors", "links", "tags", "contributors", "enclosures", "identifiers"),
    *("title_detail", "summary_detail", "author_detail"),
)
"""Names under which feedparser keeps lists and tables: an element of that name would break them."""
_UNICODE_END = 0x110000
_SURROGATES = range(0xD800, 0xE000)
_HTML = ("text/html", "application/xhtml+xml")
_DOI = re.compile(r"\b10\.\d{4,9}(?:/|%2[fF])")
_EMAIL_FIRST = re.compile(r"\S+@\S+\s*\((.+)\)\s*")


def extract(body: bytes, content_type: str, location: str) -> Facts:
    """Return what feedparser finds in `body`: version, whether it was cut short, entries.

    `location` is the address it came from: relative links are resolved against it.
    """
    import feedparser

    _keep_every_identifier()
    _keep_reserved_names_apart()
    # Without a type feedparser takes the bytes for ISO 8859-1, unless it gets no header at all.
    headers = {"content-type": content_type or "application/xml", "content-location": location}

    def parse(text: bytes) -> Any:  # noqa: ANN401  # feedparser has no types
        given = {name: value for name, value in headers.items() if value}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the charset a server claims: content is judged
            return feedparser.parse(io.BytesIO(text), response_headers=given)

    text = _REFERENCE.sub(_possible, body)
    found = parse(text)
    if not found.entries and (prefixed := _PREFIXED.search(_uncommented(text))):
        found = parse(re.sub(rb"(</?)" + re.escape(prefixed[1]) + rb":", rb"\1", text))
    entries = [_entry(entry) for entry in found.entries[:MOST_ENTRIES]]
    cut = bool(entries) and not _is_closed(body.replace(b"\x00", b""))
    title = _text(dict.get(found.feed, "title"))
    return {
        "version": found.get("version", ""),
        "cut": cut,
        "title": title,
        "subtitle": _text(dict.get(found.feed, "subtitle")),
        "entries": entries,
    }


def _is_closed(body: bytes) -> bool:
    """Return whether the root is closed; comments and text may follow it, no entry."""
    end = max((found.end() for found in _END.finditer(body)), default=0)
    return bool(end) and not _ITEM.search(_uncommented(body[end:]))


def _uncommented(body: bytes) -> bytes:
    return b"".join(part.partition(b"<!--")[0] for part in body.split(b"-->"))


def _possible(reference: re.Match[bytes]) -> bytes:
    """Return a character reference as it was, or U+FFFD's where Unicode has no such character."""
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    sound = number < _UNICODE_END and number not in _SURROGATES
    return reference[0] if sound else b"&#xFFFD;"


def _entry(entry: Facts) -> Facts:
    text, text_html = _longest(entry)
    title = _table(dict.get(entry, "title_detail"))
    return {
        "id": _text(dict.get(entry, "id")),
        "link": _text(dict.get(entry, "link")),
        "title": _text(title.get("value")),
        "title_html": title.get("type") in _HTML,
        "text": text,
        "text_html": text_html,
        "authors": _authors(entry),
        # feedparser's own reading makes up what it misses: the texts go on as they are.
        "published": _text(dict.get(entry, "published")),
        "updated": _text(dict.get(entry, "updated")),
        "issued": _first(entry, "prism_publicationdate", "prism_coverdate"),
        "tags": [_text(tag.get("term")) for tag in _tables(dict.get(entry, "tags"))],
        "links": [
            {name: _text(link.get(name)) for name in ("href", "rel", "type", "title")}
            for link in _tables(dict.get(entry, "links"))
        ],
        "doi": _doi(entry),
        "announce": _first(entry, "arxiv_announce_type"),
        "comment": _first(entry, "arxiv_comment"),
        "primary": _text(_table(dict.get(entry, "arxiv_primary_category")).get("term")),
    }


def _doi(entry: Facts) -> str:
    """Return the first of an entry's identifiers that has a DOI, else the first of all."""
    named = [_text(dict.get(entry, key)) for key in ("arxiv_doi", "prism_doi")]
    known = [*named, *dict.get(entry, "identifiers", ())]
    return next((text for text in known if _DOI.search(text)), next(filter(None, known), ""))


def _keep_every_identifier() -> None:
    """Let feedparser keep each `dc:identifier`; of several it has only the last one.

    A PMID may follow the DOI.
    """
    from feedparser.namespaces.dc import Namespace

    def start(parser: Any, attributes: object) -> None:  # noqa: ANN401  # feedparser has no types
        del attributes
        parser.push("dc_identifier", 1)

    def end(parser: Any) -> None:  # noqa: ANN401
        value = _text(parser.pop("dc_identifier"))
        dict.setdefault(parser._get_context(), "identifiers", []).append(value)  # noqa: SLF001

    # feedparser finds its handlers by these names.
    Namespace._start_dc_identifier = start  # noqa: SLF001
    Namespace._end_dc_identifier = end  # noqa: SLF001


def _keep_reserved_names_apart() -> None:
    """Let feedparser keep an element such as `<authors>` (IEEE Xplore) as text of its own."""
    from feedparser.namespaces._base import Namespace

    for name in _RESERVED:

        def start(parser: Any, _: object, own: str = f"own_{name}") -> None:  # noqa: ANN401
            parser.push(own, 1)

        def end(parser: Any, own: str = f"own_{name}") -> None:  # noqa: ANN401
            parser.pop(own)

        setattr(Namespace, f"_start_{name}", start)
        setattr(Namespace, f"_end_{name}", end)


def _longest(entry: Facts) -> tuple[str, bool]:
    """Return the longer of summary and content, and whether it is HTML."""
    summary = _table(dict.get(entry, "summary_detail"))
    parts = [summary, *_tables(dict.get(entry, "content"))]
    best = max(parts, key=lambda part: len(_text(part.get("value"))))
    return _text(best.get("value")), best.get("type") in _HTML


def _authors(entry: Facts) -> list[str]:
    """Return the authors' names; `entry.author` is only the last of them.

    feedparser cuts names in pieces where an address with a long top-level domain comes first.
    """
    whole = _EMAIL_FIRST.fullmatch(_text(dict.get(entry, "author")))
    if whole:
        return [whole[1]]
    names = [_text(author.get("name")) for author in _tables(dict.get(entry, "authors"))]
    known = names if any(names) else [_text(dict.get(entry, "own_authors"))]
    return [name for name in known if name]


def _first(entry: Facts, *keys: str) -> str:
    return next((text for key in keys if (text := _text(dict.get(entry, key)))), "")


def _table(value: object) -> Facts:
    return value if isinstance(value, dict) else {}


def _tables(value: object) -> list[Facts]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value[:LONGEST] if isinstance(value, str) else ""


def main(source: IO[bytes], target: IO[bytes]) -> None:
    """Read a line of facts and a body from `source`, write the feed as JSON to `target`."""
    facts = json.loads(source.readline())
    body = source.read()
    try:
        found = extract(body, facts["content_type"], facts["location"])
    except Exception as error:  # noqa: BLE001  # feedparser raises re.error, ValueError, … on feeds
        found = {"error": f"{type(error).__name__}: {error}"[:200]}
    target.write(json.dumps(found).encode("ascii"))


def limit(put: Callable[[int, tuple[int, int]], None] = resource.setrlimit) -> None:
    """Let the kernel end this process where a feed takes too long or too much memory."""
    put(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    put(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    put(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    limit()
    main(sys.stdin.buffer, sys.stdout.buffer)

"""The body of an answer, decompressed and counted byte by byte: no bomb, no short or lying one."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_STEP = 65_536
_GZIP = 16 + zlib.MAX_WBITS
_MAGIC = b"\x1f\x8b"
_MOST_MEMBERS = 1_000
"""Who writes gzip in members puts tens of thousands of bytes into each; empty ones only cost."""


class BodyTooLarge(Exception):
    """There are more bytes than allowed."""


class Garbled(Exception):
    """The bytes are not in the encoding that the header claims."""


class CutShort(Exception):
    """The compressed bytes end before their end."""


def read(chunks: Iterable[bytes], encoding: str, limit: int) -> bytes:
    """Return the decoded body of at most `limit` bytes.

    `encoding` is the Content-Encoding header. Raises BodyTooLarge, Garbled or CutShort.
    """
    names = [name.strip().lower() for name in encoding.split(",")]
    match [name for name in names if name not in ("", "identity")]:
        case []:
            pieces = _counted(chunks, limit)
        case ["gzip" | "x-gzip" | "deflate" as name]:
            pieces = _counted(_inflate(_counted(chunks, limit), name), limit)
        case [name]:
            raise Garbled(f"sent in the encoding {name[:40]!r}, which nobody asked for")
        case several:
            raise Garbled(f"encoded {len(several)} times over")
    return b"".join(pieces)


def _counted(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    left = limit
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise BodyTooLarge
        yield chunk


def _inflate(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Yield the decompressed bytes in small pieces, however much a chunk may hold."""
    decoder, members = None, 0
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                if decoder is None:
                    decoder = zlib.decompressobj(_window(name, rest[0]))
                elif decoder.eof:
                    members += 1
                    decoder = zlib.decompressobj(_next_member(name, rest, members))
                yield decoder.decompress(rest, _STEP)
                rest = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
        if decoder is not None:
            yield decoder.flush()
    except zlib.error as error:
        raise Garbled(f"said to be {name}, but it is not ({error})") from None
    if decoder is None or not decoder.eof:
        raise CutShort


def _window(name: str, first: int) -> int:
    """Return zlib's window argument; RFC 9110 wraps deflate in zlib, some servers send it bare."""
    if name != "deflate":
        return _GZIP
    return zlib.MAX_WBITS if first & 0x0F == zlib.DEFLATED else -zlib.MAX_WBITS


def _next_member(name: str, rest: bytes, before: int) -> int:
    """Return the window of the next member; only gzip has more than one (RFC 1952)."""
    if before >= _MOST_MEMBERS:
        raise Garbled(f"gzip in more than {_MOST_MEMBERS:,} members")
    if name == "deflate" or not _MAGIC.startswith(rest[:2]):
        raise Garbled("bytes after the end of the compressed body")
    return _GZIP

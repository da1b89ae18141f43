"""Writes message headers so that they say exactly what was set, for any Unicode.

The standard library folds some subjects wrongly (python/cpython#144156) and turns long URIs into
encoded words (python/cpython#85725). Here every value is one line of ASCII where it can be, else
RFC 2047 encoded words of its own, one a line; URIs and addresses are folded between, never within.
"""

from __future__ import annotations

import re
from base64 import b64encode
from bisect import bisect_right
from email.utils import getaddresses, parseaddr

import idna

from digest.model.errors import ConfigError, Problem

LINE = 78
WORD = 75
"""The longest encoded word that RFC 2047 allows."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ATOMS = re.compile(rf"{_ATOM}(?: {_ATOM})*")
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOMAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?")
_NAMED = re.compile(r"([^<>]*)<([^<>]*)>")


def one_line(text: str) -> str:
    """Return `text` without anything that could end a header: controls become a space."""
    return _CONTROL.sub(" ", text).strip()


def address(text: str) -> tuple[str, str]:
    """Return display name and bare ASCII address of `text`; raise ConfigError if it is none."""
    line = one_line(text)
    # Not by parseaddr(): to it `Doe, Jane <jane@…>` is two people, `x@y <a@b>` goes to x@y.
    named = _NAMED.fullmatch(line)
    name, bare = (_unquoted(named[1]), named[2].strip()) if named else parseaddr(line)
    local, at, domain = bare.rpartition("@")
    try:
        # IDNA 2008, as the registries use it: IDNA 2003 makes another domain of one with ß.
        is_ascii = domain.isascii()
        domain = (domain.encode("idna") if is_ascii else idna.encode(domain, uts46=True)).decode()
    except UnicodeError:  # idna's errors among them
        domain = ""
    if not (at and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        hint = "write name@example.org or Name <name@example.org>, ASCII before the @"
        raise ConfigError([Problem(message=f"“{line}” is no mail address", hint=hint)])
    return name, f"{local}@{domain}"


def _unquoted(name: str) -> str:
    """Return a display name without the quotes that it may be written in."""
    name = name.strip()
    quoted = len(name) > 1 and name[0] == name[-1] == '"'
    return re.sub(r"\\(.)", r"\1", name[1:-1]) if quoted else name


def mailbox(text: str, name: str = "") -> str:
    """Return the address in `text` as a header shows it, with `name` where it has none."""
    own, bare = address(text)
    return f"{_phrase(own or name)} <{bare}>" if own or name else bare


def wire(name: str, value: str) -> bytes:
    """Return one whole header as it stands in the message: ASCII, CRLF."""
    value = one_line(value)
    match name.lower():
        case "from" | "to" | "reply-to":
            text = _addresses(name, value)
        case "list-unsubscribe":
            text = _uris(name, value)
        case _:
            text = _text(name, value)
    gap = "" if text.startswith("\r\n") else " "
    return f"{name}:{gap}{text}\r\n".encode("ascii")


def encoded_words(text: str, used: int) -> str:
    """Return `text` as RFC 2047 encoded words, one a line; `used` columns of the first are taken.

    No character is split between two words; the line ends between them are not part of the text.
    """
    words: list[str] = []
    start = 0
    while start < len(text) or not words:
        end = start + _fitting(text[start : start + WORD], min(WORD, LINE - used))
        words.append(_word(text[start:end]))
        start, used = end, 1
    return "\r\n ".join(words)


def _fitting(text: str, room: int) -> int:
    """Return how many characters of `text`, one at least, fill an encoded word of `room`.

    Every character adds to both ways of writing, and so to the shorter of them.
    """
    size = bisect_right(range(1, len(text) + 1), room, key=lambda n: len(_word(text[:n])))
    return max(size, 1)


def _word(text: str) -> str:
    raw = text.encode()
    quoted = "".join(map(_QUOTED.__getitem__, raw))
    packed = b64encode(raw).decode("ascii")
    return f"=?utf-8?q?{quoted}?=" if len(quoted) <= len(packed) else f"=?utf-8?b?{packed}?="


def _quoted(byte: int) -> str:
    character = chr(byte)
    if character == " ":
        return "_"
    return character if character.isascii() and character.isalnum() else f"={byte:02X}"


_QUOTED = tuple(map(_quoted, range(256)))


def _text(name: str, value: str) -> str:
    plain = value.isascii() and "=?" not in value and " ".join(value.split()) == value
    if plain and len(name) + 2 + len(value) <= LINE:
        return value
    return encoded_words(value, len(name) + 2)


def _addresses(name: str, value: str) -> str:
    lines: list[str] = []
    for own, bare in getaddresses([value]):
        used = 1 if lines else len(name) + 2
        phrase = _phrase(own)
        if not phrase.isascii() or "=?" in phrase or used + len(phrase) > LINE:
            phrase = encoded_words(own, used)
        *folds, last = phrase.split("\r\n ")
        end = len(last) + (1 if folds else used)
        glue = " " if end + len(bare) + 4 <= LINE else "\r\n "
        lines.append(f"{phrase}{glue}<{bare}>" if own else bare)
    return ",\r\n ".join(lines)


def _phrase(name: str) -> str:
    """Return a display name as it is where it is atoms or beyond ASCII, else in quotes."""
    if not name or _ATOMS.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _uris(name: str, value: str) -> str:
    """Return the URIs, one a line; the first stands beside the name where there is room."""
    uris = ",\r\n ".join(f"<{uri}>" for uri in re.findall(r"<([^<>]*)>", value))
    room = LINE - len(name) - 2
    return uris if len(uris.partition("\r\n")[0]) <= room else f"\r\n {uris}"

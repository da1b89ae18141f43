"""Validation of email addresses as people write them."""

from __future__ import annotations

import re
import unicodedata

import idna

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?")
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")

MAX_LOCAL_CHARS = 64
MAX_LABEL_CHARS = 63
MAX_ADDRESS_CHARS = 254
"""Maximum length of an address (RFC 5321, 4.5.3.1, without the two brackets of its path)."""


class InvalidValue(ValueError):
    """Value of the config that cannot be used; `hint` has the fix."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def parse_address(text: str) -> str:
    """Return `text` as a bare address, perhaps with an IDN; raise InvalidValue."""
    text = text.strip(" ")
    if named := _NAMED.fullmatch(text):
        raise InvalidValue("expected an address alone", hint=f'write "{named["address"].strip()}"')
    if not is_one_line(text) or " " in text:
        raise InvalidValue(
            "an address cannot contain spaces", hint='write several addresses as a list: ["…", "…"]'
        )
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        raise InvalidValue("not an email address; expected name@example.org")
    if not _LOCAL.fullmatch(local) or len(local) > MAX_LOCAL_CHARS or len(text) > MAX_ADDRESS_CHARS:
        raise InvalidValue("not an email address", hint=f"correct the part before @{domain}")
    if not is_domain(domain):
        raise InvalidValue("not an email address", hint=f"correct the part after {local}@")
    return text


def parse_mailbox(text: str) -> str:
    """Return `text`, an address or `Name <address>`; raise InvalidValue."""
    if not is_one_line(text):
        raise InvalidValue("expected one line of text")
    named = _NAMED.fullmatch(text.strip())
    if named is None:
        return parse_address(text)
    bare = parse_address(named["address"])
    name = named["name"].strip().strip('"').strip()
    return f"{name} <{bare}>" if name else bare


def bare_address(text: str) -> str:
    """Return the address of a checked mailbox."""
    named = _NAMED.fullmatch(text)
    return named["address"] if named else text


def is_one_line(text: str) -> bool:
    """Return whether `text` has neither line ends nor control characters."""
    return not any(unicodedata.category(c) in {"Cc", "Zl", "Zp", "Cs"} for c in text)


def is_domain(domain: str) -> bool:
    """Return whether `domain` is a host name; it may be an internationalised one (IDNA 2008)."""
    try:
        # IDNA 2008, as delivery encodes it: the codec of Python knows IDNA 2003 alone.
        plain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return False
    labels = plain.split(".")
    return len(plain) < MAX_ADDRESS_CHARS and all(
        _LABEL.fullmatch(label) and len(label) <= MAX_LABEL_CHARS for label in labels
    )

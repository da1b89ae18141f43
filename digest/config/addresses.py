"""Email addresses as people write them, checked before anything is sent to them."""

from __future__ import annotations

import re
import unicodedata

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?")
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")

LONGEST_LOCAL = 64
LONGEST = 254
"""Characters of an address (RFC 5321, 4.5.3.1; the path there has two brackets more)."""


class InvalidValue(ValueError):
    """A value of the config that cannot be used; `hint` says how to mend it."""

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
            "an address holds no spaces", hint='several addresses are a list: ["…", "…"]'
        )
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        raise InvalidValue("this is no email address", hint="it looks like name@example.org")
    if not _LOCAL.fullmatch(local) or len(local) > LONGEST_LOCAL or len(text) > LONGEST:
        raise InvalidValue("this is no email address", hint=f"mend what stands before @{domain}")
    if not is_domain(domain):
        raise InvalidValue("this is no email address", hint=f"mend what stands behind {local}@")
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
    """Tell whether `text` has neither line ends nor control characters."""
    return not any(unicodedata.category(c) in {"Cc", "Zl", "Zp", "Cs"} for c in text)


def is_domain(domain: str) -> bool:
    """Tell whether `domain` is a host name, perhaps an internationalised one."""
    try:
        labels = domain.encode("idna").decode("ascii").split(".")
    except UnicodeError:
        return False
    return len(domain) < LONGEST and all(_LABEL.fullmatch(label) for label in labels)

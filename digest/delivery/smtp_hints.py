"""Hints for connections that fail before a server replies: host name, port, TLS, certificate."""

from __future__ import annotations

import re

_HOST = re.compile(
    r"\s*(?:[a-z]+://)?(?:[^@/\s]*@)?(?:\[(?P<ip>[^]\s]*)\]|(?P<name>[^:/\s]*))(?::(?P<port>\d+))?"
    r"/?\s*",
    re.IGNORECASE,
)
"""A server's name in the forms that people copy from elsewhere: a URL, brackets, a port."""


def host_hint(host: str) -> str:
    """Return the right way to write `host`, "" where it is written so."""
    if host and host.count(":") > 1 and "[" not in host and "/" not in host:
        return "" if host == host.strip() else f'write host = "{host.strip()}"'  # an IPv6 address
    found = _HOST.fullmatch(host)
    name = (found["ip"] or found["name"]) if found else ""
    if not name:
        return 'write the name of the server alone, such as host = "smtp.example.org"'
    port = f" and port = {found['port']}" if found and found["port"] else ""
    return f'write host = "{name}"{port}' if name != host else ""


def certificate_hint(reason: str) -> str:
    """Return what to do about a certificate that could not be verified."""
    said = reason.lower()
    if "mismatch" in said or "not valid for" in said:
        return "the name on the certificate is not the host's: write the name it was made for"
    if "expired" in said:
        return "the server's certificate has expired (or this computer's clock is wrong)"
    if "not yet valid" in said:
        return "this computer's clock is behind, or the certificate is for later"
    return "a private authority? name its certificate in [smtp] ca_file"


def certificate_key(reason: str) -> str:
    """Return the setting that mends a certificate which could not be verified."""
    said = reason.lower()
    named = ("mismatch", "not valid for", "expired", "not yet valid")
    return "host" if any(words in said for words in named) else "ca_file"


def tls_hint(reason: str, port: int, security: str) -> str:
    """Return what to do where TLS could not begin, "" where nothing is known."""
    if security == "tls" and reason in _NO_TLS:
        return 'this port begins without TLS: security = "starttls"'
    return port_hint(port, security)


_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL")
"""What OpenSSL calls a greeting in clear, from one version to the next."""


def port_hint(port: int, security: str) -> str:
    """Return what the port is for, "" where the two may well fit."""
    match port, security:
        case 465, "starttls" | "none":
            return 'port 465 begins with TLS: security = "tls"'
        case 587 | 25, "tls":
            return 'ports 587 and 25 begin without TLS: security = "starttls"'
        case _:
            return ""


def reach_hint(said: str, security: str = "", *, greeted: bool = True) -> str:
    """Return what to do where a server could not be reached at all, "" where nothing is known."""
    if "looked up" in said or "no address" in said:
        return "is this computer online? else look at [smtp] host: is it your provider's?"
    if "cannot be reached" in said:
        return "nothing answers at this port; 587 and 465 are usual, and some networks block both"
    if "no answer in time" in said and security != "tls" and not greeted:
        return 'it may wait for TLS to begin: perhaps security = "tls"'
    return ""


def reach_key(said: str, *, greeted: bool) -> str:
    """Return the setting that a broken connection is about."""
    return "host" if greeted or "looked up" in said or "no address" in said else "port"

"""What the known answers of mail servers mean, in words, and what to do about them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.delivery.smtp_connection import Reply

_WANTS_ACCOUNT, _WANTS_TLS = 530, 538
_ACCOUNT = frozenset({_WANTS_ACCOUNT, 534, 535, _WANTS_TLS})
"""Codes about our own sign-in, wherever in the conversation they come."""
_QUOTA = re.compile(rb"\b5\.(4\.5|7\.0)\b")
_REFUSED = "the username or the password is wrong: look at both under [smtp], and for a typing slip"
_OAUTH = (
    'this server takes no passwords any more: set auth = "xoauth2" and a password command that '
    "prints a token"
)
_APP_WORD = (
    "this server wants an app password, not the account's: make one where the account's security "
    "is set"
)
_MEANINGS = {
    _WANTS_ACCOUNT: "this server wants a username and a password: [smtp] username, password",
    534: _REFUSED,
    535: _REFUSED,
    _WANTS_TLS: 'this server wants an encrypted connection: security = "starttls" or "tls"',
    552: "the email is too large for this server: lower [email] papers",
}
_APP_PASSWORDS = {
    ("gmail.com", "googlemail.com"): (
        "Google wants an app password, not the account's: https://myaccount.google.com/apppasswords"
    ),
    ("yahoo.com", "aol.com"): (
        "Yahoo wants an app password: Account security, then Generate app password"
    ),
    ("mail.me.com", "icloud.com"): (
        "Apple wants an app-specific password: https://account.apple.com, Sign-In and Security"
    ),
    ("fastmail.com",): "Fastmail wants an app password: Settings, Privacy and security",
    ("office365.com", "outlook.com", "hotmail.com"): _OAUTH,
}
_SAYS = (
    (re.compile(rb"\b5\.7\.139\b|basic authentication is disabled", re.IGNORECASE), _OAUTH),
    (re.compile(rb"\b5\.7\.9\b|app(lication)?[- ](specific )?password", re.IGNORECASE), _APP_WORD),
)
"""What a refusal of any server says of the password that it wants."""
_KEYS = {_WANTS_ACCOUNT: "username", 534: "password", 535: "password", _WANTS_TLS: "security"}


def is_hold(reply: Reply) -> bool:
    """Tell whether a refusal is about our account or its quota: the reader must act, mail waits."""
    return reply.code in _ACCOUNT or (reply.is_no() and bool(_QUOTA.search(reply.said)))


def hint_for(reply: Reply, host: str) -> str:
    """Return what to do about an answer, "" where nothing is known."""
    if b"5.4.5" in reply.said:
        return "the account's quota is used up; digest waits and tries once an hour"
    meaning = _MEANINGS.get(_code(reply), "")
    if meaning != _REFUSED:
        return meaning
    known = (words for ends, words in _APP_PASSWORDS.items() if host.lower().endswith(ends))
    said = (words for says, words in _SAYS if says.search(reply.said))
    return next(known, next(said, meaning))


def key_for(reply: Reply) -> str:
    """Return the setting that an answer is about wherever it comes, "" where that is not known."""
    return _KEYS.get(_code(reply), "")


def _code(reply: Reply) -> int:
    """Return the code of an answer; many say 530 of a missing STARTTLS, where 538 is meant."""
    unsafe = reply.code == _WANTS_ACCOUNT and b"STARTTLS" in reply.said.upper()
    return _WANTS_TLS if unsafe else reply.code


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

"""What the known answers of mail servers mean, in words, and what to do about them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.post.dialogue import Reply

_ACCOUNT = frozenset({530, 534, 535, 538})
"""Codes about our own sign-in, wherever in the conversation they come."""
_QUOTA = re.compile(rb"\b5\.(4\.5|7\.0)\b")
_REFUSED = "the username or the password is wrong; `digest check` tries them"
_MEANINGS = {
    530: "this server wants a username and a password: [smtp] username, password",
    534: _REFUSED,
    535: _REFUSED,
    538: 'this server wants an encrypted connection: security = "starttls" or "tls"',
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
    ("office365.com", "outlook.com", "hotmail.com"): (
        'Microsoft takes no passwords any more: set auth = "xoauth2" and a password command '
        "that prints a token"
    ),
}


def is_hold(reply: Reply) -> bool:
    """Tell whether a refusal is about our account or its quota: the reader must act, mail waits."""
    return reply.code in _ACCOUNT or (reply.is_no() and bool(_QUOTA.search(reply.said)))


def hint_for(reply: Reply, host: str) -> str:
    """Return what to do about an answer, "" where nothing is known."""
    if b"5.4.5" in reply.said:
        return "the account's quota is used up; digest waits and tries once an hour"
    meaning = _MEANINGS.get(reply.code, "")
    if meaning != _REFUSED:
        return meaning
    known = (words for ends, words in _APP_PASSWORDS.items() if host.lower().endswith(ends))
    return next(known, meaning)


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


def port_hint(port: int, security: str) -> str:
    """Return what the port is for, "" where the two may well fit."""
    match port, security:
        case 465, "starttls" | "none":
            return 'port 465 begins with TLS: security = "tls"'
        case 587 | 25, "tls":
            return 'ports 587 and 25 begin without TLS: security = "starttls"'
        case _:
            return ""


def reach_hint(said: str) -> str:
    """Return what to do where a server could not be reached at all, "" where nothing is known."""
    if "looked up" in said or "no address" in said:
        return "is this computer online? else look at [smtp] host: is it your provider's?"
    if "cannot be reached" in said:
        return "nothing answers at this port; 587 and 465 are usual, and some networks block both"
    return ""

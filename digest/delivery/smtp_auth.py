"""Signing in to a mail server: PLAIN, LOGIN, CRAM-MD5 and XOAUTH2 (RFC 4954, 4616, 2195)."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING

from digest.delivery.smtp_connection import CHALLENGE, Broken, Reply

if TYPE_CHECKING:
    from collections.abc import Generator

    from digest.delivery.smtp_connection import SmtpConnection
    from digest.delivery.smtp_settings import Auth

_PREFERRED = ("PLAIN", "LOGIN", "CRAM-MD5")
"""Over TLS the plain ones first: a server that stores passwords hashed cannot check CRAM-MD5."""
NO_SUCH_AUTH = 504
"""Reply code of a mechanism that the server does not know (RFC 4954)."""
_CHALLENGES = 4
"""Answers to read; no mechanism of ours needs as many."""


def sign_in(line: SmtpConnection, auth: Auth, username: str, password: str) -> Reply:
    """Log in and return the server's last reply; raise Broken.

    The next mechanism is tried only where the server does not know one, although it offered it:
    each refused password counts towards the account being locked.
    """
    reply = Reply(NO_SUCH_AUTH, b"")
    for mechanism in _mechanisms(line, auth):
        reply = _by(mechanism, line, username, password)
        if reply.code != NO_SUCH_AUTH:
            break
    return reply


def _by(mechanism: str, line: SmtpConnection, username: str, password: str) -> Reply:
    answers = _answers(mechanism, username, password)
    first = next(answers)
    line.allow(line.timeouts.phase)
    reply = line.ask("AUTH", " ".join(filter(None, (mechanism, _encoded(first)))))
    for _ in range(_CHALLENGES):
        if reply.code != CHALLENGE:
            return reply
        reply = line.ask(_encoded(answers.send(_decoded(reply.said))))
    raise Broken("asks and asks while we sign in")


def _mechanisms(line: SmtpConnection, auth: Auth) -> list[str]:
    if auth != "auto":
        return [auth.upper()]
    offered = line.esmtp_features.get("auth", "").upper().split()
    return [name for name in _PREFERRED if name in offered] or ["PLAIN"]


def _answers(mechanism: str, username: str, password: str) -> Generator[bytes, bytes, None]:
    """Yield what comes with AUTH itself (b"" for nothing), then the answer to each challenge."""
    user, word = username.encode(), password.encode()
    match mechanism:
        case "XOAUTH2":
            yield b"user=" + user + b"\x01auth=Bearer " + word + b"\x01\x01"
        case "LOGIN":
            yield b""
            yield user
            yield word
        case "CRAM-MD5":
            challenge = yield b""
            yield user + b" " + hmac.new(word, challenge, "md5").hexdigest().encode()
        case _:
            yield b"\0" + user + b"\0" + word
    while True:
        # XOAUTH2 tells its failure as a challenge; the empty answer brings the code.
        yield b""


def _encoded(answer: bytes) -> str:
    return base64.b64encode(answer).decode()


def _decoded(challenge: bytes) -> bytes:
    try:
        return base64.b64decode(challenge)
    except binascii.Error as error:
        raise Broken("asks something unreadable while we sign in") from error

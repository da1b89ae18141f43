"""Letter → the bytes of an Internet message: MIME, seven-bit, CRLF; signed where wanted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from email.message import MIMEPart
from email.policy import SMTP
from typing import TYPE_CHECKING, Protocol

from digest.errors import DigestError
from digest.headers import wire

if TYPE_CHECKING:
    from pathlib import Path

    from digest.letter import Letter

Signer = Callable[[bytes], bytes]
"""From a whole message to the same message with a signature at its head."""

_POLICY = SMTP.clone(max_line_length=76, cte_type="7bit")
"""The stock policy writes quoted-printable lines of 78; RFC 2045 §6.7 allows 76."""

_SIGNED = (
    *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"),
    *("List-Id", "List-Unsubscribe", "Auto-Submitted"),
)


def to_bytes(letter: Letter, sign: Signer | None = None) -> bytes:
    """Return the message of `letter`: text/plain, then text/html (with its pictures, if any).

    The same letter gives the same bytes, signature aside.
    """
    text = _part(letter.text, "plain", letter.language)
    text.set_param("format", "flowed")
    html = _part(letter.html, "html", letter.language)
    body = MIMEPart(_POLICY)
    body["MIME-Version"] = "1.0"
    body["Content-Type"] = "multipart/alternative"
    body.attach(text)
    body.attach(_with_pictures(letter, html))
    body.set_boundary(_boundary(letter, "a"))
    head = b"".join(wire(name, value) for name, value in letter.headers)
    whole = head + body.as_bytes()
    return sign(whole) if sign else whole


def _part(content: str, subtype: str, language: str) -> MIMEPart:
    part = MIMEPart(_POLICY)
    part.set_content(content, subtype=subtype, charset="utf-8", cte="quoted-printable")
    part["Content-Language"] = language  # afterwards: set_content() drops Content-* headers
    return part


def _with_pictures(letter: Letter, html: MIMEPart) -> MIMEPart:
    if not letter.pictures:
        return html
    related = MIMEPart(_POLICY)
    related["Content-Type"] = 'multipart/related; type="text/html"'
    related.attach(html)
    for picture in letter.pictures:
        part = MIMEPart(_POLICY)
        part.set_content(picture.data, "image", picture.subtype, disposition="inline")
        part["Content-ID"] = f"<{picture.cid}>"
        related.attach(part)
    related.set_boundary(_boundary(letter, "r"))
    return related


def _boundary(letter: Letter, which: str) -> str:
    """Return a boundary that quoted-printable text and base64 cannot contain: both lack `=_`."""
    return f"=_{which}{hashlib.sha256(letter.message_id.encode()).hexdigest()[:24]}"


class Signature(Protocol):
    """What signing needs to know; `[dkim]` of config.toml says it."""

    @property
    def domain(self) -> str:
        """Return the domain that vouches for the message."""
        ...

    @property
    def selector(self) -> str:
        """Return under which name the domain publishes its key."""
        ...

    @property
    def key(self) -> Path:
        """Return where the private key lies."""
        ...


def signer(wanted: Signature | None) -> Signer | None:
    """Return what signs as the config says, None where it says nothing; raise DigestError."""
    if wanted is None:
        return None
    try:
        key = wanted.key.read_bytes()
    except OSError as error:
        hint = "key under [dkim] names the private key in PEM form"
        raise DigestError(f"{wanted.key}: {error.strerror}", hint=hint) from error
    return dkim_signer(wanted.domain, wanted.selector, key)


def dkim_signer(domain: str, selector: str, private_key: bytes) -> Signer:
    """Return what signs messages for `domain` (RFC 6376, relaxed); needs the extra `dkim`."""
    try:
        import dkim
    except ImportError as error:
        hint = "pip install 'paper-digest[dkim]'"
        raise DigestError("signing needs the package dkimpy", hint=hint) from error

    def sign(message: bytes) -> bytes:
        present = {
            line.partition(b":")[0].lower() for line in message.split(b"\r\n\r\n")[0].splitlines()
        }
        names = [name.encode() for name in _SIGNED if name.lower().encode() in present]
        try:
            signature: bytes = dkim.sign(
                message,
                selector.encode(),
                domain.encode(),
                private_key,
                canonicalize=(b"relaxed", b"relaxed"),
                include_headers=names,
            )
        except dkim.DKIMException as error:
            hint = "the key must be an RSA or Ed25519 private key in PEM form"
            raise DigestError(f"the message could not be signed: {error}", hint=hint) from error
        return signature + message

    return sign

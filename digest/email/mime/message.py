"""RenderedMessage → the bytes of an Internet message: MIME, seven-bit, CRLF; signed where wanted.

The parts are few and known, so they are written as they stand in the RFCs: the standard library's
`email` takes ten times as long over the same message, and its lines are two characters too long.
"""

from __future__ import annotations

import hashlib
import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from digest.email.mime.headers import wire
from digest.model.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from digest.model.message import RenderedMessage

Signer = Callable[[bytes], bytes]
"""From a whole message to the same message with a signature at its head."""

_TOO_LONG = re.compile(rb"(?m)^(.{74})(=(?:20|09)\r)$")
"""What `b2a_qp` makes of a line of 75 that ends in a space."""
_SIGNED = (
    *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"),
    *("List-Id", "List-Unsubscribe", "Auto-Submitted"),
)


def to_bytes(message: RenderedMessage, sign: Signer | None = None) -> bytes:
    """Return the message of `message`: text/plain, then text/html (with its pictures, if any).

    The same message gives the same bytes, signature aside.
    """
    whole = _unsigned(message)
    return sign(whole) if sign else whole


@lru_cache(maxsize=1)
def _unsigned(message: RenderedMessage) -> bytes:
    """Return the message; its length was just asked for when it is to be sent."""
    text = _text(message, 'plain; format="flowed"', message.text)
    html = _text(message, "html", message.html)
    body = _multipart(message, "alternative", [text, _with_pictures(message, html)])
    head = b"".join(wire(name, value) for name, value in message.headers)
    return head + b"MIME-Version: 1.0\r\n" + body


def _text(message: RenderedMessage, kind: str, content: str) -> bytes:
    """Return a text as a part: quoted-printable lines of at most 76 characters (RFC 2045 §6.7)."""
    lines = b"".join(line + b"\r\n" for line in content.encode().splitlines())
    return _part(
        {
            "Content-Type": f"text/{kind}; charset=utf-8",
            "Content-Transfer-Encoding": "quoted-printable",
            "Content-Language": message.language,
        },
        _TOO_LONG.sub(rb"\1=\r\n\2", b2a_qp(lines)),
    )


def _with_pictures(message: RenderedMessage, html: bytes) -> bytes:
    if not message.pictures:
        return html
    pictures = [
        _part(
            {
                "Content-Type": f"image/{picture.subtype}",
                "Content-Transfer-Encoding": "base64",
                "Content-Disposition": "inline",
                "Content-ID": f"<{picture.cid}>",
            },
            encodebytes(picture.data).replace(b"\n", b"\r\n"),
        )
        for picture in message.pictures
    ]
    return _multipart(message, 'related; type="text/html"', [html, *pictures])


def _part(headers: Mapping[str, str], body: bytes) -> bytes:
    """Return a part of a message; its headers are short and ASCII."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return head.encode("ascii") + b"\r\n" + body


def _multipart(message: RenderedMessage, kind: str, parts: Iterable[bytes]) -> bytes:
    """Return parts as one (RFC 2046 §5.1); the line end before a boundary belongs to it."""
    boundary = _boundary(message, kind)
    inside = b"".join(b"--%b\r\n%b\r\n" % (boundary, part) for part in parts)
    head = {"Content-Type": f'multipart/{kind};\r\n boundary="{boundary.decode("ascii")}"'}
    return _part(head, inside + b"--%b--\r\n" % boundary)


def _boundary(message: RenderedMessage, kind: str) -> bytes:
    """Return a boundary that quoted-printable text and base64 cannot contain: both lack `=_`."""
    digest = hashlib.sha256(message.message_id.encode()).hexdigest()
    return f"=_{kind[0]}{digest[:24]}".encode("ascii")


class Signature(Protocol):
    """Settings of a DKIM signature, as in `[dkim]` of config.toml."""

    @property
    def domain(self) -> str:
        """Return the signing domain."""
        ...

    @property
    def selector(self) -> str:
        """Return the selector of the published key."""
        ...

    @property
    def key(self) -> Path:
        """Return the path of the private key."""
        ...


def signer(wanted: Signature | None) -> Signer | None:
    """Return the signer that the config sets, None without one; raise DigestError."""
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
        hint = "in digest's source folder: pip install '.[dkim]'"
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

"""Credential fingerprint: shows whether a refused set-up was changed since, without its secret."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from digest.delivery.secret import secrets_of
from digest.model.errors import PASSWORD_REFUSED, TransportUnavailable

if TYPE_CHECKING:
    from digest.delivery import Transport
    from digest.delivery.secret import Secret
    from digest.model.errors import DeliveryError
    from digest.store import KeyValue

_REFUSED = "refused-account"
"""The note that holds the fingerprint of what was refused last."""
NAMED = ("host", "port", "security", "username", "auth")


def is_mended(way: Transport, keyvalue: KeyValue) -> bool:
    """Return whether server, account or password are others than those that were refused."""
    refused = keyvalue.get(_REFUSED)
    return bool(refused) and refused != fingerprint(way, keyvalue.secret())


def note_refusal(way: Transport, keyvalue: KeyValue, error: DeliveryError | None) -> None:
    """Remember what was refused, where `error` says that its password was."""
    if error and error.hold and error.code in PASSWORD_REFUSED:
        keyvalue.put(_REFUSED, fingerprint(way, keyvalue.secret()))


def fingerprint(way: Transport, key: bytes) -> str:
    """Return a keyed hash of server, account and password; without `key` it reveals nothing.

    An access token is another every hour: of one only where it comes from counts.
    """
    token = getattr(way, "auth", "") == "xoauth2"
    secrets = [repr(one) if token else _read(one) for one in secrets_of(way).values()]
    parts = [way.kind, *(str(getattr(way, name, "")) for name in NAMED), *secrets]
    return hmac.new(key, "\0".join(parts).encode(), "sha256").hexdigest()


def _read(secret: Secret) -> str:
    try:
        return secret.read()
    except TransportUnavailable:
        return repr(secret)

"""Certificates for mail servers on this computer, good ones and bad ones, made when needed."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import trustme

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Papers:
    """An authority of our own, and what it signs."""

    authority: trustme.CA
    ca_file: str

    def server(self, name: str = "localhost", *, expired: bool = False) -> ssl.SSLContext:
        """Return the context of a server with a certificate for `name`."""
        end = datetime(2020, 1, 1, tzinfo=UTC) if expired else None
        start = datetime(2019, 1, 1, tzinfo=UTC) if expired else None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf = self.authority.issue_cert(name, not_before=start, not_after=end)
        leaf.configure_cert(context)
        return context


def papers_in(folder: Path) -> Papers:
    """Found an authority whose certificate lies in a folder."""
    authority = trustme.CA()
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    return Papers(authority, str(ca_file))

"""Settings of a mail server that a connection needs, and the values that two of them take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from digest.delivery.secret import Secret

Security = Literal["starttls", "tls", "none"]
Auth = Literal["auto", "plain", "login", "cram-md5", "xoauth2"]


class ServerSettings(Protocol):
    """Settings of one mail server, the keys of `[smtp]` that a connection needs."""

    @property
    def host(self) -> str:
        """Return the server's name."""
        ...

    @property
    def port(self) -> int:
        """Return the TCP port."""
        ...

    @property
    def security(self) -> str:
        """Return `starttls`, `tls` or `none`."""
        ...

    @property
    def username(self) -> str:
        """Return the account, "" for no authentication."""
        ...

    @property
    def password(self) -> Secret | None:
        """Return the password, read only when it is needed."""
        ...

    @property
    def auth(self) -> Auth:
        """Return the SASL mechanism."""
        ...

    @property
    def ca_file(self) -> str:
        """Return the file of trusted certificates, "" for the system's."""
        ...

    @property
    def where(self) -> str:
        """Return host and port as error messages name them."""
        ...

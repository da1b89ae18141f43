"""Delivery through a mail server, over verified TLS, with every answer understood.

Measured reasons for driving smtplib's primitives ourselves: its `sendmail` takes any 2xx but 250
after the final dot for a failure, names only one of several recipients after a 421, and its
`with` block raises when QUIT is answered badly: each of them sends a digest again and again, or
loses it.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, NoReturn

from digest.delivery import Envelope, transport
from digest.delivery.refusal_rules import LARGE, Action, Stage
from digest.delivery.refusals import diagnose
from digest.delivery.secret import Secret
from digest.delivery.smtp_connect import connect
from digest.delivery.smtp_connection import (
    CLOSING,
    SEND_IT,
    Broken,
    Reply,
    SmtpConnection,
    SmtpTimeouts,
)
from digest.delivery.smtp_settings import Auth, Security
from digest.model.errors import DeliveryError, TransportUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x20\x7f]+@[^\s@<>,;\"()\\\x00-\x20\x7f]+")
_LEADING_DOT = re.compile(rb"(?m)^\.")
TOO_LARGE = 552
CHECK_SECONDS = 15.0
"""How long `check` waits for an answer; the slow greeting of a careful server takes ten."""


@transport("smtp")
@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """A mail server that takes our messages."""

    kind: ClassVar[str]
    timeouts: ClassVar[SmtpTimeouts] = SmtpTimeouts()

    host: str
    port: int = 587
    security: Security = "starttls"
    """Never less than this: where the server cannot, nothing is sent."""
    username: str = ""
    password: Secret | None = None
    """For xoauth2 it is the access token."""
    auth: Auth = "auto"
    ca_file: str = ""
    """The certificate of a private authority, in place of the system's."""
    connections: int = 4
    per_minute: int = 0

    @contextmanager
    def session(self) -> Iterator[SmtpSession]:
        """Sign in, and sign out at the end; raise TransportUnavailable where that is impossible."""
        session = SmtpSession(self, connect(self, SmtpConnection(self.timeouts)))
        try:
            yield session
        finally:
            session.hang_up()

    def check(self, senders: Sequence[str] = ()) -> str:
        """Log in and try each sender, and return a summary; raise DeliveryError.

        A person waits for the result, so a silent server is given less time than for a message.
        """
        session = SmtpSession(self, connect(self, SmtpConnection(self.trial)))
        try:
            for sender in senders:
                session.try_sender(sender)
        finally:
            session.hang_up()
        how = f"signed in as {self.username}" if self.username else "answered"
        return f"{how}, nothing sent"

    @property
    def trial(self) -> SmtpTimeouts:
        """Return the limits of `check`."""
        return replace(self.timeouts, phase=min(self.timeouts.phase, CHECK_SECONDS))

    @property
    def where(self) -> str:
        """Return the host and port as errors show them."""
        return f"{self.host}:{self.port}"


class SmtpSession:
    """A signed-in connection, renewed where the server ends it between two messages."""

    def __init__(self, smtp: Smtp, line: SmtpConnection) -> None:
        self._smtp = smtp
        self._line = line
        self._fresh = True
        """No message was tried on this connection yet."""

    def deliver(self, envelope: Envelope) -> str:
        """Hand a message over and return the server's answer; raise DeliveryError."""
        sender = _address(envelope.sender, ours=True)
        recipient = _address(envelope.recipient, ours=False)
        try:
            self._begin(sender, recipient, len(envelope.message))
            self._name(recipient)
            return self._hand_over(envelope.message)
        except Broken as error:
            self._line.close()
            raise DeliveryError(f"{self._smtp.where}: the server {error}") from error
        finally:
            self._fresh = False

    def try_sender(self, sender: str) -> None:
        """Ask whether the server takes mail from `sender`, and send none; raise DeliveryError."""
        address = _address(sender, ours=True)
        if self._line.sock is None:
            self._renew()
        try:
            reply = self._mail(address, "", 0)
            if not reply.is_yes():
                self._refuse(Stage.SENDER, f"the sender {address}", reply)
            self._leave(reply)
        except Broken as error:
            self._line.close()
            raise TransportUnavailable(f"{self._smtp.where}: the server {error}") from error

    def hang_up(self) -> None:
        """End the connection."""
        if self._line.sock is not None:
            self._line.hang_up()

    def _begin(self, sender: str, recipient: str, size: int) -> None:
        """Open a transaction; a connection that the server has ended is renewed, once."""
        if self._line.sock is None:
            self._renew()
        try:
            reply = self._mail(sender, recipient, size)
        except Broken:
            if self._fresh:
                raise
            reply = Reply(CLOSING, b"")
        if reply.is_later() and not self._fresh:
            self._renew()
            reply = self._mail(sender, recipient, size)
        if not reply.is_yes():
            self._refuse(Stage.SENDER, f"the sender {sender}", reply)

    def _mail(self, sender: str, recipient: str, size: int) -> Reply:
        options = [f"FROM:<{sender}>"]
        if self._line.has_extn("size"):
            options.append(f"SIZE={size}")
            most = self._line.esmtp_features["size"]
            if most.isdigit() and 0 < int(most) < size:
                raise DeliveryError(
                    f"{self._smtp.where}: takes emails of {most} bytes, this one has {size}",
                    hold=True,
                    code=TOO_LARGE,
                    hint=LARGE.hint,
                    key=LARGE.key,
                )
        if not (sender + recipient).isascii():
            self._demand_unicode(recipient)
            options.append("SMTPUTF8")
        self._line.allow(self._line.timeouts.phase)
        return self._line.ask("MAIL", " ".join(options))

    def _demand_unicode(self, recipient: str) -> None:
        if not self._line.has_extn("smtputf8"):
            raise DeliveryError(
                f"{self._smtp.where}: takes no address such as {recipient}",
                hold=True,
                hint="only ASCII before the @, or a server that knows SMTPUTF8",
                key="host",
            )
        self._line.command_encoding = "utf-8"

    def _name(self, recipient: str) -> None:
        self._line.allow(self._line.timeouts.phase)
        reply = self._line.ask("RCPT", f"TO:<{recipient}>")
        if not reply.is_yes():
            self._refuse(Stage.RECIPIENT, f"the recipient {recipient}", reply)

    def _hand_over(self, message: bytes) -> str:
        line, timeouts = self._line, self._line.timeouts
        line.allow(timeouts.phase)
        reply = line.ask("DATA")
        if reply.code != SEND_IT:
            self._refuse(Stage.MESSAGE, "the message", reply)
        line.allow(timeouts.body)
        ended = message if message.endswith(b"\r\n") else message + b"\r\n"
        # One write: nobody can pull the plug between the body and its dot.
        line.send(_LEADING_DOT.sub(b"..", ended) + b".\r\n")
        reply = self._verdict()
        if not reply.is_yes():
            self._refuse(Stage.MESSAGE, "the message", reply)
        return reply.text

    def _verdict(self) -> Reply:
        """Return the answer to the whole message; whatever is none leaves us uncertain."""
        self._line.allow(self._line.timeouts.verdict)
        try:
            return self._line.verdict()
        except Broken as error:
            self._line.close()
            raise DeliveryError(
                f"{self._smtp.where}: after the whole message the server {error}; "
                "it may have been accepted",
                uncertain=True,
            ) from error

    def _renew(self) -> None:
        self.hang_up()
        self._line = connect(self._smtp, SmtpConnection(self._line.timeouts))
        self._fresh = True

    def _refuse(self, stage: Stage, what: str, reply: Reply) -> NoReturn:
        self._leave(reply)
        found = diagnose(stage, reply.code, reply.words, self._smtp.host)
        raise DeliveryError(
            f"{self._smtp.where}: {what} was refused: {reply.text}",
            permanent=found.action is Action.FINAL,
            hold=found.action is Action.HOLD,
            code=reply.code,
            hint=found.hint,
            key=found.key,
        )

    def _leave(self, reply: Reply) -> None:
        """Make the connection ready for the next message, or give it up."""
        try:
            self._line.allow(self._line.timeouts.phase)
            if reply.code == CLOSING or not self._line.ask("RSET").is_yes():
                self._line.close()
        except Broken:
            self._line.close()


def _address(address: str, *, ours: bool) -> str:
    """Return the address with its domain as DNS knows it; raise DeliveryError if it is none."""
    if not _ADDRESS.fullmatch(address):
        raise DeliveryError(
            f"{address!r} is not an email address",
            permanent=not ours,
            hold=ours,
            hint="correct it in [email]",
            key="from" if ours else "",
        )
    name, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    import idna

    try:
        return f"{name}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError as error:
        raise DeliveryError(
            f"{domain} cannot be a domain: {error}", permanent=not ours, hold=ours
        ) from error

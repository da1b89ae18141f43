"""The way in to a mail server: greeting, TLS that is verified and never downgraded, signing in."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING

from digest.delivery.refusal_rules import Action, Stage
from digest.delivery.refusals import diagnose
from digest.delivery.smtp_auth import sign_in
from digest.delivery.smtp_connection import DONE, READY, SIGNED_IN, Broken, Reply
from digest.delivery.smtp_hints import (
    certificate_hint,
    certificate_key,
    host_hint,
    port_hint,
    reach_hint,
    reach_key,
    tls_hint,
)
from digest.model.errors import PASSWORD_REFUSED, WRONG_PASSWORD, TransportUnavailable

if TYPE_CHECKING:
    from digest.delivery.smtp_connection import SmtpConnection
    from digest.delivery.smtp_settings import ServerSettings


def connect(smtp: ServerSettings, line: SmtpConnection) -> SmtpConnection:
    """Prepare a connection for messages; raise TransportUnavailable where it cannot be."""
    try:
        _greet(smtp, line)
        if smtp.username:
            _sign_in(smtp, line)
    except BaseException as error:
        greeted = line.ehlo_resp is not None
        line.close()
        if closed := _understood(smtp, error, greeted=greeted):
            raise closed from error
        raise
    return line


def _greet(smtp: ServerSettings, line: SmtpConnection) -> None:
    if hint := host_hint(smtp.host):
        raise TransportUnavailable(
            f"{smtp.host!r} is not the name of a server", hold=True, hint=hint, key="host"
        )
    context = None if smtp.security == "none" else tls_context(smtp)
    direct = context if smtp.security == "tls" else None
    _demand(smtp, READY, "will not talk to us", line.open(smtp.host, smtp.port, direct))
    _hello(smtp, line)
    if context and not direct:
        if not line.has_extn("starttls"):
            raise TransportUnavailable(
                f"{smtp.where}: the server does not offer STARTTLS; nothing is sent in clear",
                hold=True,
                hint=port_hint(smtp.port, smtp.security) or 'perhaps port 465, security = "tls"',
                key="security",
            )
        line.allow(line.timeouts.phase)
        _demand(smtp, READY, "refuses to begin TLS", line.ask("STARTTLS"))
        line.secure(context, smtp.host)
        _hello(smtp, line)


def _hello(smtp: ServerSettings, line: SmtpConnection) -> None:
    line.allow(line.timeouts.phase)
    reply = Reply(*line.ehlo())
    if reply.is_no() and smtp.security == "none" and not smtp.username:
        reply = Reply(*line.helo())
    _demand(smtp, DONE, "does not greet back", reply)


def _sign_in(smtp: ServerSettings, line: SmtpConnection) -> None:
    if smtp.security == "none" and not line.is_local():
        raise TransportUnavailable(
            f"{smtp.where}: the password is not sent over a connection without encryption",
            hold=True,
            hint='set security = "starttls" or "tls"',
            key="security",
        )
    if not line.has_extn("auth"):
        over_tls = smtp.security == "none" and line.has_extn("starttls")
        raise TransportUnavailable(
            f"{smtp.where}: the server takes no username and password here",
            hold=True,
            hint='this server offers a login over TLS only: security = "starttls"'
            if over_tls
            else "remove [smtp] username, or use the port for submission, 587 or 465",
            key="security" if over_tls else "username",
        )
    reply = sign_in(line, smtp.auth, smtp.username, _password(smtp))
    if reply.is_no() and smtp.auth == "xoauth2":
        # A token lives for an hour: one that was refused is fetched anew, once.
        with suppress(Broken):
            reply = sign_in(line, smtp.auth, smtp.username, _password(smtp))
    try:
        _demand(smtp, SIGNED_IN, "refused the login", reply, Stage.AUTH)
    except TransportUnavailable as error:
        if reply.is_no() and reply.code not in PASSWORD_REFUSED:
            error.code = WRONG_PASSWORD  # whatever its number: one try an hour
        raise


def _password(smtp: ServerSettings) -> str:
    if smtp.password is None:
        raise TransportUnavailable(
            f"{smtp.where}: there is a username and no password",
            hold=True,
            hint='[smtp] password = { command = "…" }, { file = "…" } or { env = "…" }',
            key="password",
        )
    return smtp.password.read()


def tls_context(smtp: ServerSettings) -> ssl.SSLContext:
    """Return the TLS settings: every certificate is verified; raise TransportUnavailable."""
    try:
        context = ssl.create_default_context(cafile=smtp.ca_file or None)
    except OSError as error:
        raise TransportUnavailable(
            f"{smtp.ca_file}: cannot be read as a certificate ({error.strerror or error})",
            hold=True,
            hint="[smtp] ca_file names a file of PEM certificates",
            key="ca_file",
        ) from error
    if smtp.ca_file:
        # Python 3.13 demands extensions of RFC 5280 that private authorities often leave out.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def _demand(
    smtp: ServerSettings,
    wanted: int,
    otherwise: str,
    reply: Reply,
    stage: Stage = Stage.CONNECT,
) -> None:
    if reply.code != wanted:
        found = diagnose(stage, reply.code, reply.words, smtp.host)
        raise TransportUnavailable(
            f"{smtp.where}: the server {otherwise}: {reply.text}",
            hold=found.action is Action.HOLD,
            code=reply.code,
            hint=found.hint,
            key=found.key or "host",
        )


def _understood(
    smtp: ServerSettings, error: BaseException, *, greeted: bool
) -> TransportUnavailable | None:
    """Return what an error of the connection means, None where it says so itself."""
    match error:
        case ssl.SSLCertVerificationError():
            return TransportUnavailable(
                f"{smtp.where}: the certificate cannot be trusted: {error.verify_message}",
                hold=True,
                hint=certificate_hint(error.verify_message),
                key=certificate_key(error.verify_message),
            )
        case ssl.SSLError():
            return TransportUnavailable(
                f"{smtp.where}: TLS failed ({error.reason or error})",
                hint=tls_hint(error.reason or "", smtp.port, smtp.security),
                key="security",
            )
        case Broken() | smtplib.SMTPException():
            return TransportUnavailable(
                f"{smtp.where}: the server {error}",
                hold="not an SMTP server" in str(error),
                hint=port_hint(smtp.port, smtp.security)
                or reach_hint(str(error), smtp.security, greeted=greeted),
                key=reach_key(str(error), greeted=greeted),
            )
        case _:
            return None

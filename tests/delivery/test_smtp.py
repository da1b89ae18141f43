"""A real mail server, over TLS, with every way to sign in; the faults are in tests/hostile."""

from __future__ import annotations

import hmac
import socket
import ssl
from base64 import b64decode, b64encode
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from mail_fixtures import Papers, papers_in
from outbox_world import Desk, Hasty, desk_in, message
from smtp_server import drop, mail_server

from digest.delivery import Envelope
from digest.delivery.secret import Secret
from digest.delivery.smtp import Smtp
from digest.delivery.smtp_connect import connect, tls_context
from digest.delivery.smtp_connection import SmtpConnection
from digest.model.errors import DeliveryError, TransportUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, LoginPassword, Session
    from aiosmtpd.smtp import Envelope as Taken
    from smtp_server import Talk

USER, WORD = "ada@digest.test", "öffne dich"
ENVELOPE = Envelope(
    message_id="<a@digest.test>",
    sender="digest@digest.test",
    recipient="ada@inbox.test",
    message=message(body="..two dots\r\n.one\r\nFrom me\r\n" + "x" * 900),
)


class Inbox:
    """What aiosmtpd calls when a message came."""

    def __init__(self) -> None:
        self.taken: list[tuple[str | None, list[str], bytes]] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Taken) -> str:
        """Take a message."""
        assert isinstance(envelope.content, bytes)
        self.taken.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        return "250 taken"


def knows(_server: SMTP, _session: Session, _taken: Taken, mechanism: str, data: Any) -> AuthResult:
    """Check a password as a mail server does."""
    assert mechanism in ("PLAIN", "LOGIN")
    word: LoginPassword = data
    right = (word.login, word.password) == (USER.encode(), WORD.encode())
    return AuthResult(success=right, handled=False)


@contextmanager
def real_server(tls: ssl.SSLContext | None = None) -> Iterator[tuple[Inbox, int]]:
    """Run a real mail server that wants a password over TLS."""
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(
        inbox,
        hostname="127.0.0.1",
        port=port,
        tls_context=tls,
        require_starttls=bool(tls),
        authenticator=knows,
        auth_required=bool(tls),
        auth_require_tls=True,
    )
    controller.start()
    try:
        yield inbox, port
    finally:
        controller.stop()


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """An authority for this module."""
    return papers_in(tmp_path_factory.mktemp("papers"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with an outbox."""
    yield from desk_in(tmp_path)


def secure(port: int, papers: Papers, **settings: Any) -> Smtp:
    """Return a client for a server with a certificate of ours."""
    transport = Smtp(
        host="localhost",
        port=port,
        username=USER,
        password=Secret(value=WORD),
        ca_file=papers.ca_file,
    )
    return replace(transport, **settings)


@pytest.mark.parametrize("auth", ["auto", "plain", "login"])
def test_a_real_server_takes_a_message_over_starttls(papers: Papers, auth: str) -> None:
    """Encrypted, verified, signed in, and every byte as it was: dots, From and long lines."""
    with real_server(papers.server()) as (inbox, port):
        with secure(port, papers, auth=auth).session() as session:
            answers = [session.deliver(ENVELOPE) for _ in range(2)]

    assert answers == ["250 taken"] * 2
    assert inbox.taken == [(ENVELOPE.sender, [ENVELOPE.recipient], ENVELOPE.message)] * 2


def test_a_real_server_takes_a_message_in_clear_on_this_computer() -> None:
    """A relay on this very computer needs neither TLS nor a name."""
    with real_server() as (inbox, port):
        with Smtp(host="127.0.0.1", port=port, security="none").session() as session:
            session.deliver(ENVELOPE)

    assert [content for _, _, content in inbox.taken] == [ENVELOPE.message]


def test_check_signs_in_and_sends_nothing(papers: Papers) -> None:
    """`digest check` proves name, certificate and password without a mail."""
    with real_server(papers.server()) as (inbox, port):
        found = secure(port, papers).check()

    assert found == f"signed in as {USER}, nothing sent"
    assert inbox.taken == []


def test_check_without_a_name_says_that_the_server_answered() -> None:
    """There is nothing to sign in with."""
    with mail_server() as server:
        assert Hasty(port=server.port).check() == "answered, nothing sent"


def test_a_wrong_password_is_told_by_check(papers: Papers) -> None:
    """The server's own words, and what they mean."""
    with real_server(papers.server()) as (_, port), pytest.raises(TransportUnavailable) as caught:
        secure(port, papers, password=Secret(value="wrong")).check()

    assert "535" in str(caught.value)
    assert "wrong" in caught.value.hint
    assert caught.value.hold


def test_tls_from_the_first_byte(papers: Papers) -> None:
    """Port 465's way: TLS before the greeting."""
    with mail_server(
        papers.server(), direct=True, ehlo=b"250-mail.test\r\n250 AUTH PLAIN\r\n"
    ) as server:
        found = secure(server.port, papers, security="tls").check()

    assert "signed in" in found
    assert [tls for tls, _ in server.secrets] == [True]


def test_tls_with_a_server_that_speaks_none_is_explained(papers: Papers) -> None:
    """TLS from the first byte on a port that begins without it names the two settings."""
    with mail_server() as server, pytest.raises(TransportUnavailable, match="TLS failed") as caught:
        secure(server.port, papers, security="tls").check()

    assert not caught.value.hold
    assert server.secrets == []
    assert "begins without TLS" in caught.value.hint
    assert caught.value.key == "security"


def test_a_server_that_waits_for_tls_is_explained(papers: Papers) -> None:
    """Who waits for a greeting from such a server waits in vain: not long, and then it is told."""
    with mail_server(papers.server(), direct=True) as server:
        with pytest.raises(TransportUnavailable, match="no answer in time") as caught:
            Hasty(port=server.port, security="starttls").check()

    assert 'perhaps security = "tls"' in caught.value.hint
    assert caught.value.key == "port"


def test_check_waits_less_than_a_letter_does() -> None:
    """Somebody sits before it: a quarter of a minute is enough."""
    assert (Smtp(host="mx.test").trial.phase, Smtp.timeouts.phase) == (15, 60)
    assert Hasty().trial.phase == Hasty.timeouts.phase


@pytest.mark.parametrize(
    ("plays", "settings", "key"),
    [
        ({"greeting": b"554 not you\r\n"}, {}, "host"),
        ({}, {"security": "starttls"}, "security"),
        ({}, {"username": "ada", "password": Secret(value="x")}, "username"),
        ({"ehlo": b"250-x\r\n250 AUTH PLAIN\r\n"}, {"username": "ada"}, "password"),
        ({"mail": b"530 5.7.0 sign in first\r\n"}, {}, "username"),
        ({"mail": b"553 not your address\r\n"}, {}, "from"),
    ],
)
def test_an_error_says_which_setting_it_is_about(
    plays: dict[str, Any], settings: dict[str, Any], key: str
) -> None:
    """The caret of `digest check` stands where the cure is."""
    with mail_server(**plays) as server, pytest.raises(DeliveryError) as caught:
        Hasty(port=server.port, **settings).check(["ada@digest.test"])

    assert caught.value.key == key
    assert caught.value.hold
    assert server.kept == []


def test_check_tries_each_sender_and_sends_nothing() -> None:
    """A server that demands a name answers MAIL with 530; where all is well it is taken back."""
    asked: list[bytes] = []

    def take(talk: Talk) -> None:
        asked.append(b"mail")
        talk.say(b"250 ok\r\n")

    with mail_server(mail=take, rset=b"500 what?\r\n") as server:
        found = Hasty(port=server.port).check(["ada@digest.test", "bob@digest.test"])

    assert found == "answered, nothing sent"
    assert (len(asked), server.kept) == (2, [])


def test_a_server_that_hangs_up_at_the_sender_is_told() -> None:
    """As any other that cannot be used."""
    with mail_server(mail=drop) as server, pytest.raises(TransportUnavailable, match="the server"):
        Hasty(port=server.port).check(["ada@digest.test"])


def test_an_answer_to_cram_md5_proves_the_password() -> None:
    """The server asks, the password itself is never sent."""
    asked = b"<1896.697170952@mail.test>"
    proof: list[bytes] = []

    def ask(talk: Talk) -> None:
        proof.append(talk.server.challenge(talk, b"334 " + b64encode(asked) + b"\r\n"))
        talk.say(b"235 welcome\r\n")

    with mail_server(ehlo=b"250-mail.test\r\n250 AUTH CRAM-MD5\r\n", auth=ask) as server:
        Hasty(port=server.port, username=USER, password=Secret(value=WORD)).check()

    name, _, digest = b64decode(proof[0]).rpartition(b" ")
    assert name == USER.encode()
    assert digest == hmac.new(WORD.encode(), asked, "md5").hexdigest().encode()


def test_xoauth2_sends_the_token_in_its_form() -> None:
    """The token is the password, in the form that the big providers want."""
    with mail_server(ehlo=b"250-mail.test\r\n250 AUTH XOAUTH2\r\n") as server:
        Hasty(
            port=server.port, username=USER, password=Secret(value="token"), auth="xoauth2"
        ).check()

    ((_, said),) = server.secrets
    verb, mechanism, sent = said.split()
    assert (verb, mechanism) == (b"AUTH", b"XOAUTH2")
    assert b64decode(sent) == b"user=" + USER.encode() + b"\x01auth=Bearer token\x01\x01"


@pytest.mark.parametrize("offered", ["PLAIN LOGIN", "LOGIN CRAM-MD5", "PLAIN CRAM-MD5"])
@pytest.mark.parametrize(
    "said", [b"504 5.5.4 Unrecognized authentication type\r\n", b"504 5.7.4 no\r\n"]
)
def test_field_C11_a_mechanism_that_is_not_known_gives_way_to_the_next(
    offered: str, said: bytes
) -> None:
    """Some servers offer PLAIN and answer 504 to it; a refused password is not tried again."""
    ehlo = f"250-mail.test\r\n250 AUTH {offered}\r\n".encode()
    with mail_server(ehlo=ehlo, auth=[said, b"235 welcome\r\n"]) as server:
        assert (
            "signed in"
            in Hasty(port=server.port, username=USER, password=Secret(value=WORD)).check()
        )
        assert [line.split()[1].decode() for _, line in server.secrets] == offered.split()

    with mail_server(ehlo=ehlo, auth=b"535 5.7.8 no\r\n") as server:
        with pytest.raises(TransportUnavailable, match="535"):
            Hasty(port=server.port, username=USER, password=Secret(value=WORD)).check()
        assert len(server.secrets) == 1


@pytest.mark.parametrize("own", [True, False])
def test_field_C10_only_the_readers_own_authority_is_excused_extensions(
    papers: Papers, *, own: bool
) -> None:
    """Python 3.13 is strict by default; a private authority in ca_file need not be."""
    ca_file = papers.ca_file if own else ""
    default = ssl.create_default_context().verify_flags

    flags = tls_context(Smtp(host="mail.test", ca_file=ca_file)).verify_flags

    assert flags == (default & ~ssl.VERIFY_X509_STRICT if ca_file else default)


def test_the_password_never_leaves_this_computer_in_clear() -> None:
    """Without encryption only this very computer gets it; another one is refused before AUTH."""

    class Afar(SmtpConnection):
        """A conversation with another computer."""

        def is_local(self) -> bool:
            return False

    with mail_server(ehlo=b"250-mail.test\r\n250 AUTH PLAIN\r\n") as server:
        transport = Hasty(port=server.port, username=USER, password=Secret(value=WORD))
        with pytest.raises(TransportUnavailable, match="without encryption") as caught:
            connect(transport, Afar(transport.timeouts))

    assert caught.value.hold
    assert server.secrets == []


def test_a_username_without_a_password_is_a_mistake() -> None:
    """It is told, with the ways to give one."""
    with mail_server(ehlo=b"250-mail.test\r\n250 AUTH PLAIN\r\n") as server:
        with pytest.raises(TransportUnavailable, match="no password") as caught:
            Hasty(port=server.port, username=USER).check()

    assert "command" in caught.value.hint


def test_a_ca_file_that_is_none_is_named(papers: Papers, tmp_path: Path) -> None:
    """Missing or no certificate: the file is named, nothing is sent."""
    (tmp_path / "empty.pem").write_text("nothing")
    for name in ("missing.pem", "empty.pem"):
        with mail_server(papers.server()) as server:
            with pytest.raises(TransportUnavailable, match=name) as caught:
                secure(server.port, papers, ca_file=str(tmp_path / name)).check()

        assert caught.value.hold
        assert server.connections == 0


@pytest.mark.parametrize(
    ("sender", "hold"), [("not an address", True), ("digest@" + "x" * 64 + "é.test", True)]
)
def test_a_sender_that_is_no_address_keeps_the_mail(sender: str, *, hold: bool) -> None:
    """It is our own mistake, mended in the config."""
    envelope = Envelope(message_id="<a>", sender=sender, recipient="a@b.c", message=b"")
    with mail_server() as server, Hasty(port=server.port).session() as session:
        with pytest.raises(DeliveryError) as caught:
            session.deliver(envelope)

    assert (caught.value.hold, caught.value.permanent) == (hold, False)


def test_a_message_gets_its_last_line_end() -> None:
    """The final dot stands on a line of its own, whatever the message ends with."""
    envelope = Envelope(
        message_id="<a>", sender="a@b.c", recipient="d@e.f", message=b"S: x\r\n\r\ny"
    )
    with mail_server() as server, Hasty(port=server.port).session() as session:
        session.deliver(envelope)

    assert server.kept[0].data == b"S: x\r\n\r\ny"


@pytest.mark.parametrize("reset", [b"500 what?\r\n", b"nonsense\r\n"])
def test_a_server_that_knows_no_rset_gets_a_new_connection(desk: Desk, reset: bytes) -> None:
    """After a refusal the next message is sent, if need be on another connection."""
    for reader in ("ada", "bob"):
        desk.write(reader)
    with mail_server(rcpt=[b"550 5.1.1 no\r\n", b"250 ok\r\n"], rset=reset) as server:
        outcomes = desk.flush(Hasty(port=server.port))

    assert [o.state for o in outcomes] == ["failed", "sent"]
    assert server.connections == 2


def test_readers_share_a_connection(desk: Desk) -> None:
    """Ten readers are served on one connection, each with a message of their own."""
    for number in range(10):
        desk.write(f"reader{number}")
    with mail_server() as server:
        outcomes = desk.flush(Hasty(port=server.port))

    assert {o.state for o in outcomes} == {"sent"}
    assert (server.connections, len(server.kept)) == (1, 10)

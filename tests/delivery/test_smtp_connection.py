"""Answers are read strictly, and every phase ends."""

from __future__ import annotations

import socket
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smtp_server import mail_server

from digest.delivery.smtp_connection import Broken, Reply, SmtpConnection, SmtpTimeouts

SHORT = SmtpTimeouts(phase=0.2, body=0.2, verdict=0.2, goodbye=0.05)


@pytest.mark.parametrize(
    ("code", "yes", "later", "no"),
    [
        (250, True, False, False),
        (354, False, False, False),
        (451, False, True, False),
        (550, False, False, True),
    ],
)
def test_the_first_digit_decides(code: int, *, yes: bool, later: bool, no: bool) -> None:
    """2 yes, 4 not now, 5 no; 3 is none of them."""
    reply = Reply(code, b"")

    assert (reply.is_yes(), reply.is_later(), reply.is_no()) == (yes, later, no)


def test_the_words_of_a_server_are_made_harmless() -> None:
    """Lines are joined, control characters replaced, and nothing is endless."""
    reply = Reply(550, b"no\n\x1b[31m\xff way " + b"x" * 1000)

    assert reply.text.startswith("550 no \ufffd[31m\ufffd way x")
    assert len(reply.text) < 520


def test_a_status_that_each_line_repeats_is_told_once() -> None:
    """An address that runs over two lines is whole again where they are joined."""
    said = b"5.7.8 Not accepted. See\n5.7.8 https://mail.test/5.7.8 \n5.7.9 then"
    shown = "535 5.7.8 Not accepted. See https://mail.test/5.7.8 5.7.9 then"

    assert Reply(535, said).text == shown
    assert Reply(550, b"no\n5.1.1 way").text == "550 no 5.1.1 way"


@given(st.binary(max_size=60))
@settings(deadline=None, max_examples=60)
def test_no_bytes_break_the_reading(data: bytes) -> None:
    """Whatever a server sends is a proper answer or Broken, never anything else."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data)
        theirs.shutdown(socket.SHUT_WR)
        line = SmtpConnection(SHORT)
        line.sock = ours
        line.allow(1)
        with suppress(Broken):
            assert 200 <= line.getreply().code <= 599


@pytest.mark.parametrize("endless", [b"220-" + b"x" * 58 + b"\r\n", b"2" * 64])
def test_an_answer_ends_at_64_kilobytes(endless: bytes) -> None:
    """Lines without end and a line without end are both cut."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(endless * 1100)
        line = SmtpConnection(SHORT)
        line.sock = ours
        line.allow(5)

        with pytest.raises(Broken, match="without end"):
            line.getreply()


def test_the_peer_may_be_local_or_not() -> None:
    """Loopback of both families is this computer."""
    with mail_server() as server:
        line = SmtpConnection(SHORT)
        line.open("127.0.0.1", server.port, None)

        assert line.is_local()
        line.close()


def test_nothing_is_said_on_a_line_that_was_closed() -> None:
    """A line without a connection says so instead of failing strangely."""
    line = SmtpConnection(SHORT)

    with pytest.raises(Broken, match="not connected"):
        line.send(b"x")
    line.hang_up()


def test_a_phase_that_is_over_is_over() -> None:
    """Once its time is up nothing more is sent."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        line = SmtpConnection(SHORT)
        line.sock = ours
        line.allow(-1)

        with pytest.raises(Broken, match="no answer in time"):
            line.send(b"x")


def test_a_name_that_cannot_be_looked_up_in_time_is_given_up() -> None:
    """The system's resolver knows no deadline; we do."""
    line = SmtpConnection(SmtpTimeouts(phase=0.0))

    with pytest.raises(Broken, match="looked up"):
        line.open("localhost", 25, None)


def test_a_domain_is_our_name_where_the_computer_has_one() -> None:
    """EHLO bears a full name or an address, as the standard wants, without asking DNS."""
    with mail_server() as server:
        line = SmtpConnection(SHORT)
        line.open("localhost", server.port, None)
        line.close()

    assert "." in line.local_hostname

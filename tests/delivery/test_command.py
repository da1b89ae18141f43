"""A program such as sendmail takes the message; its exit status says what became of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import ClassVar

import pytest

from digest.delivery import Envelope
from digest.delivery.command import CommandTransport
from digest.model.errors import DeliveryError, TransportUnavailable

ENVELOPE = Envelope(
    message_id="<a@digest.test>",
    sender="digest@digest.test",
    recipient="ada@inbox.test",
    message=b"Subject: papers\r\n\r\nEight.\r\n",
)


class Hasty(CommandTransport):
    """A way that waits for no program."""

    seconds: ClassVar[float] = 0.3


def deliver(
    *argv: str, way: type[CommandTransport] = CommandTransport, envelope: Envelope = ENVELOPE
) -> str:
    """Deliver one message."""
    with way(argv=argv).session() as session:
        return session.deliver(envelope)


def failure(*argv: str, way: type[CommandTransport] = CommandTransport) -> DeliveryError:
    """Return why a message was not delivered."""
    with pytest.raises(DeliveryError) as caught:
        deliver(*argv, way=way)
    return caught.value


def test_the_program_gets_message_and_addresses(tmp_path: Path) -> None:
    """The message comes on standard input, sender and recipient as sendmail expects them."""
    script = f'echo "$@" > {tmp_path}/args; cat > {tmp_path}/message'
    answer = deliver("sh", "-c", script, "sendmail", "-i")

    assert answer == "taken"
    assert (tmp_path / "args").read_text() == "-i -f digest@digest.test -- ada@inbox.test\n"
    assert (tmp_path / "message").read_bytes() == b"Subject: papers\n\nEight.\n"


def test_places_for_the_addresses_are_filled(tmp_path: Path) -> None:
    """Who writes where the addresses belong gets nothing added."""
    deliver("sh", "-c", f'echo "$@" > {tmp_path}/args', "mailer", "--to={recipient}", "{sender}")

    assert (tmp_path / "args").read_text() == "--to=ada@inbox.test digest@digest.test\n"


def test_M44_exit_75_is_temporary() -> None:
    """EX_TEMPFAIL: the same message comes again."""
    error = failure("sh", "-c", "echo queue full >&2; exit 75")

    assert (error.permanent, error.uncertain, error.hold, error.code) == (False, False, False, 75)
    assert "queue full" in str(error)


@pytest.mark.parametrize("status", [os.EX_USAGE, os.EX_DATAERR, os.EX_NOUSER])
def test_M44_wrong_data_and_unknown_users_are_permanent(status: int) -> None:
    """What the program refuses for the message's sake it will refuse again."""
    error = failure("sh", "-c", f"exit {status}")

    assert error.permanent
    assert f"exit status {status}" in str(error)


@pytest.mark.parametrize("status", [1, *range(68, 77)])
def test_C1_a_passing_failure_of_the_program_keeps_the_mail(status: int) -> None:
    """No DNS, a greylisting server, a full disk: msmtp's other statuses end nothing."""
    error = failure("sh", "-c", f"exit {status}")

    assert (error.permanent, error.code) == (False, status)


@pytest.mark.parametrize("status", [os.EX_NOPERM, os.EX_CONFIG])
def test_M44_a_program_that_is_not_set_up_is_an_alert(status: int) -> None:
    """A wrong password in msmtp's own config is mended by the reader; the mail is kept."""
    error = failure("sh", "-c", f"exit {status}")

    assert (error.permanent, error.hold) == (False, True)


def test_M44_a_program_that_hangs_is_ended(tmp_path: Path) -> None:
    """It is killed with all it started, and nobody knows what it did."""
    error = failure("sh", "-c", f"sleep 60 & echo $! > {tmp_path}/pid; wait", way=Hasty)

    assert (error.permanent, error.uncertain) == (False, True)
    pid = int((tmp_path / "pid").read_text())
    while lives(pid):
        os.sched_yield()


def lives(pid: int) -> bool:
    """Tell whether a process still runs; a dead one may lie about until somebody asks for it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_M44_a_program_that_was_killed_is_temporary() -> None:
    """The kernel ended it, out of memory perhaps: later it may have room."""
    error = failure("sh", "-c", "kill -9 $$")

    assert not error.permanent
    assert "killed by signal 9" in str(error)


@pytest.mark.parametrize("argv", [("no-such-sendmail",), ()])
def test_M44_a_missing_program_closes_the_way(argv: tuple[str, ...]) -> None:
    """It is named, the mail is kept until it is installed."""
    with pytest.raises(TransportUnavailable, match="there is no such program") as caught:
        deliver(*argv)

    assert caught.value.hold
    assert "[command] argv" in caught.value.hint


def test_M44_a_program_that_vanishes_or_cannot_run_closes_the_way(tmp_path: Path) -> None:
    """A file that is executable and no program is explained."""
    script = tmp_path / "mailer"
    script.write_bytes(b"\x7fELF no")
    script.chmod(0o755)
    with pytest.raises(TransportUnavailable, match="cannot be run"):
        deliver(str(script))


def test_a_program_that_does_not_read_may_still_succeed() -> None:
    """A message larger than a pipe holds is no obstacle to a program that ignores it."""
    big = Envelope(message_id="<b>", sender="a@b.c", recipient="d@e.f", message=b"x" * 1_000_000)

    assert deliver("true", envelope=big) == "taken"


def test_check_finds_the_program_and_runs_nothing() -> None:
    """Where the program lies is said; it is not started."""
    assert (
        CommandTransport(argv=(sys.executable,)).check()
        == f"{sys.executable} is there, nothing sent"
    )

"""A message is put into a maildir once, whole, where mail programs find it."""

from __future__ import annotations

import mailbox
from typing import TYPE_CHECKING

import pytest

from digest.delivery import Envelope
from digest.delivery.maildir import Maildir
from digest.model.errors import TransportUnavailable

if TYPE_CHECKING:
    from pathlib import Path

ENVELOPE = Envelope(
    message_id="<a@digest.test>",
    sender="digest@digest.test",
    recipient="ada@inbox.test",
    message=b"Message-ID: <a@digest.test>\r\nSubject: papers\r\n\r\nEight.\r\n",
)


def deliver(folder: Path, envelope: Envelope = ENVELOPE) -> str:
    """Deliver one message."""
    with Maildir(path=str(folder)).session() as session:
        return session.deliver(envelope)


def test_a_message_is_found_by_a_mail_program(tmp_path: Path) -> None:
    """What was put in comes out, with the line ends of files."""
    answer = deliver(tmp_path / "mail")

    (message,) = mailbox.Maildir(tmp_path / "mail", create=False)
    assert (message["Subject"], message.get_payload()) == ("papers", "Eight.\n")
    assert str(tmp_path / "mail" / "new") in answer
    assert list((tmp_path / "mail" / "tmp").iterdir()) == []


@pytest.mark.parametrize("read", [False, True])
def test_a_message_is_delivered_once(tmp_path: Path, *, read: bool) -> None:
    """The same Message-ID again is recognised, also once it was read."""
    deliver(tmp_path)
    if read:
        (lying,) = (tmp_path / "new").iterdir()
        lying.rename(tmp_path / "cur" / f"{lying.name}:2,S")
    answer = deliver(tmp_path)

    assert "already" in answer
    assert len(mailbox.Maildir(tmp_path)) == 1


def test_messages_and_recipients_have_files_of_their_own(tmp_path: Path) -> None:
    """Another message, or the same for another recipient, is another file."""
    for message_id, recipient in (
        ("<a>", "ada@x.test"),
        ("<b>", "ada@x.test"),
        ("<a>", "bob@x.test"),
    ):
        deliver(
            tmp_path,
            Envelope(message_id=message_id, sender="", recipient=recipient, message=b"\r\n"),
        )

    assert len(mailbox.Maildir(tmp_path)) == 3


def test_a_folder_that_cannot_be_used_closes_the_way(tmp_path: Path) -> None:
    """A file in the way is named, with the key to change."""
    (tmp_path / "mail").write_text("")
    with pytest.raises(TransportUnavailable, match="mail/tmp: Not a directory") as caught:
        deliver(tmp_path / "mail")

    assert "[maildir] path" in caught.value.hint
    assert not caught.value.permanent


def test_a_folder_that_vanishes_closes_the_way(tmp_path: Path) -> None:
    """A disk that is unplugged while we deliver loses nothing."""
    with Maildir(path=str(tmp_path)).session() as session:
        (tmp_path / "tmp").rmdir()
        with pytest.raises(TransportUnavailable, match="No such file"):
            session.deliver(ENVELOPE)


def test_check_sends_nothing(tmp_path: Path) -> None:
    """The folders are made and looked at, no more."""
    found = Maildir(path=str(tmp_path)).check()

    assert found == f"{tmp_path} can be written, nothing sent"
    assert len(mailbox.Maildir(tmp_path)) == 0


def test_check_tries_to_write(tmp_path: Path) -> None:
    """A folder that is there and cannot be written is found before the first mail."""
    (tmp_path / "tmp").symlink_to("/proc")
    with pytest.raises(TransportUnavailable, match=r"tmp/check\.digest"):
        Maildir(path=str(tmp_path)).check()


def test_check_names_a_folder_that_cannot_be_made() -> None:
    """A path where nothing can be made is refused before the first mail."""
    with pytest.raises(TransportUnavailable, match="/proc/mail"):
        Maildir(path="/proc/mail").check()

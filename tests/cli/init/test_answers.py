"""What the answers to `digest init` mean."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from digest.cli.init.answers import (
    Password,
    interests_of,
    moment_of,
    name_of,
    password_of,
    server_of,
)
from digest.config.addresses import InvalidValue
from digest.delivery.secret import Secret

if TYPE_CHECKING:
    from pathlib import Path

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("answer", [",", " , ;"])
def test_no_phrase_is_no_interest(answer: str) -> None:
    """Commas alone say nothing."""
    with pytest.raises(InvalidValue, match="no phrase"):
        interests_of(answer)


@pytest.mark.parametrize(
    ("answer", "host", "port", "security"),
    [
        ("smtp.example.org", "smtp.example.org", 587, "starttls"),
        ("smtp.example.org:465", "smtp.example.org", 465, "tls"),
        ("localhost:25", "localhost", 25, "none"),
        ("127.0.0.1:1025", "127.0.0.1", 1025, "starttls"),
    ],
)
def test_a_server_is_understood(answer: str, host: str, port: int, security: str) -> None:
    """With or without its port; what listens on this computer needs no encryption, but a bridge."""
    server = server_of(answer)

    assert (server.host, server.port, server.security) == (host, port, security)


@pytest.mark.parametrize("answer", ["a b:25", "x:", "x:0", "x:70000", ":25", "-x.org"])
def test_a_wrong_server_is_told(answer: str) -> None:
    """Hosts have no blanks, ports are numbers to 65535."""
    with pytest.raises(InvalidValue):
        server_of(answer)


def test_a_secret_is_never_the_secret_itself(tmp_path: Path) -> None:
    """A variable, a file that is there, a program that is there; nothing else."""
    file = tmp_path / "secret"
    file.touch()

    assert password_of("$X") == password_of("${X}") == Password(place={"env": "X"})
    assert password_of(str(file)) == Password(place={"file": str(file)})
    assert password_of("cat 'a b'").secret == Secret(command="cat 'a b'")
    for wrong in ("hunter2", "cat 'x", str(tmp_path / "none")):
        with pytest.raises(InvalidValue):
            password_of(wrong)


def test_a_moment_may_name_its_zone() -> None:
    """The computer's zone where it names none."""
    assert moment_of("7:05", BERLIN) == (time(7, 5), BERLIN)
    assert moment_of("07:05  Asia/Tokyo", BERLIN) == (time(7, 5), ZoneInfo("Asia/Tokyo"))


@pytest.mark.parametrize("answer", ["http://x", "https://mail.example.org:587", "smtp://x"])
def test_a_web_address_is_no_server(answer: str) -> None:
    """It is told so, with what a server looks like."""
    with pytest.raises(InvalidValue, match="web address") as caught:
        server_of(answer)
    assert "smtp.example.org:587" in caught.value.hint


def test_a_name_is_one_line() -> None:
    """An address or whatever the server knows somebody by."""
    assert name_of("ada") == "ada"
    with pytest.raises(InvalidValue):
        name_of("a\x00b")


def test_what_is_typed_is_used_before_it_is_written(tmp_path: Path) -> None:
    """The file comes when all is answered; until then the password is where it was typed."""
    path = tmp_path / "new" / "word"
    password = password_of(str(path), lambda _: " open sesame ")

    assert password.secret == Secret(value="open sesame")
    assert password.file == path
    assert "sesame" not in repr(password)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_kept_or_replaced(tmp_path: Path) -> None:
    """Enter keeps the password in it; nobody is asked where it may not be written anew."""
    path = tmp_path / "word"
    path.write_text("old")
    asked: list[str] = []

    def say(word: str) -> Password:
        def hidden(question: str) -> str:
            asked.append(question)
            return word

        return password_of(str(path), hidden, anew=True)

    assert (say("").file, say("").secret) == (None, Secret(file=str(path)))
    assert say("new").secret == Secret(value="new")
    assert "Enter keeps" in asked[0]
    assert password_of(str(path), lambda _: "new").typed == ""


def test_a_place_where_no_file_can_be_is_told_at_once() -> None:
    """Before anything is typed."""
    with pytest.raises(InvalidValue, match="cannot be created"):
        password_of("/dev/null/secret", lambda _: pytest.fail("asked"))

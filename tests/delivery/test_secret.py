"""A secret is fetched when it is needed, and its absence explained without showing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.delivery import secret
from digest.delivery.secret import Secret
from digest.model.errors import TransportUnavailable

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "kept",
    [
        Secret(command="echo 'open sesame'; echo 'second line'"),
        Secret(command=("printf", "open sesame\\n")),
        Secret(env="DIGEST_TEST_SECRET"),
        Secret(value="open sesame"),
    ],
)
def test_the_first_line_is_the_secret(kept: Secret, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs and files end their lines; the secret has no end of line."""
    monkeypatch.setenv("DIGEST_TEST_SECRET", "open sesame")

    assert kept.read() == "open sesame"


def test_C09_a_rotated_secret_is_used_at_the_next_read(tmp_path: Path) -> None:
    """Nothing is remembered: what the file says now is what is sent now."""
    file = tmp_path / "password"
    kept = Secret(file=str(file))
    read = []
    for word in ("old", "new"):
        file.write_text(f"{word}\n")
        read.append(kept.read())

    assert read == ["old", "new"]


def test_a_file_may_lie_in_a_folder_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """$CREDENTIALS_DIRECTORY is where systemd puts them."""
    (tmp_path / "smtp").write_text("\ufeffopen sesame")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

    assert Secret(file="$CREDENTIALS_DIRECTORY/smtp").read() == "open sesame"


@pytest.mark.parametrize(
    ("kept", "words", "cure"),
    [
        (Secret(command="echo hush >&2; exit 3"), "exit status 3: hush", "run it by hand"),
        (Secret(command="exit 4"), "exit status 4", "run it by hand"),
        (Secret(command="no-such-program-here"), "exit status 127", "install it"),
        (Secret(command="true"), "'true' printed nothing", "run it by hand"),
        (Secret(command=("no-such-program-here",)), "cannot be run: No such file", "install it"),
        (Secret(file="/no/file"), "/no/file cannot be read: No such file", "chmod 600 /no/file"),
        (Secret(file="/proc/self/mem"), "cannot be read", "must be a text that"),
        (Secret(file="/dev/null"), "/dev/null is empty", "write the password into it"),
        (Secret(env="NO_SUCH_SECRET"), "NO_SUCH_SECRET is not set", "export NO_SUCH_SECRET="),
        (Secret(), "no password is given", "[smtp] password = "),
    ],
)
def test_C08_a_missing_secret_says_where_it_was_looked_for(
    kept: Secret, words: str, cure: str
) -> None:
    """The place and what to do are named, mail waits for the reader to mend it."""
    with pytest.raises(TransportUnavailable) as caught:
        kept.read()

    assert words in str(caught.value)
    assert cure in caught.value.hint
    assert "digest check" not in caught.value.hint
    assert (caught.value.hold, caught.value.key) == (True, "password")


def test_C08_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are no password."""
    (tmp_path / "key").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TransportUnavailable, match="not UTF-8"):
        Secret(file=str(tmp_path / "key")).read()


def test_C08_a_command_that_waits_for_ever_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password program that asks somebody who is not there costs half a minute, no more."""
    monkeypatch.setattr(secret, "COMMAND_SECONDS", 0.1)
    with pytest.raises(TransportUnavailable, match="did not end within"):
        Secret(command=("sleep", "30")).read()


def test_a_secret_is_never_shown() -> None:
    """Neither repr nor str of it holds the secret."""
    assert "sesame" not in f"{Secret(value='open sesame')!r} {Secret(value='open sesame')}"

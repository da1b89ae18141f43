"""`digest init`."""

from __future__ import annotations

import os
from datetime import time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from digest.cli.init.answers import server_of
from digest.cli.init.wizard import Questions, init
from digest.config import Config, load
from digest.config.addresses import InvalidValue
from digest.delivery.smtp import Smtp
from digest.model.errors import ConfigError, TransportUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from digest.cli.init.wizard import Login

BERLIN = ZoneInfo("Europe/Berlin")


class Person:
    """Somebody at a terminal: gives the answers in turn, Enter when there are none left."""

    def __init__(self, answers: Iterable[str] = ()) -> None:
        self.answers = iter(answers)
        self.asked: list[tuple[str, str]] = []
        self.heard: list[str] = []
        self.unseen: list[str] = []
        self.password = "an app password "
        self.library: Path | None = None
        """Of what was written last."""

    def ask(self, question: str, default: str) -> str:
        """Answer a question."""
        self.asked.append((question, default))
        return next(self.answers, "")

    def hide(self, question: str) -> str:
        """Type the password."""
        self.unseen.append(question)
        return self.password

    def set_up(
        self, path: Path | None, *, log_in_with: Login | None = None, **options: Any
    ) -> Path:
        """Run `digest init`; with `log_in_with` they see at once whether a password is right."""
        defaults: dict[str, Any] = {"environ": {}, "local_zone": lambda: BERLIN}
        put = Questions(
            ask=self.ask, say=self.heard.append, hidden=self.hide, log_in_with=log_in_with
        )
        written = init(path, put, **(defaults | options))
        self.library = written.library
        return written.path


def loaded(path: Path) -> Config:
    """Return the config that was written."""
    return load(path, environ={"DIGEST_STATE": "/s"})


def test_five_answers_become_a_config(tmp_path: Path) -> None:
    """Each answer stands in its place, and the whole works without a warning."""
    person = Person(
        [
            "flow matching, speculative  decoding",
            "ada@gmail.com",
            "",
            "$MAIL_PASSWORD",
            "6:45 Asia/Tokyo",
        ]
    )

    path = person.set_up(tmp_path / "config.toml")

    config = loaded(path)
    reader = config.readers[0]
    assert [i.phrases[0].phrase for i in reader.interests] == [
        "flow matching",
        "speculative decoding",
    ]
    assert (reader.email.to, reader.schedule.at) == (("ada@gmail.com",), time(6, 45))
    assert (reader.schedule.zone.key, config.warnings) == ("Asia/Tokyo", ())
    transport = config.require_transport()
    assert isinstance(transport, Smtp)
    assert (transport.host, transport.port, transport.username) == (
        "smtp.gmail.com",
        587,
        "ada@gmail.com",
    )
    assert transport.password is not None
    assert transport.password.env == "MAIL_PASSWORD"


def test_each_question_has_a_sensible_default(tmp_path: Path) -> None:
    """Enter five times: the address of the environment, its provider, the computer's zone."""
    person = Person()

    config = loaded(person.set_up(tmp_path / "c.toml", environ={"EMAIL": "ada@posteo.de"}))

    assert [default for _, default in person.asked] == [
        "diffusion models, language models",
        "ada@posteo.de",
        "posteo.de:587",
        str(tmp_path / "mail-password"),
        "07:30 Europe/Berlin",
    ]
    assert [question[0] for question, _ in person.asked] == list("12345")
    assert config.readers[0].schedule.zone == BERLIN


def test_a_password_that_is_typed_lies_in_a_file_of_its_own(tmp_path: Path) -> None:
    """Where no password store is: mode 600, beside the config, and never asked for twice."""
    first, second = Person(), Person()

    transport = loaded(first.set_up(tmp_path / "c.toml")).require_transport()
    second.set_up(tmp_path / "again.toml")

    file = tmp_path / "mail-password"
    assert isinstance(transport, Smtp)
    assert transport.password is not None
    assert transport.password.file == str(file)
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("an app password\n", 0o600)
    assert (len(first.unseen), second.unseen) == (1, [])


def test_a_password_that_is_not_typed_is_asked_for_again(tmp_path: Path) -> None:
    """Nothing is no password, and a file that cannot be made is told; another way will do."""
    person = Person(["", "", "", "", "", "/dev/null/secret", "$MAIL"])
    told: list[str] = []
    put = Questions(
        ask=person.ask,
        say=lambda text: told.append(text) if "   " in text else None,
        hidden=lambda _: " ",
    )
    init(tmp_path / "c.toml", put, environ={}, local_zone=lambda: BERLIN)

    assert told[0] == "   no password was typed"
    assert told[1].startswith("   /dev/null/secret: ")


def test_who_has_a_password_store_is_offered_it(tmp_path: Path) -> None:
    """Where `pass` is on the path."""
    program = tmp_path / "pass"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    person = Person()

    transport = loaded(
        person.set_up(tmp_path / "c.toml", environ={"PATH": str(tmp_path)})
    ).require_transport()

    assert person.asked[4][1] == "pass show mail/digest"
    assert isinstance(transport, Smtp)
    assert transport.password is not None
    assert transport.password.command == "pass show mail/digest"


def test_a_wrong_address_in_the_environment_is_no_default(tmp_path: Path) -> None:
    """$EMAIL may hold anything."""
    person = Person()
    person.set_up(tmp_path / "c.toml", environ={"EMAIL": "Ada"})

    assert person.asked[1][1] == "you@example.org"


def test_the_provider_s_hint_comes_before_the_password(tmp_path: Path) -> None:
    """Who needs an app password learns it in time."""
    person = Person(["", "ada@gmail.com"])
    person.set_up(tmp_path / "c.toml")

    assert "https://myaccount.google.com/apppasswords" in person.heard[-1]


def test_answers_are_checked_at_once(tmp_path: Path) -> None:
    """A wrong answer is told with the fix, and the same question comes again."""
    person = Person(
        ["", "ada", "ada@example.org", "x:y", "", "", "hunter2", "", "25:00", "7:00 Mars"]
    )

    person.set_up(tmp_path / "c.toml")

    assert [question.strip()[0] for question, _ in person.asked] == list("12233U44555")
    told = [line.strip().partition(":")[0] for line in person.heard[1:]]
    assert told == [
        "not an email address; expected name@example.org",
        "y is not a port",
        "not a command or file",
        "expected a time of the day",
        'unknown time zone "Mars"',
    ]


def test_a_question_is_not_asked_for_ever(tmp_path: Path) -> None:
    """A script that answers nonsense comes to an end, and nothing is written."""
    with pytest.raises(ConfigError, match="no valid answer to question 2"):
        Person(["", *["nonsense"] * 9]).set_up(tmp_path / "c.toml")

    assert list(tmp_path.iterdir()) == []


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    """A config stays as it is, and nothing is asked."""
    path = tmp_path / "config.toml"
    path.write_text("mine")
    person = Person()

    with pytest.raises(ConfigError, match="a config already exists"):
        person.set_up(path)
    assert (path.read_text(), person.asked) == ("mine", [])


def test_force_keeps_the_old_one_beside(tmp_path: Path) -> None:
    """Even --force loses nothing."""
    path = tmp_path / "config.toml"
    path.write_text("mine")

    Person().set_up(path, force=True)

    assert (tmp_path / "config.toml~").read_text() == "mine"
    assert "[[interests]]" in path.read_text()


def test_defaults_ask_nothing(tmp_path: Path) -> None:
    """For scripts: the example with the computer's own zone."""
    person = Person()

    config = loaded(person.set_up(tmp_path / "c.toml", defaults=True))

    assert (person.asked, person.heard) == ([], [])
    assert config.readers[0].email.to == ("you@example.org",)


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    """Mode 600, whatever the umask; missing folders are made."""
    old = os.umask(0)
    try:
        path = Person().set_up(tmp_path / "a" / "b" / "config.toml")
    finally:
        os.umask(old)

    assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_means_the_config_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a path it is the user's own config folder."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "conf"))

    assert Person().set_up(tmp_path) == tmp_path / "config.toml"
    assert Person().set_up(None) == tmp_path / "conf" / "digest" / "config.toml"


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """With the file's name."""
    (tmp_path / "file").touch()

    with pytest.raises(ConfigError, match=r"file/c\.toml: cannot be written"):
        Person(["", "", "", "", "$MAIL"]).set_up(tmp_path / "file" / "c.toml")


def test_a_library_becomes_an_interest(tmp_path: Path) -> None:
    """Titles in the order of their years, and the keywords that come twice."""
    library = tmp_path / "mine.bib"
    library.write_text(
        "@misc{a, title={Older \\\\ Work}, year=2001, keywords={bridges, once}}\n"
        '@misc{b, title={Newer """Work"""}, year=2020, keywords={Bridges}}\n'
        "@misc{c, title={Undated}}"
    )

    person = Person([str(library)])
    config = loaded(person.set_up(tmp_path / "c.toml"))

    assert person.heard[1:3] == [
        "   read 3 papers: one interest",
        "   `digest like --from` adds each of its papers to your likes, too",
    ]
    interest = config.readers[0].interests[0]
    assert interest.name == "My library (mine.bib)"
    assert [phrase.phrase for phrase in interest.phrases] == ["bridges"]
    assert interest.about.splitlines()[0] == 'Newer """Work"""'
    assert interest.about.splitlines()[-1] == "Undated"
    assert person.library == library


@pytest.mark.parametrize(("name", "text"), [("none.bib", ""), ("mine.json", "[]"), ("x.ris", "x")])
def test_an_unusable_library_is_told(tmp_path: Path, name: str, text: str) -> None:
    """A missing, an empty and a broken one: the question comes again."""
    if text:
        (tmp_path / name).write_text(text)
    person = Person([str(tmp_path / name), "words"])

    person.set_up(tmp_path / "c.toml")

    assert name in person.heard[1]


def test_this_computer_s_server_wants_no_password(tmp_path: Path) -> None:
    """The account leaves the config, and so does its question."""
    person = Person(["", "ada@example.org", "localhost:25", ""])

    transport = loaded(person.set_up(tmp_path / "c.toml")).require_transport()

    assert isinstance(transport, Smtp)
    assert (transport.security, transport.username, transport.password) == ("none", "", None)
    assert [question[0] for question, _ in person.asked] == list("1235")


def test_sendmail_is_a_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is one it takes the letters; where there is none it is told."""
    program = tmp_path / "sendmail"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    with pytest.raises(InvalidValue, match="sendmail is not installed"):
        server_of("sendmail")
    monkeypatch.setenv("PATH", str(tmp_path))

    config = loaded(Person(["", "ada@tuta.com"]).set_up(tmp_path / "c.toml"))

    assert config.require_transport().kind == "command"


def test_a_token_s_provider_is_told_to_the_server(tmp_path: Path) -> None:
    """Outlook takes tokens only, and only at its own server."""
    own = loaded(Person(["", "ada@outlook.com"]).set_up(tmp_path / "a.toml")).require_transport()
    other = loaded(
        Person(["", "ada@outlook.com", "x.org"]).set_up(tmp_path / "b.toml")
    ).require_transport()

    assert isinstance(own, Smtp)
    assert isinstance(other, Smtp)
    assert (own.auth, other.auth) == ("xoauth2", "auto")


class MailServer:
    """A mail server that takes one password."""

    def __init__(self, word: str = "right", error: TransportUnavailable | None = None) -> None:
        self.word = word
        self.error = error
        self.tried: list[tuple[str, str, str]] = []

    def __call__(self, smtp: Smtp, sender: str) -> None:
        """Sign in, or refuse."""
        assert smtp.password is not None
        self.tried.append((smtp.username, smtp.password.read(), sender))
        if self.error:
            raise self.error
        if smtp.password.read() != self.word:
            raise TransportUnavailable("535 no", hint="an app password", key="password", code=535)


def test_a_password_is_tried_at_once(tmp_path: Path) -> None:
    """Who is there sees that it is right before the next question; it is written at the end."""
    person, server = Person(["", "ada@gmail.com"]), MailServer("an app password")

    transport = loaded(person.set_up(tmp_path / "c.toml", log_in_with=server)).require_transport()

    assert person.heard[-2:] == ["   logging in to Gmail …", "   ✓ logged in to Gmail"]
    assert server.tried == [("ada@gmail.com", "an app password", "ada@gmail.com")]
    assert isinstance(transport, Smtp)
    assert transport.password is not None
    assert transport.password.read() == "an app password"


def test_a_refused_password_is_asked_for_again(tmp_path: Path) -> None:
    """With what the server said and the cure; another answer counts, and `skip` goes on."""
    (tmp_path / "word").write_text("right")
    person = Person(["", "ada@gmail.com", "", "", str(tmp_path / "word")])
    person.password = ""
    (tmp_path / "mail-password").write_text("wrong")

    transport = loaded(
        person.set_up(tmp_path / "c.toml", log_in_with=MailServer())
    ).require_transport()

    assert isinstance(transport, Smtp)
    assert transport.password is not None
    assert transport.password.file == str(tmp_path / "word")
    assert "   535 no: an app password" in person.heard
    assert person.asked[4][0] == "   Password again, or `skip`"

    stubborn = Person(["", "ada@gmail.com", "", "", "skip"])
    stubborn.password = "wrong"
    stubborn.set_up(tmp_path / "d.toml", log_in_with=MailServer())
    assert (tmp_path / "mail-password").read_text() == "wrong\n"


def test_no_account_is_locked_by_trying(tmp_path: Path) -> None:
    """After five refusals the questions go on."""
    person, server = Person(["", "ada@gmail.com"]), MailServer()
    person.set_up(tmp_path / "c.toml", log_in_with=server)
    assert len(server.tried) == 5


def test_a_server_out_of_reach_holds_nobody_up(tmp_path: Path) -> None:
    """Without a network it is said, and the questions go on."""
    server = MailServer(error=TransportUnavailable("it has no address", key="host", hint="online?"))
    person = Person(["", "ada@gmail.com"])

    person.set_up(tmp_path / "c.toml", log_in_with=server)

    assert "   it has no address: online?" in person.heard
    assert "digest check" in person.heard[-1]
    assert len(server.tried) == 1


def test_an_own_server_may_know_another_name(tmp_path: Path) -> None:
    """Asked where the server is not the provider's; a known host brings its own hint along."""
    own = Person(["", "ada@uni.test", "mail.uni.test", "ada"])
    transport = loaded(own.set_up(tmp_path / "a.toml")).require_transport()
    assert isinstance(transport, Smtp)
    assert transport.username == "ada"
    assert own.asked[3] == ("   Username", "ada@uni.test")

    hosted = Person(["", "ada@uni.test", "smtp.gmail.com", ""])
    transport = loaded(hosted.set_up(tmp_path / "b.toml")).require_transport()
    assert isinstance(transport, Smtp)
    assert transport.username == "ada@uni.test"
    assert "apppasswords" in hosted.heard[-1]


def test_who_leaves_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    """Ctrl-C at the last question: no config and no password lie about."""

    class Leaving(Person):
        def ask(self, question: str, default: str) -> str:
            if question.startswith("5"):
                raise KeyboardInterrupt
            return super().ask(question, default)

    with pytest.raises(KeyboardInterrupt):
        Leaving().set_up(tmp_path / "conf" / "c.toml")
    assert list(tmp_path.iterdir()) == []


def test_a_password_without_its_config_is_taken_away(tmp_path: Path) -> None:
    """Where the config cannot be written the new password file goes, an old one stays."""
    (tmp_path / "c.toml~").mkdir()
    (tmp_path / "c.toml~" / "in the way").touch()
    (tmp_path / "c.toml").write_text("mine")
    with pytest.raises(ConfigError, match=r"c\.toml: cannot be written"):
        Person().set_up(tmp_path / "c.toml", force=True)
    assert not (tmp_path / "mail-password").exists()
    (tmp_path / "mail-password").write_text("old")
    with pytest.raises(ConfigError):
        Person().set_up(tmp_path / "c.toml", force=True)
    assert (tmp_path / "mail-password").read_text() == "old"
    assert (tmp_path / "c.toml").read_text() == "mine"


def test_defaults_claim_no_answers(tmp_path: Path) -> None:
    """The text still says what to change first."""
    text = Person().set_up(tmp_path / "c.toml", defaults=True).read_text()
    assert "Change the address under [email]" in text

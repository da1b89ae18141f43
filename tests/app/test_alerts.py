"""Alerts: raised once, told once to the right reader, ended with their cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from fakes import PLAIN, TODAY, house

from digest.app import alerts
from digest.config import Config, load
from digest.config.last_good import keep
from digest.model.errors import ConfigError, Problem
from digest.model.issue import History

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakes import House


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A house with one reader."""
    with house(tmp_path) as built:
        yield built


def test_an_alert_is_logged_when_it_is_new(home: House, caplog: pytest.LogCaptureFixture) -> None:
    """However often its cause is met; what it says is clean and short."""
    for _ in range(2):
        alerts.raise_alert(home.store.alerts, "outbox", "mail waits\n\x1b[31m" + "x" * 5000)
    assert len(caplog.records) == 1
    text = home.store.alerts.active()["outbox"]
    assert len(text) <= alerts.LONGEST
    assert text.startswith("mail waits [31mx")


def test_C01_a_refused_config_is_told_with_place_and_cure(home: House) -> None:
    """Every problem, in one line."""
    problems = [
        Problem(
            message="expected a number", file="config.toml", line=3, column=8, hint="no quotes"
        ),
        Problem(message="nobody is left to send to"),
    ]
    alerts.config_refused(home.store.alerts, ConfigError(problems))
    assert home.store.alerts.active()[alerts.CONFIG] == (
        "the changed config is not in force: "
        "config.toml:3:8: expected a number (no quotes); nobody is left to send to"
    )


def test_an_event_ends_by_being_told(home: House) -> None:
    """Nobody can mend what is over; the others stay until their cause is gone."""
    raised = home.store.alerts
    alerts.raise_alert(raised, alerts.HANG, "a digest hung")
    alerts.raise_alert(raised, alerts.WORK, "a digest could not be made")
    told = alerts.for_mail(home.config, home.reader, raised)
    assert set(told) == {alerts.HANG, alerts.WORK}
    raised.mark_notified(told)
    assert set(raised.active()) == {alerts.WORK}
    assert alerts.for_mail(home.config, home.reader, raised) == {}
    raised.resolve(alerts.WORK)
    alerts.raise_alert(raised, alerts.WORK, "again")
    assert set(alerts.for_mail(home.config, home.reader, raised)) == {alerts.WORK}


def test_of_many_readers_only_the_one_who_sends_is_told(tmp_path: Path) -> None:
    """An alert may hold somebody else's address."""
    files = {
        "readers/ada.toml": '[email]\nto = "ada@reader.test"\n',
        "readers/run.toml": '[email]\nto = "digest@sender.test"\n',
    }
    text = 'readers = "readers/*.toml"\n' + PLAIN.replace('to = "ada@reader.test"\n', "")
    with house(tmp_path, text, files=files) as home:
        alerts.raise_alert(home.store.alerts, "refused:bo@reader.test", "given up")
        told = [
            set(alerts.for_mail(home.config, reader, home.store.alerts))
            for reader in home.config.readers
        ]
        assert told == [set(), {"refused:bo@reader.test"}]


def test_alerts_about_what_left_the_config_end(home: House) -> None:
    """A source, a reader or an address that is no more needs no mending."""
    for key in ("source:list", "source:gone", "refused:bo@reader.test", "template:me", "outbox"):
        alerts.raise_alert(home.store.alerts, key, "something")
    alerts.tidy(home.store.alerts, home.config)
    assert set(home.store.alerts.active()) == {"source:list", "template:me", "outbox"}


def test_alerts_are_sentences_in_the_letters_language() -> None:
    """In German each kind says what it is about and quotes the rest; an unknown one is told too."""
    told = {"source:blog": "blog is gone.", "event:hang": "it hung", "new:kind": "{braces}"}
    assert alerts.words(told, "en") == "blog is gone. it hung. {braces}."
    assert alerts.words(told, "de") == (
        "Eine Quelle ist seit Tagen nicht zu lesen: „blog is gone“. "
        "digest hing fest und wurde neu gestartet: „it hung“. Ein Hinweis von digest: „{braces}“."
    )
    assert alerts.words({}, "de") == ""


def test_every_kind_of_alert_has_german_words() -> None:
    """No alert that digest raises about itself comes as a bare hint."""
    kinds = (alerts.CONFIG, alerts.WORK, alerts.HANG, alerts.SUSPENDED, alerts.OPENED)
    for kind in (*kinds, "source:x", "moved:x", "refused:x"):
        assert "Ein Hinweis" not in alerts.words({kind: "x"}, "de"), kind


def test_O02_silence_is_told_after_a_day_and_two_hours(home: House) -> None:
    """From the time at which the missing digest was due."""
    made = home.clock()
    history = History(last=TODAY, read_until=made)
    quiet = alerts.silence(home.reader, history, made + timedelta(days=2, hours=2))
    loud = alerts.silence(home.reader, history, made + timedelta(days=2, hours=2, seconds=1))
    assert quiet == ""
    assert "since 16 Jun 2026" in loud
    assert alerts.silence(home.reader, History(), made) == ""
    assert alerts.silence(home.reader, replace(history, read_until=None), made) == ""


def lab(folder: Path, ada: str) -> Config:
    """Return the config of a lab: the file of Ada, and that of Bob, which is right."""
    (folder / "readers").mkdir(exist_ok=True)
    (folder / "readers" / "ada.toml").write_text(ada)
    (folder / "readers" / "bob.toml").write_text('[email]\nto = "bob@reader.test"\n')
    (folder / "lab.toml").write_text('readers = "readers/*.toml"\n[maildir]\npath = "mail"\n')
    return load(folder / "lab.toml", environ={"DIGEST_STATE": str(folder / "labstate")})


GOOD = '[email]\nto = "ada@reader.test"\n'


@pytest.mark.parametrize("text", ["[email", GOOD + "papers = 0\n", GOOD + "token = hunter2\n"])
def test_D1_a_broken_reader_file_is_reported_until_it_is_mended(
    home: House, tmp_path: Path, text: str
) -> None:
    """The operator reads file, place and effect, but no line of the file: it may hold a secret."""
    raised = home.store.alerts

    alerts.readers_rejected(raised, lab(tmp_path, text))
    told = raised.active()["reader:ada"]
    alerts.readers_rejected(raised, lab(tmp_path, GOOD))

    assert told.startswith("ada: this reader gets no digest: ada.toml:")
    assert "hunter2" not in told
    assert raised.active() == {}


def test_D1_a_reader_is_told_in_each_digest_that_their_own_file_is_broken(
    home: House, tmp_path: Path
) -> None:
    """Only that reader, whose last good version is used; others get no such sentence."""
    keep(lab(tmp_path, GOOD))
    config = lab(tmp_path, "[")

    alerts.readers_rejected(home.store.alerts, config)

    ada, bob = config.readers
    assert "its last good version is used" in home.store.alerts.active()["reader:ada"]
    assert "last good version" in alerts.own_file(ada, home.store.alerts)
    assert alerts.own_file(bob, home.store.alerts) == ""

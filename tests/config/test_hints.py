"""Hints for mistakes that newcomers made: section F of the field faults, and C12's hosts."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from digest.config import load
from digest.config.components import build_sources, build_transport, registered
from digest.config.positions import Document
from digest.config.validate import Layers
from digest.model.errors import ConfigError

HERE = Document(file="c.toml", text="", tree={}, places={})
EMAIL = '[email]\nto = "ada@example.org"\n'


def found(folder: Path, text: str) -> list[tuple[str, str]]:
    """Return messages and hints of the problems and warnings of a config."""
    path = folder / "config.toml"
    path.write_text(text)
    try:
        config = load(path, environ={}, local_zone=lambda: ZoneInfo("Asia/Tokyo"))
    except ConfigError as error:
        return [(p.message, p.hint) for p in error.problems]
    return [(w.message, w.hint) for w in config.warnings if "no interests" not in w.message]


@pytest.mark.parametrize(
    ("score", "meant"), [("0.25", "25"), ("0.6", "60"), ("1", "100"), ("0.05", "5")]
)
def test_F_a_min_score_below_one_is_a_share(tmp_path: Path, score: str, meant: str) -> None:
    """Scores go to 100: such a limit lets every paper in."""
    ((message, hint),) = found(tmp_path, EMAIL + f"min_score = {score}\n")

    assert "of 100" in message
    assert hint == f"did you mean {meant}?"


@pytest.mark.parametrize("score", ["0", "2", "25", "99.5"])
def test_F_other_scores_are_meant(tmp_path: Path, score: str) -> None:
    """Zero is everything, on purpose."""
    assert found(tmp_path, EMAIL + f"min_score = {score}\n") == []


@pytest.mark.parametrize(
    ("phrase", "hint"),
    [
        ("not diffusion", 'write avoid = ["diffusion"] to lower such papers'),
        ("NOT diffusion models", 'write avoid = ["diffusion models"] to lower such papers'),
        ("-diffusion", 'write avoid = ["diffusion"] to lower such papers'),
        ("!diffusion", 'write avoid = ["diffusion"] to lower such papers'),
        ("diffusion AND flow", "write each phrase as a text of its own; any of them may match"),
        ("diffusion OR flow", "write each phrase as a text of its own; any of them may match"),
        ("diffus*", "write each phrase as a text of its own; any of them may match"),
        ("ti:diffusion", "write each phrase as a text of its own; any of them may match"),
    ],
)
def test_F_search_operators_in_phrases(tmp_path: Path, phrase: str, hint: str) -> None:
    """Phrases are words; a search engine's syntax would match its own letters."""
    told = found(tmp_path, EMAIL + f'[[interests]]\nphrases = ["flow", "{phrase}"]\n')

    assert told == [("phrases are plain words, without search operators", hint)]


@pytest.mark.parametrize("phrase", ["no free lunch", "not-only SQL", "k-means", "and or not"])
def test_F_plain_phrases_are_no_search(tmp_path: Path, phrase: str) -> None:
    """Small words and hyphens belong to phrases."""
    assert found(tmp_path, EMAIL + f'[[interests]]\nphrases = ["{phrase}"]\n') == []


@pytest.mark.parametrize(
    ("day", "meant"),
    [
        ("fr", "fri"),
        ("Di", "tue"),
        ("mi", "wed"),
        ("do", "thu"),
        ("so", "sun"),
        ("Freitag", "fri"),
        ("mo.", "mon"),
        ("we", "wed"),
        ("fryday", "fri"),
    ],
)
def test_F_short_and_german_days(tmp_path: Path, day: str, meant: str) -> None:
    """The English name that is probably meant."""
    ((_, hint),) = found(tmp_path, EMAIL + f'[schedule]\ndays = ["{day}"]\n')

    assert hint == f'did you mean "{meant}"?'


@pytest.mark.parametrize("day", ['"t"', '"xyz"', '""', "5", '"s"'])
def test_F_other_days_get_an_example(tmp_path: Path, day: str) -> None:
    """No guess where several could be meant."""
    ((_, hint),) = found(tmp_path, EMAIL + f"[schedule]\ndays = [{day}]\n")

    assert hint == 'such as "mon" or "monday"'


@pytest.mark.parametrize(
    ("zone", "place"),
    [
        ("CEST", "Europe/Berlin"),
        ("mesz", "Europe/Berlin"),
        ("PST", "America/Los_Angeles"),
        ("EDT", "America/New_York"),
        ("BST", "Europe/London"),
        ("IST", "Asia/Kolkata"),
        ("JST", "Asia/Tokyo"),
        ("UTC+2", "Europe/Berlin"),
        ("+02:00", "Europe/Berlin"),
        ("GMT-5", "Europe/Berlin"),
    ],
)
def test_F_abbreviated_zones_name_a_place(tmp_path: Path, zone: str, place: str) -> None:
    """An abbreviation holds for half of the year."""
    ((message, hint),) = found(tmp_path, EMAIL + f'[schedule]\ntimezone = "{zone}"\n')

    assert message == f'unknown time zone "{zone}"'
    assert hint == f'write a place, such as "{place}"; it includes summer time'


@pytest.mark.parametrize("table", ["interests", "sources"])
def test_F_single_brackets(tmp_path: Path, table: str) -> None:
    """`[interests]` is `[[interests]]` with a bracket missing."""
    body = 'phrases = ["x"]' if table == "interests" else 'type = "huggingface"'

    told = found(tmp_path, f"{EMAIL}[{table}]\n{body}\n")

    assert told == [(f"[{table}] needs double brackets", f"write [[{table}]]")]


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("$HOME/x", 'write "~/x" or the whole path'),
        ("${HOME}/x", 'write "~/x" or the whole path'),
        ("/home/$USER/x", "write the whole path"),
        ("%APPDATA%/x", "write the whole path"),
    ],
)
@pytest.mark.parametrize("table", ["storage", "maildir"])
def test_F_variables_in_paths(tmp_path: Path, table: str, path: str, hint: str) -> None:
    """A folder called `$HOME` is never meant."""
    told = found(tmp_path, f'{EMAIL}[{table}]\npath = "{path}"\n')

    assert told == [("variables are not replaced in this path", hint)]


@pytest.mark.parametrize("path", [r"C:\temp", r"C:\new", r"D:\backup\readers"])
@pytest.mark.parametrize("table", ["storage", "maildir"])
def test_F_escapes_in_paths(tmp_path: Path, table: str, path: str) -> None:
    r"""`"C:\temp"` is valid TOML with a tab in it."""
    told = found(tmp_path, f'{EMAIL}[{table}]\npath = "{path}"\n')

    assert "single quotes" in told[0][1]


def way(**table: Any) -> list[tuple[str, str]]:
    """Return what is wrong with a [smtp] table."""
    problems: list[Any] = []
    layers = Layers({"smtp": table}, (HERE,))
    build_transport(layers, registered().transports, Path("/c"), problems, private=True)
    return [(problem.message, problem.hint) for problem in problems]


@pytest.mark.parametrize(
    ("host", "hint"),
    [
        ("x.org:465", 'write host = "x.org" and port = 465'),
        ("smtp://x.org", 'write host = "x.org"'),
        ("smtps://x.org:465/", 'write host = "x.org" and port = 465'),
        ("https://x.org", 'write host = "x.org"'),
        ("[::1]", 'write host = "::1"'),
        ("[::1]:587", 'write host = "::1" and port = 587'),
        (" x.org ", 'write host = "x.org"'),
        ("x. org", 'write host = "x.org"'),
        ("ada@x.org", 'such as host = "smtp.example.org"'),
        ("x.org/mail", 'such as host = "smtp.example.org"'),
    ],
)
def test_field_C12_a_host_is_a_name_alone(host: str, hint: str) -> None:
    """Ports, schemes, brackets and blanks belong elsewhere."""
    assert way(host=host) == [("expected the name of a server alone", hint)]


@pytest.mark.parametrize(
    "host", ["smtp.example.org", "localhost", "::1", "192.0.2.1", "bücher.example"]
)
def test_field_C12_hosts_are_accepted(host: str) -> None:
    """Names and addresses of both versions."""
    assert way(host=host) == []


def test_F_a_source_has_the_same_hints() -> None:
    """A file source's path is a path like the others."""
    problems: list[Any] = []
    layers = Layers({"sources": [{"type": "file", "path": "$HOME/x"}]}, (HERE,))
    build_sources(layers, registered().sources, Path("/c"), problems)

    assert [p.hint for p in problems] == ['write "~/x" or the whole path']

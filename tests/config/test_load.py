"""A whole config, from its files to typed values or to all that is wrong with it."""

from __future__ import annotations

import os
import sys
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import fake_model
import pytest
from fake_kinds import KINDS, Mail
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.config import Config, load
from digest.config.files import ConfigFiles
from digest.config.load import build_config
from digest.delivery.secret import Secret
from digest.model.errors import ConfigError, DeliveryError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

BERLIN = ZoneInfo("Europe/Berlin")
ADA = '[email]\nto = "ada@example.org"\n'
SOME = '[[interests]]\nphrases = ["flow matching"]\n'


def loaded(
    folder: Path, text: str, environ: Mapping[str, str] | None = None, zone: ZoneInfo = BERLIN
) -> Config:
    """Return the config of this text in `folder`, as the only file or as the main one."""
    path = folder / "config.toml"
    path.write_text(text)
    path.chmod(0o600)
    return load(path, environ=environ or {}, local_zone=lambda: zone, kinds=KINDS)


def way_of(config: Config) -> object:
    """Return the way of delivery, as what it is."""
    return config.transport


def secret_in(config: Config) -> Secret:
    """Return the secret of the way of delivery."""
    secret = getattr(config.transport, "password", None)
    assert isinstance(secret, Secret)
    return secret


def problems(folder: Path, text: str) -> tuple[Problem, ...]:
    """Return what is wrong with a config of this text."""
    with pytest.raises(ConfigError) as caught:
        loaded(folder, text)
    return caught.value.problems


def test_a_config_needs_nothing(tmp_path: Path) -> None:
    """An empty file is a config: the Hugging Face list, the computer's zone, all defaults."""
    config = loaded(tmp_path, "", {"DIGEST_STATE": str(tmp_path / "state")})

    reader = config.readers[0]
    assert [source.name for source in config.sources] == ["huggingface"]
    assert (reader.name, reader.email.papers, reader.schedule.zone) == ("me", 12, BERLIN)
    assert (config.transport, config.storage) == (None, tmp_path / "state")
    assert [warning.message[:12] for warning in config.warnings] == ["no interests"]


def test_everything_is_read(tmp_path: Path) -> None:
    """Each table arrives where it belongs; relative paths begin at the config's folder."""
    config = loaded(
        tmp_path,
        """
heartbeat = "https://beat.example/x"
[[interests]]
name = "Sampling"
phrases = ["flow matching", { phrase = "few-step  sampling", weight = 2 }]
about = "words"
weight = 1.5
avoid = ["survey"]
liked = ["https://arxiv.org/abs/2406.11838v2"]
disliked = ["10.1101/2020.01.01"]
[taste]
liked = ["arxiv:2406.11839"]
authors = ["Ada Lovelace"]
mute = ["blockchain"]
[[sources]]
type = "huggingface"
min_upvotes = 5
[[sources]]
type = "huggingface"
[[sources]]
type = "file"
path = "more.jsonl"
[email]
to = ["ada@example.org", "bob@example.org"]
from = "Digest <digest@example.org>"
templates = "mine"
summary = "abstract"
[smtp]
host = "mail.example.org"
password = { file = "secret" }
ca_file = "ca.pem"
[schedule]
at = 06:05:00
days = ["mon", "Friday"]
timezone = "America/Lima"
[storage]
path = "state"
""",
    )

    reader = config.readers[0]
    interest = reader.interests[0]
    assert config.heartbeat == "https://beat.example/x"
    assert [p.weight for p in interest.phrases] == [1, 2]
    assert interest.phrases[1].phrase == "few-step sampling"
    assert reader.paper_ids == ("arxiv:2406.11839", "arxiv:2406.11838", "doi:10.1101/2020.01.01")
    assert [getattr(s, "name", "-") for s in config.sources] == [
        "huggingface",
        "huggingface 2",
        "-",
    ]
    assert getattr(config.sources[2], "path", None) == tmp_path / "more.jsonl"
    assert reader.email.sender == "Digest <digest@example.org>"
    assert reader.email.templates == tmp_path / "mine"
    assert (reader.limits.summary, reader.limits.weekly) == ("abstract", False)
    assert way_of(config) == Mail(
        host="mail.example.org",
        password=Secret(file=str(tmp_path / "secret")),
        ca_file=tmp_path / "ca.pem",
    )
    assert (reader.schedule.at, reader.schedule.days) == (time(6, 5), frozenset({0, 4}))
    assert reader.schedule.zone == ZoneInfo("America/Lima")
    assert (config.storage, config.warnings) == (tmp_path / "state", ())
    assert config.require_transport() is config.transport


def test_one_mistake_of_a_table_hides_no_other(tmp_path: Path) -> None:
    """A wrong type, a port that is none and a secret of two kinds are told in one go, each once."""
    text = ADA + (
        '[smtp]\nhost = ""\nport = 99999\nper_minute = "x"\npassword = { env = "X", file = "x" }\n'
    )
    told = [problem.message for problem in problems(tmp_path, text)]
    assert sorted(told) == [
        "expected a whole number",
        "expected one of command, file, env",
        "must be at most 65535",
        "must not be empty",
    ]


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """One reading finds everything, from the file's top to its end, each at its own place."""
    found = problems(
        tmp_path,
        """\
heartbeat = "soon"
[[interests]]
phrases = [
  { phrase = "world models", weigth = 2.0 },
]
[email]
to = "ada"
papers = "12"
[smtp]
port = "587"
[emial]
""",
    )

    assert [(p.line, p.column, p.message, p.hint) for p in found] == [
        (
            1,
            13,
            "expected a web address",
            'it begins with https://, such as "https://hc-ping.com/…"',
        ),
        (4, 30, "unknown key `weigth`", "did you mean `weight`?"),
        (7, 6, "not an email address; expected name@example.org", ""),
        (8, 10, "expected a whole number", "remove the quotes"),
        (9, 2, "`host` is missing", "add host = …"),
        (10, 8, "expected a whole number", "remove the quotes"),
        (11, 2, "unknown key `emial`", "did you mean `email`?"),
    ]


def test_a_problem_looks_as_promised(tmp_path: Path) -> None:
    """Where, what, the line, carets, the fix."""
    assert str(problems(tmp_path, ADA + '[smtp]\nhost = "x"\nport = "587"')[0]).endswith(
        """config.toml:5:8: expected a whole number
  |
5 | port = "587"
  |        ^^^^^
  = remove the quotes"""
    )


def test_broken_syntax_is_one_problem(tmp_path: Path) -> None:
    """What cannot be parsed is not checked further."""
    assert [p.message for p in problems(tmp_path, 'readers = "x\n[[')] == [
        "this text has no closing quote"
    ]


@pytest.mark.parametrize(
    ("text", "environ", "expected"),
    [
        ("", {"DIGEST_STATE": "/somewhere"}, "/somewhere"),
        ('[storage]\npath = "/there"', {"DIGEST_STATE": "/somewhere"}, "/somewhere"),
        ('[storage]\npath = "/there"', {}, "/there"),
    ],
)
def test_the_state_folder_is_found(
    tmp_path: Path, text: str, environ: dict[str, str], expected: str
) -> None:
    """The environment wins over the config."""
    assert loaded(tmp_path, text, environ).storage == Path(expected)


@pytest.mark.parametrize(
    ("smtp", "sender"),
    [
        ('[smtp]\nhost = "x"\nusername = "post@example.org"', "post@example.org"),
        ('[smtp]\nhost = "x"\nusername = "post"', "ada@example.org"),
        ('[maildir]\npath = "mail"', "ada@example.org"),
        ("", "ada@example.org"),
    ],
)
def test_letters_have_a_sender(tmp_path: Path, smtp: str, sender: str) -> None:
    """Without `from` it is the mail account's address, else the reader's own."""
    assert loaded(tmp_path, ADA + smtp).readers[0].email.sender == sender


def test_c07_a_password_in_a_file_that_others_read_is_refused(tmp_path: Path) -> None:
    """The chmod to run is named, the password is not shown."""
    path = tmp_path / "config.toml"
    path.write_text(ADA + '[smtp]\nhost = "x"\npassword = "hunter2"\n')
    path.chmod(0o644)

    with pytest.raises(ConfigError) as caught:
        load(path, environ={}, local_zone=lambda: BERLIN, kinds=KINDS)

    assert caught.value.problems[0].hint == f"chmod 600 {path}"
    assert "hunter2" not in str(caught.value)


def test_c07_a_password_in_a_private_file_is_taken(tmp_path: Path) -> None:
    """Whoever alone can read the file may keep the password in it; it is shown nowhere."""
    config = loaded(tmp_path, ADA + '[smtp]\nhost = "x"\npassword = "hunter2"\n')

    assert way_of(config) == Mail(host="x", password=Secret(value="hunter2"))
    assert "hunter2" not in repr(config)


@pytest.mark.parametrize(
    ("password", "named"),
    [
        ('{ env = "DIGEST_NOT_SET" }', "DIGEST_NOT_SET"),
        ('{ file = "secret" }', "/secret cannot be read"),
        ('{ command = "exit 3" }', "exit status 3"),
    ],
)
def test_c08_a_missing_secret_says_where_it_was_looked_for(
    tmp_path: Path, password: str, named: str
) -> None:
    """The config is whole without it; whoever needs it is told the variable, file or command."""
    config = loaded(tmp_path, ADA + f'[smtp]\nhost = "x"\npassword = {password}\n')

    with pytest.raises(DeliveryError, match=named):
        secret_in(config).read()


def test_c09_a_rotated_secret_is_used_at_the_next_send(tmp_path: Path) -> None:
    """What is kept is the place, never the secret: it is read anew each time."""
    (tmp_path / "secret").write_text("old\n")
    config = loaded(tmp_path, ADA + '[smtp]\nhost = "x"\npassword = { file = "secret" }\n')

    assert secret_in(config).read() == "old"
    (tmp_path / "secret").write_text("new\n")
    assert secret_in(config).read() == "new"


def test_c10_a_config_of_a_megabyte_is_read(tmp_path: Path) -> None:
    """What is too much is cut with a warning that says where."""
    many = ", ".join(f'"phrase {i}"' for i in range(600))
    text = f'[[interests]]\nabout = "{"x " * 500_000}"\nphrases = [{many}]\n'

    config = loaded(tmp_path, ADA + text)

    assert [w.message for w in config.warnings] == [
        "only the first 20,000 characters of this text are used",
        "only the first 500 phrases are used",
    ]
    assert len(config.readers[0].interests[0].phrases) == 500


def test_c10_interests_that_say_nothing_are_left_out(tmp_path: Path) -> None:
    """An emptied interest is warned of, and the rest of the config works."""
    config = loaded(tmp_path, ADA + '[[interests]]\nname = "x"\nabout = " "\n' + SOME)

    assert len(config.readers[0].interests) == 1
    assert [(w.line, w.message) for w in config.warnings] == [
        (3, "interest has no phrases or description; ignored")
    ]


def test_two_interests_of_one_name_are_told(tmp_path: Path) -> None:
    """Both count, but a like could not say which of them it is for."""
    text = '[[interests]]\nname = "x"\nphrases = ["y"]\n'

    config = loaded(tmp_path, ADA + text * 2)

    assert len(config.readers[0].interests) == 2
    assert [(w.line, w.message) for w in config.warnings] == [(7, "two interests are called x")]


def test_nobody_is_written_to_twice(tmp_path: Path) -> None:
    """An address that stands there twice counts once, in its first spelling and place."""
    text = '[email]\nto = ["Ada@x.org", "b@x.org", "ada@x.org"]\n'

    assert loaded(tmp_path, text).readers[0].email.to == ("Ada@x.org", "b@x.org")


def test_a_renamed_key_works_for_one_release(tmp_path: Path) -> None:
    """The old name counts, and a warning says the new one."""
    config = loaded(tmp_path, ADA + "gist = 'first'\n" + SOME)

    assert config.readers[0].email.summary == "first"
    assert [(w.line, w.column, w.message) for w in config.warnings] == [
        (3, 1, "`gist` was renamed to `summary`")
    ]


def test_s06_no_zone_on_a_computer_in_utc_is_said(tmp_path: Path) -> None:
    """A container without TZ runs in UTC: the warning says what 07:30 then means."""
    config = loaded(tmp_path, ADA + SOME, zone=ZoneInfo("Etc/UTC"))

    assert "07:30 means UTC" in config.warnings[0].message


def test_s06_the_config_s_zone_rules(tmp_path: Path) -> None:
    """The host's zone is not even asked for where the config names one."""
    config = loaded(
        tmp_path, ADA + SOME + '[schedule]\ntimezone = "Asia/Tokyo"', zone=ZoneInfo("Etc/UTC")
    )

    assert (config.readers[0].schedule.zone.key, config.warnings) == ("Asia/Tokyo", ())


@pytest.mark.parametrize("kind", ["missing", "folder", "loop"])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, kind: str) -> None:
    """No file, or a folder: one clear line with its name."""
    path = tmp_path if kind == "folder" else tmp_path / "none.toml"
    if kind == "loop":
        path.symlink_to(path)

    with pytest.raises(ConfigError, match=str(path)):
        load(path, environ={}, kinds=KINDS)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_forbidden_file_is_told(tmp_path: Path) -> None:
    """A file without read permission is named with the chmod to run."""
    path = tmp_path / "config.toml"
    path.write_text("")
    path.chmod(0)

    with pytest.raises(ConfigError, match="chmod u\\+r"):
        load(path, environ={}, kinds=KINDS)


WORDS = st.sampled_from(
    ["email", "to", "papers", "smtp", "host", "sources", "type", "interests", "phrases", "at"]
)
SCALARS = st.one_of(st.integers(), st.booleans(), st.text("a1: \\n@", max_size=4).map(repr))
LINES = st.one_of(
    WORDS.map(lambda w: f"[{w}]"),
    WORDS.map(lambda w: f"[[{w}]]"),
    st.tuples(WORDS, SCALARS).map(lambda pair: f"{pair[0]} = {pair[1]}".lower()),
    st.tuples(WORDS, WORDS, SCALARS).map(lambda t: f"{t[0]} = {{ {t[1]} = {t[2]} }}".lower()),
    st.tuples(WORDS, SCALARS).map(lambda pair: f"{pair[0]} = [{pair[1]}]".lower()),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(LINES, max_size=8).map("\n".join))
def test_any_toml_is_a_config_or_is_told_with_places(text: str) -> None:
    """No shape of a config raises anything but ConfigError, and every problem has a message."""
    path = Path("config.toml")
    files = ConfigFiles(main=path, texts={path: text.encode()})
    try:
        config = build_config(files, environ={}, local_zone=lambda: BERLIN, kinds=KINDS)
    except ConfigError as error:
        found = error.problems
    else:
        found = config.warnings
        assert len(config.readers) == 1
    assert all(problem.message and problem.file for problem in found)


def test_an_embedding_model_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the package is installed; no model is asked unless one is named."""
    monkeypatch.setitem(sys.modules, "sentence_transformers", fake_model.package())
    assert loaded(tmp_path, '[ranking]\nembeddings = "some-model"\n').embeddings == "some-model"
    assert loaded(tmp_path, "").embeddings == ""


def test_a_model_without_its_package_is_a_problem_where_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hint names the extra that mends it."""
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    (found,) = problems(tmp_path, '[ranking]\nembeddings = "some-model"\n')
    assert (found.line, "sentence-transformers" in found.message) == (2, True)
    assert "'.[embeddings]'" in found.hint

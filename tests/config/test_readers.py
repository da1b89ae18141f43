"""Several readers: one file each, the rest from the main file."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fake_kinds import KINDS

from digest.config import Config, load
from digest.config.reader_tables import computer_zone
from digest.model.errors import ConfigError

MAIN = """\
readers = "readers/*.toml"
[[interests]]
phrases = ["common"]
[email]
papers = 5
trending = 1
templates = "shared"
[schedule]
at = "06:00"
timezone = "Europe/Berlin"
[taste]
mute = ["blockchain"]
"""


def loaded(folder: Path, main: str = MAIN, **readers: str) -> Config:
    """Return the config of these files: `readers/NAME.toml` for each keyword."""
    (folder / "readers").mkdir(exist_ok=True)
    (folder / "config.toml").write_text(main)
    for name, text in readers.items():
        (folder / "readers" / f"{name}.toml").write_text(text)
    return load(folder / "config.toml", environ={}, local_zone=lambda: ZoneInfo("UTC"), kinds=KINDS)


def told(folder: Path, main: str = MAIN, **readers: str) -> list[tuple[str, int, str]]:
    """Return file, line and message of all that is wrong with these files."""
    with pytest.raises(ConfigError) as caught:
        loaded(folder, main, **readers)
    return [(Path(p.file).name, p.line, p.message) for p in caught.value.problems]


def test_each_file_is_a_reader(tmp_path: Path) -> None:
    """The stem is the name; what is left out comes from the main file, key by key."""
    config = loaded(
        tmp_path,
        ada='[email]\nto = "ada@example.org"\npapers = 9\n[[interests]]\nphrases = ["own"]\n',
        main='allow = ["templates"]\n' + MAIN,
        bob='[email]\nto = "bob@example.org"\ntemplates = "mine"\n[schedule]\nat = "08:00"\n',
    )

    ada, bob = config.readers
    assert (ada.name, ada.email.papers, ada.email.trending, ada.schedule.at.hour) == (
        "ada",
        9,
        1,
        6,
    )
    assert (bob.name, bob.email.papers, bob.email.trending, bob.schedule.at.hour) == (
        "bob",
        5,
        1,
        8,
    )
    assert [i.phrases[0].phrase for r in config.readers for i in r.interests] == ["own", "common"]
    assert bob.schedule.zone.key == "Europe/Berlin"
    assert ada.taste.mute == ("blockchain",)
    assert ada.email.templates == tmp_path / "shared"
    assert bob.email.templates == tmp_path / "readers" / "mine"


def test_an_error_names_the_file_that_has_it(tmp_path: Path) -> None:
    """The reader's own mistakes stand in the reader's file, inherited ones once in the main one."""
    found = told(
        tmp_path,
        MAIN.replace("trending = 1", 'trending = "1"') + "at = 1",
        ada='[email]\nto = "ada@example.org"\npapers = "9"\n',
        bob='[emial]\nto = "bob@example.org"\n',
    )

    assert found == [
        ("config.toml", 6, "expected a whole number"),
        ("config.toml", 13, "unknown key `at`"),
        ("ada.toml", 3, "expected a whole number"),
        ("bob.toml", 1, "unknown key `emial`"),
    ]


def test_a_broken_file_is_told_beside_the_others(tmp_path: Path) -> None:
    """Syntax errors of one file do not hide what is wrong in another."""
    found = told(tmp_path, ada="[email", bob="[email]\nto = []")

    assert [(file, line) for file, line, _ in found] == [("ada.toml", 1), ("bob.toml", 2)]


def test_c03_no_reader_is_an_error(tmp_path: Path) -> None:
    """A pattern that finds nothing would send nothing to nobody, silently."""
    assert told(tmp_path) == [("config.toml", 1, '"readers/*.toml" matches no file')]


def test_a_reader_needs_an_address(tmp_path: Path) -> None:
    """A file without `to` is told with its name."""
    assert told(tmp_path, ada="[taste]\n") == [("ada.toml", 0, "this reader has no address")]


def test_two_readers_have_two_names(tmp_path: Path) -> None:
    """Names tell their digests apart, whatever the case; the second file is left out."""
    main = MAIN.replace("readers/*.toml", "**/[a-zA-Z]da.toml")
    ada, other = '[email]\nto = "a@x.org"\n', '[email]\nto = "b@x.org"\n'

    config = loaded(tmp_path, main, ada=ada, Ada=other)

    assert [reader.name for reader in config.readers] == ["Ada"]
    (rejected,) = config.rejected
    assert [p.message for p in rejected.problems] == ["two readers are called ada"]


def test_what_is_for_all_stands_in_the_main_file(tmp_path: Path) -> None:
    """Sources, delivery and state cannot differ by reader."""
    found = told(tmp_path, ada='[email]\nto = "a@x.org"\n[smtp]\nhost = "x"\n[[sources]]\n')

    assert [message for _, _, message in found] == [
        "`smtp` cannot be set in a reader's file",
        "`sources` cannot be set in a reader's file",
    ]


def test_readers_is_a_pattern(tmp_path: Path) -> None:
    """A number is no pattern, and the rest is checked all the same."""
    assert told(tmp_path, "readers = 3\n[email]\npapers = 0") == [
        ("config.toml", 1, "expected text"),
        ("config.toml", 3, "must be at least 1"),
    ]


@pytest.mark.parametrize(
    ("main", "message"),
    [
        ("interests = 3", "expected tables"),
        ("interests = [3]", "expected tables"),
        ("email = 3", "expected a table"),
        ("[[schedule]]", "expected a table"),
    ],
)
def test_tables_are_tables(tmp_path: Path, main: str, message: str) -> None:
    """Another shape than a table's is told."""
    assert [text for _, _, text in told(tmp_path, main)] == [message]


def test_a_table_of_another_shape_hides_nothing(tmp_path: Path) -> None:
    """A reader's `email = 3` is the reader's mistake, not half inherited."""
    assert told(tmp_path, ada="email = 3") == [("ada.toml", 1, "expected a table")]


def test_c10_a_hundred_interests_count(tmp_path: Path) -> None:
    """More are cut, with a warning."""
    config = loaded(tmp_path, '[[interests]]\nphrases = ["x"]\n' * 101)

    assert len(config.readers[0].interests) == 100
    assert config.warnings[-1].message == "only the first 100 interests are used"


def test_followed_authors_are_interest_enough(tmp_path: Path) -> None:
    """Who follows authors is not warned for having no interests."""
    config = loaded(tmp_path, '[taste]\nauthors = ["Ada"]\n[schedule]\ntimezone = "Asia/Tokyo"')

    assert config.warnings == ()


@pytest.mark.parametrize(("zone", "expected"), [("Asia/Tokyo", "Asia/Tokyo"), ("No/Where", "UTC")])
def test_s06_the_computer_s_zone_is_found(
    monkeypatch: pytest.MonkeyPatch, zone: str, expected: str
) -> None:
    """TZ says it; nonsense in it is UTC."""
    monkeypatch.setenv("TZ", zone)

    assert computer_zone().key == expected


def test_more_papers_than_a_letter_holds_is_a_warning(tmp_path: Path) -> None:
    """The letter stays whole in every mail program; the reader hears so."""
    path = tmp_path / "config.toml"
    path.write_text(
        '[email]\nto = "a@example.org"\npapers = 40\n[[interests]]\nphrases = ["x y"]\n'
    )
    config = load(
        path, environ={"DIGEST_STATE": str(tmp_path)}, local_zone=lambda: ZoneInfo("Asia/Tokyo")
    )
    assert [problem.line for problem in config.warnings] == [3]
    assert "at most 25 papers" in config.warnings[0].message


def test_the_main_file_is_checked_though_no_reader_takes_it(tmp_path: Path) -> None:
    """A mistake in what each reader replaces would wait for the next reader; each is told once."""
    main = (
        'readers = "readers/*.toml"\n[[interests]]\nphrases = 7\nwieght = 3\n[email]\n'
        'papers = "9"\n[taste]\nmute = 1\n[schedule]\nat = 7\n'
    )
    own = (
        '[email]\nto = "a@x.org"\npapers = 9\n[[interests]]\nphrases = ["own"]\n'
        '[taste]\nmute = []\n[schedule]\nat = "07:00"\n'
    )

    assert told(tmp_path, main, ada=own, bob='[email]\nto = "b@x.org"\n') == [
        ("config.toml", 3, "expected a list"),
        ("config.toml", 4, "unknown key `wieght`"),
        ("config.toml", 6, "expected a whole number"),
        ("config.toml", 8, "expected a list"),
        ("config.toml", 10, "expected a time of the day"),
    ]
    assert len(told(tmp_path, main, ada=own, bob=own.replace("a@x", "b@x"))) == 5


def test_an_address_that_nobody_takes_is_a_warning(tmp_path: Path) -> None:
    """Who gives a second reader a file of their own must not lose their own digest unawares."""
    main = MAIN.replace("[email]", '[email]\nto = "me@x.org"')
    ada = '[email]\nto = "ada@x.org"\n'

    (warned,) = loaded(tmp_path, main, ada=ada).warnings
    assert (warned.line, warned.source) == (5, 'to = "me@x.org"')
    assert "no digest is sent to this address" in warned.message
    assert "reader's file" in warned.hint
    assert loaded(tmp_path, main, ada=ada, bob="[taste]\n").warnings == ()

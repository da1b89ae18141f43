"""Several people on one machine: field faults D1 to D5."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from fake_kinds import KINDS

from digest.config import Config, ConfigWatcher, load
from digest.config.files import find_config, user_config
from digest.config.last_good import keep, last_good
from digest.model.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

MAIN = 'readers = "readers/*.toml"\n[maildir]\npath = "mail"\n'
ADA = '[email]\nto = "ada@example.org"\n[[interests]]\nphrases = ["flow matching"]\n'
BOB = ADA.replace("ada@", "bob@")
BROKEN = (
    "[email",
    ADA + "[schedule]\nat = 25\n",
    ADA.replace("phrases", "phrase"),
    "[email]\n",
    ADA + "[smtp]\nhost = 'x'\n",
    'id = "../ada"\n' + ADA,
    ADA + "[taste]\nliked = ['?']\n",
)


class Lab:
    """A folder with a main file and one file for each reader."""

    def __init__(self, folder: Path, main: str = MAIN) -> None:
        self.folder = folder
        (folder / "readers").mkdir()
        self.path = folder / "config.toml"
        self.path.write_text(main)

    def write(self, text: str | bytes, name: str) -> Path:
        """Write a reader's file."""
        path = self.folder / "readers" / f"{name}.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    @property
    def environ(self) -> dict[str, str]:
        """Return an environment with a state folder of its own."""
        return {"DIGEST_STATE": str(self.folder / "state")}

    def load(self) -> Config:
        """Load the config."""
        zone = ZoneInfo("Asia/Tokyo")
        return load(self.path, environ=self.environ, local_zone=lambda: zone, kinds=KINDS)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """Return a lab without readers."""
    return Lab(tmp_path)


def names(config: Config) -> list[str]:
    """Return the names of the readers."""
    return [reader.name for reader in config.readers]


@pytest.mark.parametrize("text", [*BROKEN, b"\xff\xfe[\x00", b"\x00", "# empty"])
def test_D1_a_broken_reader_file_leaves_out_that_reader_alone(lab: Lab, text: str | bytes) -> None:
    """The others are served; the problems are kept with the file's name."""
    lab.write(text, "ada")
    lab.write(BOB, "bob")

    config = lab.load()

    assert names(config) == ["bob"]
    (rejected,) = config.rejected
    assert (rejected.name, rejected.served) == ("ada", False)
    assert all(problem.file.endswith("ada.toml") for problem in rejected.problems)
    with pytest.raises(ConfigError, match=r"ada\.toml"):
        config.reader("ada")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_D1_an_unreadable_reader_file_leaves_out_that_reader_alone(lab: Lab) -> None:
    """Permissions of one file are that reader's problem."""
    lab.write(ADA, "ada").chmod(0)
    lab.write(BOB, "bob")

    assert names(lab.load()) == ["bob"]


@pytest.mark.parametrize("text", BROKEN)
def test_D1_the_last_good_version_is_used(lab: Lab, text: str) -> None:
    """A version that was valid once serves the reader until the file is mended."""
    lab.write(ADA, "ada")
    lab.write(BOB, "bob")
    assert keep(lab.load())
    lab.write(text, "ada")

    config = lab.load()

    assert names(config) == ["ada", "bob"]
    assert config.readers[0].email.to == ("ada@example.org",)
    assert [(r.name, r.served) for r in config.rejected] == [("ada", True)]


def test_D1_a_broken_version_never_replaces_the_last_good_one(lab: Lab) -> None:
    """Keeping the config again while a file is broken keeps that file's good version."""
    ada = lab.write(ADA, "ada")
    lab.write(BOB, "bob")
    keep(lab.load())
    lab.write("[", "ada")
    keep(lab.load())

    kept = last_good(lab.path, lab.folder / "state")

    assert kept is not None
    assert kept.texts[ada] == ADA.encode()


def test_D1_every_reader_file_broken_is_an_error(lab: Lab) -> None:
    """With no reader left there is no digest to send, so all problems are reported."""
    lab.write("[", "ada")
    lab.write("]", "bob")

    with pytest.raises(ConfigError) as caught:
        lab.load()

    assert {Path(p.file).name for p in caught.value.problems} == {"ada.toml", "bob.toml"}


def test_D1_a_broken_main_file_is_an_error_with_all_problems(lab: Lab) -> None:
    """The main file concerns everybody; problems of readers' files are listed with it."""
    lab.path.write_text(MAIN + "[emial]\n")
    lab.write("[", "ada")
    lab.write(BOB, "bob")

    with pytest.raises(ConfigError) as caught:
        lab.load()

    assert [Path(p.file).name for p in caught.value.problems] == ["config.toml", "ada.toml"]


def test_D1_a_running_digest_goes_on_with_the_last_good_version(lab: Lab) -> None:
    """The daemon accepts the change: one reader's typo does not refuse the others' changes."""
    lab.write(ADA, "ada")
    lab.write(BOB, "bob")
    now = [0.0]
    watcher = ConfigWatcher(
        lab.path,
        environ=lab.environ,
        clock=lambda: now[0],
        local_zone=lambda: ZoneInfo("Asia/Tokyo"),
        kinds=KINDS,
    )
    lab.write("[", "ada")
    lab.write(BOB.replace("flow", "score"), "bob")
    watcher.poll()
    now[0] = 2.0

    change = watcher.poll()

    assert change is not None
    assert change.refused is None
    ada, bob = change.config.readers
    assert ada.interests[0].phrases[0].phrase == "flow matching"
    assert bob.interests[0].phrases[0].phrase == "score matching"
    assert [r.name for r in change.config.rejected] == ["ada"]


@pytest.mark.parametrize(
    ("key", "line", "read"),
    [
        ("templates", 'templates = "mine"', lambda email: email.templates),
        ("from", 'from = "dean@example.org"', lambda email: email.sender),
    ],
)
def test_D2_templates_and_sender_need_the_main_file_s_permission(
    lab: Lab, key: str, line: str, read: Callable[[object], object]
) -> None:
    """Without `allow` the key is ignored with a warning; with it, it is used."""
    lab.write(ADA.replace("[email]", f"[email]\n{line}"), "ada")
    (plain,) = lab.load().readers
    warned = lab.load().warnings
    lab.path.write_text(f'allow = ["{key}"]\n{MAIN}')

    (allowed,) = lab.load().readers

    assert read(plain.email) in (None, "ada@example.org")
    assert [w.message for w in warned] == [f"`{key}` is ignored in a reader's file"]
    assert read(allowed.email) in (lab.folder / "readers" / "mine", "dean@example.org")


def test_D2_a_reader_file_cannot_allow_itself_anything(lab: Lab) -> None:
    """`allow` is the operator's key."""
    lab.write('allow = ["templates"]\n' + ADA, "ada")
    lab.write(BOB, "bob")

    (rejected,) = lab.load().rejected

    assert rejected.problems[0].message == "`allow` cannot be set in a reader's file"


@pytest.mark.parametrize("value", ['"templates"', '["subject"]', "[1]", "true"])
def test_D2_allow_is_a_list_of_two_keys(lab: Lab, value: str) -> None:
    """Other keys need no permission, so a wrong one is a mistake."""
    lab.path.write_text(f"allow = {value}\n{MAIN}")
    lab.write(ADA, "ada")

    with pytest.raises(ConfigError, match="expected a list of keys"):
        lab.load()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the user's own folders below a fresh one, and return another, current folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    user_config().parent.mkdir(parents=True)
    (tmp_path / "here").mkdir()
    return tmp_path / "here"


@pytest.mark.parametrize(
    "text",
    [
        'baseURL = "https://example.org/"\n[params]\n',
        "",
        '[[package]]\nname = "x"\n',
        "[tool.email]\n",
        "[build]\nsources = 3\n",
        "\xff",
    ],
)
def test_D3_another_program_s_config_is_passed_over(home: Path, text: str) -> None:
    """Hugo, Zola, Cargo and others use the same name; the user's own config is used."""
    (home / "config.toml").write_text(text, "latin-1")
    user_config().touch()

    assert find_config(None, {}, home) == user_config()


@pytest.mark.parametrize(
    "text", ["[email]\n", "[[interests]]\n", 'readers = "r/*.toml"\n', "# mine\n[smtp]\n"]
)
def test_D3_a_config_with_digest_s_tables_is_used(home: Path, text: str) -> None:
    """One of its tables tells digest's config from another program's."""
    (home / "config.toml").write_text(text)
    user_config().touch()

    assert find_config(None, {}, home) == home / "config.toml"


def test_D3_digest_toml_comes_first(home: Path) -> None:
    """Its name is digest's own, so it needs no table."""
    (home / "config.toml").write_text("[email]\n")
    (home / "digest.toml").touch()

    assert find_config(None, {}, home) == home / "digest.toml"


@pytest.mark.parametrize("name", ["config.toml", "digest.toml"])
@pytest.mark.parametrize("which", ["file", "folder", "link"])
def test_D3_a_config_of_another_user_is_passed_over(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, which: str
) -> None:
    """Its programs would run as this user; a folder's owner can replace the file at will."""
    place = home / name
    if which == "link":
        (home / "real").write_text("[email]\n")
        place.symlink_to("real")
    else:
        place.write_text("[email]\n")
    other = os.getuid() + 1
    if os.getuid() == 0:
        os.chown(home if which == "folder" else place, other, -1, follow_symlinks=False)
    else:  # only root can give a file away: everything belongs to another user instead
        monkeypatch.setattr("os.getuid", lambda: other)

    with pytest.raises(ConfigError) as caught:
        find_config(None, {}, home)

    assert f"{place}: it or its folder belongs to another user" in str(caught.value)
    assert "digest -c FILE" in caught.value.problems[0].hint


def test_D3_a_named_config_is_used_whoever_owns_it(home: Path) -> None:
    """-c and $DIGEST_CONFIG are a decision."""
    environ = {"DIGEST_CONFIG": str(home / "config.toml")}

    assert find_config(None, environ, home) == home / "config.toml"
    assert find_config(home / "x.toml", environ, home) == home / "x.toml"


@pytest.mark.parametrize(
    "copy",
    [
        "ada.sync-conflict-20261201-101010-ABCDEFG",
        "ada (Bob's conflicted copy 2026-12-01)",
        "ada (conflicted copy 2026-12-01 101010)",
        "ada (In Konflikt stehende Kopie von Bob 2026-12-01)",
        "ada (SFConflict bob@example.org 2026-12-01-10-10-10)",
        "ada (Case Conflict)",
        "ada_conflict-20261201-101010",
        "ada_PC7_Dec-01-101010-2026_Conflict",
        "ada.Conflict",
        "ada (1)",
        "ada(1)",
        "ada 2",
        "ada (copy)",
        "ada (another copy)",
        "ada - Copy",
        "ada - Copy (2)",
        "ada - Kopie",
        "ada copy 2",
        "ada-DESKTOP-A1B2C3D",
        "ada_BACKUP_1234",
    ],
)
def test_D4_copies_of_sync_programs_are_no_readers(lab: Lab, copy: str) -> None:
    """The copy is left out with a warning that names it."""
    lab.write(ADA, "ada")
    lab.write(ADA, copy)

    config = lab.load()

    assert names(config) == ["ada"]
    assert [Path(w.file).stem for w in config.warnings] == [copy]
    assert config.warnings[0].message.startswith("left out")


@pytest.mark.parametrize("name", ["ada 2", "ada-lovelace", "team-conflict", "bob (1)", "copy"])
def test_D4_real_names_are_readers(lab: Lab, name: str) -> None:
    """An ending counts as a copy's only beside the file that it copies."""
    lab.write(ADA, "eve")
    lab.write(BOB, name)

    assert sorted(names(lab.load())) == sorted(["eve", name])


@pytest.mark.parametrize("second", ["ada@example.org", "Ada@Example.org"])
def test_D4_one_address_in_two_files_is_a_warning(lab: Lab, second: str) -> None:
    """Both are readers, because one address may want two digests; the second file is named."""
    lab.write(ADA, "ada")
    lab.write(ADA.replace("ada@example.org", second), "lovelace")

    config = lab.load()

    assert names(config) == ["ada", "lovelace"]
    (warned,) = config.warnings
    assert warned.where.endswith("lovelace.toml:2:6")
    assert warned.message == f"{second} also gets the digest of ada"


def test_D5_an_id_is_the_name_whatever_the_file_is_called(lab: Lab) -> None:
    """Renaming the file then changes nothing."""
    path = lab.write('id = "ada-l"\n' + ADA, "ada")
    before = names(lab.load())
    path.rename(path.with_name("lovelace.toml"))

    assert names(lab.load()) == before == ["ada-l"]


@pytest.mark.parametrize("own", ['""', "3", '"a b"', '"../x"', f'"{"x" * 65}"', '"ä"'])
def test_D5_an_id_is_a_short_plain_text(lab: Lab, own: str) -> None:
    """It stands in commands and in the state."""
    lab.write(f"id = {own}\n{ADA}", "ada")
    lab.write(BOB, "bob")

    (rejected,) = lab.load().rejected

    assert rejected.problems[0].message == "this is not an id"


def test_D9_contact_is_a_line_of_the_main_file(lab: Lab) -> None:
    """It is one line, whatever blanks it is written with."""
    lab.path.write_text('contact = "Grace,\\n grace@example.org"\n' + MAIN)
    lab.write(ADA, "ada")

    assert lab.load().contact == "Grace, grace@example.org"


@pytest.mark.parametrize("value", ["3", '["x"]', f'"{"x" * 201}"'])
def test_D9_contact_is_a_short_text(lab: Lab, value: str) -> None:
    """A footer has one line for it."""
    lab.path.write_text(f"contact = {value}\n{MAIN}")
    lab.write(ADA, "ada")

    with pytest.raises(ConfigError, match="at most 200 characters"):
        lab.load()

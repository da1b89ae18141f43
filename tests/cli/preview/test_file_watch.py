from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from preview_scene import INTERESTS, REST, following

from digest.cli.preview.file_watch import changes, config_stamps, folders
from digest.model.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from preview_scene import PreviewTarget

PATIENCE = 20.0
OWN = REST.replace("[maildir]", 'templates = "templates"\n[maildir]')


def rename(path: Path, text: str) -> None:
    """Save as most editors do: a new file takes the old one's name."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(text)
    new.replace(path)


def write(path: Path, text: str) -> None:
    path.write_text(text)


@contextmanager
def watched(target: PreviewTarget) -> Iterator[threading.Event]:
    """Follow the target's files; the event is set at each save."""
    saved = threading.Event()
    known = [target.config()]

    def read() -> None:
        with suppress(ConfigError):  # seen half written; it is seen again
            known.append(target.config())
        saved.set()

    with following(lambda: known[-1], read, since=config_stamps(known[0])):
        yield saved


@pytest.mark.parametrize("save", [rename, write])
def test_a_saved_config_is_seen(target: PreviewTarget, save: Callable[[Path, str], None]) -> None:
    """A save is seen whichever way the editor writes."""
    with watched(target) as saved:
        save(target.path, INTERESTS.replace("Flow", "Rivers") + REST)
        assert saved.wait(PATIENCE)


def test_a_template_in_a_subfolder_is_seen(target: PreviewTarget) -> None:
    """A partial shapes the email as much as the whole template does."""
    partials = target.folder / "templates" / "partials"
    partials.mkdir(parents=True)
    target.write(rest=OWN)

    with watched(target) as saved:
        write(partials / "paper.html", "new")
        assert saved.wait(PATIENCE)


def test_folders_named_later_are_followed_too(target: PreviewTarget) -> None:
    """A config that names templates only now brings their folder under watch."""
    folder = target.folder / "templates"
    folder.mkdir()
    with watched(target) as saved:
        target.write(rest=OWN)
        assert saved.wait(PATIENCE)
        saved.clear()

        write(folder / "digest.txt", "mine")

        assert saved.wait(PATIENCE)


def test_a_config_behind_a_link_is_followed(target: PreviewTarget, tmp_path: Path) -> None:
    """Dotfiles are links; what is saved is the file they lead to."""
    real = tmp_path / "dotfiles" / "digest.toml"
    real.parent.mkdir()
    target.path.rename(real)
    target.path.symlink_to(real)

    with watched(target) as saved:
        rename(real, INTERESTS.replace("Flow", "Rivers") + REST)
        assert saved.wait(PATIENCE)


def test_what_does_not_shape_the_digest_is_no_save(target: PreviewTarget) -> None:
    """Other files in the folder change nothing in what is compared."""
    with watched(target) as saved:
        write(target.folder / "notes.txt", "nothing to do with it")
        assert not saved.wait(0.3)


def test_a_readers_file_counts_from_the_moment_it_is_there(target: PreviewTarget) -> None:
    """A new reader is a change although the config itself stayed."""
    people = target.folder / "people"
    people.mkdir()
    (people / "bo.toml").write_text("")
    target.write(f"readers = 'people/*.toml'\n{INTERESTS}")
    config = target.config()
    before = config_stamps(config)

    (people / "ada.toml").write_text("")

    assert config_stamps(config).keys() - before.keys() == {people / "ada.toml"}
    assert people in folders(config)


def test_folders_that_are_gone_are_not_watched(target: PreviewTarget) -> None:
    """A templates folder that was taken away is no folder to watch, and no file of it counts."""
    folder = target.folder / "templates"
    folder.mkdir()
    target.write(rest=OWN)
    config = target.config()
    assert folder in folders(config)

    folder.rmdir()

    assert folder not in folders(config)


def test_without_a_watch_the_files_are_looked_at(tmp_path: Path) -> None:
    """Where the system grants no watch, the next look comes all the same; it ends when told."""
    stop = threading.Event()
    looking = changes(frozenset({tmp_path / "gone"}), stop)
    assert [next(looking, "ended") for _ in range(3)] == [None] * 3

    stop.set()

    assert next(looking, "ended") == "ended"

"""What a unit has to know of this computer and of the config."""

from __future__ import annotations

import os
from pathlib import Path

from digest.cli.service.installation import installation


def written(folder: Path, text: str) -> Path:
    """Write a config into a folder."""
    path = folder / "config.toml"
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_the_state_folder_is_the_config_s(tmp_path: Path) -> None:
    """The service remembers where the commands do; a broken config leaves the usual place."""
    path = written(tmp_path, 'storage.path = "/elsewhere"')
    assert installation(path, environ={}).state == Path("/elsewhere")
    assert installation(path, Path("/given"), environ={}).state == Path("/given")

    written(tmp_path, "[")
    assert installation(path, environ={"DIGEST_STATE": "/there"}).state == Path("/there")


def test_what_the_config_counts_on_is_found(tmp_path: Path) -> None:
    """A program wants $PATH, a variable its name; files are named where they lie elsewhere."""
    text = """
        [smtp]
        host = "mx.test"
        username = "ada"
        password = { %s }
        ca_file = "ca.pem"
        [dkim]
        domain = "ada.test"
        key = "/etc/dkim.pem"
        [email]
        to = "ada@ada.test"
        templates = "~/mine"
        [[sources]]
        type = "file"
        path = "/data/papers.jsonl"
    """
    environ = {"PATH": "/opt/bin"}

    path = written(tmp_path, text % 'command = "pass show mail"')
    by_command = installation(path, environ=environ)
    assert (by_command.path, by_command.variables, by_command.writes) == ("/opt/bin", (), ())

    written(tmp_path, text % 'env = "WORD"')
    by_variable = installation(path, environ=environ)
    assert (by_variable.path, by_variable.variables) == ("", ("WORD",))

    written(tmp_path, text % 'file = "/etc/word"')
    elsewhere = {Path("/etc/dkim.pem"), Path("/data/papers.jsonl"), Path.home() / "mine"}
    assert set(installation(path, environ=environ).reads) == elsewhere | {Path("/etc/word")}


def test_where_letters_are_put_is_written_to(tmp_path: Path) -> None:
    """A maildir is no file that is read; a program as the way out wants $PATH."""
    path = written(tmp_path, '[maildir]\npath = "/var/mail/ada"')
    here = installation(path, environ={})
    assert (here.writes, here.reads) == ((Path("/var/mail/ada"),), ())

    written(tmp_path, '[command]\nargv = ["sendmail"]')
    assert installation(path, environ={"PATH": "/opt"}).path == "/opt"


def test_what_must_be_installed_besides_is_named(tmp_path: Path) -> None:
    """Thumbnails by one reader want the package for all."""
    path = written(tmp_path, '[email]\nto = "a@x.org"\npictures = true')
    assert installation(path, environ={}).extras == ("pictures",)
    written(tmp_path, "")
    assert installation(path, environ={}).extras == ()


def test_the_source_is_named_where_it_is(tmp_path: Path) -> None:
    """A box is built from the folder with the Dockerfile; it is nobody's root."""
    path = written(tmp_path, "")
    assert installation(path, environ={}, root=tmp_path).source is None
    (tmp_path / "Dockerfile").touch()
    here = installation(path, environ={}, root=tmp_path)
    assert here.source == tmp_path
    assert here.uid == (os.getuid() or 1000)

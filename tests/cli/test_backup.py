"""`digest backup` and `digest restore`."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from town import digest

from digest.app.runtime import utc_now
from digest.store import DAEMON, Store, lock

if TYPE_CHECKING:
    from pathlib import Path

    from town import Run


def secret(state: Path) -> bytes:
    """Return the installation's secret."""
    with Store.open(state, now=utc_now) as store:
        return store.keyvalue.secret()


def test_a_backup_moves_state_secret_and_config(run: Run, folder: Path, tmp_path: Path) -> None:
    """On another computer: likes, sent digests, the secret and the config are as before."""
    run("send")
    run("like", "Spheres")
    before, file = secret(folder / "state"), tmp_path / "b.zip"
    assert run("backup", str(file), "--config").code == 0
    other = tmp_path / "other"
    other.mkdir()
    (other / "papers.jsonl").write_text((folder / "papers.jsonl").read_text())
    config = str(other / "config.toml")

    done = digest("-c", config, "restore", str(file), "--config")
    assert done.code == 0, done.err
    done = digest("-c", config, "restore", str(file))

    assert done.code == 0, done.err
    assert secret(other / "state") == before
    assert "already liked" in digest("-c", config, "like", "Spheres").out
    assert file.stat().st_mode & 0o077 == 0


def test_a_backup_is_made_while_the_daemon_runs(run: Run, folder: Path) -> None:
    """Its locks do not matter to an online backup; a restore is refused with 75."""
    run("status")
    with lock(folder / "state", DAEMON):
        assert run("backup", str(folder / "b.zip")).code == 0
        assert run("restore", str(folder / "b.zip")).code == 75


def test_a_restore_keeps_the_previous_database(run: Run, folder: Path) -> None:
    """Nothing is lost by a restore of the wrong file."""
    run("send")
    run("backup", str(folder / "b.zip"))
    run("like", "Spheres")
    done = run("restore", str(folder / "b.zip"))
    assert "previous database is kept" in done.out
    assert len(list((folder / "state").glob("digest.db.replaced-*"))) == 1
    assert run("like", "Spheres").out.startswith("liked: ")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "is not a digest backup"),
        ({"format": 99}, "was written by a newer digest"),
        ({"format": 1}, "contains no digest.db"),
    ],
)
def test_a_file_that_is_no_backup_changes_nothing(
    run: Run, folder: Path, content: dict[str, int] | None, says: str
) -> None:
    """One message, and the state stays."""
    file = folder / "odd.zip"
    if content is None:
        file.write_text("text")
    else:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("digest-backup.json", json.dumps(content))
    run("send")
    run("like", "Spheres")
    done = run("restore", str(file))
    assert done.code == 1
    assert says in done.err
    assert "already liked" in run("like", "Spheres").out


def test_a_backup_overwrites_only_a_backup(run: Run, folder: Path) -> None:
    """A wrong name must not cost another file."""
    (folder / "thesis.txt").write_text("words")
    assert run("backup", str(folder / "thesis.txt")).code == 1
    assert (folder / "thesis.txt").read_text() == "words"
    assert [run("backup", str(folder / "b.zip")).code for _ in range(2)] == [0, 0]
    assert run("backup", str(folder)).code == 1
    assert run("restore", str(folder / "none.zip")).code == 1


def test_F_like_takes_a_number_of_the_last_digest(run: Run, folder: Path) -> None:
    """`like 2` means the second paper of the email; other numbers are refused."""
    assert run("send").code == 0
    first, second = run("like", "1").out, run("like", "#2").out
    assert first.startswith("liked: Flow Matching")
    assert second.startswith("liked: Flow Matching")
    assert first != second
    assert run("why", "1").code == 0
    assert "no paper number 9" in run("like", "9").err


def test_F_undo_of_a_command_that_changed_nothing_changes_nothing(run: Run) -> None:
    """`like` twice, then `--undo`: the first like stays."""
    run("send")
    run("like", "1")
    run("like", "1")
    assert run("like", "--undo").out == "nothing to undo\n"
    assert run("like", "1").out.startswith("already liked")


def test_F_a_quiet_run_prints_nothing(run: Run, folder: Path) -> None:
    """Cron mails all output."""
    config = folder / "config.toml"
    config.write_text(config.read_text().replace("[schedule]", '[schedule]\nat = "00:00"'))
    done = digest("-q", "-c", str(config), "run", "--once-due")
    assert (done.code, done.out, done.err) == (0, "", "")


def test_F_an_unknown_command_suggests_one() -> None:
    """A typing error is answered with the command that was meant."""
    done = digest("stauts")
    assert done.code == 2
    assert "Did you mean 'status'?" in done.err
    assert "Did you mean" not in digest("qqqq").err


def test_F_a_user_without_a_home_folder_gets_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without $HOME and passwd entry there is a message, no traceback."""
    from digest import cli

    def no_home(*_: object, **__: object) -> None:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(cli.cli, "main", no_home)
    assert cli.exit_code(["status"]) == 1
    assert "set HOME" in capsys.readouterr().err


def test_F_a_deleted_working_folder_gets_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names the working folder."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    done = digest("status")
    assert done.code == 1
    assert "working folder was deleted" in done.err

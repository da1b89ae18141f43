"""A lab on one machine, end to end: one broken, one hostile and one renamed reader (D1, D2, D5)."""

from __future__ import annotations

import json
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest
from town import digest

if TYPE_CHECKING:
    from pathlib import Path

MAIN = """readers = "readers/*.toml"
contact = "Grace, grace@lab.test"
[[interests]]
phrases = ["flow matching"]
[[sources]]
type = "file"
path = "papers.jsonl"
[maildir]
path = "mail"
[storage]
path = "state"
[schedule]
timezone = "UTC"
"""


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """Return the folder of a lab with four readers."""
    (tmp_path / "config.toml").write_text(MAIN)
    (tmp_path / "papers.jsonl").write_text(
        '{"id": "2606.01001", "title": "Flow matching", "abstract": "We match flows."}\n'
    )
    (tmp_path / "readers").mkdir()
    for name in ("ada", "bob", "eve", "mallory"):
        text = f'[email]\nto = "{name}@lab.test"\nmin_score = 0\n'
        (tmp_path / "readers" / f"{name}.toml").write_text(text)
    mallory = tmp_path / "readers" / "mallory.toml"
    mallory.write_text(mallory.read_text() + 'from = "dean@lab.test"\ntemplates = "/etc"\n')
    return tmp_path


def run(lab: Path, *arguments: str) -> tuple[int, str, str]:
    """Run digest on the lab's config: exit code, output and errors."""
    done = digest("-c", str(lab / "config.toml"), *arguments)
    return done.code, done.out, done.err


def mails(lab: Path) -> dict[str, str]:
    """Return the senders of the delivered mails by their recipients."""
    read = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in (lab / "mail" / "new").iterdir()
    ]
    return {str(mail["To"]): str(mail["From"]) for mail in read}


def test_D1_one_typo_in_one_file_stops_nobody_else(lab: Path) -> None:
    """The others get their mail, scripts their JSON, and the operator file and line."""
    (lab / "readers" / "ada.toml").write_text("[email\n")

    code, _, err = run(lab, "send")

    assert code == 0
    assert sorted(mails(lab)) == ["bob@lab.test", "eve@lab.test", "mallory@lab.test"]
    assert "ada.toml:1:" in err
    status = json.loads(run(lab, "status", "--json")[1])
    assert [reader["name"] for reader in status["readers"]] == ["bob", "eve", "mallory"]
    assert any("ada.toml" in alert for alert in status["alerts"])


def test_D1_a_file_that_was_right_once_still_serves_its_reader(lab: Path) -> None:
    """The last good version is kept by each sending."""
    run(lab, "send", "--day", "2026-06-15")
    (lab / "readers" / "ada.toml").write_text("[email\n")

    code, _, _ = run(lab, "send")

    assert code == 0
    ada = [path.read_bytes() for path in (lab / "mail" / "new").iterdir()]
    assert sum(b"To: ada@lab.test" in mail for mail in ada) >= 1


def test_D2_a_reader_cannot_write_as_another(lab: Path) -> None:
    """`from` in a reader's file is ignored, with a warning."""
    _, _, err = run(lab, "send")

    assert "dean" not in mails(lab)["mallory@lab.test"]
    assert "`from` is ignored in a reader's file" in err


def test_D5_a_renamed_reader_gets_no_second_digest_and_stays_stopped(lab: Path) -> None:
    """History and stop belong to the person, not to the file's name."""
    run(lab, "send")
    before = len([*(lab / "mail" / "new").iterdir()])
    bob = lab / "readers" / "bob.toml"
    bob.rename(bob.with_name("robert.toml"))

    code, _, _ = run(lab, "send")

    assert code == 0
    assert len([*(lab / "mail" / "new").iterdir()]) == before

"""A lab of 20 readers, one broken, one hostile and one renamed: the mistake of one is one's own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from town import WANTED, text_of, town

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from town import Town

pytestmark = pytest.mark.process

READERS = 20
HOSTILE = """{% for a in range(100000000) %}{% for b in range(100000000) %}x{% endfor %}{% endfor %}
{{ ().__class__.__mro__ }}"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Town]:
    """A town whose readers have a file each; the operator is the first of them."""
    with town(tmp_path) as built:
        built.write(top='readers = "readers/*.toml"\nallow = ["templates"]')
        text = built.config.read_text().replace('to = "ada@reader.test"\n', "")
        built.config.write_text(text.replace("digest@sender.test", "r00@reader.test"))
        (tmp_path / "readers").mkdir()
        for number in range(READERS):
            write(built, f"r{number:02}")
        yield built


def write(lab: Town, name: str, more: str = "") -> None:
    """Write the file of one reader."""
    path = lab.folder / "readers" / f"{name}.toml"
    path.write_text(f'[email]\nto = "{name}@reader.test"\n{more}')


def test_a_mistake_of_one_reader_concerns_that_reader_alone(lab: Town) -> None:
    """The others get their digest, once; the operator learns of the files that are left out.

    A template without an end is replaced by the built-in one; a subject that would take all
    memory, and another's address as sender, are refused with the file.
    """
    (lab.folder / "readers" / "r05.toml").write_text('[email\nto = "r05@reader.test"\n')
    (lab.folder / "readers" / "mine").mkdir()
    (lab.folder / "readers" / "mine" / "digest.html").write_text(HOSTILE)
    write(lab, "r06", 'templates = "mine"\n')
    write(lab, "r08", 'subject = "{count:>9999999999}"\nfrom = "x@evil.test"\n')

    first = lab.run("send")

    everybody = {f"r{number:02}@reader.test" for number in range(READERS)}
    assert set(lab.inbox.recipients) == everybody - {"r05@reader.test", "r08@reader.test"}, first
    assert len(lab.inbox.recipients) == READERS - 2
    assert all(WANTED[1] in text_of(mail) for mail in lab.inbox.mails)
    assert {str(mail["From"]) for mail in lab.inbox.mails} == {"Digest <r00@reader.test>"}
    assert max(len(str(mail["Subject"])) for mail in lab.inbox.mails) < 1_000
    alerts = json.loads(lab.run("status", "--json").out)["alerts"]
    for name in ("r05", "r06", "r08"):
        assert any(name in text or "mine" in text for text in alerts), alerts
        assert name in first.err or name == "r06"


def test_a_renamed_reader_is_no_new_reader(lab: Town) -> None:
    """The digest of the day is not sent again, and a stop stays a stop."""
    assert lab.run("send").code == 0
    before = len(lab.inbox.mails)
    readers = lab.folder / "readers"
    (readers / "r07.toml").rename(readers / "grace.toml")
    assert lab.run("send").code == 0
    assert len(lab.inbox.mails) == before


def test_a_repaired_file_ends_its_alert(lab: Town) -> None:
    """The reader gets the digest, and `status` is silent again."""
    (lab.folder / "readers" / "r05.toml").write_text("[email\n")
    lab.run("send")
    write(lab, "r05")
    done = lab.run("send")
    assert lab.inbox.recipients.count("r05@reader.test") == 1, done
    assert len(lab.inbox.recipients) == READERS
    alerts = json.loads(lab.run("status", "--json").out)["alerts"]
    assert not any("r05" in text for text in alerts)

"""Commands that settle things: setting up, teaching, returned mail."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from click.testing import CliRunner
from town import Tty, digest

from digest.app.runtime import utc_now
from digest.cli import cli, exit_code
from digest.config import load
from digest.email.feedback import Verb, sign
from digest.store import Store

if TYPE_CHECKING:
    import logging
    from pathlib import Path

    import pytest
    from town import Run


def test_init_writes_a_config_that_works(tmp_path: Path) -> None:
    """With the defaults, asking nothing; a second time nothing is overwritten."""
    path = tmp_path / "config.toml"
    done = digest("init", str(path), "--defaults")
    assert done.code == 0, done
    assert f"Wrote {path}" in done.out
    assert "hint: set your address and mail server in it; then\n      `digest -c " in done.out
    assert load(path, environ={}).readers
    again = digest("init", str(path), "--defaults")
    assert again.code != 0
    assert "--force" in again.err
    assert digest("init", str(path), "--defaults", "--force").code == 0


def test_init_asks_scripts_as_well(tmp_path: Path) -> None:
    """Answers may come through a pipe, the password too; nobody is offered a preview there."""
    path = tmp_path / "config.toml"
    typed = "flow matching\nada@gmail.com\n\n\ns3cret\n\n"
    environ = {"PATH": "", "HOME": str(tmp_path)}
    done = CliRunner().invoke(cli, ["init", str(path)], input=typed, env=environ)
    assert done.exit_code == 0, done.output
    assert "1  What do you read about?" in done.output
    assert "3  Mail server [smtp.gmail.com:587] >" in done.output
    assert "   Gmail: Google wants an app password:\n   https://myaccount" in done.output
    assert "\n   [~/mail-password] > " in done.output
    assert "See today's digest now?" not in done.output
    assert done.output.endswith("config.toml run` sends it every day\n")
    assert (tmp_path / "mail-password").read_text() == "s3cret\n"


def test_init_offers_a_preview_to_who_sits_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: logging.Logger
) -> None:
    """Who says no learns how to see it later."""
    screen = Tty()
    monkeypatch.setattr(sys, "stdin", Tty("flows\nada@reader.test\nlocalhost:25\n\nn\n"))
    monkeypatch.setattr(sys, "stdout", screen)
    assert exit_code(["init", str(tmp_path / "config.toml")]) == 0
    shown = screen.getvalue()
    assert "See today's digest now? [Y/n]: " in shown
    last = shown.splitlines()[-3:]
    assert "hint: `digest -c " in last[0]
    assert [line.rpartition("` ")[2] for line in last] == [
        "shows today's digest,",
        "sends it to your inbox,",
        "sends it every day",
    ]


def test_likes_are_kept_and_taken_back(run: Run) -> None:
    """By id or title; said again it is said so; the last one can be taken back."""
    run("preview", "--text")
    first = run("like", "2606.01001", "Spheres")
    assert (first.code, first.err) == (0, "")
    assert first.out.splitlines() == [
        "liked: Flow Matching in Few Steps (arxiv:2606.01001)",
        "liked: Flow Matching on Spheres (arxiv:2606.01002)",
    ]
    assert run("like", "Spheres").out.startswith("already liked: Flow Matching on Spheres")
    assert run("dislike", "Accounting").out.startswith("disliked: Notes on Medieval Accounting")
    assert run("dislike", "--undo").out.startswith("undone: dislike Notes on Medieval")
    assert len(run("like", "--undo").out.splitlines()) == 2
    assert run("like", "--undo").out == "nothing to undo\n"


def test_a_judgement_is_taken_back_by_its_paper(run: Run) -> None:
    """Not the last one but the one that is named; of what nothing was said nothing is taken."""
    run("preview", "--text")
    run("like", "2606.01001", "Spheres")
    run("dislike", "Accounting")
    taken = run("like", "--undo", "spheres")
    assert taken.out == "undone: like Flow Matching on Spheres (arxiv:2606.01002)\n"
    again = run("like", "--undo", "Spheres")
    assert (again.code, again.out) == (1, "")
    assert "nothing was said of “Spheres”" in again.err
    assert run("dislike", "--undo").out.startswith("undone: dislike Notes on Medieval")
    assert run("like", "--undo", "--interest", "Flows").code == 2


def test_an_interest_that_is_none_is_refused(run: Run) -> None:
    """Nothing would obey such a like; the nearest name, or all, are told."""
    run("preview", "--text")
    done = run("like", "--interest", "Flow", "2606.01001")
    assert (done.code, done.out) == (2, "")
    assert "no interest is called Flow" in done.err
    assert "did you mean `Flows`?" in done.err
    assert run("like", "--undo").out == "nothing to undo\n"


def test_a_like_changes_what_comes(run: Run) -> None:
    """Of an interest that has no words for it."""
    before = run("why", "Accounting")
    assert before.code == 1
    run("preview", "--text")
    assert run("why", "Accounting").out.startswith("0 ")
    run("like", "Accounting")
    assert not run("why", "Accounting").out.startswith("0 ")


def test_an_unknown_paper_is_1_and_nothing_is_kept(run: Run) -> None:
    """Not even the ones before it."""
    run("preview", "--text")
    done = run("like", "Spheres", "alchemy")
    assert done.code == 1
    assert run("like", "--undo").out == "nothing to undo\n"


def test_a_library_is_liked_as_a_whole(run: Run, tmp_path: Path) -> None:
    """From a file of a reference manager."""
    library = tmp_path / "library.ris"
    library.write_text("TY  - JOUR\nTI  - A Paper of Mine\nDO  - 10.1000/mine\nER  - \n")
    done = run("like", "--from", str(library), "--interest", "Flows")
    assert done.out == "liked: A Paper of Mine (doi:10.1000/mine)\n"


def test_a_large_library_is_counted(run: Run, tmp_path: Path) -> None:
    """How many are new, how many were liked before, how many are known by their titles alone."""
    entries = [
        f"TY  - JOUR\nTI  - Paper {n}\nAB  - {'Text' if n else ''}\nDO  - 10.1000/{n}\nER  - \n"
        for n in range(12)
    ]
    library = tmp_path / "library.ris"
    library.write_text("".join(entries[:2]))
    run("like", "--from", str(library))
    library.write_text("".join(entries))
    done = run("like", "--from", str(library))
    assert done.out.splitlines() == [
        "liked 10 papers, 2 already liked",
        "1 of them has no abstract and counts by its title",
    ]
    assert run("dislike", "--from", str(library)).out.startswith("disliked 12 papers\n")
    assert run("like", "--undo").out == "undone: dislikes of 12 papers\n"


def test_what_a_library_loses_is_told(run: Run, tmp_path: Path) -> None:
    """On stderr, with the line, beside what was liked."""
    library = tmp_path / "library.bib"
    library.write_text("@article{a, title={One}}\n@article{b, title={Two unclosed\n")
    done = run("like", "--from", str(library))
    assert done.out.startswith("liked: One")
    assert done.err == f"{library}: read 1 paper, 1 entry left out (line 2)\n"


def test_init_offers_to_like_the_library_it_began_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: logging.Logger
) -> None:
    """At once, as a newcomer would otherwise hear of it and forget; a failure does not end it."""
    library = tmp_path / "mine.bib"
    library.write_text("@article{a, title={A Paper of Mine}, doi={10.1000/mine}}\n")
    monkeypatch.setenv("DIGEST_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(sys, "stdin", Tty(f"{library}\na@b.test\nlocalhost:25\n\n\nn\n"))
    screen = Tty()
    monkeypatch.setattr(sys, "stdout", screen)
    assert exit_code(["init", str(tmp_path / "config.toml")]) == 0
    assert "Like each paper of mine.bib, too? [Y/n]: " in screen.getvalue()
    assert "liked: A Paper of Mine (doi:10.1000/mine)" in screen.getvalue()

    (tmp_path / "file").touch()
    monkeypatch.setenv("DIGEST_STATE", str(tmp_path / "file" / "state"))
    monkeypatch.setattr(sys, "stdin", Tty(f"{library}\na@b.test\nlocalhost:25\n\n\nn\n"))
    screen = Tty()
    monkeypatch.setattr(sys, "stdout", screen)
    assert exit_code(["init", str(tmp_path / "other.toml")]) == 0
    assert "See today's digest now?" in screen.getvalue()

    monkeypatch.setattr(sys, "stdin", Tty(f"{library}\na@b.test\nlocalhost:25\n\nn\nn\n"))
    screen = Tty()
    monkeypatch.setattr(sys, "stdout", screen)
    assert exit_code(["init", str(tmp_path / "third.toml")]) == 0
    assert "liked" not in screen.getvalue()


def test_init_tries_the_password_of_who_sits_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: logging.Logger
) -> None:
    """A server out of reach is said, and holds nobody up."""
    monkeypatch.setenv("WORD", "x")
    typed = "flows\na@b.test\n127.0.0.2:9\n\n$WORD\n\nn\n"
    monkeypatch.setattr(sys, "stdin", Tty(typed))
    screen = Tty()
    monkeypatch.setattr(sys, "stdout", screen)
    assert exit_code(["init", str(tmp_path / "config.toml")]) == 0
    assert "   logging in to 127.0.0.2 …" in screen.getvalue()
    assert "cannot be reached" in screen.getvalue()
    assert "`digest check` tries it again" in screen.getvalue()


def test_an_empty_library_teaches_nothing(run: Run, tmp_path: Path) -> None:
    """That is told."""
    (tmp_path / "library.json").write_text("[]")
    done = run("like", "--from", str(tmp_path / "library.json"))
    assert (done.code, done.out) == (1, "")
    assert "no paper with a title" in done.err


def test_feedback_obeys_a_returned_mail(run: Run, folder: Path) -> None:
    """A week's pause, which status shows."""
    config = load(folder / "config.toml", environ={})
    with Store.open(config.storage, now=utc_now) as store:
        key = store.keyvalue.secret()
    subject = sign(key, reader="me", verb=Verb.PAUSE, day=datetime.now(UTC).date())
    (folder / "mail.eml").write_text(f"Subject: Re: {subject}\n\n")
    done = run("feedback", str(folder / "mail.eml"))
    assert done.code == 0, done
    assert done.out.startswith("no digest for me until")
    assert "paused until" in run("status").out


def test_E2_feedback_refuses_what_is_none(run: Run, folder: Path) -> None:
    """The reason, and 0: a mail server must not bounce it to a forged From."""
    (folder / "mail.eml").write_text("Subject: buy this\n\n")
    done = run("feedback", str(folder / "mail.eml"))
    assert (done.code, done.out) == (0, "")
    assert "the subject holds no feedback" in done.err


def test_E2_feedback_asks_to_try_again_after_a_passing_fault(run: Run, folder: Path) -> None:
    """75, so that the mail server keeps a valid mail until the config is mended."""
    (folder / "config.toml").write_text("[email\n")
    (folder / "mail.eml").write_text("Subject: stop-1xw-HW70Fd1lIqJC\n\n")
    done = run("feedback", str(folder / "mail.eml"))
    assert (done.code, done.out) == (75, "")
    assert "config.toml" in done.err

"""The whole line: real HTTP and SMTP on loopback, the commands as people and scripts use them."""

from __future__ import annotations

import json
import signal
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from http_server import answer, ok
from town import IGNORED, ONLY_ARXIV, ONLY_FEED, POPULAR, WANTED, digest, text_of, town

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from town import Town

pytestmark = pytest.mark.process


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Town]:
    """A town with three sources and one reader."""
    with town(tmp_path) as built:
        yield built


def today() -> str:
    """Return the date in UTC."""
    return f"{datetime.now(UTC):%Y-%m-%d}"


def test_send_delivers_one_mail_with_the_right_papers(place: Town) -> None:
    """What fits from all sources, one popular paper, each once; the second `send` sends nothing."""
    first = place.run("send")
    second = place.run("send")

    assert first.code == 0, first
    assert first.out == "Sent 4 papers of 5 to ada@reader.test\n"
    (mail,) = place.inbox.mails
    text = text_of(mail)
    for title in (WANTED[1], ONLY_ARXIV[1], ONLY_FEED, POPULAR[1]):
        assert text.count(f". {title}") == 1
    assert IGNORED[1] not in text
    assert place.inbox.recipients == ["ada@reader.test"]
    assert second.code == 0
    assert "already sent" in second.out
    # Who lets cron send has a backup as well.
    assert len(list((place.folder / "state" / "backups").iterdir())) == 1


def test_a_dry_run_sends_nothing_and_takes_no_day(place: Town) -> None:
    """It names the papers; afterwards the digest can still be sent."""
    done = place.run("send", "--dry-run")
    assert done.code == 0
    assert done.out.startswith("Would send “")
    assert WANTED[1] in done.out
    assert place.inbox.mails == []
    assert place.run("send").out.startswith("Sent 4 papers")


def test_a_test_goes_to_another_address_and_counts_as_nothing(place: Town) -> None:
    """Marked in its subject."""
    assert place.run("send", "--test", "--to", "bo@reader.test").code == 0
    assert place.inbox.recipients == ["bo@reader.test"]
    assert "[test]" in place.inbox.mails[0]["Subject"]
    assert place.run("send").out.startswith("Sent 4 papers")


def test_preview_json_is_what_scripts_read(place: Town) -> None:
    """The shape of interface.md, to the key."""
    done = place.run("preview", "--json")
    page = json.loads(done.out)
    assert done.code == 0
    assert {"day", "reader", "subject", "papers", "left_out", "sources"} <= set(page)
    assert (page["day"], page["reader"], page["left_out"]) == (today(), "me", 1)
    paper = next(p for p in page["papers"] if p["id"] == f"arxiv:{WANTED[0]}")
    assert {"id", "title", "score", "section", "interest", "reasons", "sources", "links"} == set(
        paper
    )
    assert paper["interest"] == "Flows"
    assert set(paper["sources"]) == {"huggingface", "arxiv"}
    assert paper["links"]["abstract"] == f"https://arxiv.org/abs/{WANTED[0]}"
    assert all(set(reason) == {"term", "weight"} for reason in paper["reasons"])
    assert [p["section"] for p in page["papers"]][-1] == "trending"
    assert page["sources"][0] == {"name": "huggingface", "state": "ok", "papers": 3, "error": ""}
    assert place.inbox.mails == []


def test_preview_writes_html_and_text(place: Town, tmp_path: Path) -> None:
    """To a file, or to stdout."""
    page = tmp_path / "page.html"
    assert place.run("preview", "-o", str(page)).code == 0
    assert WANTED[1] in page.read_text()
    assert "<html" in place.run("preview", "-o", "-").out
    assert f". {WANTED[1]}\n" in place.run("preview", "--text").out


def test_status_json_is_what_scripts_read(place: Town) -> None:
    """Before and after a digest."""
    before = json.loads(place.run("status", "--json").out)
    assert before["readers"][0]["last"] is None
    place.run("send")
    done = place.run("status", "--json")
    state = json.loads(done.out)
    (reader,) = state["readers"]
    assert done.code == 0
    assert set(reader["last"]) >= {"day", "state", "message_id", "papers"}
    assert (reader["last"]["day"], reader["last"]["state"]) == (today(), "sent")
    assert reader["last"]["message_id"] == place.inbox.mails[0]["Message-ID"]
    following = datetime.now(UTC).date() + timedelta(days=1)
    assert reader["next"] == f"{following}T00:00:00+00:00"
    assert state["outbox"] == {"waiting": 0, "failed": 0}
    assert {"name", "state", "last_ok", "error"} <= set(state["sources"][0])
    assert [source["state"] for source in state["sources"]] == ["ok", "ok", "ok"]


def test_rank_json_is_what_scripts_read(place: Town, tmp_path: Path) -> None:
    """One object a line, the highest first, by the id as it was written; no paper, no line."""
    papers = tmp_path / "papers.jsonl"
    lines = [
        {"id": "mine-17", "title": IGNORED[1], "abstract": "Sums."},
        {"id": "2501.00002v3", "title": WANTED[1], "abstract": "Flow matching."},
    ]
    papers.write_text("\n".join([*map(json.dumps, lines), "no paper"]))
    done = place.run("rank", str(papers), "--json")
    found = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 0
    assert [one["id"] for one in found] == ["2501.00002v3", "mine-17"]
    assert all(set(one) == {"id", "score", "interest", "reasons"} for one in found)
    assert "skipped 1 line that could not be read" in done.err


def test_check_json_is_what_scripts_read(place: Town) -> None:
    """All is well; then a source is gone and the config has a word too many."""
    done = place.run("check", "--json")
    assert (done.code, json.loads(done.out)) == (0, {"ok": True, "problems": []})

    place.pages["/feed"] = answer(404)
    done = place.run("check", "--json")
    (problem,) = json.loads(done.out)["problems"]
    assert done.code == 1
    assert set(problem) == {"where", "message", "hint"}
    assert problem["where"].startswith(f"{place.config}:")
    assert "404" in problem["message"]

    place.write(email="paper = 3")
    done = place.run("check", "--json")
    answered = json.loads(done.out)
    assert (done.code, answered["ok"]) == (2, False)
    assert "papers" in answered["problems"][0]["hint"]


def test_S22_run_sends_it_at_its_time_alone_and_SIGTERM_ends_it(place: Town) -> None:
    """S17: it delivers what is due, and idle it ends at once with 0.

    Meanwhile a second daemon is refused with 75 and a clear text; `send` by hand works (S24).
    """
    daemon = place.start("run")
    try:
        assert place.inbox.came.wait(60)
        _until(place, "sent")
        second = place.run("run")
        by_hand = place.run("send")
    finally:
        daemon.send_signal(signal.SIGTERM)
        _, log = daemon.communicate(timeout=20)
    assert daemon.returncode == 0, log
    assert second.code == 75
    assert "another digest is at work" in second.err
    assert str(daemon.pid) in second.err
    assert "already sent" in by_hand.out
    assert len(place.inbox.mails) == 1
    assert "me: next digest" in log
    assert "event=sent reader='me'" in log
    assert "Traceback" not in log


def _until(place: Town, state: str) -> None:
    """Wait until the outbox says so."""
    pause = place.inbox.came
    pause.clear()
    for _ in range(200):
        with sqlite3.connect(place.folder / "state" / "digest.db") as database:
            if (state,) in database.execute("SELECT state FROM delivery").fetchall():
                return
        pause.wait(0.05)
    pytest.fail(f"no message is {state}")


def test_S18_SIGTERM_in_the_middle_of_a_send_finishes_it(place: Town) -> None:
    """The message in hand is delivered and marked; nothing is lost, nothing comes twice."""
    place.inbox.pause.clear()
    daemon = place.start("run")
    assert place.inbox.came.wait(60)
    daemon.send_signal(signal.SIGTERM)
    place.inbox.pause.set()
    _, log = daemon.communicate(timeout=30)
    assert daemon.returncode == 0, log
    assert len(place.inbox.mails) == 1
    assert "already sent" in place.run("send").out
    assert len(place.inbox.mails) == 1


def test_S19_SIGTERM_while_a_source_stalls_ends_the_daemon(place: Town) -> None:
    """The source is not waited for; the day stays open for the next start."""
    place.pages["/feed"] = None
    daemon = place.start("run")
    assert place.stalled.wait(60)
    daemon.send_signal(signal.SIGTERM)
    _, log = daemon.communicate(timeout=30)
    assert daemon.returncode == 0, log
    assert "Traceback" not in log
    assert place.inbox.mails == []
    place.pages.clear()
    assert place.run("run", "--once-due").out.startswith("Sent 4 papers")


def test_O01_the_heartbeat_of_the_daemon_is_heard(place: Town) -> None:
    """Start and end of the day's digest, at the address of the config."""
    place.pages["/beat/start"] = place.pages["/beat"] = ok(b"OK")
    place.write(top=f'heartbeat = "{place.web.url("/beat")}"')
    assert place.run("run", "--once-due").code == 0
    beats = [x.path for x in place.web.exchanges if x.path.startswith("/beat")]
    assert beats == ["/beat/start", "/beat"]


def test_once_due_does_what_is_due_and_ends(place: Town) -> None:
    """The first time it sends; the second time nothing is due."""
    first = place.run("run", "--once-due")
    second = place.run("run", "--once-due")
    assert (first.code, first.out) == (0, "Sent 4 papers of 5 to ada@reader.test\n")
    assert (second.code, second.out) == (0, "")
    assert len(place.inbox.mails) == 1


def test_S23_the_lock_of_a_killed_daemon_is_free(place: Town) -> None:
    """The lock dies with its process; the file that is left behind says nothing."""
    daemon = place.start("run")
    assert place.inbox.came.wait(60)
    _until(place, "sent")
    daemon.kill()
    daemon.communicate()
    assert (place.folder / "state" / "daemon").exists()
    assert place.run("run", "--once-due").code == 0
    assert len(place.inbox.mails) == 1


def test_ctrl_c_is_130_for_send_and_a_good_end_for_run(place: Town) -> None:
    """Interrupted while the mail is on its way, the digest waits in the outbox."""
    place.inbox.pause.clear()
    sending = place.start("send")
    assert place.inbox.came.wait(60)
    sending.send_signal(signal.SIGINT)
    place.inbox.pause.set()
    _, log = sending.communicate(timeout=40)
    assert sending.returncode == 130, log
    assert "Traceback" not in log


def test_ctrl_c_while_a_source_is_read_ends_at_once_and_blames_nobody(place: Town) -> None:
    """130 within seconds, before a web that never answers; no source is noted as failed."""
    place.pages["/feed"] = None
    sending = place.start("send")
    assert place.stalled.wait(60)
    sending.send_signal(signal.SIGINT)
    _, log = sending.communicate(timeout=10)

    assert sending.returncode == 130, log
    assert "Traceback" not in log
    state = json.loads(place.run("status", "--json").out)
    assert state["sources"] == []
    assert state["readers"][0]["last"] is None


def test_several_readers_with_their_own_times(place: Town) -> None:
    """Each gets their own mail, by their own clock; one whose day is not today gets none."""
    weekday = (datetime.now(UTC) + timedelta(days=3)).strftime("%a").lower()
    readers = place.folder / "readers"
    readers.mkdir()
    (readers / "ada.toml").write_text('[email]\nto = "ada@reader.test"\n')
    (readers / "bo.toml").write_text(
        '[email]\nto = "bo@reader.test"\n[[interests]]\nphrases = ["butterflies"]\n'
    )
    (readers / "cy.toml").write_text(
        f'[email]\nto = "cy@reader.test"\n[schedule]\ndays = ["{weekday}"]\n'
    )
    place.write(top='readers = "readers/*.toml"')
    done = place.run("run", "--once-due")
    assert done.code == 0, done
    assert sorted(place.inbox.recipients) == ["ada@reader.test", "bo@reader.test"]
    mails = {str(mail["To"]): text_of(mail) for mail in place.inbox.mails}
    assert f"1. {POPULAR[1]}" in mails["bo@reader.test"]
    assert ". " + WANTED[1] in mails["ada@reader.test"]
    only = place.run("send", "--reader", "cy")
    assert (only.code, place.inbox.recipients[-1]) == (0, "cy@reader.test")


def test_a_broken_feed_is_one_line_and_the_rest_goes_out(place: Town) -> None:
    """In the mail, and in status."""
    place.pages["/feed"] = answer(404)
    done = place.run("send")
    assert (done.code, done.out) == (0, "Sent 3 papers of 4 to ada@reader.test\n")
    assert "lab" in text_of(place.inbox.mails[0])
    told = place.run("status").out.partition(" lab")[2].partition("source ")[0]
    assert "failed" in told
    assert "the server answered 404" in " ".join(told.split())


def test_broken_entries_are_left_out(place: Town) -> None:
    """The others of their list go out."""
    entries = [*json.loads(place_json(place)), {"paper": None}, 17, {"paper": {"id": "no id"}}]
    place.pages["/api/daily_papers"] = ok(json.dumps(entries).encode())
    assert place.run("send").out.startswith("Sent 4 papers")


def place_json(place: Town) -> bytes:
    """Return today's list as the town's web server gives it."""
    from town import daily_papers

    return daily_papers(today())


def test_every_source_down_is_1_and_the_day_stays_open(place: Town) -> None:
    """Nothing is sent; once they answer, the digest is made."""
    for path in ("/feed", "/atom/cs.CV", "/api/daily_papers"):
        place.pages[path] = answer(404)
    done = place.run("send")
    assert done.code == 1
    assert "every source failed" in done.out
    assert place.inbox.mails == []
    place.pages.clear()
    assert place.run("send").code == 0


def test_a_broken_template_falls_back(place: Town) -> None:
    """`check` names file and line; the digest goes out in our own dress and says so."""
    mine = place.folder / "mine"
    mine.mkdir()
    (mine / "digest.txt").write_text("Hello\n{{ nobody.knows }}\n")
    place.write(email='templates = "mine"')
    checked = place.run("check", "--offline")
    sent = place.run("send")
    assert checked.code == 1
    assert "digest.txt" in checked.out
    assert sent.code == 0
    assert WANTED[1] in text_of(place.inbox.mails[0])
    assert place.run("status").code == 1


def test_a_broken_config_is_2_with_place_and_cure(place: Town) -> None:
    """Every problem at once, for every command that reads it."""
    place.write(email="papers = '12'\nlangauge = 'en'")
    for command in (["send"], ["run"], ["status"], ["preview", "--text"], ["check"]):
        done = place.run(*command)
        assert (done.code, done.out) == (2, "")
        assert "papers = '12'" in done.err
        assert "did you mean" in done.err
        assert "^" in done.err


def test_no_config_is_2_and_says_how_to_get_one(tmp_path: Path) -> None:
    """With the place where it was looked for."""
    done = digest("-c", str(tmp_path / "none.toml"), "send")
    assert done.code == 2
    assert "digest init" in done.err


def test_a_broken_state_is_1_with_the_cure(place: Town) -> None:
    """A file where the folder should be."""
    (place.folder / "state").write_text("not a folder")
    done = place.run("send")
    assert (done.code, done.out) == (1, "")
    assert "is not a folder" in done.err
    assert "  = " in done.err
    assert place.inbox.mails == []


def test_a_mail_server_that_refuses_keeps_the_digest(place: Town) -> None:
    """1 and its words; the digest waits, status tells, and `--retry` brings it."""
    place.inbox.reply = "451 try later"
    done = place.run("send")
    assert done.code == 1
    assert "451" in done.out
    state = json.loads(place.run("status", "--json").out)
    assert state["outbox"] == {"waiting": 1, "failed": 0}
    assert place.run("send").code == 1
    place.inbox.reply = "250 taken"
    done = place.run("send", "--retry")
    assert (done.code, len(place.inbox.mails)) == (0, 1)
    assert done.out.startswith("Sent 4 papers")


def test_a_mail_server_that_is_down_is_1(place: Town) -> None:
    """`check` says so too."""
    place.smtp_port = 9
    place.write()
    checked, sent = place.run("check"), place.run("send")
    assert (checked.code, sent.code) == (1, 1)
    assert "Not yet sent to ada@reader.test" in sent.out
    assert "127.0.0.1" in checked.out


def test_a_failed_delivery_is_said_once(place: Town) -> None:
    """With the server's words and the cure, in one place; the log keeps it for `-v`."""
    place.smtp_port = 9
    place.write()
    done = [place.run("send", *more) for more in ((), ("--retry",), ("--test",))]

    assert [one.out.count("nothing answers at this port") for one in done] == [1, 1, 1]
    assert "nothing answers" not in "".join(one.err for one in done)
    assert "event=waiting" in place.run("-v", "send", "--retry").err


def test_a_damaged_database_is_said_once(place: Town) -> None:
    """What happened, where the rest lies and what came in its place: one line."""
    place.run("send")
    (place.folder / "state" / "digest.db").write_bytes(b"rubbish" * 1000)
    done = place.run("send")
    (line,) = [line for line in done.err.splitlines() if "damaged" in line]

    assert "lost" not in done.err
    assert line.startswith(f"{place.folder / 'state' / 'digest.db'}: is damaged (")
    assert "so digest starts anew" in line or "it was restored from" in line


def test_the_sample_needs_no_config_and_no_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`send --sample` in an empty folder: one mail in a maildir, the same at the second time."""
    monkeypatch.chdir(tmp_path)
    first = digest("send", "--sample", "--no-open")
    second = digest("send", "--sample", "--no-open")
    elsewhere = digest("send", "--sample", "--no-open", "-o", "other")
    assert (first.code, second.code, elsewhere.code) == (0, 0, 0)
    assert first.out.startswith("Sent ")
    assert "already sent" in second.out
    assert first.out.splitlines()[1:] == second.out.splitlines()[1:]
    assert len(list((tmp_path / "sample-mail" / "new").iterdir())) == 1
    assert len(list((tmp_path / "other" / "new").iterdir())) == 1
    assert (tmp_path / "sample-mail" / "digest.html").stat().st_size > 10_000


def test_the_preview_of_the_sample_needs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And leaves nothing behind."""
    monkeypatch.chdir(tmp_path)
    done = digest("preview", "--sample", "--json")
    assert done.code == 0
    assert len(json.loads(done.out)["papers"]) > 5
    assert list(tmp_path.iterdir()) == []

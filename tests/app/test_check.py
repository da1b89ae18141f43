"""`check` walks all that a digest needs, sends nothing, and names what to mend."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import pytest
from fakes import PLAIN, FakePost, FakeSource, broken, house, video

from digest.app.check import Finding, check
from digest.app.pipeline.pipeline import send
from digest.config import load
from digest.delivery.secret import Secret
from digest.delivery.smtp import Smtp
from digest.model.errors import DeliveryError, Problem, TransportUnavailable
from digest.model.states import SourceState
from digest.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from fakes import House


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A house in which all is well."""
    with house(tmp_path) as built:
        yield built


def found(home: House, *, offline: bool = False) -> list[Finding]:
    """Return all findings."""
    return list(check(home.config, home.runtime, offline=offline))


def part(findings: list[Finding], name: str) -> list[Finding]:
    """Return the findings of one part."""
    return [finding for finding in findings if finding.part == name]


def problems(findings: list[Finding]) -> list[str]:
    """Return the messages of what does not work."""
    return [f.problem.message for f in findings if f.problem and not f.warning]


def test_where_all_is_well(home: House) -> None:
    """Every part is named in its order, and nothing is sent or taken."""
    findings = found(home)
    assert list(dict.fromkeys(finding.part for finding in findings)) == [
        *("config", "sources", "mail", "templates", "schedule", "state"),
    ]
    assert problems(findings) == []
    assert part(findings, "config")[0].detail == "1 reader, 1 interest"
    assert part(findings, "sources")[0].detail == "1 paper"
    assert part(findings, "mail")[0].detail == "the fake is ready"
    assert part(findings, "templates")[0].what == "built in"
    assert "Video Diffusion" in part(findings, "templates")[0].detail
    assert part(findings, "state")[0].detail == "readable and writable"
    assert home.transport.sent == []
    assert home.store.digests.latest("me") == ()


def test_offline_opens_no_connection(home: House) -> None:
    """Neither to the sources nor to the mail server."""
    findings = found(home, offline=True)
    assert part(findings, "sources") == part(findings, "mail") == []
    assert home.source.asked == []


def test_S06_the_next_time_is_told_with_its_offset(tmp_path: Path) -> None:
    """In the reader's zone."""
    text = PLAIN.replace('timezone = "UTC"', 'timezone = "Asia/Tokyo"')
    with house(tmp_path, text) as home:
        (schedule,) = part(found(home), "schedule")
    assert schedule.detail == "next: Wed 17 Jun 07:30 +0900 (Asia/Tokyo), in 15 h"


def test_a_source_that_fails_is_shown_at_its_place(tmp_path: Path) -> None:
    """With the source's own cure, or the one that fits most."""
    text = PLAIN + '[[sources]]\ntype = "feed"\nname = "blog"\nurl = "http://127.0.0.1:9/feed"\n'
    with house(tmp_path, text) as home:
        home.with_sources(broken("blog", "the server answered 404"))
        (finding,) = part(found(home), "sources")
        assert finding.problem is not None
        assert finding.problem.where.startswith(f"{tmp_path / 'config.toml'}:")
        assert finding.problem.source == 'url = "http://127.0.0.1:9/feed"'
        assert finding.problem.hint == "look at it"
        home.with_sources(FakeSource(raises=ValueError("odd")))
        (finding,) = part(found(home), "sources")
        assert finding.problem is not None
        assert finding.problem.hint == "open the address in a browser: has it moved?"


def test_a_quiet_or_stale_source_works(home: House) -> None:
    """It is said, and is no problem."""
    home.with_sources(
        FakeSource(state=SourceState.QUIET),
        FakeSource(papers=[video(1), video(2)], state=SourceState.STALE),
    )
    findings = found(home)
    assert [f.detail for f in part(findings, "sources")] == ["0 papers (quiet)", "2 papers (stale)"]
    assert problems(findings) == []


def test_a_mail_server_that_refuses(home: House) -> None:
    """Its words and the cure."""
    home.transport.refusal = DeliveryError("535 wrong password", hint="make an app password")
    (finding,) = part(found(home), "mail")
    assert finding.problem is not None
    assert finding.problem.message == "535 wrong password"
    assert finding.problem.hint == "make an app password"
    assert (finding.what, finding.problem.source) == ("fake", "")


class SmtpPost(FakePost):
    """A way of delivery that refuses, and stands where [smtp] would."""

    kind: ClassVar[str] = "smtp"

    def __init__(self, refusal: DeliveryError) -> None:
        super().__init__(refusal=refusal)


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("password", "password = ***"),
        ("port", "port = 2525"),
        ("security", "port = 2525"),
        ("username", 'username = "ada"'),
        ("from", 'from = "Digest <digest@sender.test>"'),
        ("ca_file", 'host = "mx.test"'),
        ("", 'host = "mx.test"'),
    ],
)
def test_mail_is_shown_at_its_place(tmp_path: Path, key: str, line: str) -> None:
    """At the setting that the error is about, or at the one that speaks for it."""
    smtp = '[smtp]\nhost = "mx.test"\nport = 2525\nusername = "ada"\npassword = "x"\n'
    text = PLAIN.replace('[maildir]\npath = "mail"\n', smtp)
    with house(tmp_path, text) as home:
        refused = DeliveryError("no", hold=True, key=key)
        home.config = replace(home.config, transport=SmtpPost(refused))
        (finding,) = part(found(home), "mail")
    assert finding.problem is not None
    assert finding.problem.source == line


def test_no_way_of_delivery(home: House) -> None:
    """It is the config's problem; the rest is looked at all the same."""
    home.config = replace(home.config, transport=None)
    findings = found(home)
    assert problems(findings) == ["no delivery is set up"]
    assert part(findings, "templates")


def test_a_template_that_cannot_be_rendered(tmp_path: Path) -> None:
    """The digest would go out in our dress, but here it is a problem."""
    text = PLAIN.replace("[maildir]", 'templates = "mine"\n[maildir]')
    with house(tmp_path, text, files={"mine/digest.txt": "{{ who }}"}) as home:
        (finding,) = part(found(home), "templates")
        assert finding.what == str(tmp_path / "mine")
        assert "digest.txt" in finding.detail
        assert finding.problem is not None
        (tmp_path / "mine" / "digest.txt").write_text("{{ subject }}")
        assert problems(found(home)) == []


def test_a_templates_fault_is_one_line_and_a_frame(tmp_path: Path) -> None:
    """The table has file, line and what is wrong in one line; the frame below shows the line."""
    text = PLAIN.replace("[maildir]", 'templates = "mine"\n[maildir]')
    with house(tmp_path, text, files={"mine/digest.txt": "one\n{% if a b %}"}) as home:
        (finding,) = part(found(home), "templates")
    assert finding.detail.startswith("digest.txt:2: expected token")
    assert "\n" not in finding.detail
    assert finding.problem is not None
    assert str(finding.problem).splitlines()[2] == "2 | {% if a b %}"


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "there is no such folder"),
        ({"mine/a.html": "x"}, "it replaces no template"),
    ],
)
def test_a_folder_of_templates_that_changes_nothing_is_a_problem(
    tmp_path: Path, files: dict[str, str], message: str, *, own: bool
) -> None:
    """Shown where it is named, in whosever file; the built-in ones are not used without a word."""
    line = 'templates = "mine"'
    text = PLAIN.replace("[maildir]", f"{line}\n[maildir]")
    if own:
        text = 'readers = "readers/*.toml"\nallow = ["templates"]\n' + PLAIN
        files = {f"readers/{name}": body for name, body in files.items()}
        (tmp_path / "readers").mkdir()
        files |= {"readers/ada.toml": f'[email]\nto = "ada@r.test"\n{line}\n'}
    with house(tmp_path, text, files=files) as home:
        (finding,) = part(found(home), "templates")
    assert finding.problem is not None
    assert finding.problem.source == line
    assert finding.problem.column == len("templates = ") + 1
    assert message in finding.problem.message
    assert finding.problem.where.split(":")[0].endswith("ada.toml" if own else "config.toml")


def test_warnings_are_no_problems(home: House) -> None:
    """What works but should be looked at: in the config, in an interest, in the state."""
    warned = replace(home.config, warnings=(Problem(message="UTC?", file="config.toml"),))
    findings = list(
        check(warned, home.runtime, offline=True, advice=lambda _: ["it has no word of a topic"])
    )
    looks = [(f.part, f.detail) for f in findings if f.warning]
    assert looks == [("config", "UTC?"), ("interests", "it has no word of a topic")]
    assert problems(findings) == []


def test_a_lost_database_is_told(tmp_path: Path) -> None:
    """As a warning: it was restored, or begins anew."""
    with house(tmp_path):
        pass
    (tmp_path / "state" / "digest.db").unlink()
    with house(tmp_path) as home:
        (state,) = part(found(home, offline=True), "state")
        assert isinstance(home.store, Store)
    assert state.warning
    assert "the database was lost" in state.detail


def test_mail_is_tried_with_each_sender(home: House) -> None:
    """The bare address of each reader's letters, once."""
    asked: list[tuple[str, ...]] = []

    class Asking(FakePost):
        def check(self, senders: Sequence[str] = ()) -> str:
            asked.append(tuple(senders))
            return "well"

    reader = home.config.readers[0]
    named = replace(reader, email=replace(reader.email, sender="Papers <digest@ada.test>"))
    home.config = replace(home.config, readers=(named, named), transport=Asking())
    found(home)
    assert asked == [("digest@ada.test",)]


@pytest.mark.parametrize(("mode", "told"), [(0o644, 1), (0o640, 1), (0o600, 0)])
def test_a_password_that_others_can_read_is_told(tmp_path: Path, mode: int, told: int) -> None:
    """It works, but should be looked at, with the command that mends it; offline as well."""
    word = tmp_path / "word"
    word.write_text("x")
    word.chmod(mode)
    smtp = '[smtp]\nhost = "mx.test"\nusername = "ada"\npassword = { file = "word" }\n'
    with house(tmp_path, PLAIN.replace('[maildir]\npath = "mail"\n', smtp)) as home:
        home.config = replace(home.config, transport=load(home.config.path, environ={}).transport)
        looks = part(found(home, offline=True), "mail")
    assert [(f.warning, f.what, f.problem and f.problem.hint) for f in looks] == [
        (True, "smtp", f"chmod 600 {word}")
    ] * told


@pytest.mark.parametrize("where", ["/no/such/file", "/run/secrets/mail"])
def test_a_password_that_is_not_there_or_handed_in_is_no_matter_of_modes(
    home: House, where: str
) -> None:
    """What is missing is told when it is tried; what a service hands in is not ours to change."""
    transport = Smtp(host="mx.test", username="ada", password=Secret(file=where))
    home.config = replace(home.config, transport=transport)
    assert part(found(home, offline=True), "mail") == []


def test_what_waits_is_told_with_how_to_send_it(home: House) -> None:
    """Who has just mended the mail set-up need not wait for the next try."""
    home.transport.refusal = TransportUnavailable("down")
    send([home.request()], home.config, home.runtime)
    home.transport.refusal = None
    findings = found(home)
    assert problems(findings) == []
    (outbox,) = part(findings, "outbox")
    assert outbox.warning
    assert outbox.detail == "1 digest waiting: `digest send --retry`"

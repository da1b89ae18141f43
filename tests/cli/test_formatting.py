"""What a person reads in the terminal."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from datetime import date, timedelta
from typing import TYPE_CHECKING

import click
import pytest
from fakes import MORNING, TODAY, broken, house, video

from digest.app.check import Finding
from digest.app.pipeline.pipeline import send
from digest.app.pipeline.request import DigestResult
from digest.app.status import status
from digest.cli import formatting
from digest.model.errors import DeliveryError, Problem, TransportUnavailable
from digest.model.ranked import Ranked, Reason
from digest.store import Mail

if TYPE_CHECKING:
    from pathlib import Path

    from fakes import House


def result(state: str, **more: object) -> DigestResult:
    """Return what became of an order."""
    facts: dict[str, object] = {"reader": "me", "day": TODAY, "recipients": ("ada@r.test",)}
    return DigestResult(state=state, **facts | more)  # type: ignore[arg-type]  # facts by name


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (result("sent", papers=1, read=30), "Sent 1 paper of 30 to ada@r.test"),
        (result("sent", papers=8, read=30), "Sent 8 papers of 30 to ada@r.test"),
        (result("queued", text="down"), "Not yet sent to ada@r.test, kept in the outbox: down"),
        (result("queued"), "Not yet sent to ada@r.test, kept in the outbox: not yet tried"),
        (
            result("already", text="sent, made at 07:30 UTC"),
            "The digest of 2026-06-16 for me was already sent, made at 07:30 UTC",
        ),
        (result("empty", text="quiet"), "Nothing to send to me for 2026-06-16: quiet"),
        (result("failed", text="why"), "No digest of 2026-06-16 for me: why"),
        (
            result("waiting", text="hf not yet updated"),
            "The digest of 2026-06-16 for me is waiting: hf not yet updated",
        ),
    ],
)
def test_what_became_of_a_digest(given: DigestResult, line: str) -> None:
    """One line each."""
    assert formatting.result_line(given) == line


def test_findings_name_their_part_once() -> None:
    """A blank line between parts, and a word that can be read without colours."""
    problem = Problem(message="gone")
    findings = [
        Finding(part="sources", what="hf", detail="3 papers"),
        Finding(part="sources", what="blog", detail="gone", problem=problem),
        Finding(part="mail", what="smtp", detail="odd", problem=problem, warning=True),
    ]
    told = [
        click.unstyle(line)
        for before, finding in zip(["", "sources", "sources"], findings, strict=True)
        for line in formatting.finding_lines(finding, before)
    ]
    words = [line.split() for line in told if line]
    assert words == [
        ["sources", "hf", "ok", "3", "papers"],
        ["blog", "FAIL", "gone"],
        ["mail", "smtp", "warn", "odd"],
    ]


def test_why_is_a_sum() -> None:
    """The parts of the score, and all that was odd about the paper."""
    whole = Ranked(
        paper=video(1),
        score=61.6,
        interest="Video",
        reasons=(Reason(term="video", weight=62.0), Reason(term="camera", weight=-0.4)),
        missing=("diffusion",),
        like="Another Film",
        followed=("Ada Ferrand",),
        uncertain=("B. Li",),
        muted=True,
    )
    assert [click.unstyle(line) for line in formatting.why_lines(whole)] == [
        f"62    {video(1).title}",
        "      arxiv:2606.00001",
        "      Video        “video”\xa0+62.0  “camera”\xa0-0.4",
        "      not found    diffusion",
        "      you liked    “Another Film”",
        "      you follow   Ada Ferrand",
        "      maybe        B. Li, or another author of that name",
        "      never shown  contains a phrase that you muted",
    ]


def test_a_paper_that_nobody_asked_for_is_explained_too() -> None:
    """Nothing is a reason as well."""
    told = list(formatting.why_lines(Ranked(paper=video(1), score=0.0)))
    assert told[0].startswith("0     ")
    assert told[-1].strip() == "matches none of your interests"


def test_all_is_read_at_80_columns(tmp_path: Path) -> None:
    """Long paths, titles, terms and errors go on below, in their column."""
    long = "mail.example.org:587: the server has a name that cannot be looked up, however often"
    finding = Finding(part="config", what=f"/srv/{'x' * 30}/config.toml", detail=long)
    many = tuple(Reason(term=f"a term of some length {n}", weight=9.0) for n in range(9))
    ranked = Ranked(paper=video(1, title=long * 2), score=50.0, interest="n" * 60, reasons=many)
    with house(tmp_path) as home:
        home.with_sources(broken("a source with a rather long name of its own", long * 2))
        home.transport.refusal = DeliveryError(long, permanent=True)
        send([home.request()], home.config, home.runtime)
        told = [
            *formatting.finding_lines(finding, ""),
            *formatting.why_lines(ranked),
            *formatting.ranked_lines([ranked]),
            *status_of(home),
        ]
    assert max(len(click.unstyle(line)) for line in told) <= 80
    first, second, third, *_ = map(click.unstyle, told)
    assert first == f"config     /srv/{'x' * 30}/config.toml"
    assert second.index("ok") == 41
    assert second.index("mail") == third.index(third.strip()) == 47


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.mark.parametrize("columns", [40, 120])
def test_all_is_read_on_a_narrow_terminal_and_on_a_wide_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    """Nothing is broken by the terminal itself, and no line is too long to be read."""
    monkeypatch.setenv("COLUMNS", str(columns))
    long = "the server has a name that cannot be looked up, however often one asks it " * 3
    finding = Finding(part="sources", what="blog", detail=long)
    ranked = Ranked(paper=video(1, title=long), score=50.0, interest="Video", missing=(long,))
    with house(tmp_path) as home, redirect_stdout(Screen()):
        home.with_sources(home.source, broken("blog", long))
        home.transport.refusal = DeliveryError(long, permanent=True)
        send([home.request()], home.config, home.runtime)
        told = [
            *formatting.finding_lines(finding, ""),
            *formatting.why_lines(ranked),
            *formatting.ranked_lines([ranked]),
            *formatting.glance_lines(status(home.config, home.store, background="b")),
            *status_of(home),
        ]
    longest = max(map(click.unstyle, told), key=len)
    assert len(longest) <= columns, longest
    assert columns == 40 or 90 < len(longest) <= 100


def test_a_glance_says_what_was_what_comes_and_what_is_wrong(tmp_path: Path) -> None:
    """In one line: the rest is told by the commands it names."""
    with house(tmp_path) as home:

        def glance(*, running: bool = True) -> str:
            state = status(home.config, home.store, background="b", running=running)
            return " ".join(formatting.glance_lines(state))

        assert glance() == "No digest yet; next Wed 17 Jun 07:30."
        home.transport.refusal = TransportUnavailable("down")
        send([home.request()], home.config, home.runtime)
        assert glance(running=False) == (
            "Last digest Tue 16 Jun: waiting, 1 paper; next Wed 17 Jun 07:30, by `digest run` or "
            "cron; 1 unsent digest: `digest send --retry`."
        )
        home.store.alerts.add("source:blog", "blog cannot be read")
        home.store.votes.pause("me", None)
        assert glance() == (
            "Last digest Tue 16 Jun: waiting, 1 paper; stopped: `digest resume` resumes delivery; "
            "1 unsent digest: `digest send --retry`; something is wrong: see `digest status`."
        )
    assert formatting.waiting(2) == "2 unsent digests: `digest send --retry`"


def test_an_overdue_digest_is_told(tmp_path: Path) -> None:
    """Whoever wonders why no mail came learns that nothing runs that would send it."""
    with house(tmp_path) as home:
        send([home.request()], home.config, home.runtime)
        home.clock.forward(days=3)
        told = "\n".join(status_of(home))
    assert "!            a digest is overdue: is `digest run` or cron still running?" in told


def test_a_table_of_papers() -> None:
    """Score and title, then where it stands and why."""
    ranked = [
        Ranked(
            paper=video(1),
            score=61.6,
            interest="Video",
            reasons=(Reason(term="video", weight=61.6),),
        ),
        Ranked(paper=video(2), score=0.0),
    ]
    told = [click.unstyle(line).strip() for line in formatting.ranked_lines(ranked)]
    assert told == [
        f"62  {video(1).title}",
        "arxiv:2606.00001 · Video: video",
        f"0  {video(2).title}",
        "arxiv:2606.00002 · –:",
    ]


def status_of(home: House) -> list[str]:
    """Return the lines of status."""
    state = status(home.config, home.store, background="a table")
    return [click.unstyle(line) for line in formatting.status_lines(state)]


def test_status_before_the_first_digest(tmp_path: Path) -> None:
    """S06: the next time is told with its offset."""
    with house(tmp_path) as home:
        assert [line for line in status_of(home) if line] == [
            "me           next Wed 17 Jun 2026 07:30 +0000",
            "             no digest yet",
            "run          `digest run` is not running: without it, or cron, nothing is sent",
            "outbox       0 unsent, 0 failed",
            "sources      not read yet",
        ]


def test_status_after_a_bad_day(tmp_path: Path) -> None:
    """What waits and why, what was given up, which source fails since when, what to mend."""
    with house(tmp_path) as home:
        home.with_sources(home.source, broken("blog", "no route"))
        home.transport.refusal = DeliveryError("550 nobody", permanent=True)
        send([home.request(date(2026, 6, 15))], home.config, home.runtime)
        home.transport.refusal = TransportUnavailable("no answer", uncertain=True)
        home.source.papers = [video(2)]
        send([home.request()], home.config, home.runtime)
        home.store.votes.pause("me", TODAY + timedelta(days=3))
        told = "\n".join(status_of(home)).replace("\n" + " " * 13, "\n")
    assert "paused until Fri 19 Jun 2026; next Fri 19 Jun 2026 07:30" in told
    assert "2026-06-15  failed     1 paper   see outbox" in told
    assert "2026-06-16  waiting    2 papers  see outbox" in told
    assert "outbox       1 unsent, 1 failed" in told
    assert "2026-06-16 to ada@reader.test: no answer, next try 08:0" in told
    assert "1\nuncertain" in told
    assert "2026-06-15 to ada@reader.test: 550 nobody, given up" in told
    assert "sources      blog: failed since 16 Jun 07:30 UTC, never read\n  no route" in told
    assert "\nlist: ok, last read 16 Jun 07:30 UTC" in told
    assert told.count("550 nobody") == told.count("no answer") == 1


def test_status_of_what_was_not_tried_yet(tmp_path: Path) -> None:
    """A mail that is in the outbox and had no attempt."""
    with house(tmp_path) as home:
        mail = Mail(
            message_id="<1@r.test>", sender="d@r.test", recipients=("ada@reader.test",), message=b""
        )
        home.store.digests.record(reader="me", day=TODAY, mail=mail, papers=[])
        told = "\n".join(status_of(home))
    assert f"{TODAY} to ada@reader.test: not yet tried, next try {MORNING:%H:%M} UTC" in told


def test_status_of_what_was_cut_off(tmp_path: Path) -> None:
    """A mail whose sender was ended in the middle is not called untried."""
    with house(tmp_path) as home:
        home.transport.refusal = KeyboardInterrupt()
        with pytest.raises(KeyboardInterrupt):
            send([home.request()], home.config, home.runtime)
        told = " ".join("\n".join(status_of(home)).split())
    assert f"{TODAY} to ada@reader.test: being sent, or cut off meanwhile: it may have" in told
    assert "not yet tried" not in told

"""A small town on loopback: a web server with papers of today, a mail server, a reader's house."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from threading import Event
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from aiosmtpd.controller import Controller
from http_server import Server, answer, ok, serving

from digest.cli import exit_code

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Session
    from aiosmtpd.smtp import Envelope as Taken
    from http_server import Exchange

WANTED = ("2606.01001", "Few-Step Flow Matching for Video Generation")
POPULAR = ("2606.01002", "A Census of Alpine Butterflies")
IGNORED = ("2606.01003", "Notes on Medieval Accounting")
ONLY_ARXIV = ("2606.01004", "Flow Matching on Riemannian Manifolds")
ONLY_FEED = "Our Flow Matching Library, Second Release"

_ABSTRACTS = {
    WANTED: "We match flows in few steps, so that video generation with flow matching is cheap.",
    POPULAR: "We count butterflies on three mountains over four summers and find fewer each year.",
    IGNORED: "Ledgers of one abbey are read again; their sums are wrong more often than right.",
    ONLY_ARXIV: "Flow matching is carried over to curved spaces, with generation on spheres.",
}


def daily_papers(day: str, *, upvotes: int = 41) -> bytes:
    """Return the Daily Papers list of one day, in the form of its API."""
    listed = [(WANTED, 7), (POPULAR, upvotes), (IGNORED, 0)]
    return json.dumps(
        [_daily(number, title, day, votes) for (number, title), votes in listed]
    ).encode()


def _daily(number: str, title: str, day: str, upvotes: int) -> dict[str, object]:
    return {
        "paper": {
            "id": number,
            "authors": [{"_id": "1", "name": "Ada Ferrand", "hidden": False}],
            "publishedAt": f"{day}T00:00:00.000Z",
            "submittedOnDailyAt": f"{day}T00:00:00.000Z",
            "title": title,
            "summary": _ABSTRACTS[number, title],
            "upvotes": upvotes,
        },
        "publishedAt": f"{day}T00:00:00.000Z",
        "title": title,
        "summary": _ABSTRACTS[number, title],
        "numComments": 1,
    }


def atom(day: str) -> bytes:
    """Return the Atom feed of one category on one day, as arXiv gives it."""
    entries = "".join(
        f"<entry><id>oai:arXiv.org:{number}v1</id><title>{escape(title)}</title>"
        f"<updated>{day}T04:00:12+00:00</updated>"
        f'<link href="https://arxiv.org/abs/{number}" rel="alternate" type="text/html"/>'
        f"<summary>arXiv:{number}v1 Announce Type: new \nAbstract: {_ABSTRACTS[number, title]}"
        f'</summary><category term="cs.CV"/><published>{day}T00:00:00-04:00</published>'
        "<arxiv:announce_type>new</arxiv:announce_type><dc:creator>Ada Ferrand</dc:creator></entry>"
        for number, title in (WANTED, ONLY_ARXIV)
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?>"
        '<feed xmlns:arxiv="http://arxiv.org/schemas/atom"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://www.w3.org/2005/Atom">'
        "<id>http://rss.arxiv.org/atom/cs.CV</id><title>cs.CV updates on arXiv.org</title>"
        f"<updated>{day}T04:00:12+00:00</updated>{entries}</feed>"
    ).encode()


def rss(day: datetime) -> bytes:
    """Return the RSS feed of a lab: one transport, and one entry that says nothing."""
    return (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>Lab</title>'
        "<link>https://lab.test/</link><description>Posts</description>"
        f"<item><title>{ONLY_FEED}</title><link>https://lab.test/posts/2</link>"
        f"<pubDate>{day:%a, %d %b %Y} 00:01:00 GMT</pubDate>"
        "<description>Flow matching for video generation in ten lines &amp;amp; less.</description>"
        "</item><item></item></channel></rss>"
    ).encode()


class Inbox:
    """What the mail server calls when a message came."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.reply = "250 taken"
        self.came = Event()
        self.pause = Event()
        self.pause.set()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Taken) -> str:
        """Take a message, or refuse it."""
        self.came.set()
        import asyncio

        await asyncio.to_thread(self.pause.wait, 20)
        if self.reply.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.mails.append(message_from_bytes(envelope.content, policy=default))
            self.recipients += envelope.rcpt_tos
        return self.reply


def text_of(mail: EmailMessage) -> str:
    """Return the text part of a mail, on one line."""
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


class Tty(io.StringIO):
    """A stream that says of itself that somebody sits there."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@dataclass(slots=True)
class Done:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]
"""Runs a command with a config that is known."""


def digest(*arguments: str) -> Done:
    """Run a command in this process, and leave the log and the signals as they were."""
    signals = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    log = logging.getLogger("digest")
    daemon = logging.getLogger("digest.app.daemon.daemon")
    before = log.handlers[:], log.level, log.propagate, daemon.level, logging.raiseExceptions
    out, err = io.StringIO(), io.StringIO()
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = exit_code(arguments)
    finally:
        log.handlers[:], log.level, log.propagate, daemon.level, logging.raiseExceptions = before
        log.setLevel(before[1])
        for number, handler in signals.items():
            if signal.getsignal(number) is not handler:
                signal.signal(number, handler)
    return Done(code, out.getvalue(), err.getvalue())


@dataclass(slots=True)
class Town:
    """Web server, mail server, and a folder with a config that knows both."""

    folder: Path
    web: Server
    inbox: Inbox
    smtp_port: int
    pages: dict[str, bytes | None]
    """Answers by path that differ from the usual ones; None never comes."""
    stalled: Event
    """Set once somebody waits for an answer that never comes."""

    @property
    def config(self) -> Path:
        """The config file."""
        return self.folder / "config.toml"

    def write(self, *, more: str = "", email: str = "", schedule: str = "", top: str = "") -> None:
        """Write the config."""
        self.config.write_text(
            f"""{top}
[[interests]]
name = "Flows"
phrases = ["flow matching", "video generation"]
[[sources]]
type = "huggingface"
url = "{self.web.url("/api/daily_papers")}"
[[sources]]
type = "arxiv"
categories = ["cs.CV"]
url = "{self.web.url("/atom")}"
[[sources]]
type = "feed"
name = "lab"
url = "{self.web.url("/feed")}"
{more}
[email]
to = "ada@reader.test"
from = "Digest <digest@sender.test>"
trending = 1
{email}
[smtp]
host = "127.0.0.1"
port = {self.smtp_port}
security = "none"
[schedule]
at = "00:00"
timezone = "UTC"
{schedule}
[storage]
path = "state"
"""
        )
        self.config.chmod(0o600)

    def run(self, *arguments: str) -> Done:
        """Run a command with this config, in this process."""
        return digest("-c", str(self.config), *arguments)

    def start(self, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        """Start a command with this config as a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "digest", "-c", str(self.config), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environ},
            cwd=self.folder,
        )


def page(exchange: Exchange, others: dict[str, bytes | None], stalled: Event) -> bytes | None:
    """Return the answer to one request of the web: of `others` first, else the papers of today."""
    now = datetime.now(UTC)
    day = f"{now:%Y-%m-%d}"
    url = urlsplit(exchange.path)
    if url.path in others:
        other = others[url.path]
        if other is None:
            stalled.set()
            exchange.stall()
        return other
    match url.path:
        case "/api/daily_papers":
            asked = parse_qs(url.query)["date"][0]
            return ok(daily_papers(day) if asked == day else b"[]")
        case "/atom/cs.CV":
            return ok(atom(day))
        case "/feed":
            return ok(rss(now))
        case _:
            return answer(404)


@contextmanager
def town(folder: Path) -> Iterator[Town]:
    """Open a town whose config lies in a folder."""
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    pages: dict[str, bytes | None] = {}
    stalled = Event()
    try:
        with serving(lambda exchange: page(exchange, pages, stalled)) as web:
            built = Town(folder, web, inbox, port, pages, stalled)
            built.write()
            yield built
    finally:
        inbox.pause.set()
        controller.stop()

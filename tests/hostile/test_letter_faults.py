"""The catalogue of faults, P: what hostile papers and odd lines do to the letter itself."""

from __future__ import annotations

import json
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import getaddresses
from typing import TYPE_CHECKING

import pytest
from fakes import PLAIN, FakeSource, fetch_in, house
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import FEEDBACK, ISSUE
from outbox_world import Hasty
from smtp_server import mail_server

from digest.app.pipeline.pipeline import draft
from digest.config.addresses import parse_mailbox
from digest.delivery import Envelope
from digest.email.mime import headers
from digest.email.mime.headers import address, wire
from digest.email.mime.message import to_bytes
from digest.email.render import render
from digest.email.templates import Templates
from digest.sources.file import parse

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

    from digest.model.message import RenderedMessage

LETTER = render(ISSUE, Templates(), FEEDBACK)
HOSTILE = (
    "Video diffusion\r\nBcc: eve@evil.test\r\n\r\n<script>alert(1)</script> {{ 7 * 7 }}"
    " \u202egnp.exe\u2028\x00\x1b[31m\ud800 {% raise %} end"
)


def delivered(letter: RenderedMessage) -> bytes:
    """Send a letter to a real server and return what arrived, dots unstuffed."""
    with mail_server() as server, Hasty(port=server.port).session() as session:
        session.deliver(
            Envelope(
                message_id=letter.message_id,
                sender=letter.sender,
                recipient="ada@inbox.test",
                message=to_bytes(letter),
            )
        )
    (taken,) = server.kept
    return b"\r\n".join(
        line[1:] if line.startswith(b".") else line for line in taken.data.split(b"\r\n")
    )


def parts(raw: bytes) -> tuple[EmailMessage, str, str]:
    """Return the message as a mail program reads it, its text and its HTML."""
    mail = message_from_bytes(raw, policy=policy.default)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    return mail, text.get_content(), html.get_content()


@pytest.mark.parametrize("length", [60, 77, 200, 600])
def test_P20_a_long_address_to_unsubscribe_is_never_encoded(length: int) -> None:
    """As an encoded word the header would mean nothing, and the button would be gone."""
    address = "https://list.test/leave/" + "x" * length
    headers = tuple(
        (name, f"<{address}>" if name == "List-Unsubscribe" else value)
        for name, value in LETTER.headers
    )
    head = delivered(replace(LETTER, headers=headers)).split(b"\r\n\r\n")[0]
    assert f"<{address}>".encode() in head
    assert b"List-Unsubscribe: =?" not in head
    assert b"?q?=3C" not in head


def test_P21_odd_lines_arrive_unchanged() -> None:
    """Dots, From, spaces at the end, and lines of 5000 characters, none longer on the wire."""
    odd = "\n".join(
        (".", "..", ".hidden", "From here", ">From there", "x" * 5000, "ü" * 5000, "end  ", "")
    )
    raw = delivered(replace(LETTER, text=odd, html=f"<pre>{odd}</pre>"))
    _, text, html = parts(raw)
    assert text.replace("\r\n", "\n") == odd
    assert html.replace("\r\n", "\n").rstrip("\n") == f"<pre>{odd}</pre>"
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@settings(deadline=None, max_examples=150)
@given(
    st.text("abcÄ流 ,.;:\"()[]@'=?_-", max_size=30),
    st.sampled_from(["ada@b.test", "a.b+c@x_y.test", "a@bücher.example", "a@localhost", "a_@1.2"]),
)
def test_M41_what_the_config_takes_for_an_address_the_letter_does_too(name: str, bare: str) -> None:
    """To the same address, under the same name: commas and an @ in a name lead nobody astray."""
    text = parse_mailbox(f"{name} <{bare}>")
    own, plain = address(text)
    head = wire("To", headers.mailbox(text)).partition(b":")[2].decode("ascii")
    [(phrase, to)] = getaddresses([head.replace("\r\n", "")])

    local, _, domain = bare.partition("@")
    assert to == plain == f"{local}@{domain.encode('idna').decode()}"
    assert str(make_header(decode_header(phrase))).split() == own.split()


@pytest.mark.parametrize("field", ["title", "abstract", "authors", "keywords", "summary"])
def test_P08_P09_P10_P11_a_hostile_field_stays_text(tmp_path: Path, field: str) -> None:
    """No header, no script, no template, nothing unseen: whatever field of a paper says it."""
    facts: dict[str, object] = {
        "id": "https://evil.test/1",
        "title": "Video diffusion for all",
        "abstract": "Video diffusion, frame by frame.",
        "links": {"code": "javascript:alert(1)", "project": "data:text/html,x"},
    }
    facts[field] = [HOSTILE] if field in ("authors", "keywords") else HOSTILE
    papers = parse(json.dumps(facts).encode())
    with house(tmp_path, PLAIN, papers=papers) as home:
        home.with_sources(FakeSource(papers=papers))
        letter = draft(home.request(), fetch_in(home), home.config, home.runtime).message
    mail, text, html = parts(delivered(letter))
    assert mail["Bcc"] is None
    assert mail.get_all("To") == ["ada@reader.test"]
    assert "<script" not in html
    assert "javascript:" not in html + text
    assert "data:text" not in html + text
    assert not {"\u202e", "\u2028", "\x00", "\x1b", "\ud800"} & set(html + text)
    assert "49" not in text
    if field == "title":
        assert "{{ 7 * 7 }}" in " ".join(text.split())

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import dkim
import pytest
from letters import FEEDBACK, HEAD, ISSUE, LION

from digest.email.mime.message import dkim_signer, signer, to_bytes
from digest.email.render import render
from digest.email.templates import Templates
from digest.model.errors import DigestError

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

LETTER = render(ISSUE, Templates(), FEEDBACK)
PIXELS = b"GIF89a\x40\x00\x20\x00\x00\x00\x00;"
KEY = b"""-----BEGIN RSA PRIVATE KEY-----
MIICWwIBAAKBgQDo6+i/nGjvq7QOze5imUIIV7bcWGcS7nY3Cj6ncTZ364nLyYoE
OHg8Eimlaywart0KqdRmfztgxPHHWnmi8YBsNSqAz12rwYtcrGRF1tTVsFbT7B58
z3Y1OJ5tVaAakDsKLjqtEAbW/tY5nlD4jCuLldONqvV/cv8Qr0vfhDRL6wIDAQAB
AoGAEwK2M3VrpywnfRHXxBpoJlAqb5+TghsOcP2YEYiO/oit7YEcj62gOp7s4UB3
EBJ3nhgwatE1ondQmInM5by6U3K9lxJKMCejFSUCRaQXnG4uMCb7lIHXOy3TvfUT
aq3rZQ0gibr/Zh/dzwDenFHdwqNk4vnBzu9iVke0kHXOfUkCQQD8S2uC6J30/3wB
cgeF+vjt3jBM11O1yO0jTLqxJ5qoXjA5kItZf6dymmb0jEEh8gyJ5OSioWLoIW0f
+0fqogDdAkEA7FemagWdrDrcsOij86gchLP4CbrotZFIal58ke5jms41MtqGPXAE
FChZsKF7nZ8sYtHhC4ukpTkphCvHxs0PZwJATJmxiMuLuekgA2hVtG4gykfdrlbq
SZU5uq//Nu5pXJlMVw314TSK6JbMj49N7zqIaA2hBWeumgAcG8u1aB3L2QJAIVb3
/crPBEXFbhtTTYLwivPMUKsSOtLE0WSE1B055dOjA4p6F16e5K0Qge81vfV/UG1k
/rjzP++BYMjARNYWjwJARPJ/WjL/lV9Tv4pvcoaPrYf4xhjbWmr3XdqF6Rd8w05X
7JgY0Fg/dDxzQdS7uEtfywP/Qy6apmPm604vyFWjxw==
-----END RSA PRIVATE KEY-----
"""
"""Made for these tests; it guards nothing."""

PUBLIC = (
    b"v=DKIM1; k=rsa; p="
    b"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDo6+i/nGjvq7QOze5imUIIV7bcWGcS7nY3Cj6ncTZ3"
    b"64nLyYoEOHg8Eimlaywart0KqdRmfztgxPHHWnmi8YBsNSqAz12rwYtcrGRF1tTVsFbT7B58z3Y1OJ5t"
    b"VaAakDsKLjqtEAbW/tY5nlD4jCuLldONqvV/cv8Qr0vfhDRL6wIDAQAB"
)


def dns(name: bytes, timeout: int = 5) -> bytes:
    """Answer as the name server of example.org would."""
    assert (name, timeout) == (b"d._domainkey.example.org.", 5)
    return PUBLIC


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def test_both_parts_arrive_as_they_were() -> None:
    """What a mail program decodes is what was set."""
    message = parsed(to_bytes(LETTER))
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain
    assert html
    assert plain.get_content().replace("\r\n", "\n") == LETTER.text
    assert html.get_content().replace("\r\n", "\n").rstrip() == LETTER.html


def test_headers_arrive_as_they_were() -> None:
    """Every header of the letter is in the message, decoded the same."""
    message = parsed(to_bytes(LETTER))
    assert {name: str(message[name]).strip() for name, _ in LETTER.headers} == dict(LETTER.headers)


def test_the_same_letter_is_the_same_message() -> None:
    """Making the message again gives the same bytes: nothing in it is random."""
    assert to_bytes(LETTER) == to_bytes(render(ISSUE, Templates(), FEEDBACK))


@pytest.mark.parametrize("length", range(70, 80))
@pytest.mark.parametrize("end", ["", " ", "=", "é", "\t"])
def test_no_line_is_longer_than_76(length: int, end: str) -> None:
    """Whatever stands at the end of a line, and the text arrives as it was."""
    text = f"{'x' * length}{end}\n.\nrest\n"
    raw = to_bytes(replace(LETTER, text=text))
    plain = parsed(raw).get_body(("plain",))
    assert plain
    assert plain.get_content().replace("\r\n", "\n") == text
    assert max(map(len, raw.partition(b"\r\n\r\n")[2].splitlines())) <= 76


def test_no_boundary_ends_a_part_early() -> None:
    """Text that looks like a boundary stays text."""
    boundary = parsed(to_bytes(LETTER)).get_boundary()
    hostile = replace(LETTER, text=f"--{boundary}--\nafter\n")
    plain = parsed(to_bytes(hostile)).get_body(("plain",))
    assert plain
    assert "after" in plain.get_content()


def test_pictures_travel_inside() -> None:
    """Pictures are related to the HTML, which names them by cid."""
    head = replace(HEAD, pictures={LION.ranked.paper.id: PIXELS})

    message = parsed(to_bytes(render(ISSUE, Templates(), head)))

    related = list(message.iter_parts())[1]
    html, picture = related.iter_parts()
    assert related.get_content_type() == "multipart/related"
    assert f'src="cid:{picture["Content-ID"][1:-1]}"' in html.get_content()
    assert (picture.get_content_type(), picture.get_content()) == ("image/gif", PIXELS)


def test_a_signature_covers_what_matters() -> None:
    """A signed message verifies; with another subject it does not."""
    raw = to_bytes(LETTER, dkim_signer("example.org", "d", KEY))

    assert dkim.verify(raw, dnsfunc=dns)
    assert not dkim.verify(raw.replace(b"Symbolic", b"Cymbolic"), dnsfunc=dns)
    head = raw.partition(b"From:")[0].lower()
    assert b"list-unsubscribe" in head
    assert b"message-id" in head


def test_a_bad_key_is_named() -> None:
    """What cannot sign says so, with what a key must be."""
    with pytest.raises(DigestError, match="could not be signed") as caught:
        to_bytes(LETTER, dkim_signer("example.org", "d", b"no key"))
    assert "PEM" in caught.value.hint


def test_signing_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named where it is missing."""
    monkeypatch.setitem(sys.modules, "dkim", None)
    with pytest.raises(DigestError, match="dkimpy") as caught:
        dkim_signer("example.org", "d", KEY)
    assert "'.[dkim]'" in caught.value.hint


@dataclass(frozen=True)
class Wanted:
    """What [dkim] says."""

    key: Path
    domain: str = "example.org"
    selector: str = "d"


def test_the_key_is_read_from_its_file(tmp_path: Path) -> None:
    """What the config says signs; where it says nothing, nothing does."""
    (tmp_path / "key").write_bytes(KEY)

    sign = signer(Wanted(tmp_path / "key"))

    assert sign
    assert dkim.verify(to_bytes(LETTER, sign), dnsfunc=dns)
    assert signer(None) is None


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    """The error says which file and which key of the config names it."""
    with pytest.raises(DigestError, match="nowhere: No such file") as caught:
        signer(Wanted(tmp_path / "nowhere"))
    assert "[dkim]" in caught.value.hint

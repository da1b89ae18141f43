from __future__ import annotations

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.email.mime.headers import address, mailbox, one_line, wire
from digest.model.errors import ConfigError

TEXTS = st.one_of(
    st.text(max_size=90),
    st.lists(
        st.sampled_from(["Lion", "μLO", "=?utf-8?q?x?=", "  ", "深層学習", "🧑‍🔬", "a" * 70])
    ).map(" ".join),
)


@given(text=TEXTS)
@settings(deadline=None, max_examples=120)
def test_any_subject_survives(text: str) -> None:
    """Whatever the subject, a decoder reads what was set, on short lines of ASCII."""
    raw = wire("Subject", text)

    lines = raw.removesuffix(b"\r\n").split(b"\r\n")
    value = raw.partition(b":")[2].decode("ascii").replace("\r\n", "").strip()
    assert str(make_header(decode_header(value))) == one_line(text)
    assert all(len(line) <= 78 for line in lines)
    assert all(line.startswith(b" ") for line in lines[1:])
    parsed = message_from_bytes(raw + b"\r\n", policy=policy.default)
    assert str(parsed["Subject"]) == one_line(text)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85", "\x00"])
@pytest.mark.parametrize("name", ["Subject", "From", "List-Unsubscribe", "List-Id"])
def test_no_header_can_be_put_in(name: str, end: str) -> None:
    """A line end in a value never begins a header of its own."""
    raw = wire(name, f"<a@example.org>{end}Bcc: <b@example.org>")
    assert list(message_from_bytes(raw + b"\r\n").keys()) == [name]


def test_plain_text_stays_plain() -> None:
    """What is short ASCII can be read without decoding."""
    assert wire("Subject", "3 papers for you") == b"Subject: 3 papers for you\r\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ada@example.org", "ada@example.org"),
        ("Ada Lovelace <ada@example.org>", "Ada Lovelace <ada@example.org>"),
        ('"Lovelace, Ada" <ada@example.org>', '"Lovelace, Ada" <ada@example.org>'),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
        ("a@straße.example", "a@xn--strae-oqa.example"),  # C9: IDNA 2003 says strasse.example
        ("a@βόλος.example", "a@xn--nxasmm1c.example"),
    ],
)
def test_an_address_is_well_formed(text: str, expected: str) -> None:
    """Names are quoted where they must be, domains are ASCII."""
    assert mailbox(text) == expected


def test_a_nameless_sender_gets_a_name() -> None:
    """A default name stands only where there is none."""
    assert mailbox("d@example.org", "Paper digest") == "Paper digest <d@example.org>"
    assert mailbox("Ada <d@example.org>", "Paper digest") == "Ada <d@example.org>"


@pytest.mark.parametrize(
    "text", ["", "ada", "ada@", "@example.org", "ädä@example.org", "a b@x.org", "a@x..org", "a@[1]"]
)
def test_what_is_no_address_is_named(text: str) -> None:
    """An address that no server would take is a problem of the config."""
    with pytest.raises(ConfigError, match="is no mail address") as caught:
        address(text)
    assert "name@example.org" in caught.value.problems[0].hint


@given(name=st.text(max_size=120))
@settings(deadline=None, max_examples=80)
def test_any_display_name_survives(name: str) -> None:
    """A mail program reads the address, and the name as it was set."""
    quoted = one_line(name).replace("\\", "").replace('"', "").strip()
    value = f'"{quoted}" <ada@example.org>, second@example.org'

    raw = wire("To", value)

    unfolded = raw.partition(b":")[2].decode("ascii").replace("\r\n", "")
    (phrase, first), (_, second) = getaddresses([unfolded])
    assert (first, second) == ("ada@example.org", "second@example.org")
    assert str(make_header(decode_header(phrase))).split() == quoted.split()
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))


def test_long_addresses_get_lines_of_their_own() -> None:
    """A line is folded before the address, never within it."""
    raw = wire("To", f"Ada Lovelace <{'a' * 50}@example.org>")
    assert raw == b"To: Ada Lovelace\r\n <" + b"a" * 50 + b"@example.org>\r\n"


def test_uris_are_never_encoded() -> None:
    """Unsubscribe addresses stay whole, each on its own line, however long they are."""
    uris = [f"<mailto:{'d' * 90}@example.org?subject=stop>", "<https://example.org/stop>"]

    raw = wire("List-Unsubscribe", ", ".join(uris))

    assert raw.decode() == f"List-Unsubscribe:\r\n {uris[0]},\r\n {uris[1]}\r\n"
    assert wire("List-Unsubscribe", uris[1]).startswith(b"List-Unsubscribe: <https")

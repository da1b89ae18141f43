"""Known answers are explained in words."""

from __future__ import annotations

import pytest

from digest.post.dialogue import Reply
from digest.post.words import certificate_hint, hint_for, is_hold, port_hint, reach_hint


@pytest.mark.parametrize(
    ("reply", "host", "words"),
    [
        (Reply(535, b"5.7.8 not accepted"), "smtp.gmail.com", "apppasswords"),
        (Reply(534, b""), "smtp.mail.yahoo.com", "app password"),
        (Reply(535, b""), "smtp.mail.me.com", "app-specific"),
        (Reply(535, b""), "smtp.fastmail.com", "app password"),
        (Reply(535, b"5.7.139"), "SMTP.office365.com", "xoauth2"),
        (Reply(535, b""), "mail.test", "username or the password"),
        (Reply(530, b""), "mail.test", "wants a username and a password"),
        (Reply(538, b""), "mail.test", "security"),
        (Reply(552, b""), "mail.test", "lower [email] papers"),
        (Reply(550, b"5.4.5 quota"), "smtp.gmail.com", "quota"),
    ],
)
def test_an_answer_comes_with_what_to_do(reply: Reply, host: str, words: str) -> None:
    """The reader learns the next step, not only the code."""
    assert words in hint_for(reply, host)


def test_an_unknown_answer_is_left_to_itself() -> None:
    """No guess is better than a wrong one."""
    assert hint_for(Reply(550, b"5.1.1 no such user"), "mail.test") == ""


@pytest.mark.parametrize(
    ("reply", "hold"),
    [
        (Reply(530, b""), True),
        (Reply(535, b""), True),
        (Reply(550, b"5.4.5 quota"), True),
        (Reply(554, b"5.7.0 policy"), True),
        (Reply(550, b"5.7.05 no"), False),
        (Reply(450, b"5.7.0 odd"), False),
        (Reply(550, b"5.1.1 no such user"), False),
    ],
)
def test_what_is_about_our_account_holds_the_mail(reply: Reply, *, hold: bool) -> None:
    """The mail is not to blame, so it waits for the reader to act."""
    assert is_hold(reply) == hold


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("Hostname mismatch, certificate is not valid for 'x'.", "name on the certificate"),
        ("certificate has expired", "has expired"),
        ("certificate is not yet valid", "clock"),
        ("self-signed certificate in certificate chain", "ca_file"),
    ],
)
def test_a_certificate_comes_with_what_to_do(reason: str, words: str) -> None:
    """OpenSSL's reasons are translated."""
    assert words in certificate_hint(reason)


@pytest.mark.parametrize(
    ("port", "security", "words"),
    [
        (465, "starttls", '"tls"'),
        (465, "none", '"tls"'),
        (587, "tls", '"starttls"'),
        (25, "tls", '"starttls"'),
        (587, "starttls", ""),
        (465, "tls", ""),
        (2525, "none", ""),
    ],
)
def test_a_port_is_told_what_it_is_for(port: int, security: str, words: str) -> None:
    """The usual mix-up of 465 and 587 is named."""
    assert words in port_hint(port, security)
    assert bool(words) == bool(port_hint(port, security))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("has a name that cannot be looked up (Name or service not known)", "online"),
        ("has no address", "[smtp] host"),
        ("cannot be reached (Connection refused)", "587 and 465"),
        ("hung up", ""),
    ],
)
def test_who_cannot_be_reached_is_looked_for(said: str, words: str) -> None:
    """No network, a wrong name and a closed port are told apart."""
    assert words in reach_hint(said)
    assert bool(words) == bool(reach_hint(said))

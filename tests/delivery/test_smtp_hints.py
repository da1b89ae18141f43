"""Known answers are explained in words."""

from __future__ import annotations

import pytest

from digest.delivery.smtp_connection import Reply
from digest.delivery.smtp_hints import (
    certificate_hint,
    certificate_key,
    hint_for,
    is_hold,
    key_for,
    port_hint,
    reach_hint,
    reach_key,
    tls_hint,
)


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
        (Reply(534, b"5.7.9 see our site"), "mail.uni.test", "app password"),
        (Reply(535, b"Application-specific password required"), "mail.uni.test", "app password"),
        (Reply(535, b"5.7.139 no"), "mail.uni.test", "xoauth2"),
        (Reply(535, b"basic authentication is disabled"), "mail.uni.test", "xoauth2"),
        (Reply(530, b"5.7.0 Must issue a STARTTLS command first"), "mail.test", "encrypted"),
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
    ("reply", "key"),
    [
        (Reply(530, b""), "username"),
        (Reply(530, b"Must issue STARTTLS first"), "security"),
        (Reply(535, b""), "password"),
        (Reply(554, b""), ""),
    ],
)
def test_an_answer_is_about_a_setting(reply: Reply, key: str) -> None:
    """The caret stands where the cure is."""
    assert key_for(reply) == key


@pytest.mark.parametrize(
    ("reason", "key"),
    [
        ("Hostname mismatch, certificate is not valid for 'x'.", "host"),
        ("certificate has expired", "host"),
        ("unable to get local issuer certificate", "ca_file"),
    ],
)
def test_a_certificate_is_about_a_setting(reason: str, key: str) -> None:
    """Of a wrong name the host, of an unknown authority its file."""
    assert certificate_key(reason) == key


@pytest.mark.parametrize("reason", ["WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"])
def test_tls_at_a_port_that_begins_without_it(reason: str) -> None:
    """Whatever the port's number is."""
    assert tls_hint(reason, 2525, "tls") == 'this port begins without TLS: security = "starttls"'
    assert tls_hint(reason, 2525, "starttls") == tls_hint("OTHER", 2525, "tls") == ""


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


def test_silence_at_first_is_the_silence_of_tls() -> None:
    """A server that greets nobody waits for TLS; one that was heard, or speaks it, does not."""
    said = "gave no answer in time"
    assert 'perhaps security = "tls"' in reach_hint(said, "starttls", greeted=False)
    assert reach_hint(said, "starttls", greeted=True) == ""
    assert reach_hint(said, "tls", greeted=False) == ""
    assert (reach_key(said, greeted=False), reach_key(said, greeted=True)) == ("port", "host")
    assert reach_key("has no address", greeted=False) == "host"


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

"""Connections that fail before a reply are explained."""

from __future__ import annotations

import pytest

from digest.delivery.smtp_hints import (
    certificate_hint,
    certificate_key,
    host_hint,
    port_hint,
    reach_hint,
    reach_key,
    tls_hint,
)


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("mail.test:465", 'write host = "mail.test" and port = 465'),
        ("smtp://mail.test", 'write host = "mail.test"'),
        ("smtps://mail.test:465/", 'write host = "mail.test" and port = 465'),
        ("https://mail.test", 'write host = "mail.test"'),
        ("[::1]", 'write host = "::1"'),
        ("[::1]:25", 'write host = "::1" and port = 25'),
        (" mail.test ", 'write host = "mail.test"'),
        ("mail.test ", 'write host = "mail.test"'),
        (" ::1", 'write host = "::1"'),
        ("ada@mail.test", 'write host = "mail.test"'),
        ("mail .test", "alone"),
        ("", "alone"),
        ("   ", "alone"),
    ],
)
def test_field_C12_a_host_in_another_form_is_corrected(host: str, words: str) -> None:
    """What people copy from a provider's page is a URL or has a port."""
    assert words in host_hint(host)


@pytest.mark.parametrize("host", ["mail.test", "localhost", "127.0.0.1", "::1", "straße.test"])
def test_field_C12_a_good_host_needs_no_hint(host: str) -> None:
    """Names and addresses pass."""
    assert host_hint(host) == ""


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

"""The table of mail providers."""

from __future__ import annotations

from collections import Counter

import pytest

from digest.config.addresses import is_domain
from digest.delivery.providers import PROVIDERS, provider_at, provider_of


@pytest.mark.parametrize(
    ("address", "host", "port", "security", "word"),
    [
        ("ada@gmail.com", "smtp.gmail.com", 587, "starttls", "app password"),
        ("ada@GoogleMail.com", "smtp.gmail.com", 587, "starttls", "app password"),
        ("ada@hotmail.com", "smtp-mail.outlook.com", 587, "starttls", "token"),
        ("ada@yahoo.com", "smtp.mail.yahoo.com", 465, "tls", "app password"),
        ("ada@icloud.com", "smtp.mail.me.com", 587, "starttls", "app-specific"),
        ("ada@fastmail.com", "smtp.fastmail.com", 465, "tls", "app password"),
        ("ada@gmx.de", "mail.gmx.net", 587, "starttls", "POP3"),
        ("ada@web.de", "smtp.web.de", 587, "starttls", "POP3"),
        ("ada@proton.me", "127.0.0.1", 1025, "starttls", "Bridge"),
        ("ada@posteo.de", "posteo.de", 587, "starttls", ""),
        ("ada@mailbox.org", "smtp.mailbox.org", 587, "starttls", ""),
        ("ada@tuta.com", "", 587, "starttls", "no program"),
        ("ada@lab.example.edu", "smtp.lab.example.edu", 587, "starttls", ""),
        ("root@localhost", "localhost", 25, "starttls", ""),
    ],
)
def test_an_address_leads_to_its_server(
    address: str, host: str, port: int, security: str, word: str
) -> None:
    """Server, port and encryption by the domain, with what its users need to know."""
    found = provider_of(address)

    assert (found.host, found.port, found.security) == (host, port, security)
    assert word in found.hint


def test_no_domain_has_two_providers() -> None:
    """The table says one thing about each domain, and every name in it can be a host."""
    domains = Counter(domain for provider in PROVIDERS for domain in provider.domains)

    assert domains.most_common(1)[0][1] == 1
    assert all(is_domain(name) for p in PROVIDERS for name in (*p.domains, p.host) if name)


def test_a_server_is_known_by_its_name() -> None:
    """Whose it is; of those who share one the first; nobody's where we know none."""
    found = provider_at("SMTP.gmail.com")
    assert found is not None
    assert found.name == "Gmail"
    assert provider_at("mail.uni.test") is None
    assert provider_at("") is None

"""Email addresses."""

from __future__ import annotations

import pytest

from digest.config.addresses import InvalidValue, bare_address, parse_address, parse_mailbox


@pytest.mark.parametrize(
    "text", ["ada@example.org", "a.b+c@x-y.example", "root@localhost", "ada@bücher.example"]
)
def test_addresses_are_accepted(text: str) -> None:
    """Plain ones, hosts without a dot, and internationalised domains."""
    assert parse_address(text) == text


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("ada@example.org\r\nBcc: x@y", "spaces", "several"),
        ("a b@example.org", "spaces", "several"),
        ("ada@example.org, bob@example.org", "spaces", "several"),
        ("Ada <ada@example.org>", "an address alone", 'write "ada@example.org"'),
        ("ada", "expected name@example.org", ""),
        ("@example.org", "expected name@example.org", ""),
        ("ada@", "expected name@example.org", ""),
        ("", "expected name@example.org", ""),
        ("ada..b@example.org", "not an email address", "before @example.org"),
        ("ädä@example.org", "not an email address", "before @example.org"),
        (f"{'a' * 65}@example.org", "not an email address", "before @example.org"),
        ("ada@exa_mple..org", "not an email address", "after ada@"),
        ("ada@-x.org", "not an email address", "after ada@"),
        (f"ada@{'x' * 64}.org", "not an email address", "after ada@"),
    ],
)
def test_what_is_no_address_is_refused(text: str, message: str, hint: str) -> None:
    """Header injection, lists in one text and typing errors are named, with what to do."""
    with pytest.raises(InvalidValue, match=message) as caught:
        parse_address(text)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "whole", "alone"),
    [
        ("ada@example.org", "ada@example.org", "ada@example.org"),
        ('"Ada L." <ada@example.org>', "Ada L. <ada@example.org>", "ada@example.org"),
        ("<ada@example.org>", "ada@example.org", "ada@example.org"),
        ("Ünal < u@example.org >", "Ünal <u@example.org>", "u@example.org"),
    ],
)
def test_a_mailbox_may_have_a_name(text: str, whole: str, alone: str) -> None:
    """A sender is an address or a name with an address in angle brackets."""
    assert (parse_mailbox(text), bare_address(parse_mailbox(text))) == (whole, alone)


@pytest.mark.parametrize("text", ["Ada\n <ada@example.org>", "Ada <ada>", "Ada"])
def test_what_is_no_mailbox_is_refused(text: str) -> None:
    """A line end in the name is header injection."""
    with pytest.raises(InvalidValue):
        parse_mailbox(text)

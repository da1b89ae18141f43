"""Links are safe in HTML."""

from __future__ import annotations

from dataclasses import replace

import pytest
from letters import FEEDBACK

from digest.email.feedback import Verb
from digest.email.links import mail_link, secure


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://example.org/it's", "https://example.org/it%27s"),
        ("https://example.org/" + "x" * 600, ""),
        ("ftp://example.org", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_links_are_secure(url: str, expected: str) -> None:
    """A link is https, short enough and needs no quotes escaped, or it is none."""
    assert secure(url) == expected


def test_a_plus_in_the_feedback_address_is_encoded() -> None:
    """A raw plus is a space to some mail programs."""
    head = replace(FEEDBACK, feedback="me+digest@example.org")
    assert mail_link(head, Verb.STOP).startswith("mailto:me%2Bdigest@example.org?subject=stop-")

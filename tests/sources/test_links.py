from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources._entries import web
from digest.sources.feed import parse


def _link(item: str) -> str:
    """Return the link of a feed's only paper."""
    body = (
        '<rss version="2.0" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"><channel>'
        f"<title>F</title><item><title>Slow waves</title>{item}</item></channel></rss>"
    )
    (paper,) = parse(body.encode())
    return paper.links.abstract


@pytest.mark.parametrize(
    ("written", "encoded"),
    [
        ("https://a.example/naïve", "https://a.example/na%C3%AFve"),
        (
            "https://a.example/论文?q=睡眠",
            "https://a.example/%E8%AE%BA%E6%96%87?q=%E7%9D%A1%E7%9C%A0",
        ),
        ("https://a.example/a b", "https://a.example/a%20b"),
        ("https://a.example/a|b?c=d|e#f|g", "https://a.example/a%7Cb?c=d%7Ce#f%7Cg"),
        ("https://a.example/{b}", "https://a.example/%7Bb%7D"),
        ("https://a.example/<b>", "https://a.example/%3Cb%3E"),
        ("https://a.example/a%20b|c", "https://a.example/a%20b%7Cc"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://Straße.example:8080/x", "https://xn--strae-oqa.example:8080/x"),
        ("https://例え.example/é", "https://xn--r8jz45g.example/%C3%A9"),
    ],
)
def test_A12_a_link_is_encoded_as_a_browser_does(written: str, encoded: str) -> None:
    """Its host in IDNA, the rest in percent escapes; what is escaped already stays."""
    assert web(written) == encoded
    assert _link(f"<link>{escape(written)}</link>") == encoded


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "https://ada:wörd@a.example/",
        "https://\u202e.example/",
        "https:///é",
        "mailto:é@a.example",
        "/näh",
    ],
)
def test_A12_what_is_no_web_address_stays_out(address: str) -> None:
    """Other schemes, logins, hosts that IDNA forbids, no host at all."""
    assert web(address) == ""


@pytest.mark.parametrize(
    ("item", "page"),
    [
        ("<prism:doi>10.1234/tides-1</prism:doi>", "https://doi.org/10.1234/tides-1"),
        ("<guid isPermaLink='false'>doi:10.1234/x(1)</guid>", "https://doi.org/10.1234/x(1)"),
        (
            "<prism:doi>10.1002/a&lt;1661::aid-b&gt;3.0.co;2-2</prism:doi>",
            "https://doi.org/10.1002/a%3C1661::aid-b%3E3.0.co;2-2",
        ),
        (
            "<link>https://a.example:0/</link><prism:doi>10.1234/x</prism:doi>",
            "https://doi.org/10.1234/x",
        ),
    ],
)
def test_A12_a_known_DOI_is_a_link(item: str, page: str) -> None:
    """A paper without a usable link of its own is reached by its DOI."""
    assert _link(item) == page


@given(st.text(max_size=30))
def test_A12_every_link_is_plain_and_encoded_once(rest: str) -> None:
    """ASCII without spaces or quotes; encoding it again changes nothing."""
    link = web(f"https://a.example/{rest}")
    assert link.isascii()
    assert not set(link) & set(' "<>`{|}\\')
    assert web(link) == link

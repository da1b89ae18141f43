from __future__ import annotations

import pytest

from digest.sources import _feed_reader
from digest.sources.feed import parse


def _rss(*items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>F</title>{"".join(items)}</channel></rss>'.encode()


def _item(number: int, more: str = "") -> str:
    link = f"<link>https://a.example/{number}</link>"
    return f"<item><title>Paper {number}</title>{link}{more}</item>"


@pytest.mark.parametrize(
    "name",
    [
        *("authors", "links", "tags", "contributors", "enclosures", "identifiers", "content"),
        *("title_detail", "summary_detail", "author_detail", "published_parsed", "primary"),
    ],
)
@pytest.mark.parametrize("attributes", ["", ' type="x"'])
def test_A2_an_element_costs_at_most_itself(name: str, attributes: str) -> None:
    """Text where feedparser keeps a list or a table leaves every paper and its other fields."""
    odd = f"<{name}{attributes}>some text</{name}>"
    papers = parse(_rss(_item(1), _item(2, odd), _item(3)))
    assert [paper.title for paper in papers] == ["Paper 1", "Paper 2", "Paper 3"]
    assert papers[1].links.abstract == "https://a.example/2"


@pytest.mark.parametrize(
    "text", ["<![CDATA[ Ada Lovelace;Grace Hopper; ]]>", "Ada Lovelace; Grace Hopper"]
)
def test_A2_the_element_authors_is_read(text: str) -> None:
    """IEEE Xplore puts all names into it."""
    (paper,) = parse(_rss(_item(1, f"<authors>{text}</authors>")))
    assert paper.authors == ("Ada Lovelace", "Grace Hopper")


@pytest.mark.parametrize("prefix", ["rss", "a10", "x-y"])
def test_A4_items_under_an_undeclared_prefix_are_read(prefix: str) -> None:
    """The prefix is dropped where nothing was read with it."""
    body = _rss(_item(1), _item(2)).decode()
    for name in ("item", "title", "link"):
        body = body.replace(f"<{name}>", f"<{prefix}:{name}>")
        body = body.replace(f"</{name}>", f"</{prefix}:{name}>")
    assert [paper.title for paper in parse(body.encode())] == ["Paper 1", "Paper 2"]


def test_A4_an_element_of_a_similar_name_is_no_item() -> None:
    """A feed without papers stays one."""
    body = (
        b'<rss version="2.0"><channel><title>F</title><a:item-list>x</a:item-list></channel></rss>'
    )
    assert parse(body) == ()


@pytest.mark.parametrize(
    "after",
    [
        f"<!-- {'x' * 5000} -->",
        f"\n{'text ' * 1000}",
        "<!-- <item> was here -->",
        "<script>1</script>",
        "<!-- a --><!-- b -->\n",
    ],
)
def test_A10_what_follows_the_closed_root_is_no_loss(after: str) -> None:
    """A long comment or text after the end costs no paper."""
    feed = _feed_reader.read(_rss(_item(1), _item(2)) + after.encode())
    assert (len(feed.entries), feed.cut) == (2, False)


@pytest.mark.parametrize("within", ["Paper 2", "a.example/2", "<item><title>Paper 2"])
def test_A10_a_missing_end_is_still_seen(within: str) -> None:
    """The last entry is half-filled where the body ends within it."""
    whole = _rss(_item(1), _item(2)).decode()
    feed = _feed_reader.read(whole[: whole.index(within) + len(within)].encode())
    assert feed.cut
    assert [entry.title for entry in feed.entries] == ["Paper 1"]

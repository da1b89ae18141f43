"""Rendering: pictures are fetched after the papers are chosen, and only where they are wanted."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from fake_arxiv import with_pages
from fake_http import client
from fakes import PLAIN, fetch_in, house, video
from http_server import ok, serving
from PIL import Image

from digest.app.pipeline.pipeline import draft
from digest.app.pipeline.rendering import add_pictures
from digest.email.thumbnails import MOST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakes import House

    from digest.app.pipeline.request import Draft


def blank(across: int, down: int) -> bytes:
    """Return a picture so short that it is embedded unchanged."""
    file = BytesIO()
    Image.new("1", (across, down)).save(file, "PNG")
    return file.getvalue()


SMALL = blank(64, 32)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A house whose reader wants pictures."""
    text = PLAIN.replace("[maildir]", "pictures = true\n[maildir]")
    papers = [video(n, thumbnail=f"https://thumbs.test/{n}.png") for n in range(4)]
    with house(tmp_path, text, papers=papers) as built:
        yield built


def drafted(home: House) -> Draft:
    """Return today's digest, without pictures."""
    return draft(home.request(), fetch_in(home), home.config, home.runtime)


def test_pictures_that_fail_or_show_nothing_are_left_out(home: House) -> None:
    """The others are in the message."""
    pages = {"/1.png": SMALL, "/2.png": blank(1, 1), "/3.png": b"<svg/>"}
    runtime, _ = with_pages(home.runtime, **pages)
    made = add_pictures(drafted(home), runtime)
    assert made.context.pictures == {"arxiv:2606.00001": SMALL}
    assert len(made.message.pictures) == 1


def test_no_more_pictures_are_fetched_than_a_message_carries(home: House) -> None:
    """The rest would be thrown away."""
    made = drafted(home)
    issue = made.issue
    (section,), (first, *_) = issue.sections[:1], issue.entries
    papers = [video(n, thumbnail=f"https://thumbs.test/{n}.png") for n in range(20)]
    entries = tuple(replace(first, ranked=replace(first.ranked, paper=p)) for p in papers)
    issue = replace(issue, sections=(replace(section, entries=entries),))
    runtime, http = with_pages(home.runtime, **{f"/{n}.png": SMALL for n in range(20)})
    pictures = add_pictures(replace(made, issue=issue), runtime).context.pictures
    assert len(pictures) == len(http.asked) == MOST < len(issue.papers)


def test_a_thumbnail_that_is_no_web_address_is_not_fetched(home: House) -> None:
    """Whatever a source calls a thumbnail."""
    home.source.papers = [video(1, thumbnail="javascript:alert(1)")]
    made = drafted(home)
    runtime, http = with_pages(home.runtime)
    assert add_pictures(made, runtime) is made
    assert http.asked == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "10.0.0.1", "[::1]", "printer", "x.local", "rebound.test"]
)
def test_a_picture_never_comes_from_the_readers_own_network(home: House, host: str) -> None:
    """A feed's thumbnail may be a switch in the reader's network: it is not requested.

    Neither where the address names that network itself, nor where its name resolves to it.
    """
    with serving(ok(SMALL)) as inside:
        address = f"http://{host}:{inside.port}/off.png"
        home.source.papers = [video(1, thumbnail=address)]
        made = drafted(home)
        runtime = replace(home.runtime, http=client(resolve=lambda host, port: [(2, "127.0.0.1")]))
        pictures = add_pictures(made, runtime).context.pictures
    assert [paper.thumbnail for paper in made.issue.papers] == [address]
    assert (pictures, inside.exchanges) == ({}, [])


def test_pictures_are_fetched_only_where_they_are_wanted(tmp_path: Path) -> None:
    """By default none."""
    with house(tmp_path, papers=[video(1, thumbnail="https://thumbs.test/1.png")]) as home:
        runtime, http = with_pages(home.runtime)
        made = add_pictures(drafted(home), runtime)
    assert made.message.pictures == ()
    assert http.asked == []

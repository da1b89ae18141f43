"""The head of a letter: what the reader's config says, and pictures that travel along."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from fake_arxiv import with_pages
from fake_http import client
from fakes import MORNING, PLAIN, FakeSource, fetch_in, house, video
from http_server import ok, serving
from PIL import Image

from digest.app.pipeline.message_context import NOBODY, build_context
from digest.app.pipeline.pipeline import draft
from digest.email.feedback import Verb, read_subject, verify
from digest.email.thumbnails import MOST
from digest.sources.arxiv import Arxiv
from digest.sources.biorxiv import Biorxiv
from digest.sources.feed import Feed
from digest.sources.huggingface import HuggingFace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakes import House

    from digest.app.pipeline.request import DigestRequest
    from digest.email.context import MessageContext
    from digest.model.issue import Issue


def blank(across: int, down: int) -> bytes:
    """Return a picture so short that it travels as it is."""
    file = BytesIO()
    Image.new("1", (across, down)).save(file, "PNG")
    return file.getvalue()


SMALL = blank(64, 32)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A house whose reader wants pictures and gives feedback."""
    text = PLAIN.replace(
        "[maildir]",
        'pictures = true\nfeedback = "back@sender.test"\nreply_to = "r@s.test"\n[maildir]',
    )
    papers = [video(n, thumbnail=f"https://thumbs.test/{n}.png") for n in range(4)]
    with house(tmp_path, text, papers=papers) as built:
        yield built


def issue_of(home: House) -> Issue:
    """Return today's issue, made without pictures."""
    runtime, _ = with_pages(home.runtime)
    return draft(home.request(), fetch_in(home), home.config, runtime).issue


def head_of(
    home: House, issue: Issue, pages: dict[str, bytes], request: DigestRequest | None = None
) -> MessageContext:
    """Return the context of an order, usually today's."""
    runtime, _ = with_pages(home.runtime, **pages)
    return build_context(
        request or home.request(), issue, config=home.config, runtime=runtime, edition=2
    )


def test_it_says_what_the_config_says(home: House) -> None:
    """Addresses, interests, the name of the file, the next issue, the edition."""
    head = head_of(home, issue_of(home), {})
    assert (head.to, head.sender) == (("ada@reader.test",), "Digest <digest@sender.test>")
    assert (head.reply_to, head.config, head.edition) == ("r@s.test", "config.toml", "2")
    assert head.interests == ("Video",)
    assert head.next == MORNING + timedelta(days=1)
    assert not head.weekly


def test_other_recipients_take_the_readers_place(home: House) -> None:
    """A test goes where it is told to."""
    head = head_of(home, issue_of(home), {}, home.request(to=("bo@reader.test",), test=True))
    assert head.to == ("bo@reader.test",)
    assert head.test


def test_feedback_is_signed_for_this_reader_and_day(home: House) -> None:
    """What the link says is what is understood when it comes back."""
    token = head_of(home, issue_of(home), {}).token
    assert token is not None
    command = read_subject(token(Verb.MORE, "arxiv:2606.00001"))
    key = home.store.keyvalue.secret()
    assert verify(command, key, readers=["bo", "me"], today=home.request().day) == "me"


def test_without_a_feedback_address_there_are_no_links(home: House) -> None:
    """Nobody reads what would come back."""
    issue = issue_of(home)
    reader = replace(home.reader, email=replace(home.reader.email, feedback=""))
    home.config = replace(home.config, readers=(reader,))
    assert head_of(home, issue, {}).token is None


def test_pictures_that_fail_or_show_nothing_are_left_out(home: House) -> None:
    """The others travel along."""
    issue = issue_of(home)
    assert len(issue.papers) == 4
    pages = {"/1.png": SMALL, "/2.png": blank(1, 1), "/3.png": b"<svg/>"}
    assert head_of(home, issue, pages).pictures == {"arxiv:2606.00001": SMALL}


def test_no_more_pictures_are_fetched_than_a_letter_carries(home: House) -> None:
    """The rest would be thrown away."""
    issue = issue_of(home)
    (section,), (first, *_) = issue.sections[:1], issue.entries
    papers = [video(n, thumbnail=f"https://thumbs.test/{n}.png") for n in range(20)]
    entries = (replace(first, ranked=replace(first.ranked, paper=paper)) for paper in papers)
    issue = replace(issue, sections=(replace(section, entries=tuple(entries)),))
    runtime, http = with_pages(home.runtime, **{f"/{n}.png": SMALL for n in range(20)})
    head = build_context(home.request(), issue, config=home.config, runtime=runtime)
    assert len(head.pictures) == len(http.asked) == MOST < len(issue.papers)


def test_an_address_that_is_none_is_not_asked_for(home: House) -> None:
    """Whatever a source calls a thumbnail."""
    home.source.papers = [video(1, thumbnail="javascript:alert(1)")]
    issue = issue_of(home)
    runtime, http = with_pages(home.runtime)
    head = build_context(home.request(), issue, config=home.config, runtime=runtime)
    assert (head.pictures, http.asked) == ({}, [])


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "10.0.0.1", "[::1]", "printer", "x.local", "rebound.test"]
)
def test_a_picture_never_comes_from_the_readers_own_network(home: House, host: str) -> None:
    """What a feed calls a thumbnail may be a switch in the reader's house: nobody there is asked.

    Neither where the address names that network itself, nor where its name leads there.
    """
    with serving(ok(SMALL)) as inside:
        address = f"http://{host}:{inside.port}/off.png"
        home.source.papers = [video(1, thumbnail=address)]
        issue = issue_of(home)
        runtime = replace(home.runtime, http=client(resolve=lambda host, port: [(2, "127.0.0.1")]))
        head = build_context(home.request(), issue, config=home.config, runtime=runtime)
    assert [paper.thumbnail for paper in issue.papers] == [address]
    assert (head.pictures, inside.exchanges) == ({}, [])


def test_pictures_are_fetched_only_where_they_are_wanted(tmp_path: Path) -> None:
    """By default none."""
    with house(tmp_path, papers=[video(1, thumbnail="https://thumbs.test/1.png")]) as home:
        runtime, http = with_pages(home.runtime)
        made = draft(home.request(), fetch_in(home), home.config, runtime)
    assert made.message.pictures == ()
    assert http.asked == []


def test_the_lists_of_the_sources_can_be_looked_at(home: House) -> None:
    """Each by a page for people, never by an address that may hold a password."""
    home.with_sources(
        FakeSource(),
        HuggingFace(),
        Arxiv(categories=("cs.LG", "cs.CL"), name="arXiv"),
        Biorxiv(server="medrxiv", name="medRxiv"),
        Feed(url="https://ada:pw@blog.test/feed?key=secret", name="blog"),
        Feed(url="http://10.0.0.1/feed", private=True),
        HuggingFace(name="fifth"),
    )
    assert head_of(home, issue_of(home), {}).lists == (
        ("huggingface", "https://huggingface.co/papers"),
        ("arXiv", "https://arxiv.org/list/cs.LG/new"),
        ("medRxiv", "https://www.medrxiv.org"),
        ("blog", "https://blog.test/"),
    )


def test_a_test_has_a_message_id_of_its_own(home: House) -> None:
    """A mailbox that has the test must not take the digest itself for a copy of it."""
    issue = issue_of(home)
    test = home.request(test=True)
    runtime, _ = with_pages(home.runtime)
    head = build_context(test, issue, config=home.config, runtime=runtime)
    home.clock.forward(minutes=1)
    later = build_context(test, issue, config=home.config, runtime=runtime)
    assert len({head.edition, later.edition, ""}) == 3


def test_a_letter_can_be_drawn_before_there_is_an_address(tmp_path: Path) -> None:
    """For the preview; delivery is refused elsewhere."""
    with house(tmp_path, PLAIN.replace('to = "ada@reader.test"', "")) as home:
        made = draft(home.request(), fetch_in(home), home.config, home.runtime)
    assert made.message.recipients == (NOBODY,)
    assert dict(made.message.headers)["To"] == NOBODY
    assert "Video Diffusion" in made.message.html

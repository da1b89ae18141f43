"""The head of a letter: what the reader's config says, and pictures that travel along."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from fakes import MORNING, PLAIN, FakeSource, fetch_in, house, video

from digest.app.pipeline.message_context import NOBODY, build_context
from digest.app.pipeline.pipeline import draft
from digest.email.feedback import Verb, read_subject, verify
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


def head_of(home: House, request: DigestRequest | None = None) -> MessageContext:
    """Return the context of a request, by default for today."""
    return build_context(
        request or home.request(), config=home.config, runtime=home.runtime, edition=2
    )


def test_it_says_what_the_config_says(home: House) -> None:
    """Addresses, interests, the name of the file, the next issue, the edition."""
    head = head_of(home)
    assert (head.to, head.sender) == (("ada@reader.test",), "Digest <digest@sender.test>")
    assert (head.reply_to, head.config, head.edition) == ("r@s.test", "config.toml", "2")
    assert head.interests == ("Video",)
    assert head.next == MORNING + timedelta(days=1)
    assert not head.weekly


def test_other_recipients_take_the_readers_place(home: House) -> None:
    """A test goes where it is told to."""
    head = head_of(home, home.request(to=("bo@reader.test",), test=True))
    assert head.to == ("bo@reader.test",)
    assert head.test


def test_feedback_is_signed_for_this_reader_and_day(home: House) -> None:
    """What the link says is what is understood when it comes back."""
    token = head_of(home).token
    assert token is not None
    command = read_subject(token(Verb.MORE, "arxiv:2606.00001"))
    key = home.store.keyvalue.secret()
    assert verify(command, key, readers=["bo", "me"], today=home.request().day) == "me"


def test_without_a_feedback_address_there_are_no_links(home: House) -> None:
    """Nobody reads what would come back."""
    reader = replace(home.reader, email=replace(home.reader.email, feedback=""))
    home.config = replace(home.config, readers=(reader,))
    assert head_of(home).token is None


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
    assert head_of(home).lists == (
        ("huggingface", "https://huggingface.co/papers"),
        ("arXiv", "https://arxiv.org/list/cs.LG/new"),
        ("medRxiv", "https://www.medrxiv.org"),
        ("blog", "https://blog.test/"),
    )


def test_a_test_has_a_message_id_of_its_own(home: House) -> None:
    """A mailbox that has the test must not take the digest itself for a copy of it."""
    test = home.request(test=True)
    head = build_context(test, config=home.config, runtime=home.runtime)
    home.clock.forward(minutes=1)
    later = build_context(test, config=home.config, runtime=home.runtime)
    assert len({head.edition, later.edition, ""}) == 3


def test_a_letter_can_be_drawn_before_there_is_an_address(tmp_path: Path) -> None:
    """For the preview; delivery is refused elsewhere."""
    with house(tmp_path, PLAIN.replace('to = "ada@reader.test"', "")) as home:
        made = draft(home.request(), fetch_in(home), home.config, home.runtime)
    assert made.message.recipients == (NOBODY,)
    assert dict(made.message.headers)["To"] == NOBODY
    assert "Video Diffusion" in made.message.html

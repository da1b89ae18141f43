"""One row for each paper, whatever names and sources it comes under."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outbox_world import DAY, MORNING, Clock, mail, paper

from digest.model.identity import identity
from digest.model.merging import merge
from digest.model.paper import Paper
from digest.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TITLE = "A long title that two sources share"


@pytest.fixture
def clock() -> Clock:
    """A clock set by hand."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A store of its own."""
    with Store.open(tmp_path, now=clock) as store:
        yield store


def titled(paper_id: str, title: str = TITLE, *aliases: str) -> Paper:
    """Return a paper with a title."""
    return Paper(id=paper_id, title=title, aliases=aliases)


def test_a_paper_seen_again_keeps_its_birthday(store: Store, clock: Clock) -> None:
    """The first sight counts; upvotes are the most, sources all that were seen."""
    store.papers.remember([replace(paper(), upvotes=3, sources=("huggingface",))])
    clock.forward(days=1)
    store.papers.remember([replace(paper(), upvotes=9, comments=2, sources=("arxiv",))])

    (known,) = store.papers.since(MORNING)
    assert (known.upvotes, known.comments, known.sources) == (9, 2, ("arxiv", "huggingface"))
    assert store.papers.first_seen(paper().keys) == MORNING
    assert store.papers.since(MORNING + timedelta(hours=1)) == ()
    assert [store.papers.count_since(MORNING + timedelta(hours=n)) for n in (0, 1)] == [1, 0]


def test_a_paper_read_as_it_stands_is_one_row(store: Store) -> None:
    """A source names the title among the aliases, what was united does not: it is one paper."""
    keys = identity(arxiv="2606.00001", title=TITLE)
    read = Paper(id=keys[0], aliases=keys[1:], title=TITLE)
    for _ in range(3):
        store.papers.remember([read])

    assert len(store.papers.since(MORNING)) == 1
    assert len(store.papers.find(TITLE[:12])) == 1


def test_a_title_that_gets_a_number_is_still_one_row(store: Store) -> None:
    """A blog names it first, the archive later."""
    keys = identity(title=TITLE)
    store.papers.remember([Paper(id=keys[0], title=TITLE)])
    store.papers.remember([titled("arxiv:2606.00001")])

    assert [known.id for known in store.papers.since(MORNING)] == ["arxiv:2606.00001"]


def test_papers_come_in_the_order_they_were_seen(store: Store) -> None:
    """The order of first sight is kept."""
    store.papers.remember(paper(n) for n in (5, 1, 3))

    assert [p.id for p in store.papers.since(MORNING)] == [paper(n).id for n in (5, 1, 3)]


def test_one_title_does_not_unite_two_archive_papers(store: Store) -> None:
    """Papers that contradict each other stay two, though they share a key."""
    store.papers.remember([titled("arxiv:2611.00001"), titled("arxiv:2611.00002")])

    assert len(store.papers.since(MORNING)) == 2


def test_what_seemed_two_papers_becomes_one(store: Store, clock: Clock) -> None:
    """A paper that bears the keys of two rows unites them, with the older birthday."""
    store.papers.remember([titled("doi:10.1/abc", "Its title at the conference, quite long")])
    clock.forward(days=1)
    store.papers.remember([titled("url:feed")])
    store.digests.record_empty(reader="ada", day=DAY, reason="nothing", passed=[titled("url:feed")])
    store.papers.remember([titled("arxiv:2611.00001", TITLE, "doi:10.1/abc", "url:feed")])

    (whole,) = store.papers.since(MORNING)
    assert whole.id == "arxiv:2611.00001"
    assert store.papers.first_seen(["url:feed"]) == MORNING
    assert "url:feed" in store.digests.history("ada").passed
    assert store.papers.find("doi:10.1/abc") == (whole,)


def test_unknown_keys_were_never_seen(store: Store) -> None:
    """What was never seen has no birthday."""
    assert store.papers.first_seen(["arxiv:2611.00001"]) is None


@pytest.mark.parametrize(
    "text",
    [
        "arxiv:2611.00007",
        "2611.00007v3",
        "https://arxiv.org/abs/2611.00007",
        "10.48550/arXiv.2611.00007",
        "number 7",
        "  A STUDY of the   number 7, ",
    ],
)
def test_a_paper_is_found_by_any_of_its_names(store: Store, text: str) -> None:
    """Id, link, DOI or a part of the title will do."""
    store.papers.remember(paper(n) for n in range(1, 12))

    assert store.papers.find(text) == (paper(7),)


def test_a_paper_is_found_by_its_own_link(store: Store) -> None:
    """A blog post is known by its address."""
    link = "https://blog.test/post?utm_source=mail"
    post = Paper(id=identity(link=link)[0], title="Some post")
    store.papers.remember([post])

    assert store.papers.find("http://www.blog.test/post/") == (post,)


@pytest.mark.parametrize("text", ["", "   ", "100%", "_", "no such paper"])
def test_what_is_nowhere_is_not_found(store: Store, text: str) -> None:
    """Empty texts find nothing, and signs that mean something to SQL mean themselves."""
    store.papers.remember([paper()])

    assert store.papers.find(text) == ()


def test_papers_that_nobody_shows_are_forgotten(store: Store, clock: Clock) -> None:
    """60 days after the last sight a paper goes, a year where it was sent; keys stay for ever."""
    store.papers.remember([paper(1), paper(2)])
    store.digests.record(reader="ada", day=DAY, mail=mail(), papers=[paper(2)])
    clock.forward(days=61)
    store.papers.prune()
    after_months = [p.id for p in store.papers.since(MORNING)]
    clock.forward(days=365)
    store.papers.prune()

    assert after_months == [paper(2).id]
    assert store.papers.since(MORNING) == ()
    assert store.papers.first_seen(paper(2).keys) is None
    assert paper(2).id in store.digests.history("ada").sent


def test_of_very_many_papers_those_seen_last_are_kept(store: Store, clock: Clock) -> None:
    """Beyond the limit the longest unseen go first; what was sent and this week's papers stay."""
    for number in range(2, 6):
        store.papers.remember([paper(number)])
        clock.forward(hours=1)
    store.digests.record(reader="ada", day=DAY, mail=mail("ada"), papers=[paper(2)])

    store.papers.prune(most=1)
    this_week = [p.id for p in store.papers.since(MORNING)]
    clock.forward(days=8)
    store.papers.prune(most=1)

    assert this_week == [paper(number).id for number in range(2, 6)]
    assert [p.id for p in store.papers.since(MORNING)] == [paper(2).id, paper(5).id]


KEYS = st.lists(
    st.sampled_from(["arxiv:1", "arxiv:2", "doi:10/a", "url:a", "url:b", "title:c"]),
    min_size=1,
    max_size=3,
    unique=True,
)
SEEN = st.lists(KEYS.map(lambda keys: Paper(id=keys[0], title="x", aliases=tuple(keys[1:]))))


@given(SEEN)
@settings(deadline=None, max_examples=40)
def test_remembering_twice_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, papers: list[Paper]
) -> None:
    """Whatever order papers come in, each key is known, and no two rows are one paper for merge."""
    with Store.open(tmp_path_factory.mktemp("state"), now=Clock()) as store:
        store.papers.remember(papers)
        once = store.papers.since(MORNING)
        store.papers.remember(once)
        again = store.papers.since(MORNING)

    keys = {key for p in papers for key in p.keys}
    assert {key for p in again for key in p.keys} == keys
    assert len(merge(again)) == len(again)

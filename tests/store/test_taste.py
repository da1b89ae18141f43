"""What a reader said of a paper last is what counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from outbox_world import DAY, MORNING, Clock, paper

from digest.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store of its own."""
    with Store.open(tmp_path, now=Clock()) as store:
        yield store


def said(store: Store, reader: str = "ada") -> list[tuple[str, str, str]]:
    """Return what counts of a reader's votes."""
    return [(vote.paper.id, vote.verb, vote.interest) for vote in store.taste.votes(reader)]


def test_a_vote_is_kept_with_its_paper(store: Store) -> None:
    """The whole paper is kept, for the interest it is an example of, and for that reader alone."""
    store.taste.vote("ada", paper(1), "like", "diffusion")

    (vote,) = store.taste.votes("ada")
    assert (vote.paper, vote.verb, vote.interest, vote.at) == (
        paper(1),
        "like",
        "diffusion",
        MORNING,
    )
    assert said(store, "bob") == []


def test_the_same_vote_again_is_no_vote(store: Store) -> None:
    """Votes may be repeated by impatient fingers, under any name of the paper."""
    known = replace(paper(1), aliases=("doi:10.1/a",))
    votes = [store.taste.vote("ada", p, "like") for p in (known, known, paper(1))]

    assert votes == [True, False, False]
    assert len(said(store)) == 1


def test_the_last_word_counts_and_can_be_taken_back(store: Store) -> None:
    """A change of mind replaces the vote before it; undoing it brings that one back."""
    store.taste.vote("ada", paper(1), "like")
    store.taste.vote("ada", paper(2), "like")
    store.taste.vote("ada", paper(1), "dislike")
    changed = said(store)
    (undone,) = store.taste.undo("ada")

    assert changed == [(paper(2).id, "like", ""), (paper(1).id, "dislike", "")]
    assert (undone.paper, undone.verb) == (paper(1), "dislike")
    assert said(store) == [(paper(1).id, "like", ""), (paper(2).id, "like", "")]


def test_several_votes_are_taken_back_newest_first(store: Store) -> None:
    """Undoing more than there is undoes what there is."""
    for number in (1, 2):
        store.taste.vote("ada", paper(number), "like")

    assert [vote.paper for vote in store.taste.undo("ada", 5)] == [paper(2), paper(1)]
    assert store.taste.undo("ada") == ()


def test_a_pause_ends_on_its_day(store: Store) -> None:
    """No mail before the day that was named, mail from that day on."""
    store.taste.pause("ada", DAY)

    assert store.taste.paused("ada", DAY - timedelta(days=1))
    assert not store.taste.paused("ada", DAY)
    assert not store.taste.paused("bob", DAY - timedelta(days=1))


def test_a_stop_lasts_until_it_is_taken_back(store: Store) -> None:
    """Who stopped gets nothing for ever, and mail again once they resume."""
    store.taste.pause("ada", DAY)
    store.taste.pause("ada", None)
    stopped = store.taste.paused("ada", DAY + timedelta(days=9999))
    store.taste.resume("ada")

    assert stopped
    assert not store.taste.paused("ada", DAY)


def test_all_that_was_said_of_a_paper_is_taken_back(store: Store) -> None:
    """One paper is as if it had never been judged; the others stay."""
    store.taste.vote("ada", paper(1), "like")
    store.taste.vote("ada", paper(1), "dislike")
    store.taste.vote("ada", paper(2), "like")

    taken = [store.taste.take_back("ada", paper(1)) for _ in range(2)]
    assert taken == [True, False]
    assert said(store) == [(paper(2).id, "like", "")]

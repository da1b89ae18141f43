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
def clock() -> Clock:
    """A clock that goes only when it is told to."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A store of its own."""
    with Store.open(tmp_path, now=clock) as store:
        yield store


def said(store: Store, reader: str = "ada") -> list[tuple[str, str, str]]:
    """Return what counts of a reader's votes."""
    return [(vote.paper.id, vote.verb, vote.interest) for vote in store.votes.of(reader)]


def test_a_vote_is_kept_with_its_paper(store: Store) -> None:
    """The whole paper is kept, for the interest it is an example of, and for that reader alone."""
    store.votes.vote_on([paper(1)], "ada", "like", "diffusion")[0]

    (vote,) = store.votes.of("ada")
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
    votes = [store.votes.vote_on([p], "ada", "like")[0] for p in (known, known, paper(1))]

    assert votes == [True, False, False]
    assert len(said(store)) == 1


def test_the_last_word_counts_and_can_be_taken_back(store: Store, clock: Clock) -> None:
    """A change of mind replaces the vote before it; undoing it brings that one back."""
    store.votes.vote_on([paper(1)], "ada", "like")[0]
    store.votes.vote_on([paper(2)], "ada", "like")[0]
    clock.moment += timedelta(seconds=1)
    store.votes.vote_on([paper(1)], "ada", "dislike")[0]
    changed = said(store)
    (undone,) = store.votes.undo("ada")

    assert changed == [(paper(2).id, "like", ""), (paper(1).id, "dislike", "")]
    assert (undone.paper, undone.verb) == (paper(1), "dislike")
    assert said(store) == [(paper(1).id, "like", ""), (paper(2).id, "like", "")]


def test_what_was_said_in_one_breath_is_taken_back_in_one(store: Store, clock: Clock) -> None:
    """A whole library, of this reader alone; what was said before it stays."""
    store.votes.vote_on([paper(1)], "ada", "like")[0]
    clock.moment += timedelta(seconds=1)
    store.votes.vote_on([paper(2), paper(3)], "ada", "like")
    store.votes.vote_on([paper(4)], "bob", "like")[0]

    assert [vote.paper for vote in store.votes.undo("ada")] == [paper(3), paper(2)]
    assert said(store) == [(paper(1).id, "like", "")]
    assert said(store, "bob") == [(paper(4).id, "like", "")]
    assert [len(store.votes.undo("ada")) for _ in range(2)] == [1, 0]


def test_a_pause_ends_on_its_day(store: Store) -> None:
    """No mail before the day that was named, mail from that day on."""
    store.votes.pause("ada", DAY)

    assert store.votes.paused("ada", DAY - timedelta(days=1))
    assert not store.votes.paused("ada", DAY)
    assert not store.votes.paused("bob", DAY - timedelta(days=1))


def test_a_stop_lasts_until_it_is_taken_back(store: Store) -> None:
    """Who stopped gets nothing for ever, and mail again once they resume."""
    store.votes.pause("ada", DAY)
    store.votes.pause("ada", None)
    stopped = store.votes.paused("ada", DAY + timedelta(days=9999))
    store.votes.resume("ada")

    assert stopped
    assert not store.votes.paused("ada", DAY)


def test_all_that_was_said_of_a_paper_is_taken_back(store: Store) -> None:
    """One paper is as if it had never been judged; the others stay."""
    store.votes.vote_on([paper(1)], "ada", "like")[0]
    store.votes.vote_on([paper(1)], "ada", "dislike")[0]
    store.votes.vote_on([paper(2)], "ada", "like")[0]

    taken = [store.votes.take_back("ada", paper(1)) for _ in range(2)]
    assert taken == [True, False]
    assert said(store) == [(paper(2).id, "like", "")]

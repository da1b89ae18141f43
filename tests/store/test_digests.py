"""A digest, its papers and its mail are remembered together or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from outbox_world import DAY, Clock, mail, paper

from digest.model.errors import StateError
from digest.store import Outcome, Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.store import Sent


@pytest.fixture
def clock() -> Clock:
    """A clock set by hand."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A store of its own."""
    with Store.open(tmp_path, now=clock) as store:
        yield store


def last(store: Store) -> Sent:
    """Return the last digest of the reader."""
    (sent,) = store.digests.latest("ada")
    return sent


def test_a_day_has_one_digest(store: Store) -> None:
    """The second record of a day changes nothing and says so."""
    first = store.digests.record(reader="ada", day=DAY, mail=mail(), papers=[paper(1)], read=9)
    second = store.digests.record(
        reader="ada", day=DAY, mail=replace(mail(), message_id="<other>"), papers=[paper(2)]
    )

    assert (first, second) == (True, False)
    assert len(store.outbox.waiting()) == 1
    assert set(store.digests.history("ada").sent) == set(paper(1).keys)


def test_a_further_edition_is_a_digest_of_its_own(store: Store) -> None:
    """`--again` sends the same day anew, under another Message-ID."""
    store.digests.record(reader="ada", day=DAY, mail=mail(), papers=[paper(1)])
    again = store.digests.record(
        reader="ada",
        day=DAY,
        mail=replace(mail(), message_id="<second@digest.test>"),
        papers=[paper(1), paper(2)],
        edition=store.digests.edition("ada", DAY) + 1,
    )

    assert again
    assert (last(store).edition, last(store).papers) == (2, 2)
    assert set(store.digests.history("ada").sent) == {*paper(1).keys, *paper(2).keys}


def test_a_message_id_is_used_once(store: Store) -> None:
    """Two digests under one Message-ID are refused, and nothing of the second is kept."""
    store.digests.record(reader="ada", day=DAY, mail=mail(), papers=[])
    with pytest.raises(StateError, match="UNIQUE"):
        store.digests.record(reader="bob", day=DAY, mail=mail(), papers=[paper()])

    assert store.digests.edition("bob", DAY) == 0
    assert not store.digests.history("bob").sent


def test_history_knows_every_key_of_what_was_sent(store: Store) -> None:
    """A paper comes twice under no name; passed papers keep the upvotes they had."""
    sent = replace(paper(1), aliases=("doi:10.1/a",))
    passed = replace(paper(2), upvotes=7)
    store.digests.record(
        reader="ada", day=DAY, mail=mail(), papers=[sent], passed=[passed, paper(3)]
    )

    history = store.digests.history("ada")
    assert history.sent["doi:10.1/a"] == sent.keys
    assert set(history.passed) == {*passed.keys, *paper(3).keys}
    assert history.upvotes == dict.fromkeys(passed.keys, 7)
    assert history.last == DAY
    assert store.digests.history("bob").sent == {}


def test_a_paper_passed_again_keeps_its_first_upvotes(store: Store) -> None:
    """It has risen since it was passed over first, also where it found no place meanwhile."""
    for day, votes in ((DAY, 3), (DAY + timedelta(days=1), 8)):
        store.digests.record_empty(
            reader="ada", day=day, reason="nothing", passed=[replace(paper(), upvotes=votes)]
        )

    assert set(store.digests.history("ada").upvotes.values()) == {3}


def test_history_apart_from_a_day_does_not_know_it(store: Store) -> None:
    """Today's digest is composed alike before and after it was sent."""
    store.digests.record(reader="ada", day=DAY, mail=mail(), papers=[paper(1)], passed=[paper(2)])
    history = store.digests.history("ada", apart_from=DAY)

    assert (history.sent, history.passed, history.last, history.read_until) == ({}, {}, None, None)


def test_quiet_days_are_counted_since_the_last_mail(store: Store, clock: Clock) -> None:
    """Days without a mail are remembered with their reason, and end with the next mail."""
    store.digests.record(reader="ada", day=DAY, mail=mail(), papers=[paper()])
    for later in (1, 2):
        clock.forward(days=1)
        store.digests.record_empty(
            reader="ada", day=DAY + timedelta(days=later), reason="a holiday"
        )
    quiet = store.digests.history("ada")
    before = last(store)
    clock.forward(days=1)
    day = DAY + timedelta(days=3)
    store.digests.record(reader="ada", day=day, mail=mail(day=day), papers=[paper(2)])

    assert (quiet.quiet_days, quiet.last) == (2, DAY + timedelta(days=2))
    assert (before.state, before.reason) == ("empty", "a holiday")
    assert store.digests.history("ada").quiet_days == 0


def test_an_empty_day_gives_way_to_a_digest(store: Store) -> None:
    """What appears later on an empty day can still be sent on it, but not the other way."""
    empty = store.digests.record_empty(reader="ada", day=DAY, reason="")
    again = store.digests.record_empty(reader="ada", day=DAY, reason="")
    full = store.digests.record(reader="ada", day=DAY, mail=mail(), papers=[paper()])

    assert (empty, again, full) == (True, False, True)
    assert last(store).state == "waiting"
    assert not store.digests.record_empty(reader="ada", day=DAY, reason="late")


def test_the_state_of_a_digest_is_that_of_its_messages(store: Store) -> None:
    """QueuedMessage until every recipient has a verdict, then sent if any has it."""
    store.digests.record(reader="ada", day=DAY, mail=mail(to=("a@x.test", "b@x.test")), papers=[])
    first, second = store.outbox.waiting()
    states = []
    for row in (first, second):
        store.outbox.exchange(None, row)
        store.outbox.failed(row, store.outbox.taken(f"250 {row.recipient}"))
        states.append(last(store).state)

    assert states == ["waiting", "sent"]
    assert last(store).answer == "250 b@x.test"


def test_latest_come_newest_first(store: Store, clock: Clock) -> None:
    """`status -n` shows so many, the newest first, of that reader alone."""
    for later in range(3):
        day = DAY + timedelta(days=later)
        for reader in ("ada", "bob"):
            store.digests.record(reader=reader, day=day, mail=mail(reader, day), papers=[])
        clock.forward(days=1)

    days = [sent.day for sent in store.digests.latest("ada", 2)]
    assert days == [DAY + timedelta(days=2), DAY + timedelta(days=1)]


@pytest.mark.parametrize(
    ("codes", "refusals"),
    [([], 0), ([250], 0), ([550], 1), ([550, 250, 550, 554], 2), ([550, 0], 0)],
    ids=["no mail", "arrived", "refused", "two since the last that arrived", "no server"],
)
def test_refusals_in_a_row_are_counted(
    store: Store, clock: Clock, codes: list[int], refusals: int
) -> None:
    """Who is refused day after day has moved away; a server that is down refuses nobody."""
    for code in codes:
        day = clock().date()
        store.digests.record(reader="ada", day=day, mail=mail(day=day), papers=[])
        (row,) = store.outbox.waiting()
        if code == 250:
            store.outbox.failed(row, store.outbox.taken("250 ok"))
        else:
            store.outbox.failed(row, Outcome(due=clock(), code=code, answer="no", dead=True))
        clock.forward(days=1)

    assert store.digests.refusals("ada", ["ada@inbox.test"]) == refusals
    assert store.digests.refusals("ada", ["new@inbox.test"]) == 0

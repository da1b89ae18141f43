"""What waits in vain gives way to the next digest."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from outbox_world import DAY, MORNING, Desk, desk_in, mail, paper

from digest.store import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

FAILED = Verdict(due=MORNING, code=0, answer="down")
DOUBT = Verdict(due=MORNING, code=0, answer="broken off", uncertain=True)


def later(days: int) -> date:
    """Return a day after the first."""
    return DAY + timedelta(days=days)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose reader had a digest and has two that wait."""
    for desk in desk_in(tmp_path):
        for days in range(3):
            desk.write(day=later(days))
            desk.clock.forward(days=1)
        first, *_ = desk.store.outbox.waiting()
        desk.store.outbox.sent(first, "250 taken")
        yield desk


def test_what_waits_after_the_last_that_left_is_undelivered(desk: Desk) -> None:
    """From the first of them on, for the days that follow, for this reader alone."""
    undelivered = desk.store.digests.undelivered
    found = [undelivered("ada", later(days)) for days in range(4)]

    assert found == [None, None, later(1), later(1)]
    assert undelivered("bob", later(3)) is None


def test_a_first_digest_is_not_taken_over(desk: Desk) -> None:
    """It says what was new when digest began: without it that would be forgotten."""
    desk.write("eve", later(0))

    assert desk.store.digests.undelivered("eve", later(1)) is None


@pytest.mark.parametrize("state", ["sending", "doubt", "dead", "sent"])
def test_what_a_server_may_have_taken_is_not_taken_over(desk: Desk, state: str) -> None:
    """Nor what came before it."""
    outbox = desk.store.outbox
    row = outbox.waiting()[1]
    match state:
        case "sending":
            outbox.claim(row)
        case "doubt":
            outbox.failed(row, DOUBT)
        case "dead":
            outbox.failed(row, Verdict(due=MORNING, code=550, answer="no", dead=True))
        case _:
            outbox.sent(row, "250 taken")

    assert desk.store.digests.undelivered("ada", later(3)) is None


def test_one_of_several_recipients_who_has_it_keeps_it_as_it_is(desk: Desk) -> None:
    """Whoever has the mail would get its papers twice."""
    desk.write("lab", later(0))
    desk.write("lab", later(1), to=("one@lab.test", "two@lab.test"))
    row = next(row for row in desk.store.outbox.waiting() if row.recipient == "one@lab.test")
    desk.store.outbox.sent(row, "250 taken")

    assert desk.store.digests.undelivered("lab", later(2)) is None


def test_the_new_digest_takes_the_place_of_those_that_waited(desk: Desk) -> None:
    """One mail, which knows since when it waits; the days stay taken and say where they went."""
    digests = desk.store.digests
    for row in desk.store.outbox.waiting():
        desk.store.outbox.failed(row, FAILED)
    digests.record(
        reader="ada",
        day=later(3),
        mail=mail(day=later(3)),
        papers=[paper(1), paper(2)],
        passed=[paper(3)],
        merged_from=later(1),
    )
    (row,) = desk.store.outbox.waiting()

    assert (row.day, row.since, row.attempts) == (later(3), later(1), 0)
    assert digests.days("ada", DAY) == {later(days) for days in range(4)}
    assert [(sent.state, sent.papers) for sent in digests.latest("ada", 3)] == [
        ("waiting", 2),
        ("empty", 0),
        ("empty", 0),
    ]
    assert "went into the digest of 2026-11-25" in digests.latest("ada", 2)[1].reason
    assert digests.undelivered("ada", later(4)) == later(1)


def test_a_history_without_the_days_taken_over(desk: Desk) -> None:
    """What they held and what they passed over may be chosen once more, and nothing else."""
    digests = desk.store.digests
    digests.record_empty(reader="ada", day=later(3), reason="quiet", passed=[paper(9)])
    whole = digests.history("ada", apart_from=later(4))
    merged = digests.history("ada", apart_from=later(4), merged_from=later(1))

    assert (whole.last, merged.last) == (later(3), later(0))
    assert set(whole.passed) > set(merged.passed)
    assert set(whole.sent) == set(merged.sent)
    assert merged.quiet_days == 0


def test_what_the_days_taken_over_passed_over_belongs_to_the_new_one(desk: Desk) -> None:
    """A second merger finds it as well."""
    digests = desk.store.digests
    digests.record_empty(reader="ada", day=later(3), reason="quiet", passed=[paper(9)])
    digests.record(
        reader="ada", day=later(4), mail=mail(day=later(4)), papers=[], merged_from=later(1)
    )

    assert digests.history("ada", apart_from=later(5)).passed != {}
    assert digests.history("ada", apart_from=later(4)).passed == {}

"""What waits in vain gives way to the next digest."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from outbox_world import DAY, MORNING, Desk, desk_in, mail, paper

from digest.store import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

FAILED = Outcome(due=MORNING, code=0, answer="down")
DOUBT = Outcome(due=MORNING, code=0, answer="broken off", uncertain=True)


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
        desk.store.outbox.failed(first, desk.store.outbox.taken("250 taken"))
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
            outbox.exchange(None, row)
        case "doubt":
            outbox.failed(row, DOUBT)
        case "dead":
            outbox.failed(row, Outcome(due=MORNING, code=550, answer="no", dead=True))
        case _:
            outbox.failed(row, outbox.taken("250 taken"))

    assert desk.store.digests.undelivered("ada", later(3)) is None


def test_one_of_several_recipients_who_has_it_keeps_it_as_it_is(desk: Desk) -> None:
    """Whoever has the mail would get its papers twice."""
    desk.write("lab", later(0))
    desk.write("lab", later(1), to=("one@lab.test", "two@lab.test"))
    row = next(row for row in desk.store.outbox.waiting() if row.recipient == "one@lab.test")
    desk.store.outbox.failed(row, desk.store.outbox.taken("250 taken"))

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


@pytest.mark.parametrize(("days", "first"), [(7, 1), (8, 2), (9, None)])
def test_what_reaches_further_back_than_a_week_is_left_as_it_is(
    desk: Desk, days: int, first: int | None
) -> None:
    """A digest chooses from a week: an older mail, whose papers it would drop, goes by itself."""
    assert desk.store.digests.undelivered("ada", later(days)) == (first and later(first))


def test_a_mail_that_took_over_others_reaches_back_to_the_first(desk: Desk) -> None:
    """To where the digest before them ended, not its own day."""
    digests = desk.store.digests
    digests.record(
        reader="ada", day=later(6), mail=mail(day=later(6)), papers=[], merged_from=later(1)
    )

    assert digests.undelivered("ada", later(7)) == later(1)
    assert digests.undelivered("ada", later(8)) is None


def test_papers_that_find_no_room_may_come_another_day(desk: Desk) -> None:
    """What stood in a withdrawn mail alone was not sent to anybody."""
    digests = desk.store.digests
    digests.record(
        reader="ada", day=later(3), mail=mail(day=later(3)), papers=[paper(2)], merged_from=later(1)
    )
    sent = digests.history("ada", apart_from=later(4)).sent
    own = desk.store.database.rows("SELECT keys FROM sent WHERE day > ?", (f"{DAY}",))

    assert set(paper(2).keys) <= set(sent)
    assert len(own) == 1


def test_what_the_first_day_taken_over_passed_over_belongs_to_the_new_one(desk: Desk) -> None:
    """The first is among them."""
    digests = desk.store.digests
    taken = mail(day=later(3))
    digests.record(reader="ada", day=later(3), mail=taken, papers=[], passed=[paper(9)])
    digests.record(
        reader="ada", day=later(4), mail=mail(day=later(4)), papers=[], merged_from=later(3)
    )

    assert digests.history("ada", apart_from=later(4)).passed == {}
    assert digests.history("ada", apart_from=later(5)).passed != {}


def test_the_last_refusal_of_a_password_is_handed_on(desk: Desk) -> None:
    """Two mails were refused at different times: the hour counts from the later one."""
    outbox = desk.store.outbox
    for row in outbox.waiting():
        due = desk.clock() + timedelta(hours=1)
        outbox.failed(row, Outcome(due=due, code=535, answer="535 no", hold=True))
        desk.clock.forward(minutes=40)
    last = max(row.due for row in outbox.waiting())
    desk.store.digests.record(
        reader="ada", day=later(3), mail=mail(day=later(3)), papers=[], merged_from=later(1)
    )
    (row,) = outbox.waiting()

    assert (row.due, row.code, row.hold) == (last, 535, True)


def test_an_edition_that_was_sent_keeps_its_answer(desk: Desk) -> None:
    """A refused password is handed on to the new mail alone, not to an older one of its day."""
    outbox, digests = desk.store.outbox, desk.store.digests
    for row in outbox.waiting():
        outbox.failed(row, Outcome(due=row.due, code=535, answer="535 no", hold=True))
    desk.write(day=later(3))
    outbox.failed(outbox.waiting()[-1], outbox.taken("250 taken"))
    again = replace(mail(day=later(3)), message_id="<again@digest.test>")
    digests.record(
        reader="ada", day=later(3), mail=again, papers=[], edition=2, merged_from=later(1)
    )

    assert [sent.answer for sent in digests.of_day("ada", later(3))] == ["535 no", "250 taken"]


def test_the_editions_of_a_day_go_together(desk: Desk) -> None:
    """One that reaches further back than a week keeps the others of its day, too."""
    digests = desk.store.digests
    digests.record(
        reader="ada", day=later(6), mail=mail(day=later(6)), papers=[], merged_from=later(1)
    )
    again = replace(mail(day=later(6)), message_id="<again@digest.test>")
    digests.record(reader="ada", day=later(6), mail=again, papers=[], edition=2)

    assert digests.undelivered("ada", later(7)) == later(1)
    assert digests.undelivered("ada", later(8)) is None


def test_an_old_day_that_somebody_asked_for_says_nothing_of_what_was_read(desk: Desk) -> None:
    """It was made weeks later: what waits begins where the digest before it ended, not there."""
    digests = desk.store.digests
    desk.write("eve", later(0))
    outbox = desk.store.outbox
    outbox.failed(outbox.waiting()[-1], outbox.taken("250 taken"))
    desk.write("eve", later(10))
    desk.clock.forward(days=20)
    digests.record_empty(reader="eve", day=later(8), reason="asked for")

    assert digests.undelivered("eve", later(12)) is None


MERGING = """
import os, signal, sys
from datetime import timedelta
from pathlib import Path
from outbox_world import DAY, MORNING, mail, paper
from digest.store import Store

def deadly(statement):
    if sys.argv[2] in statement:
        os.kill(os.getpid(), signal.SIGKILL)

with Store.open(Path(sys.argv[1]), now=lambda: MORNING + timedelta(days=3)) as store:
    with store.database.transaction() as write:
        write.set_trace_callback(deadly)
    day = DAY + timedelta(days=3)
    first = DAY + timedelta(days=1)
    store.digests.record(
        reader="ada", day=day, mail=mail(day=day), papers=[paper(2)], merged_from=first
    )
"""


@pytest.mark.parametrize(
    "statement",
    ["INSERT INTO digest", "INSERT INTO message", "DELETE FROM message", "UPDATE passed", "COMMIT"],
)
def test_S20_killed_while_it_merges_it_has_merged_nothing(desk: Desk, statement: str) -> None:
    """The mails wait as before, their papers are theirs, and the next try takes them over."""
    digests, before = desk.store.digests, desk.store.outbox.waiting()
    folder = desk.store.database.path.parent
    killed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MERGING, folder, statement],
        env={"PYTHONPATH": ":".join(sys.path)},
        check=False,
    )

    assert killed.returncode == -signal.SIGKILL
    assert desk.store.outbox.waiting() == before
    assert digests.days("ada", DAY) == {later(days) for days in range(3)}
    assert set(paper(1).keys) <= set(digests.history("ada").sent)
    assert digests.undelivered("ada", later(3)) == later(1)

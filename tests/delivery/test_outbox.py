"""Nothing stops the others: what becomes of messages on their way out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from outbox_world import DAY, MORNING, Desk, Scripted, desk_in, fails

from digest.delivery.outbox import warn
from digest.delivery.retry_policy import MOST_UNCERTAIN, UNCERTAIN_WAIT
from digest.delivery.secret import Secret
from digest.model.errors import DeliveryError, StateError, TransportUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.delivery.queue_run import DeliveryResult


WRONG, RIGHT = Secret(value="wrong"), Secret(value="right")


@dataclass
class Account(Scripted):
    """One that signs in."""

    host: str = "mx.test"
    port: int = 1
    username: str = "ada"
    password: Secret = WRONG


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with one digest in its outbox."""
    for desk in desk_in(tmp_path):
        desk.write()
        yield desk


def test_nothing_due_opens_no_way(desk: Desk) -> None:
    """Without a message there is no connection."""
    desk.flush(Scripted())

    assert desk.flush(Scripted(opening=AssertionError("opened"))) == ()


def test_a_closed_way_puts_all_off_that_is_due(desk: Desk) -> None:
    """One look at a server that is down is enough; it is no attempt of those behind."""
    desk.write("bob")
    outcomes = desk.flush(Scripted(opening=TransportUnavailable("no road", uncertain=True)))

    assert [(o.state, o.text) for o in outcomes] == [
        ("waiting", "no road"),
        ("waiting", "not tried: no road"),
    ]
    assert len({o.due for o in outcomes}) == 1
    rows = desk.store.outbox.waiting()
    assert sorted((row.attempts, row.uncertain) for row in rows) == [(0, 0), (1, 1)]


def test_refused_recipients_starve_nobody(desk: Desk) -> None:
    """However many mailboxes are full, the next reader's mail is offered."""
    for name in ("bob", "cy", "dee"):
        desk.write(name)
    full = [fails(DeliveryError("full", code=452)) for _ in range(3)]
    outcomes = desk.flush(Scripted(acts=full))

    assert [o.state for o in outcomes] == ["waiting"] * 3 + ["sent"]


def test_a_way_that_closes_between_two_messages_keeps_the_rest(desk: Desk) -> None:
    """What was sent is sent, the others wait."""
    desk.write("bob")
    desk.write("eve")
    way = Scripted(acts=[lambda: "taken", fails(TransportUnavailable("gone"))])
    outcomes = desk.flush(way)

    assert [o.state for o in outcomes] == ["sent", "waiting", "waiting"]
    assert desk.flush(Scripted(), force=True)[0].state == "sent"


def test_M14_a_new_message_does_not_try_a_refused_password_again(desk: Desk) -> None:
    """One try an hour for all readers together: the account is one."""
    refused = Scripted(opening=TransportUnavailable("535 no", hold=True, code=535))
    desk.flush(refused)
    desk.clock.forward(minutes=20)
    desk.write("bob")
    bob, ada = desk.flush(Scripted(opening=AssertionError("tried again")))
    desk.clock.forward(minutes=40)
    outcomes = desk.flush(Scripted())

    told = "not tried: refused at 07:30 UTC, again at 08:30 UTC; 535 no"
    assert (bob.reader, bob.state, bob.text) == ("bob", "waiting", told)
    assert (ada.reader, ada.text) == ("ada", told)
    assert [o.state for o in outcomes] == ["sent", "sent"]


@pytest.mark.parametrize("code", [530, 534, 535, 538])
def test_C4_a_person_who_asks_is_not_told_to_wait_for_the_hour(desk: Desk, code: int) -> None:
    """`send --retry` tries now, whatever was refused: the hour is for the daemon."""
    desk.flush(Scripted(opening=TransportUnavailable("no", hold=True, code=code)))
    desk.write("bob")
    desk.clock.forward(minutes=1)
    outcomes = desk.flush(Scripted(), force=True)

    assert [o.state for o in outcomes] == ["sent", "sent"]


@pytest.mark.parametrize(
    ("mended", "tried"),
    [
        (Account(), False),
        (Account(connections=2), False),
        (Account(port=2), True),
        (Account(username="eve"), True),
        (Account(password=RIGHT), True),
    ],
)
def test_M14_a_mended_set_up_need_not_wait_for_the_hour(
    desk: Desk, mended: Account, *, tried: bool
) -> None:
    """What was refused is not asked again within the hour; another server or account is."""
    desk.flush(Account(opening=TransportUnavailable("535 no", hold=True, code=535)))
    desk.clock.forward(minutes=1)
    (outcome,) = desk.flush(mended)

    assert outcome.state == ("sent" if tried else "waiting")
    assert tried or outcome.text.startswith("not tried: refused at 07:30 UTC, again at 08:30 UTC;")


def test_M14_a_clock_set_back_within_the_hour_tries_no_password_again(desk: Desk) -> None:
    """Five steps of two minutes back are no five tries: they would lock the account."""
    refused = TransportUnavailable("535 no", hold=True, code=535)
    desk.flush(Scripted(opening=refused))
    for _ in range(5):
        desk.clock.forward(minutes=-2)
        desk.flush(Scripted(opening=AssertionError("tried again")))
    desk.clock.forward(minutes=10 + 61)

    assert desk.send(Scripted()).state == "sent"


def test_a_crash_under_a_wrong_clock_keeps_nothing_waiting(desk: Desk) -> None:
    """A claim dated 2099 is taken up half an hour from now, not from then."""
    (row,) = desk.store.outbox.waiting()
    desk.clock.forward(days=26_000)
    desk.store.outbox.exchange(None, row)
    desk.clock.moment = MORNING
    early = desk.flush(Scripted())
    desk.clock.forward(minutes=30)

    assert early == ()
    assert desk.send(Scripted()).state == "sent"


def test_a_recipient_cannot_write_lines_into_the_log(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """One event is one line, whatever an address holds."""
    desk.write("bad", to=("a@b.c\r\nevent=forged",))
    warn(desk.flush(Scripted(opening=TransportUnavailable("no road"))), told=())

    assert len(caplog.records) == 2
    assert all("\n" not in record.getMessage() for record in caplog.records)


def test_what_the_caller_tells_is_no_warning_too(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """What was sent needs none, and what is said elsewhere is said once."""
    for reader in ("bob", "eve"):
        desk.write(reader)
    way = Scripted(acts=[lambda: "taken", *[fails(DeliveryError("later", code=451))] * 2])
    sent, one, two = desk.flush(way)
    warn((sent, one, two), told={one.message_id})

    assert [record.getMessage() for record in caplog.records] == [
        f"event=waiting message_id={two.message_id!r} to={two.recipient!r} error='later'"
    ]


def test_one_bad_message_does_not_stop_the_others(desk: Desk) -> None:
    """A refusal concerns its message alone, also a temporary one."""
    for reader in ("bob", "eve", "joe"):
        desk.write(reader)
    way = Scripted(
        acts=[
            fails(DeliveryError("later", code=451)),
            fails(DeliveryError("never", permanent=True)),
            fails(DeliveryError("later", code=451)),
        ]
    )

    assert [o.state for o in desk.flush(way)] == ["waiting", "failed", "waiting", "sent"]


def test_what_an_outsiders_way_raises_leaves_doubt(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """An error that is none of ours says nothing of the message: it may have gone out."""
    outcome = desk.send(Scripted(acts=[fails(ZeroDivisionError("oops"))]))

    assert (outcome.state, outcome.uncertain, outcome.text) == (
        "waiting",
        True,
        "ZeroDivisionError: oops",
    )
    assert "event=transport-raised transport=scripted" in caplog.text


@pytest.mark.parametrize("error", [StateError("disk full"), MemoryError()])
def test_what_concerns_us_all_ends_the_round(desk: Desk, error: BaseException) -> None:
    """A store that cannot be written, or a fault of our own, is raised to the caller."""
    with pytest.raises(type(error)):
        desk.flush(Scripted(opening=error))


def test_what_was_being_sent_when_we_died_is_uncertain(desk: Desk) -> None:
    """It is sent again after half an hour, at once where that is asked for, and counted."""
    (row,) = desk.store.outbox.waiting()
    desk.store.outbox.exchange(None, row)
    early = desk.flush(Scripted())
    (row,) = desk.store.outbox.waiting()
    forced = desk.send(Scripted(), force=True)

    assert early == ()
    assert (row.state, row.uncertain, row.due) == ("ready", 1, MORNING + UNCERTAIN_WAIT)
    assert forced.state == "sent"


def test_what_we_died_over_four_times_is_given_up_and_told(desk: Desk) -> None:
    """A message may have arrived as often: four copies at most, however it was left in doubt."""
    found: tuple[DeliveryResult, ...] = ()
    for _ in range(MOST_UNCERTAIN):
        (row,) = desk.store.outbox.waiting()
        assert desk.store.outbox.exchange(None, row)
        found = desk.flush(Scripted(opening=AssertionError("opened for nothing")))

    assert [outcome.state for outcome in found] == ["failed"]
    assert "handed over 4 times" in desk.store.alerts.active()["refused:ada@inbox.test"]
    assert [row.uncertain for row in desk.store.outbox.dead()] == [MOST_UNCERTAIN]


def test_a_message_that_another_digest_took_is_left_to_it(desk: Desk) -> None:
    """Between the look and the claim somebody else may have begun to send."""
    desk.write("bob")
    _, second = desk.store.outbox.waiting()

    def meanwhile() -> str:
        desk.store.outbox.exchange(None, second)
        return "taken"

    way = Scripted(acts=[meanwhile])
    assert [o.reader for o in desk.flush(way)] == ["ada"]
    assert len(way.taken) == 1


def test_the_messages_tried_least_come_first(desk: Desk) -> None:
    """One that fails again and again does not stand in the way of new ones."""
    desk.flush(Scripted(acts=[fails(DeliveryError("later"))]))
    desk.clock.forward(hours=1)
    desk.write("bob")
    way = Scripted()
    desk.flush(way)

    assert [message_id.partition(".")[0] for message_id in way.taken] == ["<bob", "<ada"]


def test_an_alert_stands_while_mail_waits_for_a_day(desk: Desk) -> None:
    """After 24 h the reader is told by another way; once it is sent, no more."""
    desk.flush(Scripted(opening=TransportUnavailable("no road")))
    at_once = dict(desk.store.alerts.active())
    desk.clock.forward(days=1)
    desk.flush(Scripted(opening=TransportUnavailable("no road")))
    after_a_day = dict(desk.store.alerts.active())
    desk.flush(Scripted(), force=True)

    assert at_once == {}
    assert after_a_day == {"outbox": "mail waits since 2026-11-22: no road"}
    assert desk.store.alerts.active() == {}


def test_a_refused_reader_is_told_until_one_mail_arrives(desk: Desk) -> None:
    """A message given up is an alert, and the next that arrives ends it."""
    desk.flush(Scripted(acts=[fails(DeliveryError("no such user", permanent=True))]))
    told = dict(desk.store.alerts.active())
    desk.write(day=DAY + timedelta(days=1))
    desk.flush(Scripted())

    assert told == {
        "refused:ada@inbox.test": "a digest for ada@inbox.test was given up: no such user"
    }
    assert desk.store.alerts.active() == {}

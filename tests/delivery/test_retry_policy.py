"""What an attempt means, and when the next one comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from outbox_world import DAY, MORNING

from digest.delivery.retry_policy import (
    BACK_OFF,
    FEWEST_ATTEMPTS,
    GIVEN_UP_AFTER,
    HOLD,
    LONGEST_WAIT,
    MOST_UNCERTAIN,
    UNCERTAIN_AGAIN,
    UNCERTAIN_WAIT,
    classify,
    interrupted,
    is_due,
    uncertain_wait,
)
from digest.model.errors import DeliveryError
from digest.model.states import DeliveryState
from digest.store import QueuedMessage

ROW = QueuedMessage(
    id=1,
    message_id="<a@digest.test>",
    reader="ada",
    day=DAY,
    since=DAY,
    sender="digest@digest.test",
    recipient="ada@inbox.test",
    state=DeliveryState.READY,
    attempts=0,
    uncertain=0,
    hold=False,
    composed=MORNING,
    tried=None,
    due=MORNING,
    code=0,
    answer="",
)


REFUSED: dict[str, object] = {"due": MORNING + HOLD, "hold": True, "code": 535}


@pytest.mark.parametrize("attempts", range(8))
def test_waits_grow_to_two_hours(attempts: int) -> None:
    """1, 5, 15, 30, 60 minutes, then every two hours, spread by up to a tenth."""
    row = replace(ROW, attempts=attempts)
    least, most = (classify(row, DeliveryError("no"), MORNING, chance) for chance in (0.0, 1.0))
    wait = [*BACK_OFF, LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT][attempts]

    assert least.due - MORNING == wait
    assert most.due - MORNING == wait * 1.1


@given(
    attempts=st.integers(0, 100),
    age=st.timedeltas(timedelta(0), timedelta(days=30)),
    permanent=st.booleans(),
    hold=st.booleans(),
    uncertain=st.booleans(),
    code=st.sampled_from([0, 421, 450, 535, 550]),
    chance=st.floats(0, 1),
)
@settings(deadline=None, max_examples=150)
@example(
    attempts=FEWEST_ATTEMPTS - 2,
    age=GIVEN_UP_AFTER + timedelta(days=1),
    permanent=False,
    hold=False,
    uncertain=False,
    code=0,
    chance=0,
)
def test_every_failure_has_one_sound_verdict(
    *,
    attempts: int,
    age: timedelta,
    permanent: bool,
    hold: bool,
    uncertain: bool,
    code: int,
    chance: float,
) -> None:
    """Later means later, an hour for a hold, half an hour for doubt; five days at most."""
    error = DeliveryError("x", permanent=permanent, hold=hold, uncertain=uncertain, code=code)
    now = MORNING + age
    verdict = classify(replace(ROW, attempts=attempts), error, now, chance)

    assert verdict.due > now
    assert not hold or verdict.due - now >= HOLD
    assert not uncertain or verdict.due - now >= UNCERTAIN_WAIT
    assert verdict.dead == (permanent or (age >= GIVEN_UP_AFTER and attempts >= 2))


def test_doubt_of_any_kind_ends_after_four_times() -> None:
    """Whether the server broke off or we died: the copies are counted together."""
    doubtful = replace(ROW, uncertain=MOST_UNCERTAIN - 1)

    assert uncertain_wait(doubtful) == UNCERTAIN_AGAIN
    assert not classify(doubtful, DeliveryError("down"), MORNING, 0).dead
    assert classify(doubtful, DeliveryError("dropped", uncertain=True), MORNING, 0).dead
    assert interrupted(doubtful, MORNING).dead
    assert not interrupted(replace(doubtful, uncertain=MOST_UNCERTAIN - 2), MORNING).dead


def test_a_message_in_doubt_waits_as_long_as_any_other() -> None:
    """Half an hour at least, and its back-off where that is longer."""
    doubt = DeliveryError("dropped", uncertain=True)
    waits = [classify(replace(ROW, attempts=n), doubt, MORNING, 0).due - MORNING for n in (0, 4, 9)]

    assert waits == [UNCERTAIN_WAIT, BACK_OFF[4], LONGEST_WAIT]


def test_the_answer_comes_with_its_hint() -> None:
    """Status says what to do, too."""
    verdict = classify(ROW, DeliveryError("refused", hint="write the password"), MORNING, 0)

    assert verdict.answer == "refused (write the password)"


@pytest.mark.parametrize(
    ("change", "due"),
    [
        ({}, True),
        ({"tried": MORNING, "due": MORNING + timedelta(minutes=1)}, False),
        ({"tried": MORNING, "due": MORNING}, True),
        ({"tried": MORNING, "due": MORNING + HOLD, "hold": True, "code": 535}, False),
        ({"tried": MORNING, "due": MORNING + HOLD, "hold": True, "code": 550}, False),
        ({"tried": MORNING + timedelta(days=9), "due": MORNING + timedelta(days=10)}, True),
        (REFUSED | {"tried": MORNING + timedelta(minutes=2)}, False),
        (REFUSED | {"tried": MORNING + timedelta(hours=9)}, True),
        (REFUSED | {"tried": MORNING - HOLD, "due": MORNING}, True),
        (REFUSED | {"tried": None}, True),
    ],
    ids=[
        *("new", "backs off", "over", "password", "quota", "clock was wrong"),
        *("clock was set back", "clock was days off", "password waited", "put off"),
    ],
)
def test_a_message_is_due(change: dict[str, object], *, due: bool) -> None:
    """At its time, and an hour after a refused password."""
    assert is_due(replace(ROW, **change), MORNING) == due  # type: ignore[arg-type]  # changes of the test

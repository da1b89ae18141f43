"""What an attempt means, and when the next one comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outbox_world import DAY, MORNING

from digest.errors import DeliveryError
from digest.retry import (
    BACK_OFF,
    GIVEN_UP_AFTER,
    HOLD,
    LONGEST_WAIT,
    MOST_UNCERTAIN,
    UNCERTAIN_AGAIN,
    UNCERTAIN_WAIT,
    is_due,
    judge,
    uncertain_wait,
)
from digest.store import Waiting

ROW = Waiting(
    id=1,
    message_id="<a@digest.test>",
    reader="ada",
    day=DAY,
    since=DAY,
    sender="digest@digest.test",
    recipient="ada@inbox.test",
    state="ready",
    attempts=0,
    uncertain=0,
    hold=False,
    composed=MORNING,
    tried=None,
    due=MORNING,
    code=0,
    answer="",
)


@pytest.mark.parametrize("attempts", range(8))
def test_waits_grow_to_two_hours(attempts: int) -> None:
    """1, 5, 15, 30, 60 minutes, then every two hours, spread by up to a tenth."""
    row = replace(ROW, attempts=attempts)
    least, most = (judge(row, DeliveryError("no"), MORNING, chance) for chance in (0.0, 1.0))
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
    verdict = judge(replace(ROW, attempts=attempts), error, now, chance)

    assert verdict.due > now
    assert not hold or verdict.due - now >= HOLD
    assert not uncertain or verdict.due - now >= UNCERTAIN_WAIT
    assert verdict.dead == (permanent or (age >= GIVEN_UP_AFTER and attempts >= 2))


def test_deaths_while_sending_alone_give_nothing_up() -> None:
    """A computer that dies often loses no mail; only one more answer that is none ends it."""
    killed = replace(ROW, uncertain=MOST_UNCERTAIN + 2)

    assert uncertain_wait(killed) == UNCERTAIN_AGAIN
    assert not judge(killed, DeliveryError("down"), MORNING, 0).dead
    assert judge(killed, DeliveryError("dropped", uncertain=True), MORNING, 0).dead


def test_the_answer_comes_with_its_hint() -> None:
    """Status says what to do, too."""
    verdict = judge(ROW, DeliveryError("refused", hint="write the password"), MORNING, 0)

    assert verdict.answer == "refused (write the password)"


@pytest.mark.parametrize(
    ("change", "force", "due"),
    [
        ({}, False, True),
        ({"tried": MORNING, "due": MORNING + timedelta(minutes=1)}, False, False),
        ({"tried": MORNING, "due": MORNING + timedelta(minutes=1)}, True, True),
        ({"tried": MORNING, "due": MORNING}, False, True),
        ({"tried": MORNING, "due": MORNING + HOLD, "hold": True, "code": 535}, True, False),
        ({"tried": MORNING, "due": MORNING + HOLD, "hold": True, "code": 550}, True, True),
        ({"tried": MORNING + timedelta(days=9), "due": MORNING + timedelta(days=10)}, False, True),
    ],
    ids=["new", "backs off", "forced", "over", "password", "quota", "clock was wrong"],
)
def test_a_message_is_due(change: dict[str, object], *, force: bool, due: bool) -> None:
    """At its time; forced at any time, but for the hour after a refused password."""
    assert is_due(replace(ROW, **change), MORNING, force=force) == due  # type: ignore[arg-type]  # changes of the test

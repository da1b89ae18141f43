"""What is remembered of a digest that could not be made."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from fakes import MORNING, TODAY, house

from digest.app.pipeline.attempts import last, remember
from digest.app.pipeline.request import DigestResult
from digest.model.states import DigestState

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("state", "minutes"), [("failed", 15), ("waiting", 30)])
def test_an_attempt_is_kept_until_the_digest_is_made(
    tmp_path: Path, state: str, minutes: int
) -> None:
    """With its reason and the time of the next one; each reader has their own."""
    tried = DigestResult(reader="me", day=TODAY, state=DigestState(state), text="why")
    with house(tmp_path) as home:
        keyvalue = home.store.keyvalue
        remember(keyvalue, tried, MORNING)
        kept = last(keyvalue, "me")
        assert kept is not None
        assert (kept.day, kept.at, kept.state, kept.text) == (TODAY, MORNING, state, "why")
        assert kept.again == MORNING + timedelta(minutes=minutes)
        assert last(keyvalue, "you") is None
        remember(keyvalue, DigestResult(reader="me", day=TODAY, state=DigestState.SENT), MORNING)
        assert last(keyvalue, "me") is None


def test_a_mail_that_was_given_up_is_no_attempt(tmp_path: Path) -> None:
    """Its digest was made: the outbox tells of it."""
    dead = DigestResult(reader="me", day=TODAY, state=DigestState.FAILED, message_id="<a@b>")
    with house(tmp_path) as home:
        remember(home.store.keyvalue, dead, MORNING)
        assert last(home.store.keyvalue, "me") is None

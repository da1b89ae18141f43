from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from letters import HEAD


def test_a_letterhead_stays_as_it_was_set() -> None:
    """Nobody on the way to the mail changes what the reader set."""
    with pytest.raises(FrozenInstanceError):
        HEAD.language = "de"  # type: ignore[misc] # what must not be possible


def test_nobody_is_said_to_read_what_nobody_reads() -> None:
    """Feedback is off until an address is set, and a letter is no test until it is one."""
    assert (HEAD.feedback, HEAD.token, HEAD.test) == ("", None, False)

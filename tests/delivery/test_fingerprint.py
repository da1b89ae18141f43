"""What tells a mended mail set-up from the one that was refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from digest.delivery.fingerprint import fingerprint
from digest.delivery.secret import Secret
from digest.delivery.smtp import Smtp

if TYPE_CHECKING:
    from pathlib import Path

KEY = b"key"
WAY = Smtp(host="mx.test", username="ada", password=Secret(value="wrong"))


@pytest.mark.parametrize(
    "change",
    [
        {"host": "mx.other"},
        {"port": 465},
        {"security": "tls"},
        {"username": "eve"},
        {"password": Secret(value="right")},
        {"password": None},
    ],
)
def test_each_change_that_may_mend_it_is_seen(change: dict[str, object]) -> None:
    """Server, account, password; nothing else, and not without the key."""
    mended = replace(WAY, **change)  # type: ignore[arg-type]  # facts by name
    assert fingerprint(mended, KEY) != fingerprint(WAY, KEY)
    assert fingerprint(replace(WAY, connections=1, per_minute=9), KEY) == fingerprint(WAY, KEY)
    assert fingerprint(WAY, b"another") != fingerprint(WAY, KEY)
    assert "wrong" not in fingerprint(WAY, KEY)


def test_a_password_is_looked_up_where_it_lies(tmp_path: Path) -> None:
    """The config stays as it is, the file says another one; a missing one is another one too."""
    file = tmp_path / "password"
    way = replace(WAY, password=Secret(file=str(file)))
    seen = [fingerprint(way, KEY)]
    for text in ("one", "two"):
        file.write_text(text)
        seen.append(fingerprint(way, KEY))
    assert len(set(seen)) == 3


def test_a_token_that_is_another_each_time_lifts_nothing() -> None:
    """It is fetched anew for each try: a refused one would be tried for ever."""
    way = replace(WAY, auth="xoauth2", password=Secret(command="date +%N"))
    assert fingerprint(way, KEY) == fingerprint(way, KEY)
    other = replace(way, password=Secret(command="date"))
    assert fingerprint(other, KEY) != fingerprint(way, KEY)

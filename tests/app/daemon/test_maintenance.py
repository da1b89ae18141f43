"""What is done once a day, whoever lets digest run."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from fakes import TODAY, house

from digest.app.daemon.maintenance import upkeep_after
from digest.model.states import SourceState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakes import House


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A house with its state."""
    with house(tmp_path) as built:
        yield built


def backups(home: House) -> list[str]:
    """Return the names of the backups there are."""
    return sorted(path.name for path in (home.store.folder / "backups").glob("*"))


def test_there_is_a_backup_of_each_day_that_sent(home: House) -> None:
    """The first send of a day makes it, the next ones leave it as it is."""
    upkeep_after(home.config, home.runtime)
    home.store.keyvalue.put("later", "yes")
    upkeep_after(home.config, home.runtime)
    (backup,) = (home.store.folder / "backups").iterdir()
    first = backup.stat().st_mtime_ns
    upkeep_after(home.config, home.runtime)
    home.clock.forward(days=1)
    upkeep_after(home.config, home.runtime)

    assert backup.stat().st_mtime_ns == first
    assert backups(home) == [f"digest-{TODAY + timedelta(days=n)}.db" for n in range(2)]


def test_what_left_the_config_is_forgotten(home: House) -> None:
    """A source that is gone is told of no more."""
    home.store.sources.record("gone", state=SourceState.FAILED, day=TODAY, papers=0, error="404")
    home.store.alerts.add("source:gone", "gone cannot be read")
    upkeep_after(home.config, home.runtime)

    assert home.store.sources.all() == {}
    assert home.store.alerts.active() == {}


def test_a_backup_that_fails_is_a_word_in_the_log(
    home: House, caplog: pytest.LogCaptureFixture
) -> None:
    """The digest has gone out: it must not look as if it had failed."""
    (home.store.folder / "backups").write_text("in the way")
    upkeep_after(home.config, home.runtime)

    assert "event=no-backup" in caplog.text
    assert "is not a folder" in caplog.text

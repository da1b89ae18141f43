"""config.example.toml: whole, true, and working as it stands."""

from __future__ import annotations

import re
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import tomli

from digest.config import load, schema
from digest.config.components import registered
from digest.config.hints import WEEKDAYS
from digest.config.validate import table_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
SETTING = re.compile(r"(#?)(\[+[a-z]+\]+|[a-z_]+ = .*)")
ALTERNATIVES = ("maildir", "command")
OWN = {
    "interests": schema.InterestTable,
    "taste": schema.TasteTable,
    "email": schema.EmailTable,
    "schedule": schema.ScheduleTable,
    "storage": schema.StorageTable,
    "ranking": schema.RankingTable,
    "dkim": schema.DkimTable,
}


def settings() -> Iterator[tuple[str, str, bool, str]]:
    """Yield table, kind of source, whether it is commented out, and the setting of each line."""
    table, kind = "", ""
    for line in EXAMPLE.read_text().splitlines():
        found = SETTING.match(line)
        if not found:
            continue
        if found[2].startswith("["):
            table, kind = found[2].strip("[]"), ""
        elif found[2].startswith("type = "):
            kind = found[2].split('"')[1]
        else:
            yield table, kind, found[1] == "#", found[2]


def described(table: str, kind: str) -> type[Any]:
    """Return the dataclass behind a table of the example."""
    kinds = registered()
    return kinds.sources[kind] if table == "sources" else {**OWN, **kinds.transports}[table]


def field_of(cls: type[Any], key: str) -> Field[Any]:
    """Return the field that a key of config.toml sets."""
    return next(f for name, f in zip(table_keys(cls), fields(cls), strict=True) if name == key)


def expected(cls: type[Any], key: str) -> object:
    """Return the default of a key, "" where unset is the default."""
    default = field_of(cls, key).default
    return "" if default is None or (cls, key) == (schema.ScheduleTable, "timezone") else default


COMMENTED = [
    pytest.param(table, kind, setting, id=f"{table} {kind} {setting}")
    for table, kind, commented, setting in settings()
    if commented and table
]


@pytest.mark.parametrize(("table", "kind", "setting"), COMMENTED)
def test_a_commented_setting_shows_its_default(table: str, kind: str, setting: str) -> None:
    """Taking away the # changes nothing; a key without a default shows an example."""
    key = setting.split(" ", maxsplit=1)[0]
    cls = described(table, kind)
    if field_of(cls, key).default is MISSING:
        return
    plain = tomli.loads(setting)[key]
    default = expected(cls, key)
    match default:
        case frozenset():
            assert plain == [day[:3] for day in WEEKDAYS]
        case tuple():
            assert tuple(plain) == default
        case _ if hasattr(default, "hour"):
            assert plain == f"{default:%H:%M}"
        case _:
            assert plain == default


def test_every_setting_there_is_stands_in_it() -> None:
    """No key of any table, source or way is missing, and none is shown twice in one table."""
    shown = [(t, k, s.split(" ")[0]) for t, k, _, s in settings()]
    every = {("", "", key) for key in ("readers", "allow", "contact", "heartbeat")}
    for table, cls in {**OWN, **registered().transports}.items():
        every |= {(table, "", key) for key in table_keys(cls)}
    for kind, cls in registered().sources.items():
        every |= {("sources", kind, key) for key in table_keys(cls)}

    assert set(shown) == every


def uncommented(*left: str) -> str:
    """Return the example with every setting in force but those of the tables `left`."""
    lines, table = [], ""
    for line in EXAMPLE.read_text().splitlines():
        found = SETTING.match(line)
        if found and found[2].startswith("["):
            table = found[2].strip("[]")
        lines.append(line[1:] if found and found[1] and table not in left else line)
    return "\n".join(lines)


def loaded(folder: Path, text: str) -> Any:
    """Return the config of this text."""
    path = folder / "config.toml"
    path.write_text(text)
    return load(path, environ={"DIGEST_STATE": "/s"}, local_zone=lambda: ZoneInfo("Asia/Tokyo"))


def test_it_works_as_it_stands(tmp_path: Path) -> None:
    """No problem, no warning, two interests, one source, a way of delivery."""
    config = loaded(tmp_path, EXAMPLE.read_text())

    assert config.warnings == ()
    assert len(config.readers[0].interests) == 2
    assert [source.name for source in config.sources] == ["huggingface"]
    assert config.require_transport().kind == "smtp"


def test_every_default_in_force_changes_nothing(tmp_path: Path) -> None:
    """The example with all its # taken away is the same config, with more sources."""
    plain = loaded(tmp_path, EXAMPLE.read_text())
    whole = loaded(tmp_path, uncommented(*ALTERNATIVES))

    assert whole.readers == plain.readers
    assert whole.transport == plain.transport
    assert whole.sources[0] == plain.sources[0]
    assert len(whole.sources) == len(registered().sources)


@pytest.mark.parametrize("way", ALTERNATIVES)
def test_the_other_ways_work_too(tmp_path: Path, way: str) -> None:
    """[maildir] or [command] in place of [smtp]."""
    text = uncommented(*(other for other in ALTERNATIVES if other != way))
    begin, end = text.index("\n[smtp]\n"), text.index("# Into a folder")

    config = loaded(tmp_path, text[:begin] + text[end:])

    assert config.require_transport().kind == way

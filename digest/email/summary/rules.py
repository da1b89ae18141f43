"""Rules: compiled patterns of rules.toml, in which `<name>` stands for a list of words."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

_LIST = re.compile(r"(?<!\?P)<([a-z]\w*)>")


@cache
def _tables() -> dict[str, dict[str, str]]:
    text = files("digest.email.summary").joinpath("rules.toml").read_text(encoding="utf-8")
    tables: dict[str, Any] = tomllib.loads(text)
    return tables


@cache
def word_set(name: str) -> frozenset[str]:
    """Return a set of words by name."""
    return frozenset(_tables()["sets"][name].split())


@cache
def rules(table: str) -> dict[str, re.Pattern[str]]:
    """Return the patterns of a table by name; case counts in a table named `…_cased`."""
    flags = re.NOFLAG if table.endswith("_cased") else re.IGNORECASE
    words = _tables()["words"]
    return {
        name: re.compile(_LIST.sub(lambda found: words[found[1]], pattern), flags)
        for name, pattern in _tables()[table].items()
    }

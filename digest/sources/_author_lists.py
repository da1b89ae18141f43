"""Authors that come as one string: commas, affiliations in parentheses."""

from __future__ import annotations

import re

_AFFILIATION = re.compile(r"\([^()]*\)")
_SUFFIX = re.compile(r"(?:jr|sr)\.?|I{2,3}|IV|(?:ph\.?d|m\.?d)\.?", re.IGNORECASE)
_INVERTED = re.compile(r"[^,;]+,\s*(?:[^\W\d_](?:\.[\s-]*|\s+|$)){1,5}")


def split(names: str) -> list[str]:
    """Return the names in a list that a source wrote as one string.

    `A. Lee (Univ. X, Y), B. Roy`, `LEE, A., ROY, B.`, `Lee, A.; Roy, B.` and `A. Lee and B. Roy`
    are all two names, first names first.
    """
    before = ""
    while names != before:
        before, names = names, _AFFILIATION.sub(" ", names)
    if ";" in names:
        return [_forward(name) for name in names.split(";") if name.strip()]
    parts = [part.strip() for part in names.split(",") if part.strip()]
    pairs = [", ".join(parts[i : i + 2]) for i in range(0, len(parts), 2)]
    if len(parts) > 1 and all(_INVERTED.fullmatch(pair) for pair in pairs):
        return [_forward(pair) for pair in pairs]
    return [
        name.strip()
        for part in _with_suffixes(parts)
        for name in re.split(r"\s+and\s+|^and\s+|(?<=\w):\s+", part)
        if name
    ]


def _with_suffixes(parts: list[str]) -> list[str]:
    """Return the parts between commas; `Jr.` stays with its name."""
    whole: list[str] = []
    for part in parts:
        if whole and _SUFFIX.fullmatch(part):
            whole[-1] = f"{whole[-1]}, {part}"
        else:
            whole.append(part)
    return whole


def _forward(name: str) -> str:
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}".strip() if comma else name.strip()

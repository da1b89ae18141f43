"""Hints for values that are wrong in a way that others have been wrong before."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_GERMAN_DAYS = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")

_ZONES = {
    "Europe/Berlin": ("cet", "cest", "mez", "mesz", "met"),
    "Europe/London": ("bst",),
    "Europe/Lisbon": ("wet", "west"),
    "Europe/Athens": ("eet", "eest"),
    "Europe/Moscow": ("msk",),
    "America/New_York": ("est", "edt", "et"),
    "America/Chicago": ("cst", "cdt", "ct"),
    "America/Denver": ("mst", "mdt", "mt"),
    "America/Los_Angeles": ("pst", "pdt", "pt"),
    "Asia/Kolkata": ("ist",),
    "Asia/Shanghai": ("cst china", "beijing"),
    "Asia/Tokyo": ("jst",),
    "Asia/Seoul": ("kst",),
    "Asia/Singapore": ("sgt",),
    "Australia/Sydney": ("aest", "aedt"),
}
"""Zones by abbreviations, which are ambiguous and hold for half of the year only."""
_OFFSET = re.compile(r"(?:utc|gmt)?\s*[+-]\s*\d{1,2}(?::?\d\d)?", re.IGNORECASE)

_OPERATOR = re.compile(r"(?:^|\s)(?:NOT|AND|OR)\s|^not\s|^[-!]\w|[*|&]|\"|^(?:ti|abs|au|all):")
_VARIABLE = re.compile(r"\$\{?[A-Z][A-Z_]+\}?|\$\{\w+\}|%\w+%")
_SCHEME = re.compile(r"(?:smtps?|tls|ssl|starttls|https?|imaps?)://", re.IGNORECASE)
_PORT = re.compile(r"(?P<host>[^:\[\]]+|\[[^\[\]]+\]):(?P<port>\d{1,5})")


def low_score(score: float) -> str:
    """Return a hint for a `min_score` written as a share of one, or ""."""
    return f"did you mean {score * 100:g}?" if 0 < score <= 1 else ""


def phrase_syntax(phrase: str) -> str:
    """Return a hint for a phrase in the syntax of a search engine, or ""."""
    if not _OPERATOR.search(phrase):
        return ""
    if re.match(r"(?:not\s|[-!]\w)", phrase, re.IGNORECASE):
        plain = re.sub(r"^(?:not\s+|[-!])", "", phrase, flags=re.IGNORECASE)
        return f'write avoid = ["{plain}"] to lower such papers'
    return "write each phrase as a text of its own; any of them may match"


def weekday(value: object) -> str:
    """Return a hint for a text that is not an English weekday."""
    name = str(value).strip().lower().rstrip(".")
    if name:
        for days in (WEEKDAYS, _GERMAN_DAYS):
            close = [day for day in days if len(name) > 1 and day.startswith(name)]
            close = close or get_close_matches(name, days, n=1, cutoff=0.75)
            if len(close) == 1:
                return f'did you mean "{WEEKDAYS[days.index(close[0])][:3]}"?'
    return 'such as "mon" or "monday"'


def time_zone(value: str, zones: Sequence[str]) -> str:
    """Return a hint for a name that is not one of `zones`."""
    if not zones:
        return "no time zones are installed here: `pip install tzdata`"
    wanted = value.strip().replace(" ", "_").casefold()
    for zone, abbreviations in _ZONES.items():
        if wanted in abbreviations:
            return f'write a place, such as "{zone}"; it includes summer time'
    if _OFFSET.fullmatch(value.strip()):
        return 'write a place, such as "Europe/Berlin"; it includes summer time'
    cities = {zone.rpartition("/")[2].casefold(): zone for zone in zones}
    whole = {zone.casefold(): zone for zone in zones}
    for names in (whole, cities):
        if near := get_close_matches(wanted, names, n=1, cutoff=0.75):
            return f'did you mean "{names[near[0]]}"?'
    if near := get_close_matches(wanted.rpartition("/")[2], cities, n=1, cutoff=0.75):
        return f'did you mean "{cities[near[0]]}"?'
    return 'a region and a city, such as "Europe/Berlin"'


def path(value: str) -> tuple[str, str]:
    """Return message and hint for a path that cannot be meant, two empty texts otherwise."""
    if any(ord(character) < ord(" ") for character in value):
        hint = "write \\\\ for one backslash, or put the text in 'single quotes'"
        return "this path contains a line break or tab", hint
    if found := _VARIABLE.search(value):
        home = f'"~{value[found.end() :]}" or ' * value.startswith(("$HOME", "${HOME}"))
        return "variables are not replaced in this path", f"write {home}the whole path"
    if value != value.strip():
        return "this path begins or ends with a blank", f'write "{value.strip()}"'
    return "", ""


def host(value: str) -> tuple[str, str]:
    """Return message and hint for a host that is none, two empty texts otherwise."""
    message = "expected the name of a server alone"
    plain = "".join(_SCHEME.sub("", value.strip(), count=1).split()).rstrip("/")
    if found := _PORT.fullmatch(plain):
        name = found["host"].strip("[]")
        return message, f'write host = "{name}" and port = {found["port"]}'
    if plain.startswith("[") and plain.endswith("]"):
        plain = plain[1:-1]
    if "/" in plain or "@" in plain:
        return message, 'such as host = "smtp.example.org"'
    return (message, f'write host = "{plain}"') if plain != value else ("", "")

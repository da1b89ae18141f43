"""Normalization: short forms become long ones, old names new ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.config.positions import Document, KeyPath
    from digest.model.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename:
    """Renamed key, whose old name is read for one release."""

    table: str
    old: str
    new: str
    until: str
    """First release that does not read the old name."""


RENAMED = (
    # One term for the sentences under a title, in the config as in the email.
    Rename(table="email", old="gist", new="summary", until="0.2"),
)


def normalize(document: Document) -> tuple[Document, list[Problem]]:
    """Return `document` in its long form, with a warning for each old name in it."""
    tree = {key: _copied(value) for key, value in document.tree.items()}
    places = dict(document.places)
    warnings: list[Problem] = []
    for rename in RENAMED:
        table = tree.get(rename.table)
        if not isinstance(table, dict) or rename.old not in table:
            continue
        path: KeyPath = (rename.table, rename.old)
        message = f"`{rename.old}` was renamed to `{rename.new}`"
        hint = f"rename it; the old name works until version {rename.until}"
        if rename.new in table:
            hint = f"delete it; `{rename.new}` is set too and is used"
        warnings.append(document.problem(path, message, hint=hint, key=True))
        value = table.pop(rename.old)
        if rename.new not in table:
            table[rename.new] = value
            places[rename.table, rename.new] = places[path]
    _lengthen(tree)
    return replace(document, tree=tree, places=places), warnings


def _copied(value: object) -> object:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


EMPTY = (("email", "templates"), ("schedule", "timezone"), ("storage", "path"))
"""Settings that are unset where their text is empty."""


def _lengthen(tree: dict[str, object]) -> None:
    """Replace the short forms in `tree` by the long ones, and drop empty settings."""
    for name, key in EMPTY:
        table = tree.get(name)
        if isinstance(table, dict) and table.get(key) == "":
            del table[key]
    if tree.get("readers") == "":
        del tree["readers"]
    _listed(tree.get("email"), "to")
    _listed(tree.get("schedule"), "days")
    schedule = tree.get("schedule")
    if isinstance(schedule, dict) and isinstance(schedule.get("at"), time):
        schedule["at"] = f"{schedule['at']:%H:%M}"
    interests = tree.get("interests")
    for interest in interests if isinstance(interests, list) else ():
        phrases = interest.get("phrases") if isinstance(interest, dict) else None
        if isinstance(phrases, list):
            interest["phrases"] = [p if isinstance(p, dict) else {"phrase": p} for p in phrases]


def _listed(table: object, key: str) -> None:
    if isinstance(table, dict) and isinstance(table.get(key), str):
        table[key] = [table[key]]

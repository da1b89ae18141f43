"""The many ways to write a config, brought into one: short forms made long, old names new."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.diagnostics import Document, KeyPath
    from digest.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename:
    """A key that had another name; the old one works until the release after the change."""

    table: str
    old: str
    new: str
    until: str
    """The first release that no longer knows the old name."""


RENAMED = (
    # the name in the drafts before the first release
    Rename(table="email", old="min_relevance", new="min_score", until="0.2"),
)


def shaped(document: Document) -> tuple[Document, list[Problem]]:
    """Return `document` with one form for each thing, and a warning for each old name in it."""
    tree = {key: _copied(value) for key, value in document.tree.items()}
    places = dict(document.places)
    warnings: list[Problem] = []
    for rename in RENAMED:
        table, old, new = tree.get(rename.table), rename.old, rename.new
        if isinstance(table, dict) and old in table and new not in table:
            path: KeyPath = (rename.table, old)
            hint = f"rename it; {rename.until} will not know the old name any more"
            warnings.append(
                document.problem(path, f"`{old}` is called `{new}` now", hint=hint, key=True)
            )
            table[new] = table.pop(old)
            places[rename.table, new] = places[path]
    _lengthen(tree)
    return replace(document, tree=tree, places=places), warnings


def _copied(value: object) -> object:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


def _lengthen(tree: dict[str, object]) -> None:
    """Turn the short forms in `tree` into the long ones."""
    _listed(tree.get("email"), "to")
    _listed(tree.get("schedule"), "days")
    schedule = tree.get("schedule")
    if isinstance(schedule, dict) and isinstance(schedule.get("at"), time):
        schedule["at"] = f"{schedule['at']:%H:%M}"
    interests = tree.get("interests")
    for interest in interests if isinstance(interests, list) else ():
        phrases = interest.get("phrases") if isinstance(interest, dict) else None
        if isinstance(phrases, list):
            interest["phrases"] = [{"phrase": p} if isinstance(p, str) else p for p in phrases]


def _listed(table: object, key: str) -> None:
    if isinstance(table, dict) and isinstance(table.get(key), str):
        table[key] = [table[key]]

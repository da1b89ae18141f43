"""JSON output of `preview`, `rank` and `check`, in fixed shapes for scripts."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model.errors import Problem
    from digest.model.issue import Issue
    from digest.model.ranked import Ranked

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]


def preview_json(issue: Issue, subject: str) -> dict[str, JsonValue]:
    """Return one issue: its papers in order, each with its section, score and reasons."""
    return {
        "day": issue.day.isoformat(),
        "reader": issue.reader,
        "subject": subject,
        "papers": [
            _paper(entry.ranked) | {"section": section.kind.value}
            for section in issue.sections
            for entry in section.entries
        ],
        "left_out": issue.left_out,
        "read": issue.read,
        "empty": issue.empty_reason,
        "sources": [
            {"name": s.name, "state": s.state, "papers": s.papers, "error": s.error}
            for s in issue.sources
        ],
    }


def _paper(ranked: Ranked) -> dict[str, JsonValue]:
    links = {name: url for name, url in asdict(ranked.paper.links).items() if url}
    return {
        **rank_json(ranked),
        "title": ranked.paper.title,
        "sources": list(ranked.paper.sources),
        "links": links,
    }


def rank_json(ranked: Ranked) -> dict[str, JsonValue]:
    """Return one line of `rank --json`."""
    return {
        "id": ranked.paper.id,
        "score": round(ranked.score, 1),
        "interest": ranked.interest,
        "reasons": [{"term": r.term, "weight": round(r.weight, 1)} for r in ranked.reasons],
    }


def check_json(problems: Iterable[Problem]) -> dict[str, JsonValue]:
    """Return what `check` found; `ok` is true where there is no problem."""
    found: list[JsonValue] = [
        {"where": p.where, "message": p.message, "hint": p.hint} for p in problems
    ]
    return {"ok": not found, "problems": found}

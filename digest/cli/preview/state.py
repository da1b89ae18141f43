"""Page state: the current digest with all papers of the day, for the page and for scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.app.json_output import preview_json, rank_json
from digest.email.issue.selection import points
from digest.model.identity import same

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from digest.app.json_output import JsonValue
    from digest.app.pipeline.request import Draft
    from digest.model.ranked import Ranked
    from digest.store import Vote


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One paper in the list."""

    ranked: Ranked
    points: int
    number: int = 0
    """Number in the email, or 0."""
    vote: str = ""
    """like, dislike or ""."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """Content of the page for one reader."""

    epoch: int
    reader: str
    readers: tuple[str, ...]
    draft: Draft | None = None
    """Last good digest, if any."""
    problem: str = ""
    """Reason why `draft` is older than the files: message and place."""
    notes: tuple[str, ...] = ()
    """Warnings."""
    busy: str = ""
    """Work in progress."""
    votes: tuple[Vote, ...] = ()
    """Latest vote on each paper, the newest last."""
    seconds: float = 0.0
    """Seconds for ranking and rendering."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return all papers of the day, the highest score first."""
        if self.draft is None:
            return ()
        numbers = {paper.id: n for n, paper in enumerate(self.draft.message.papers, 1)}
        said = _by_key(self.votes)
        return tuple(
            Row(
                ranked=ranked,
                points=points(ranked),
                number=numbers.get(ranked.paper.id, 0),
                vote=_verb(ranked.paper.keys, said),
            )
            for ranked in self.draft.ranked
        )

    @property
    def min_score(self) -> float:
        """Return the minimum score of a paper in the email."""
        return self.draft.request.reader.limits.min_score if self.draft else 0.0

    @property
    def summary(self) -> str:
        """Return the figures of the day in one line."""
        if self.draft is None:
            return "no digest yet"
        sources = self.draft.issue.sources
        read = [source for source in sources if source.state != "failed"]
        failed = [source.name for source in sources if source.state == "failed"]
        told = f" ({', '.join(failed)} failed)" if failed else ""
        papers, chosen = len(self.draft.ranked), len(self.draft.message.papers)
        day = f"{_count(papers, 'paper')} from {_count(len(read), 'source')}{told}"
        return f"{day} · {chosen} chosen"

    @property
    def to_json(self) -> dict[str, JsonValue]:
        """Return the whole state, for scripts: `preview --json` and what the page adds to it."""
        digest = preview_json(self.draft.issue, self.draft.message.subject) if self.draft else None
        return {
            "epoch": self.epoch,
            "reader": self.reader,
            "readers": list(self.readers),
            "digest": digest,
            "all": [_row_json(row) for row in self.rows],
            "min_score": self.min_score,
            "taught": {
                "liked": sum(vote.verb == "like" for vote in self.votes),
                "disliked": sum(vote.verb == "dislike" for vote in self.votes),
            },
            "problem": self.problem,
            "notes": list(self.notes),
            "busy": self.busy,
            "seconds": round(self.seconds, 3),
        }


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _by_key(votes: Iterable[Vote]) -> dict[str, list[Vote]]:
    """Return the votes by every key of their papers: fast for a whole liked library."""
    found: dict[str, list[Vote]] = {}
    for vote in votes:
        for key in vote.paper.keys:
            found.setdefault(key, []).append(vote)
    return found


def _verb(keys: Sequence[str], said: Mapping[str, Sequence[Vote]]) -> str:
    votes = [vote for key in keys for vote in said.get(key, ()) if same(vote.paper.keys, keys)]
    return max(votes, key=lambda vote: vote.at).verb if votes else ""


def _row_json(row: Row) -> dict[str, JsonValue]:
    return {
        **rank_json(row.ranked),
        "title": row.ranked.paper.title,
        "number": row.number,
        "vote": row.vote,
    }

"""Merging: one paper from its records in several sources."""

from __future__ import annotations

from dataclasses import fields
from functools import reduce
from typing import TYPE_CHECKING

from digest.model.identity import contradict, joined, title_key
from digest.model.paper import Links, Paper

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def merge(papers: Iterable[Paper]) -> tuple[Paper, ...]:
    """Return one of each paper, with every source it was seen in and the best of each field.

    The order of first appearance is kept; otherwise the result does not depend on the order.
    The archive's own text wins over a list's that copies it (Hugging Face's has lost its
    backslashes); upvotes and comments are the highest seen.
    """
    seen = list(papers)
    while len(groups := _groups(seen)) < len(seen):  # a merged paper may have a key of a third
        seen = [_blend([seen[i] for i in group]) for group in groups]
    return tuple(seen)


def _groups(seen: Sequence[Paper]) -> list[list[int]]:
    """Return the places of each paper's records, in the order of first appearance."""
    if len(set().union(*(paper.keys for paper in seen))) == sum(len(set(p.keys)) for p in seen):
        return [[index] for index in range(len(seen))]  # no shared key, as nearly always
    keys: list[set[str]] = []
    members: list[list[int]] = []
    groups_of: dict[str, set[int]] = {}
    for index in sorted(range(len(seen)), key=lambda i: _strength(seen[i])):
        mine = set(seen[index].keys)
        group = len(keys)
        keys.append(mine)
        members.append([index])
        for near in sorted({n for key in mine for n in groups_of.get(key, ())}):
            if members[near] and not contradict(keys[near], keys[group]):
                keys[group] = joined(keys[group], keys[near])
                members[group] += members[near]
                keys[near], members[near] = set(), []
        for key in keys[group]:
            groups_of.setdefault(key, set()).add(group)
    return sorted((sorted(group) for group in members if group), key=lambda group: group[0])


_SCHEMES = ("arxiv", "doi", "url", "guid", "title")


def _strength(paper: Paper) -> tuple[int, str, str]:
    scheme = paper.id.partition(":")[0]
    rank = _SCHEMES.index(scheme) if scheme in _SCHEMES else len(_SCHEMES)
    return rank, paper.id, repr(paper)


def _blend(group: Sequence[Paper]) -> Paper:
    if len(group) == 1:
        return group[0]
    firm = min(group, key=_strength)
    group = sorted(group, key=lambda p: (-p.authority, -len(p.abstract), _strength(p)))

    def best(name: str) -> str:
        return next((value for p in group if (value := getattr(p, name))), "")

    def fullest(name: str) -> tuple[str, ...]:
        return next((value for p in group if (value := getattr(p, name))), ())

    def most(name: str) -> int | None:
        return max((n for p in group if (n := getattr(p, name)) is not None), default=None)

    title = best("title")
    return Paper(
        id=firm.id,
        title=title,
        abstract=best("abstract"),
        authors=fullest("authors"),
        published=min((p.published for p in group if p.published), default=None),
        listed=min((p.listed for p in group if p.listed), default=None),
        categories=fullest("categories"),
        summary=best("summary"),
        keywords=fullest("keywords"),
        upvotes=most("upvotes"),
        comments=most("comments"),
        links=_best_links([p.links for p in group]),
        code_stars=most("code_stars"),
        thumbnail=best("thumbnail"),
        sources=tuple(sorted({name for p in group for name in p.sources})),
        aliases=tuple(sorted(_keys_of(group) - {firm.id, title_key(title)})),
        authority=group[0].authority,
    )


def _keys_of(group: Iterable[Paper]) -> set[str]:
    return reduce(joined, (set(paper.keys) for paper in group))


def _best_links(links: Sequence[Links]) -> Links:
    best = {
        f.name: next((v for x in links if (v := getattr(x, f.name))), "") for f in fields(Links)
    }
    return Links(**best)

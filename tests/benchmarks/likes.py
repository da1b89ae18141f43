"""Likes benchmark: `PYTHONPATH=tests:tests/support python -m benchmarks.likes` prints its tables.

Readers are authors whose last papers are their likes, and readers made of the written interests,
whose lists are parted in likes and papers to be found; those of the test half were never tuned on.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Self

import numpy as np

from digest.model.paper import Paper
from digest.model.profile import Profile
from digest.ranking import Ranker

from . import arxiv_sanity
from .ranking import DEPTH, Lists, data_folder, interval, ndcg

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Scores = NDArray[np.float64]
    Scorer = Callable[[Sequence[int], Sequence[int]], Scores]

LIKES = (1, 3, 5, 10, 20)
POOLS = (50, 500)
RIVAL = "arxiv-sanity-lite"
LEAST, MOST_LIKED, WANTED, TIMES = 12, 20, 12, 3
"""Readers made from a list: minimum papers, maximum likes, wanted papers, repetitions."""
POOL = 3_000


@dataclass(frozen=True, kw_only=True)
class Reader:
    """One reader, by the numbers of papers."""

    liked: Sequence[int]
    """Oldest first."""
    relevant: Sequence[int]
    """Papers that this reader would like."""
    own: Collection[int]
    """Papers excluded from the pool, because they are relevant to this reader."""


@dataclass(frozen=True, kw_only=True)
class Readers:
    """Likes data: half of the pool is the known field, the other half is ranked."""

    papers: Sequence[Paper]
    pool: Sequence[int]
    known: Sequence[int]
    readers: Sequence[Reader]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read papers, pool and readers."""
        with gzip.open(folder / "likes_dev.json.gz", "rt") as stream:
            data = json.load(stream)
        papers = [
            Paper(id=f"title:{n}", title=p["title"], abstract=p["abstract"])
            for n, p in enumerate(data["papers"])
        ]
        pool = list(data["pool"])
        random.Random(11).shuffle(pool)
        half = len(pool) // 2
        readers = [
            Reader(liked=r["liked"], relevant=r["relevant"], own={*r["liked"], *r["relevant"]})
            for r in data["readers"]
        ]
        return cls(papers=papers, pool=pool[:half], known=pool[half:], readers=readers)

    @classmethod
    def of_lists(cls, folder: Path, *, test: bool = False) -> Self:
        """Make readers from half of the written interests: part of a list liked, part wanted."""
        lists, rng = Lists.read(folder), random.Random(5)
        readers = []
        for interest in lists.interests[int(test) :: 2]:
            own = np.flatnonzero(interest.relevant).tolist()
            for _ in range(TIMES if len(own) >= LEAST else 0):
                drawn = rng.sample(own, min(len(own), MOST_LIKED + WANTED))
                count = min(MOST_LIKED, len(drawn) * 2 // 3)
                liked, wanted = sorted(drawn[:count]), drawn[count : count + WANTED]
                readers.append(Reader(liked=liked, relevant=wanted, own=set(own)))
        pool = rng.sample(range(len(lists.papers)), POOL)
        half = POOL // 2
        return cls(papers=lists.papers, pool=pool[:half], known=pool[half:], readers=readers)

    def cases(self, size: int) -> Iterator[tuple[Reader, list[int]]]:
        """Yield each reader with `size` irrelevant papers."""
        rng = random.Random(3)
        for reader in self.readers:
            yield reader, rng.sample([n for n in self.pool if n not in reader.own], size)


def sanity(data: Readers) -> Scorer:
    """Return arxiv-sanity-lite's formula, fitted on all papers, with half the pool as negatives."""
    rows = arxiv_sanity.vectorizer().fit_transform([f"{p.title} {p.abstract}" for p in data.papers])
    known = list(data.known)

    def score(likes: Sequence[int], papers: Sequence[int]) -> Scores:
        kinds = np.r_[np.ones(len(likes)), np.zeros(len(known))]
        machine = arxiv_sanity.machine().fit(rows[[*likes, *known]], kinds)
        return np.asarray(machine.decision_function(rows[list(papers)]))

    return score


def mean_cosine(data: Readers) -> Scorer:
    """Return the mean cosine to the likes with TfidfVectorizer()."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    rows = TfidfVectorizer().fit_transform([f"{p.title} {p.abstract}" for p in data.papers])
    return lambda likes, papers: np.asarray(
        (rows[list(papers)] @ rows[list(likes)].T).mean(1)
    ).ravel()


def ours(data: Readers, *, knowing: bool) -> Scorer:
    """Return this project's ranker, as it is shipped or `knowing` the field: half the pool."""
    field = [data.papers[n] for n in data.known] if knowing else []
    ranker = Ranker(field=lambda: field)

    def score(likes: Sequence[int], papers: Sequence[int]) -> Scores:
        profile = Profile(liked=[data.papers[n] for n in likes])
        return ranker.scores([data.papers[n] for n in papers], profile)

    return score


METHODS: Mapping[str, Callable[[Readers], Scorer]] = {
    RIVAL: sanity,
    "naive": mean_cosine,
    "ours, shipped background": partial(ours, knowing=False),
    "ours, knowing the field": partial(ours, knowing=True),
}
SETS: Mapping[str, Callable[[Path], Readers]] = {
    "authors": Readers.read,
    "lists, tuning half": Readers.of_lists,
    "lists, test half": partial(Readers.of_lists, test=True),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """Results of one method on one set."""

    columns: Sequence[Sequence[float]]
    """nDCG of each reader, for each number of likes among each number of others."""
    minor: Mapping[int, float]
    """Recall of a minor interest, by the number of others."""


def measured(folder: Path, set_name: str, method: str) -> Row:
    """Measure one method on one set in a process of its own."""
    data = SETS[set_name](folder)
    score = METHODS[method](data)
    return Row(
        columns=[by_reader(data, score, size, n) for size in POOLS for n in LIKES],
        minor={size: minor(data, score, size) for size in POOLS},
    )


def by_reader(data: Readers, score: Scorer, size: int, likes: int) -> list[float]:
    """Return each reader's nDCG with the last `likes` likes among `size` other papers."""
    values = []
    for reader, others in data.cases(size):
        papers = [*reader.relevant, *others]
        random.Random(0).shuffle(papers)
        fits = np.isin(papers, list(reader.relevant))
        values.append(ndcg(score(reader.liked[-likes:], papers), fits))
    return values


def minor(data: Readers, score: Scorer, size: int) -> float:
    """Return recall@10 of the smaller of two unlike interests (15 and 5 likes) among others."""
    cases = list(data.cases(size))
    recalls = []
    for number, (reader, others) in enumerate(cases):
        small = cases[(number + 7) % len(cases)][0]
        papers = list(dict.fromkeys([*reader.relevant, *small.relevant, *others]))
        random.Random(number).shuffle(papers)
        likes = [*reader.liked[-15:], *small.liked[-5:]]
        top = np.argsort(-score(likes, papers), kind="stable")[:DEPTH]
        hits = sum(papers[place] in set(small.relevant) for place in top)
        recalls.append(hits / min(DEPTH, len(small.relevant)))
    return float(np.mean(recalls))


def table(set_name: str, rows: Mapping[str, Row]) -> None:
    """Print nDCG by number of likes, the difference to the baseline, and minor-interest recall."""
    heads = [f"{n} of {size}" for size in POOLS for n in LIKES]
    print(f"\n{f'likes: {set_name}':25}" + "".join(f"{head:>15}" for head in heads), end="")
    print(f"{'mean':>8}" + "".join(f"{f'minor {size}':>11}" for size in POOLS))
    for name, row in rows.items():
        cells = [float(np.mean(column)) for column in row.columns]
        print(f"{name:25}" + "".join(f"{cell:15.3f}" for cell in cells), end="")
        print(f"{np.mean(cells):8.3f}" + "".join(f"{row.minor[size]:11.3f}" for size in POOLS))
        if name.startswith("ours"):
            pairs = zip(row.columns, rows[RIVAL].columns, strict=True)
            apart = [interval(np.subtract(mine, theirs).tolist()) for mine, theirs in pairs]
            print(f"{'  ahead of arxiv-sanity by':25}" + "".join(f"{cell:>15}" for cell in apart))


def main() -> None:
    """Measure every method on the sets named, and print."""
    parser = argparse.ArgumentParser(description="Print the benchmark of likes.")
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"some of: {', '.join(SETS)}")
    sets = parser.parse_args().sets or list(SETS)
    folder = data_folder()
    with ProcessPoolExecutor() as pool:
        asked = {
            (set_name, method): pool.submit(measured, folder, set_name, method)
            for set_name in sets
            for method in METHODS
        }
        for set_name in sets:
            table(set_name, {method: asked[set_name, method].result() for method in METHODS})


if __name__ == "__main__":
    main()

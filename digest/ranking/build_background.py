"""Builds the shipped background: `python -m digest.ranking.build_background CORPUS… -o FILE`.

Each corpus is a file of JSON Lines (gzip or not) with `id`, `title`, `abstract`, `date` and
`categories`. Document frequencies come from all of it; the archive is a sample in which years and
fields are balanced (by the square root of their size, so that small fields are included), and
most papers are recent. The file holds, as NumPy arrays:

    vocabulary  the terms, most frequent first, as UTF-8 lines
    df          document frequency of each
    lengths     number of distinct terms of each paper of the archive
    gaps        the terms' numbers, ascending in each paper, as differences
    counts      count of each term, at most 15
    topics      the direction of each term among the topics of the archive, terms × topics, ± 127
    topic_lengths  scale of each direction, divided by 127
    about       JSON: made, texts, papers, from
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from digest.model.tokens import terms
from digest.ranking.background import SHIPPED, Background, bag
from digest.ranking.phrases.lsa import fit_topics

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

ARCHIVE_PAPERS = 30_000
MIN_TEXTS = 8
"""Minimum document frequency of a term, which leaves out names and misprints."""
MAX_COUNT = 15
RECENT_SHARE = 0.8
"""Share of the archive from the newest year of the corpus and the year before."""
SEED = 20_26


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusText:
    """One paper of a corpus."""

    id: str
    year: int
    field: str
    counts: Mapping[str, int]


def read_corpus(paths: Iterable[Path]) -> Iterator[CorpusText]:
    """Yield each paper of the corpora once; raise KeyError for a line that lacks a field."""
    seen: set[str] = set()
    for path in paths:
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
            for line in lines:
                record = json.loads(line)
                if record["id"] not in seen:
                    seen.add(record["id"])
                    yield _corpus_text(record)


def _corpus_text(record: Mapping[str, object]) -> CorpusText:
    categories = record.get("categories") or [""]
    first = str(categories[0]) if isinstance(categories, list) else ""
    field = first if first.startswith(("cs.", "q-bio.", "eess.")) else first.partition(".")[0]
    return CorpusText(
        id=str(record["id"]),
        year=int(str(record["date"])[:4]),
        field=field,
        counts=bag(terms(str(record["title"])), terms(str(record["abstract"]))),
    )


def sample(whole: Sequence[CorpusText], size: int, *, seed: int = SEED) -> list[CorpusText]:
    """Return `size` texts, oldest first: mostly recent ones, balanced between fields."""
    newest = max(text.year for text in whole)
    recent = [text for text in whole if text.year >= newest - 1]
    older = [text for text in whole if text.year < newest - 1]
    rng = random.Random(seed)  # noqa: S311 - a sample, no secret
    past = min(len(older), max(size - round(size * RECENT_SHARE), size - len(recent)))
    chosen = _even(recent, size - past, rng) + _even(older, past, rng)
    return sorted(chosen, key=lambda text: (text.year, text.id))


def _even(whole: Sequence[CorpusText], size: int, rng: random.Random) -> list[CorpusText]:
    """Return a sample that represents each field by the square root of its size."""
    fields: dict[str, list[CorpusText]] = defaultdict(list)
    for text in whole:
        fields[text.field].append(text)
    weight = sum(len(group) ** 0.5 for group in fields.values())
    chosen: list[CorpusText] = []
    spare: list[CorpusText] = []
    for group in fields.values():
        rng.shuffle(group)
        share = round(size * len(group) ** 0.5 / weight)
        chosen += group[:share]
        spare += group[share:]
    rng.shuffle(spare)
    return (chosen + spare[: max(size - len(chosen), 0)])[:size]


def pack(whole: Sequence[CorpusText], size: int, *, made: str, origin: str) -> bytes:
    """Return the background file for a corpus of at least one text."""
    import numpy as np

    df = Counter(term for text in whole for term in text.counts)
    known = sorted((t for t, n in df.items() if n >= MIN_TEXTS), key=lambda t: (-df[t], t))
    numbers = {term: number for number, term in enumerate(known)}
    rows = [_row(text.counts, numbers) for text in sample(whole, size)]
    about = {"made": made, "texts": str(len(whole)), "papers": str(len(rows)), "from": origin}
    parts: dict[str, NDArray[np.generic]] = {
        "vocabulary": np.frombuffer("\n".join(known).encode(), dtype=np.uint8),
        "df": np.array([df[term] for term in known], dtype=np.int32),
        "lengths": np.array([len(row) for row in rows], dtype=np.uint16),
        "gaps": np.array([gap for row in rows for gap, _ in row], dtype=np.uint16),
        "counts": np.array([count for row in rows for _, count in row], dtype=np.uint8),
        "about": np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
    }
    parts |= fit_topics(Background(parts=parts))
    stream = BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **parts)
    return stream.getvalue()


def _row(counts: Mapping[str, int], numbers: Mapping[str, int]) -> list[tuple[int, int]]:
    """Return (gap to the number before, count) of each known term, in ascending order."""
    known = sorted((numbers[term], n) for term, n in counts.items() if term in numbers)
    before = [0, *(number for number, _ in known)]
    return [
        (number - last, min(n, MAX_COUNT)) for (number, n), last in zip(known, before, strict=False)
    ]


def build(
    paths: Sequence[Path], size: int = ARCHIVE_PAPERS, *, without: Collection[str] = ()
) -> bytes:
    """Return the background file made of the corpora in `paths`, `without` the ids named."""
    whole = [text for text in read_corpus(paths) if text.id not in without]
    years = [text.year for text in whole]
    origin = f"arXiv {min(years)}–{max(years)}"
    return pack(whole, size, made=datetime.now(UTC).date().isoformat(), origin=origin)


def main() -> None:
    """Build the background from the command line."""
    parser = argparse.ArgumentParser(prog="python -m digest.ranking.build_background")
    parser.add_argument("corpus", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("digest/ranking") / SHIPPED)
    parser.add_argument("-n", "--papers", type=int, default=ARCHIVE_PAPERS)
    parser.add_argument("--without", type=Path, help="a file of ids, one a line, to leave out")
    given = parser.parse_args()
    without = set(given.without.read_text().split()) if given.without else set()
    given.output.write_bytes(build(given.corpus, given.papers, without=without))


if __name__ == "__main__":
    main()

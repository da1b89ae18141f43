"""Made-up papers and readers in any number, the same at every run and on every machine.

The words of a paper are those that one paper of the shipped archive has, as often as it has them
and in a shuffled order: as many words, as rare and as alike as real ones.
"""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from digest.model.paper import Links, Paper
from digest.model.profile import Interest, Profile
from digest.ranking import background

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = date(2026, 11, 20)
MORNING = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
TITLE = 9
"""Words of a title."""
SENTENCE = 22
SHARED = 2 / 3
"""Share of a reader's phrases that other readers have too."""


def papers(count: int, *, first: int = 0) -> list[Paper]:
    """Return `count` papers, numbered from `first` so that days differ."""
    known = background.shipped_background()
    whole = known.archive.shape[0]
    return [_paper(number, number * 7919 % whole) for number in range(first, first + count)]


def _paper(number: int, row: int) -> Paper:
    known = background.shipped_background()
    chance = random.Random(number)
    ends = known.archive.indptr[row : row + 2]
    cells = zip(
        known.archive.indices[ends[0] : ends[1]].tolist(),
        known.archive.data[ends[0] : ends[1]].tolist(),
        strict=True,
    )
    bag = [known.words[term] for term, times in cells for _ in range(int(times))]
    words = [*bag, *chance.choices(["the", "of", "we", "with", "a", "in"], k=len(bag) // 2)]
    chance.shuffle(words)
    title = " ".join(bag[:: max(len(bag) // TITLE, 1)][:TITLE]).capitalize()
    said = [words[start : start + SENTENCE] for start in range(0, len(words), SENTENCE)]
    return Paper(
        id=f"arxiv:{2500 + number // 90_000}.{number % 90_000 + 1:05d}",
        title=title,
        abstract=" ".join(f"{' '.join(sentence).capitalize()}." for sentence in said),
        authors=tuple(f"{chance.choice('ABCDEF')}. Author{chance.randrange(5000)}" for _ in "abcd"),
        listed=DAY,
        categories=("cs.LG",),
        upvotes=chance.choice([None, 0, 3, 40]),
        links=Links(
            abstract=f"https://arxiv.org/abs/{number}", pdf=f"https://arxiv.org/pdf/{number}"
        ),
    )


def phrases(seed: int) -> Iterator[str]:
    """Yield endless phrases of two or three words from one paper of the archive."""
    known = background.shipped_background()
    chance = random.Random(seed)
    while True:
        row = chance.randrange(known.archive.shape[0])
        first, end = known.archive.indptr[row : row + 2]
        terms = known.archive.indices[first:end].tolist()
        size = min(chance.choice([2, 2, 3]), len(terms))
        yield " ".join(known.words[term] for term in chance.sample(terms, size))


def readers(
    count: int, *, interests: int = 3, each: int = 2, shared: float = SHARED
) -> Iterator[Profile]:
    """Yield readers with `each` phrases an interest; a share `shared` is common to readers."""
    chance = random.Random(1)
    fresh = phrases(2)
    stock = [text for _, text in zip(range(2_000), phrases(3), strict=False)]

    def phrase() -> str:
        return chance.choice(stock) if chance.random() < shared else next(fresh)

    for _ in range(count):
        yield Profile(
            interests=[
                Interest(name=f"Interest {n}", phrases=[phrase() for _ in range(each)])
                for n in range(1, interests + 1)
            ]
        )


def settle(folder: Path, count: int, *, names: int = 1) -> Path:
    """Write a config with `names` readers whose source holds `count` papers; return its path."""
    lines = (
        {"id": p.id, "title": p.title, "abstract": p.abstract, "authors": list(p.authors)}
        | {"listed": DAY.isoformat(), "upvotes": p.upvotes}
        for p in papers(count)
    )
    (folder / "papers.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (folder / "readers").mkdir()
    for number, profile in enumerate(readers(names)):
        tables = [f'[email]\nto = "reader{number}@example.org"']
        tables += [
            f"[[interests]]\nname = {json.dumps(wish.name)}\n"
            f"phrases = {json.dumps([phrase.text for phrase in wish.phrases])}"
            for wish in profile.interests
        ]
        (folder / "readers" / f"{number:05d}.toml").write_text("\n".join(tables) + "\n")
    path = folder / "config.toml"
    path.write_text(
        f'readers = "readers/*.toml"\n[[sources]]\ntype = "file"\npath = "{folder}/papers.jsonl"\n'
        '[email]\nto = "reader@example.org"\nfrom = "digest@example.org"\n'
        f'[maildir]\npath = "{folder}/mail"\n[schedule]\nat = "00:01"\ntimezone = "UTC"\n'
        f'[storage]\npath = "{folder}/state"\n'
    )
    return path

"""Made-up papers on three topics, as sources and as a corpus give them."""

from __future__ import annotations

import random

from digest.model.paper import Paper
from digest.ranking.build_background import CorpusText

TOPICS = {
    "cs.CV": "video diffusion motion frame temporal clip camera scene",
    "cs.CL": "language token cache attention memory eviction prompt decoding",
    "q-bio.GN": "genome cell protein sequence mutation tissue expression enzyme",
}
COMMON = ("model", "method", "data", "result", "learning", "network", "system", "analysis")


def texts(count: int = 1_200) -> list[CorpusText]:
    """Return made-up texts: each has words of one topic and words that all topics share."""
    rng = random.Random(1)  # noqa: S311 - made-up words are no secret
    fields = sorted(TOPICS)
    made = []
    for number in range(count):
        field = fields[number % len(fields)]
        words = rng.sample(TOPICS[field].split(), 5) + rng.sample(COMMON, 5)
        made.append(
            CorpusText(
                id=f"x{number}",
                year=2020 + number % 7,
                field=field,
                counts={word: rng.randint(1, 4) for word in words},
            )
        )
    return made


def paper(title: str, abstract: str = "", *, number: int = 0, **more: object) -> Paper:
    """Return a paper with an id of its own."""
    return Paper(id=f"title:{number}:{title}", title=title, abstract=abstract, **more)  # type: ignore[arg-type] # facts by name

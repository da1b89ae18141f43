"""Summaries benchmark.

    PYTHONPATH=tests:tests/support DIGEST_DATA=../shared/data python -m benchmarks.summaries

Prints ROUGE on SciTLDR's development set (per paper the reference with the best ROUGE-1, stemmed),
the same without parts of the model, and faults on arXiv abstracts of five fields.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter
from time import process_time
from typing import TYPE_CHECKING
from unittest.mock import patch

from summary_checker import faults

from digest.email.summary import features
from digest.email.summary.document import coined_name, plain
from digest.email.summary.summarize import summarize
from digest.model.paper import Paper
from digest.model.sentences import split
from digest.ranking.background import shipped_background

from .ranking import data_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

MEASURES = ("rouge1", "rouge2", "rougeL")
ABLATION = {
    "title": r"title (?:coverage|precision)|name of title|propose × title",
    "position": r"place|is |before|after|distance|first ",
    "centrality": r"centrality|mean weight|shared|density",
    "length": r"length|longer",
    "kinds of variants": r"kind|lead cut",
    "all weights": r"",
}
"""Features by group; the rest keeps its weights, which is not the same as training without."""


def read(path: Path) -> list[Mapping[str, object]]:
    """Return the records of a compressed file of JSON Lines."""
    with gzip.open(path, "rt") as lines:
        return [json.loads(line) for line in lines]


def paper(record: Mapping[str, object]) -> Paper:
    """Return a record as a paper; SciTLDR's are of computer science."""
    source = record.get("abstract") or record["source"]
    categories = record.get("categories")
    return Paper(
        id="benchmark",
        title=str(record["title"]),
        abstract=" ".join(source) if isinstance(source, list) else str(source),
        categories=tuple(categories) if isinstance(categories, list) else ("cs.LG",),
    )


def summary(record: Mapping[str, object], sentences: int | None = None) -> str:
    """Return the summary as the email shows it."""
    return summarize(paper(record), sentences=sentences, idf=shipped_background().weight)


def rouge(
    records: Sequence[Mapping[str, object]], method: Callable[[Mapping[str, object]], str]
) -> str:
    """Return mean ROUGE-1, -2 and -L and mean words of a method as a table row."""
    from rouge_score.rouge_scorer import RougeScorer

    scorer, totals = RougeScorer(list(MEASURES), use_stemmer=True), Counter[str]()
    for record in records:
        text, references = method(record), record["target"]
        assert isinstance(references, list)
        found = (scorer.score(reference, text) for reference in references)
        best = max(found, key=lambda scores: scores["rouge1"].fmeasure)
        totals.update({name: 100 * best[name].fmeasure for name in MEASURES})
        totals["words"] += len(text.split())
    return "".join(f"{totals[name] / len(records):8.2f}" for name in (*MEASURES, "words"))


def quality(records: Sequence[Mapping[str, object]]) -> None:
    """Print ROUGE of the method, of baselines, and without parts of the model."""
    print(f"{'SciTLDR-A dev, ' + str(len(records)) + ' papers':34}   R1      R2      RL   words")
    rows: dict[str, Callable[[Mapping[str, object]], str]] = {
        "first sentence": lambda r: split(plain(paper(r).abstract))[0],
        "last sentence": lambda r: split(plain(paper(r).abstract))[-1],
        "one sentence": lambda r: summary(r, 1),
        "purpose and result": summary,
    }
    for name, method in rows.items():
        print(f"{name:30}{rouge(records, method)}")
    known = features.weights()
    for part, pattern in ABLATION.items():
        kept = {name: weight for name, weight in known.items() if not re.match(pattern, name)}
        with patch.object(features, "weights", return_value=kept):
            print(f"{'less ' + part:30}{rouge(records, rows['one sentence'])}")


def soundness(records: Sequence[Mapping[str, object]]) -> None:
    """Print the share of summaries with a fault for each field, and the time of one."""
    fields, faulty, kinds, spent = Counter[str](), Counter[str](), Counter[str](), 0.0
    for record in records:
        start = process_time()
        text = summary(record)
        spent += process_time() - start
        title = plain(str(record["title"]))
        source = f"{title} {plain(str(record['abstract']), coined_name(title))}"
        found = faults(text, source) if text else {"empty"}
        fields[str(record["field"])] += 1
        faulty[str(record["field"])] += bool(found)
        kinds.update(found)
    share = 100 * faulty.total() / len(records)
    print(f"\nfaults in % of {len(records)} arXiv abstracts: any {share:.1f}")
    print("  ".join(f"{name} {100 * faulty[name] / count:.1f}" for name, count in fields.items()))
    print("  ".join(f"{kind} {count}" for kind, count in kinds.most_common()))
    print(f"{1_000 * spent / len(records):.1f} ms of CPU a summary")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Print the summaries benchmark.")
    parser.add_argument("--every", type=int, default=1, help="measure each n-th record")
    every = parser.parse_args().every
    folder = data_folder().parent / "summaries"
    quality(read(folder / "scitldr_A_dev.jsonl.gz")[::every])
    soundness(read(folder / "arxiv_dev_1500.jsonl.gz")[::every])


if __name__ == "__main__":
    main()

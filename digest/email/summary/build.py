"""Training of the summaries' weights: `python -m digest.email.summary.build FOLDER [-o FILE]`.

FOLDER holds JSON Lines, gzip or not. Files named `…train…` with the key `target` are SciTLDR
(sentences in `source`, references in `target`); those with `ai_summary` are machine-written
summaries, which count half. Papers whose titles stand in a file named `…dev…` are left out.

The objective is listwise: the expected ROUGE of a document under a softmax over its variants,
with the penalties of selection included, so that weights learn only what penalties leave open.
"""

from __future__ import annotations

import argparse
import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digest.email.summary.document import Abstract, coined_name, plain, sentences
from digest.email.summary.features import features
from digest.email.summary.penalties import penalty
from digest.email.summary.rouge import rouge
from digest.email.summary.selection import SCALE
from digest.email.summary.variants import variants
from digest.ranking.background import shipped_background

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

MACHINE_WEIGHT = 0.5
"""Weight of a machine-written reference against a person's."""
RIDGE = 1e-5
"""Penalty on the square of the weights, chosen on the development set."""
DIGITS = 3
OUTPUT = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One abstract with reference summaries."""

    title: str
    abstract: str
    references: Sequence[str]
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantTable:
    """Features, penalties and rewards of the variants of one example."""

    values: NDArray[np.float64]
    penalties: NDArray[np.float64]
    rewards: NDArray[np.float64]
    weight: float


def records(folder: Path, part: str) -> Iterator[Mapping[str, object]]:
    """Yield the records of the files whose names contain `part`."""
    for path in sorted(folder.glob(f"*{part}*.jsonl*")):
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
            yield from map(json.loads, lines)


def examples(folder: Path) -> Iterator[Example]:
    """Yield the training examples, without papers of the development sets."""
    known = {_key(record) for record in records(folder, "dev") if record.get("title")}
    for record in records(folder, "train"):
        target, machine = record.get("target"), record.get("ai_summary")
        if not (target or machine) or _key(record) in known:
            continue
        source = record.get("abstract") or record["source"]
        yield Example(
            title=str(record["title"]),
            abstract=" ".join(source) if isinstance(source, list) else str(source),
            references=target if isinstance(target, list) else [str(machine)],
            weight=1.0 if target else MACHINE_WEIGHT,
        )


def _key(record: Mapping[str, object]) -> str:
    return "".join(filter(str.isalnum, str(record.get("title")).lower()))


def table(example: Example, names: list[str]) -> VariantTable | None:
    """Return the variants of an example as arrays; `names` collects the features' order."""
    import numpy as np

    title = plain(example.title)
    found = tuple(sentences(plain(example.abstract, coined_name(title))))
    document = Abstract(title, found, shipped_background().weight)
    rows, costs, rewards = [], [], []
    for number, sentence in enumerate(found):
        for variant in variants(sentence.text, document.name):
            values = features(document, number, variant)
            names.extend(name for name in values if name not in names)
            rows.append([values[name] for name in names])
            costs.append(penalty(document, number, variant))
            rewards.append(rouge(variant.text, example.references))
    if not rows:
        return None
    return VariantTable(
        values=np.array(rows),
        penalties=np.array(costs),
        rewards=np.array(rewards),
        weight=example.weight,
    )


def train(tables: Sequence[VariantTable], *, ridge: float = RIDGE) -> NDArray[np.float64]:
    """Return the weights that maximise the expected reward of all examples."""
    import numpy as np
    from scipy.optimize import minimize
    from scipy.special import softmax

    total = sum(one.weight for one in tables)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        value, slope = ridge * float(weights @ weights), 2 * ridge * weights
        for one in tables:
            chances = softmax(one.values @ weights - one.penalties / SCALE)
            expected = float(chances @ one.rewards)
            value -= one.weight / total * expected
            slope -= one.weight / total * ((chances * (one.rewards - expected)) @ one.values)
        return value, slope

    start = np.zeros(tables[0].values.shape[1])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)


def build(folder: Path) -> dict[str, float]:
    """Return the trained weights by feature, without those of no effect."""
    names: list[str] = []
    tables = [found for example in examples(folder) if (found := table(example, names))]
    weights = zip(names, train(tables).tolist(), strict=True)
    return {name: round(weight, DIGITS) for name, weight in weights if round(weight, DIGITS)}


def main() -> None:
    """Train the weights from the command line."""
    parser = argparse.ArgumentParser(prog="python -m digest.email.summary.build")
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=OUTPUT)
    given = parser.parse_args()
    text = json.dumps(build(given.folder), indent=0, ensure_ascii=False)
    given.output.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Making the background from a corpus."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from fake_papers import texts

from digest.ranking.background import Background
from digest.ranking.build_background import MIN_TEXTS, build, main, sample

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def corpora(tmp_path: Path) -> list[Path]:
    """Two files of JSON Lines, one compressed, with one paper in both."""
    lines = [
        json.dumps(
            {
                "id": f"2501.{n:05}",
                "title": f"Deltas of Rivers {'braided' if n % 2 else ''}",
                "abstract": "Sediment settles. See https://example.org/code",
                "date": f"20{10 + n}-01-02",
                "categories": ["q-bio.PE"] if n % 2 else ["physics.geo-ph", "cs.AI"],
            }
        )
        for n in range(MIN_TEXTS + 4)
    ]
    plain, packed = tmp_path / "one.jsonl", tmp_path / "two.jsonl.gz"
    plain.write_text("\n".join(lines[:-2]))
    packed.write_bytes(gzip.compress("\n".join(lines[-3:]).encode()))
    return [plain, packed]


def test_each_paper_counts_once(corpora: list[Path]) -> None:
    """A paper that stands in two corpora is one, and rare terms are left out."""
    built = Background.read(build(corpora))
    papers = MIN_TEXTS + 4
    assert built.about["texts"] == built.about["papers"] == str(papers)
    assert built.about["from"] == f"arXiv 2010–{2010 + papers - 1}"
    assert set(built.words) == {"river", "delta", "sediment", "settle"}


def test_papers_can_be_left_out(corpora: list[Path]) -> None:
    """Benchmark papers can be excluded from the background."""
    built = Background.read(build(corpora, without={"2501.00000"}))
    assert built.about["texts"] == str(MIN_TEXTS + 3)


def test_the_command_writes_the_file(
    corpora: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The build script writes what `build` returns, for a given number of papers."""
    out, without = tmp_path / "made.npz", tmp_path / "ids"
    without.write_text("2501.00000\n2501.00001")
    given = ["build", *map(str, corpora), "-o", str(out), "-n", "5", "--without", str(without)]
    monkeypatch.setattr("sys.argv", given)
    main()
    made = Background.read(out)
    assert (made.about["texts"], made.about["papers"]) == (str(MIN_TEXTS + 2), "5")


def test_a_sample_includes_small_fields_and_recent_years() -> None:
    """Fields are weighted by the square root of their size; most of the sample is recent."""
    whole = texts(6_000)
    large = [text for n, text in enumerate(whole) if text.field != "q-bio.GN" or n % 20 == 2]
    chosen = sample(large, 600)
    fields = Counter(text.field for text in chosen)
    rare = sum(text.field == "q-bio.GN" for text in large) / len(large)
    assert len(chosen) == 600
    assert fields["q-bio.GN"] / 600 > 2 * rare
    assert sum(text.year >= 2025 for text in chosen) == 480
    assert [text.year for text in chosen] == sorted(text.year for text in chosen)


def test_a_sample_of_all_is_all() -> None:
    """With fewer texts than requested, all are taken."""
    assert len(sample(texts(30), 60)) == 30

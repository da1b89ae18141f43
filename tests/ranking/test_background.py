"""The background: frequencies, archive, growth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_papers import texts

from digest.ranking import background
from digest.ranking.background import Background, bag, saturate, shipped_background
from digest.ranking.build_background import pack

if TYPE_CHECKING:
    from pathlib import Path

MEGABYTE = 1024 * 1024


def test_rare_words_weigh_more(known: Background) -> None:
    """Words of one topic outweigh words of all; an unknown word weighs most."""
    assert known.weight("zzz") == known.max_idf > known.weight("genome") > known.weight("model")


def test_the_archive_holds_what_was_packed(known: Background) -> None:
    """Counts come back as they were, whatever the packing did in between."""
    packed = sorted(texts(), key=lambda text: (text.year, text.id))
    assert known.archive.shape == (1_200, len(known.vocabulary))
    for row in (0, 7, 1_199):
        found = known.archive[[row]]
        words = {known.words[n]: int(c) for n, c in zip(found.indices, found.data, strict=True)}
        assert words == dict(packed[row].counts)


def test_counts_saturate() -> None:
    """The tenth mention of a word says little more than the fifth."""
    from scipy.sparse import csr_array

    once, often = saturate(csr_array([[1.0, 10.0]])).data
    assert (once, often) == pytest.approx((1 / 2.2, 10 / 11.2))


def test_a_title_counts_thrice() -> None:
    """A word of the title is worth three of the abstract."""
    assert bag(["a"], ["a", "b"]) == {"a": 4, "b": 1}


def test_it_can_be_read_from_a_file(known: Background, tmp_path: Path) -> None:
    """A background of one's own is a file like the shipped one."""
    (tmp_path / "own.npz").write_bytes(pack(texts(60), 60, made="2026-11-22", origin="me"))
    own_terms = Background.read(tmp_path / "own.npz")
    assert own_terms.describe() == "31 words from 60 papers, an archive of 60 (me), made 2026-11-22"
    assert own_terms.vocabulary.keys() <= known.vocabulary.keys()


def test_the_shipped_one_is_large_and_light() -> None:
    """At least 20,000 papers of many fields, in at most 6 MB."""
    from importlib.resources import files

    ours = shipped_background()
    assert ours.archive.shape[0] >= 20_000
    assert len(files("digest.ranking").joinpath(background.SHIPPED).read_bytes()) <= 6 * MEGABYTE
    assert {"llm", "diffusion", "genome", "galaxy", "theorem", "enzyme"} <= set(ours.vocabulary)
    assert not {"textbf", "mathcal", "http", "https", "github"} & set(ours.vocabulary)
    assert f"an archive of {ours.archive.shape[0]:,}" in ours.describe()
    assert ours.about["made"] in ours.describe()

"""Coverage and expansion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.ranking.background import Background
from digest.ranking.build_background import pack
from digest.ranking.phrases.expansion import FEEDBACK_SHARE, build_query
from digest.ranking.phrases.query import LONG_QUERY_WORDS, MAX_QUERY_WORDS

from fake_papers import texts  # isort: skip

if TYPE_CHECKING:
    from digest.ranking.background import Background as Known


def test_weights_add_up_to_one(known: Known) -> None:
    """A query's own grams and the expansion terms share one total."""
    found = build_query("video diffusion", known)
    assert found is not None
    own_terms = {"video", "diffusion", "video diffusion"}
    assert sum(found.weights.values()) == pytest.approx(1)
    assert sum(found.weights[gram] for gram in own_terms) == pytest.approx(1 - FEEDBACK_SHARE)
    assert found.own_terms == {"video", "diffusion"}


def test_expansion_adds_words_of_the_topic(known: Known) -> None:
    """Co-occurring words are added, those of other topics are not."""
    found = build_query("video diffusion", known)
    assert found is not None
    assert {"frame", "motion", "clip"} <= found.weights.keys()
    assert not {"genome", "token"} & found.weights.keys()


def test_avoided_phrases_are_not_expanded(known: Known) -> None:
    """Without expansion a query has the reader's words alone."""
    found = build_query("video diffusion", known, expand=False)
    assert found is not None
    assert set(found.weights) == {"video", "diffusion", "video diffusion"}


def test_a_small_archive_expands_nothing() -> None:
    """Expansion from fewer than a thousand papers ranks worse."""
    small = Background.read(pack(texts(300), 300, made="", origin=""))
    found = build_query("video diffusion", small)
    assert found is not None
    assert set(found.weights) == {"video", "diffusion", "video diffusion"}


def test_unknown_words_are_not_expanded(known: Known) -> None:
    """A phrase of words that the archive does not know stands by itself."""
    found = build_query("zebrafish", known)
    assert found is not None
    assert dict(found.weights) == {"zebrafish": 1.0}


def test_a_paragraph_is_not_expanded(known: Known) -> None:
    """A long text counts repeated words and is not expanded."""
    text = "genome genome " + " ".join(f"word{chr(97 + n)}" for n in range(LONG_QUERY_WORDS))
    found = build_query(text, known)
    assert found is not None
    assert found.weights.keys() == found.own_terms
    known_share = found.weights["genome"] / found.weights["worda"]
    assert known_share == pytest.approx(2 * known.weight("genome") / known.max_idf)


def test_of_an_endless_text_the_heaviest_words_count(known: Known) -> None:
    """Ten thousand words are cut to the heaviest."""
    words = " ".join("word" + "".join(chr(97 + int(d)) for d in str(n)) for n in range(10_000))
    found = build_query(words, known)
    assert found is not None
    assert len(found.weights) == MAX_QUERY_WORDS


@pytest.mark.parametrize("text", ["", " ", "the and of", "C", "!?"])
def test_words_without_a_topic_are_no_query(known: Known, text: str) -> None:
    """A text without content words gives no query."""
    assert build_query(text, known) is None


def test_a_common_phrase_has_a_higher_level(known: Known) -> None:
    """The level is the coverage that typical papers reach."""
    common, rare = build_query("model data", known), build_query("zebrafish", known)
    assert common is not None
    assert rare is not None
    assert common.level > rare.level

"""Coverage and expansion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.ranking.background import Background
from digest.ranking.build_background import pack
from digest.ranking.phrases.expansion import FEEDBACK_SHARE, query
from digest.ranking.phrases.query import LONG, MOST_WORDS

from fake_papers import texts  # isort: skip

if TYPE_CHECKING:
    from digest.ranking.background import Background as Known


def test_weights_add_up_to_one(known: Known) -> None:
    """A query's own grams and those lent by the archive share one whole."""
    found = query("video diffusion", known)
    assert found is not None
    own = {"video", "diffusion", "video diffusion"}
    assert sum(found.weights.values()) == pytest.approx(1)
    assert sum(found.weights[gram] for gram in own) == pytest.approx(1 - FEEDBACK_SHARE)
    assert found.own == {"video", "diffusion"}


def test_the_archive_lends_words_of_the_topic(known: Known) -> None:
    """Words that travel with a phrase are lent, those of other topics are not."""
    found = query("video diffusion", known)
    assert found is not None
    assert {"frame", "motion", "clip"} <= found.weights.keys()
    assert not {"genome", "token"} & found.weights.keys()


def test_what_is_avoided_is_taken_literally(known: Known) -> None:
    """Without expansion a query has the reader's words alone."""
    found = query("video diffusion", known, expand=False)
    assert found is not None
    assert set(found.weights) == {"video", "diffusion", "video diffusion"}


def test_a_small_archive_lends_nothing() -> None:
    """Expansion from fewer than a thousand papers does harm."""
    small = Background.read(pack(texts(300), 300, made="", origin=""))
    found = query("video diffusion", small)
    assert found is not None
    assert set(found.weights) == {"video", "diffusion", "video diffusion"}


def test_unknown_words_are_lent_nothing(known: Known) -> None:
    """A phrase of words that the archive does not know stands by itself."""
    found = query("zebrafish", known)
    assert found is not None
    assert dict(found.weights) == {"zebrafish": 1.0}


def test_a_paragraph_is_not_expanded(known: Known) -> None:
    """A long text counts its words as often as they stand there, and lends none."""
    text = "genome genome " + " ".join(f"word{chr(97 + n)}" for n in range(LONG))
    found = query(text, known)
    assert found is not None
    assert found.weights.keys() == found.own
    known_share = found.weights["genome"] / found.weights["worda"]
    assert known_share == pytest.approx(2 * known.weight("genome") / known.rarest)


def test_of_an_endless_text_the_heaviest_words_count(known: Known) -> None:
    """Ten thousand words are cut to those that weigh most."""
    words = " ".join("word" + "".join(chr(97 + int(d)) for d in str(n)) for n in range(10_000))
    found = query(words, known)
    assert found is not None
    assert len(found.weights) == MOST_WORDS


@pytest.mark.parametrize("text", ["", " ", "the and of", "C", "!?"])
def test_words_without_a_topic_are_no_query(known: Known, text: str) -> None:
    """Where no word carries a topic there is nothing to look for."""
    assert query(text, known) is None


def test_a_phrase_that_everything_covers_is_held_to_more(known: Known) -> None:
    """The level tells how easily a phrase is covered by papers at large."""
    common, rare = query("model data", known), query("zebrafish", known)
    assert common is not None
    assert rare is not None
    assert common.level > rare.level

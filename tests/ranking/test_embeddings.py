"""The optional embedding model, through one that knows three topics."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import fake_model
import numpy as np
import pytest
from fake_papers import TOPICS

from digest.model.errors import DigestError
from digest.model.profile import Interest, Phrase, Profile
from digest.ranking.embeddings import (
    EMBEDDING_REASON,
    MAX_CACHED_TEXTS,
    EmbeddingCache,
    sentence_transformer,
)
from digest.ranking.ranker import Ranker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from digest.model.paper import Paper
    from digest.model.ranked import Ranked
    from digest.ranking.background import Background

SYNONYMS = {"heredity": "genome", "film": "video"}


class Topics:
    """An embedder with a dimension for each topic and one for the rest."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str], /) -> NDArray[np.floating]:
        self.asked += texts
        rows = np.array([self._counts(text) for text in texts])
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))

    def _counts(self, text: str) -> list[float]:
        words = [SYNONYMS.get(word, word) for word in text.lower().replace(".", "").split()]
        return [*(sum(w in topic for w in words) for topic in TOPICS.values()), 0.01]


def best(
    known: Background, papers: list[Paper], interest: Interest, **more: object
) -> list[Ranked]:
    """Return the ranking with the fake model."""
    profile = Profile(interests=[interest], **more)  # type: ignore[arg-type] # by name
    return Ranker(known, embedder=Topics()).rank(papers, profile)


def test_a_model_finds_papers_without_a_common_word(known: Background, papers: list[Paper]) -> None:
    """A paper without a common word is found, and the model is the reason."""
    first = best(known, papers, Interest(phrases=["heredity"]))[0]
    assert first.paper.title in {"Protein Expression in Tissue", "Cell Sequences"}
    assert first.score > 0
    assert [reason.term for reason in first.reasons] == [EMBEDDING_REASON]


def test_words_keep_half_of_the_weight(known: Background, papers: list[Paper]) -> None:
    """Reasons are words and the model, and add up to the score."""
    for ranked in best(known, papers, Interest(phrases=["genome mutation"])):
        assert sum(reason.weight for reason in ranked.reasons) == pytest.approx(ranked.score)
    top = best(known, papers, Interest(phrases=["genome mutation"]))[0]
    assert {EMBEDDING_REASON, "genome", "mutation"} <= {reason.term for reason in top.reasons}


def test_weights_and_dislikes_reach_the_model(known: Background, papers: list[Paper]) -> None:
    """Avoided, disliked and low-weighted papers score less with the model too."""
    plain = best(known, papers, Interest(phrases=["heredity"]))[0]
    light = best(known, papers, Interest(phrases=[Phrase("heredity", 0.2)]))[0]
    avoided = best(known, papers, Interest(phrases=["heredity"], avoid=["cells", "protein"]))[0]
    disliked = best(known, papers, Interest(phrases=["heredity"], disliked=papers[4:]))[0]
    assert max(light.score, avoided.score, disliked.score) < plain.score


def test_each_text_is_embedded_once() -> None:
    """Vectors are remembered, and forgotten when there are too many."""
    model = Topics()
    meaning = EmbeddingCache(model)
    for phrase in ("genome", "video", "genome"):
        meaning.probabilities(["a cell", "a cell", "a clip"], phrase)
    assert model.asked == ["genome", "a cell", "a clip", "video"]
    meaning.probabilities([f"cell {n}" for n in range(MAX_CACHED_TEXTS)], "genome")
    meaning.probabilities(["a cell"], "genome")
    assert model.asked.count("a cell") == 2


def test_without_papers_there_are_no_scores(known: Background) -> None:
    """An empty day has no scores."""
    interest = Interest(phrases=["genome"])
    assert Ranker(known, embedder=Topics()).scores([], Profile(interests=[interest])).tolist() == []


def test_the_error_for_a_missing_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the extra to install."""
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(DigestError, match="some-model") as raised:
        sentence_transformer("some-model")
    assert "'.[embeddings]'" in raised.value.hint


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package sentence-transformers that can be imported."""
    monkeypatch.setitem(sys.modules, "sentence_transformers", fake_model.package())


@pytest.mark.usefixtures("package")
def test_a_sentence_transformer_gives_unit_vectors() -> None:
    """The package is asked for normalised vectors, without a progress bar."""
    assert sentence_transformer("four")(["a", "b"]).shape == (2, 4)


@pytest.mark.usefixtures("package")
def test_a_model_that_cannot_be_loaded_raises_at_first_use() -> None:
    """Construction needs no network; an unknown name is an error in one sentence."""
    embedder = sentence_transformer("nowhere")
    with pytest.raises(DigestError, match='"nowhere" cannot be loaded: no such model'):
        embedder(["a"])

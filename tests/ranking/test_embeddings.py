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
from digest.ranking.embeddings import MEANING, MOST_KEPT, Meaning, sentence_transformer
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


def best(known: Background, papers: list[Paper], wish: Interest, **more: object) -> list[Ranked]:
    """Return the ranking with the fake model."""
    profile = Profile(interests=[wish], **more)  # type: ignore[arg-type] # by name
    return Ranker(known, embedder=Topics()).rank(papers, profile)


def test_a_model_finds_what_words_do_not(known: Background, papers: list[Paper]) -> None:
    """A phrase without a common word is met by meaning, and that is the reason given."""
    first = best(known, papers, Interest(phrases=["heredity"]))[0]
    assert first.paper.title in {"Protein Expression in Tissue", "Cell Sequences"}
    assert first.score > 0
    assert [reason.term for reason in first.reasons] == [MEANING]


def test_words_keep_half_a_say(known: Background, papers: list[Paper]) -> None:
    """Reasons are words beside the meaning, and add up to the score."""
    for ranked in best(known, papers, Interest(phrases=["genome mutation"])):
        assert sum(reason.weight for reason in ranked.reasons) == pytest.approx(ranked.score)
    top = best(known, papers, Interest(phrases=["genome mutation"]))[0]
    assert {MEANING, "genome", "mutation"} <= {reason.term for reason in top.reasons}


def test_weights_and_dislikes_reach_the_model(known: Background, papers: list[Paper]) -> None:
    """What is avoided, disliked or weighs little counts less, whoever speaks for it."""
    plain = best(known, papers, Interest(phrases=["heredity"]))[0]
    light = best(known, papers, Interest(phrases=[Phrase("heredity", 0.2)]))[0]
    avoided = best(known, papers, Interest(phrases=["heredity"], avoid=["cells", "protein"]))[0]
    disliked = best(known, papers, Interest(phrases=["heredity"], disliked=papers[4:]))[0]
    assert max(light.score, avoided.score, disliked.score) < plain.score


def test_each_text_is_embedded_once() -> None:
    """Vectors are remembered, and forgotten when there are too many."""
    model = Topics()
    meaning = Meaning(model)
    for phrase in ("genome", "video", "genome"):
        meaning.chances(["a cell", "a cell", "a clip"], phrase)
    assert model.asked == ["genome", "a cell", "a clip", "video"]
    meaning.chances([f"cell {n}" for n in range(MOST_KEPT)], "genome")
    meaning.chances(["a cell"], "genome")
    assert model.asked.count("a cell") == 2


def test_without_papers_a_model_is_silent(known: Background) -> None:
    """An empty day has no scores."""
    wish = Interest(phrases=["genome"])
    assert Ranker(known, embedder=Topics()).scores([], Profile(interests=[wish])).tolist() == []


def test_without_the_package_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the extra that mends it."""
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
def test_a_model_that_cannot_be_loaded_is_told_at_first_use() -> None:
    """Opening the house needs no network; a wrong name is an error in one sentence."""
    embedder = sentence_transformer("nowhere")
    with pytest.raises(DigestError, match='"nowhere" cannot be loaded: no such model'):
        embedder(["a"])

"""Coverage and expansion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.ranking.background import SATURATION, Background
from digest.ranking.build import pack
from digest.ranking.coverage import coverage
from digest.ranking.sheet import Sheet
from digest.ranking.terms import words_of
from digest.ranking.written import FEEDBACK_SHARE, LONG, MOST_WORDS, query

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


def test_coverage_is_the_share_of_the_weight(known: Known) -> None:
    """Each gram gives its weight, saturated by its count; the title counts thrice."""
    asked = query("genome mutation", known, expand=False)
    assert asked is not None
    found = coverage(Sheet.of([words_of("Genome", "A mutation"), words_of("", "other")]), [asked])
    title, once = 3 / (3 + SATURATION), 1 / (1 + SATURATION)
    parts = found.parts(0, asked)
    assert parts == pytest.approx(
        {"genome": asked.weights["genome"] * title, "mutation": asked.weights["mutation"] * once}
    )
    assert found.scores[:, 0].tolist() == pytest.approx([sum(parts.values()), 0])


def test_a_title_with_every_word_is_noted(known: Background) -> None:
    """Order and company do not matter; a word that only the abstract has is not enough."""
    asked = query("genome mutation", known)
    assert asked is not None
    papers = [
        words_of("Mutations of Genomes", ""),
        words_of("Genomes", "mutation"),
        words_of("", ""),
    ]
    assert coverage(Sheet.of(papers), [asked]).titled[:, 0].tolist() == [True, False, False]
    assert coverage(Sheet.of([]), [asked]).titled.shape == (0, 1)


def test_a_phrase_is_said_where_its_words_stand_side_by_side(known: Known) -> None:
    """In title or abstract; one word alone is no phrase."""
    papers = [
        words_of("A study", "We meet genome mutations."),
        words_of("Mutation", "genome beside mouse mutation"),
    ]
    phrase, word = query("genome mutation", known), query("genome", known)
    assert phrase
    assert word
    assert coverage(Sheet.of(papers), [phrase, word]).said.tolist() == [
        [True, False],
        [False, False],
    ]


def test_a_title_with_a_telling_part_says_the_phrase(known: Known) -> None:
    """Words that hardly ever meet mean the whole phrase; common company means nothing."""
    asked = query("genome camera model", known)
    assert asked
    assert asked.telling == (frozenset({"genome", "camera"}),)
    papers = [words_of("A Camera for Genomes", ""), words_of("A Camera Model", "genome")]
    assert coverage(Sheet.of(papers), [asked]).said[:, 0].tolist() == [True, False]
    plain = query("genome camera model", known, expand=False)
    assert plain
    assert plain.telling == ()


def test_neighbours_count_as_a_pair(known: Known) -> None:
    """Words that stand side by side, as in the phrase, cover more of it."""
    asked = query("genome mutation", known, expand=False)
    assert asked is not None
    apart, together = (words_of("", t) for t in ("mutation of a genome", "a genome mutation"))
    scores = coverage(Sheet.of([apart, together]), [asked]).scores[:, 0]
    assert scores[1] > scores[0]


def test_a_phrase_that_everything_covers_is_held_to_more(known: Known) -> None:
    """The level tells how easily a phrase is covered by papers at large."""
    common, rare = query("model data", known), query("zebrafish", known)
    assert common is not None
    assert rare is not None
    assert common.level > rare.level

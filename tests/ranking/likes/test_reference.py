"""The field that likes are seen from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_papers import TOPICS

from digest.model.tokens import text_of
from digest.ranking.likes.reference import NEAR_SHARE, SAMPLE, Archive

if TYPE_CHECKING:
    import numpy as np

    from digest.ranking.background import Background


@pytest.fixture(scope="module")
def archive(known: Background) -> Archive:
    """The made-up archive: three topics in equal parts."""
    return Archive(background=known)


def of_topic(archive: Archive, field: str, rows: np.ndarray) -> float:
    """Return the share of papers that hold a word of this topic."""
    columns = [archive.background.vocabulary[word] for word in TOPICS[field].split()]
    return float((rows[:, columns].sum(axis=1) > 0).mean())


def test_the_field_of_a_newcomer_is_what_lies_near_by_topic(archive: Archive) -> None:
    """A tenth of the archive, all of the example's topic, though it shares one word with it."""
    field = archive.nearby([text_of("Mutation", "A cell")])
    assert field.counts.shape == (round(NEAR_SHARE * 1_200), len(archive.background.vocabulary))
    assert of_topic(archive, "q-bio.GN", field.counts.toarray()) == 1
    assert of_topic(archive, "cs.CV", field.counts.toarray()) == 0
    assert not field.texts


def test_words_that_nobody_knows_have_no_field(archive: Archive) -> None:
    """Without a known word nothing is near, and nobody's field is borrowed."""
    for examples in ([text_of("Zzyzx", "Qwrt")], []):
        assert archive.nearby(examples).counts.shape == archive.nothing.counts.shape


def test_the_field_of_a_reader_is_what_was_fetched_last(archive: Archive) -> None:
    """The last papers that say something, with their titles counted thrice."""
    texts = [text_of("", ""), *(text_of("Genome", f"word{n}") for n in range(SAMPLE + 5))]
    field = archive.own(texts)
    assert list(field.texts) == texts[-SAMPLE:]
    genome = archive.background.vocabulary["genome"]
    assert field.counts[:, [genome]].sum() == 3 * SAMPLE
    assert field.counts.sum() == 3 * SAMPLE, "words that the background does not know have no count"


def test_the_field_of_nobody_is_empty(archive: Archive) -> None:
    """Where nobody likes anything there is no field."""
    assert archive.nothing.counts.shape == (0, len(archive.background.vocabulary))

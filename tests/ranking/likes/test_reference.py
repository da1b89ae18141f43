"""Reference corpus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_papers import TOPICS

from digest.model.tokens import text_of
from digest.ranking.likes.reference import NEAR_SHARE, SAMPLE_PAPERS, ReferenceArchive

if TYPE_CHECKING:
    import numpy as np

    from digest.ranking.background import Background


@pytest.fixture(scope="module")
def archive(known: Background) -> ReferenceArchive:
    """The made-up archive: three topics in equal parts."""
    return ReferenceArchive(background=known)


def of_topic(archive: ReferenceArchive, field: str, rows: np.ndarray) -> float:
    """Return the share of papers that hold a word of this topic."""
    columns = [archive.background.vocabulary[word] for word in TOPICS[field].split()]
    return float((rows[:, columns].sum(axis=1) > 0).mean())


def test_the_field_of_a_new_reader_is_nearest_by_topic(archive: ReferenceArchive) -> None:
    """A tenth of the archive, all of the example's topic, though it shares one word with it."""
    field = archive.nearest_papers([text_of("Mutation", "A cell")])
    assert field.counts.shape == (round(NEAR_SHARE * 1_200), len(archive.background.vocabulary))
    assert of_topic(archive, "q-bio.GN", field.counts.toarray()) == 1
    assert of_topic(archive, "cs.CV", field.counts.toarray()) == 0
    assert not field.texts


def test_unknown_words_have_no_field(archive: ReferenceArchive) -> None:
    """Without a known word the field is empty."""
    for examples in ([text_of("Zzyzx", "Qwrt")], []):
        assert archive.nearest_papers(examples).counts.shape == archive.empty.counts.shape


def test_the_field_is_the_recent_papers(archive: ReferenceArchive) -> None:
    """The last papers that say something, with their titles counted thrice."""
    texts = [text_of("", ""), *(text_of("Genome", f"word{n}") for n in range(SAMPLE_PAPERS + 5))]
    field = archive.recent(texts)
    assert list(field.texts) == texts[-SAMPLE_PAPERS:]
    genome = archive.background.vocabulary["genome"]
    assert field.counts[:, [genome]].sum() == 3 * SAMPLE_PAPERS
    assert field.counts.sum() == 3 * SAMPLE_PAPERS, (
        "words that the background does not know have no count"
    )


def test_the_field_is_empty_without_papers(archive: ReferenceArchive) -> None:
    """Without likes there is no field."""
    assert archive.empty.counts.shape == (0, len(archive.background.vocabulary))

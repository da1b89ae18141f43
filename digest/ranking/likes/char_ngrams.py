"""Character n-grams of words: a substitute for stems, compounds and misprints."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_array

LENGTHS = (3, 5)
FEATURES = 2**18


def char_ngrams(words: Sequence[str]) -> csr_array:
    """Return the character 3- to 5-grams of each word as hashed counts, words × features."""
    from scipy.sparse import csr_array
    from sklearn.feature_extraction.text import HashingVectorizer

    hasher = HashingVectorizer(
        analyzer="char_wb",
        ngram_range=LENGTHS,
        n_features=FEATURES,
        alternate_sign=False,
        norm=None,
    )
    return csr_array(hasher.transform(words))


@lru_cache(maxsize=2)
def cached_char_ngrams(words: tuple[str, ...]) -> csr_array:
    """Return `char_ngrams`, cached because the shipped vocabulary takes long."""
    return char_ngrams(words)

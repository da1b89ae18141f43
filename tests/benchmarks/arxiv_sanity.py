"""arxiv-sanity-lite's formula: TF-IDF of 20,000 features and a balanced linear SVM (Karpathy)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC


def vectorizer() -> TfidfVectorizer:
    """Return its vectorizer."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(
        strip_accents="unicode",
        stop_words="english",
        ngram_range=(1, 2),
        token_pattern=r"(?u)\b[a-zA-Z_][a-zA-Z0-9_]+\b",
        max_features=20_000,
        sublinear_tf=True,
    )


def machine() -> LinearSVC:
    """Return its classifier of likes against the rest."""
    from sklearn.svm import LinearSVC

    return LinearSVC(class_weight="balanced", max_iter=10_000, tol=1e-6, C=0.01)

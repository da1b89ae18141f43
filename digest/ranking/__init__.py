"""Ranking: scores papers against a profile by TF-IDF coverage, query expansion and liked papers.

In the order in which one ranking uses them:

ranker            entry point: papers and a profile in, scores with reasons out
resources         data that all readers share, computed once
  background      document frequencies and an archive of papers (background.npz)
  cache           LRU cache of results that several readers need
scoring           one list of papers for one profile: the best scorer of a paper decides
  scorers         probability and explanation from a phrase or from liked papers
  phrases/        written interests: query, expansion, inverted index, coverage, LSA topics
  likes/          liked papers: example set, reference corpus, document vectors, ridge regression
  embeddings      optional embedding model beside the phrases
  calibration     raw values to probabilities, and the bands of a score
  explain         reasons in the paper's words, adding up to the score
  author_names    followed authors under other spellings
profile_lint      warnings about profiles that rank badly, for `digest check`
build_background  builds background.npz from a corpus
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from digest.model.ranked import Ranked, Reason
from digest.ranking.calibration import band

if TYPE_CHECKING:
    from digest.ranking.background import Background
    from digest.ranking.ranker import Ranker

__all__ = ["Background", "Ranked", "Ranker", "Reason", "band"]


_MODULES = {
    "Background": "background",
    "Ranker": "ranker",
}


def __getattr__(name: str) -> object:
    """Import a public name at first use, because numpy and scipy are slow to load."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)

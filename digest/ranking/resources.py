"""Resources that readers share: background, queries, reference corpus, inverted index."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from digest.model.tokens import text_of, words_of
from digest.ranking import background
from digest.ranking.cache import LRUCache
from digest.ranking.embeddings import EmbeddingCache
from digest.ranking.likes.reference import MIN_RECENT_PAPERS, ReferenceArchive
from digest.ranking.likes.vectors import VectorSpace
from digest.ranking.phrases.expansion import build_query
from digest.ranking.phrases.index import InvertedIndex
from digest.ranking.phrases.lsa import TopicSpace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from digest.model.paper import Paper
    from digest.model.tokens import Text
    from digest.ranking.background import Background
    from digest.ranking.embeddings import Embedder
    from digest.ranking.phrases.query import Query

MAX_SPACES = 4
"""Maximum vector spaces in the cache, for readers with the same likes and for previews."""


class Resources:
    """Everything that ranking reads besides the papers and the profile, computed once.

    An embedder, if one is given, is weighted 50 % for written interests. `field` gives the papers
    fetched recently, oldest first: likes are scored relative to them, while the scores of written
    interests depend on the background alone and never drift.
    """

    def __init__(
        self,
        background: Background | None = None,
        *,
        embedder: Embedder | None = None,
        field: Callable[[], Iterable[Paper]] = tuple,
    ) -> None:
        self._given = background
        self._field = field
        self.embeddings = EmbeddingCache(embedder) if embedder else None
        self._queries: dict[tuple[str, bool], Query | None] = {}
        self._near: LRUCache[tuple[Text, ...], VectorSpace] = LRUCache(1, most=MAX_SPACES)
        self._index: tuple[Sequence[Paper], InvertedIndex, TopicSpace] | None = None

    @cached_property
    def background(self) -> Background:
        """Background in use: the given one, or the shipped one."""
        return self._given or background.shipped_background()

    @cached_property
    def _archive(self) -> ReferenceArchive:
        return ReferenceArchive(background=self.background)

    @cached_property
    def _recent_space(self) -> VectorSpace | None:
        """Vector space of the papers fetched recently, or None while they are too few."""
        texts = [text_of(paper.title, paper.abstract) for paper in self._field()]
        field = self._archive.recent(texts)
        known = len(field.texts) >= MIN_RECENT_PAPERS
        return VectorSpace(archive=self._archive, field=field) if known else None

    def refresh(self) -> None:
        """Read the recently fetched papers again at the next ranking that uses them."""
        self.__dict__.pop("_recent_space", None)

    def query(self, text: str, *, expand: bool = True) -> Query | None:
        """Return a phrase as a query, built once for each text."""
        key = (text, expand)
        if key not in self._queries:
            self._queries[key] = build_query(text, self.background, expand=expand)
        return self._queries[key]

    def index(self, papers: Sequence[Paper]) -> tuple[InvertedIndex, TopicSpace]:
        """Return the index and topic vectors of `papers`, built once for consecutive readers."""
        known = self._index
        if known is None or known[0] != papers:
            index = InvertedIndex.of([words_of(paper.title, paper.abstract) for paper in papers])
            known = self._index = papers, index, TopicSpace.of(index, self.background)
        return known[1:]

    def space(self, examples: Sequence[Text]) -> VectorSpace:
        """Return the vector space for these `examples`.

        It is based on the recent papers if there are enough, the same for all readers. Otherwise
        it is based on the part of the archive nearest to the examples.
        """
        return self._recent_space or self._near.get_or_compute(tuple(examples), self._from_near)

    def _from_near(self, examples: Sequence[Text]) -> VectorSpace:
        archive = self._archive
        return VectorSpace(archive=archive, field=archive.nearest_papers(examples))

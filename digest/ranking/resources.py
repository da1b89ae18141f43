"""Resources that readers share: background, queries, reference corpus, inverted index."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from digest.model.tokens import text_of, words_of
from digest.ranking import background
from digest.ranking.cache import Remembered
from digest.ranking.embeddings import Meaning
from digest.ranking.likes.reference import OWN_FIELD, Archive
from digest.ranking.likes.vectors import Lens
from digest.ranking.phrases.expansion import query
from digest.ranking.phrases.index import Sheet
from digest.ranking.phrases.lsa import Places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from digest.model.paper import Paper
    from digest.model.tokens import Text
    from digest.ranking.background import Background
    from digest.ranking.embeddings import Embedder
    from digest.ranking.phrases.query import Query

LENSES = 4
"""So many views of the archive are kept: several readers, or one config redrawn, ask the same."""


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
        self.meaning = Meaning(embedder) if embedder else None
        self._queries: dict[tuple[str, bool], Query | None] = {}
        self._near: Remembered[tuple[Text, ...], Lens] = Remembered(1, most=LENSES)
        self._sheet: tuple[Sequence[Paper], Sheet, Places] | None = None

    @cached_property
    def background(self) -> Background:
        """The background in use: the one given, else the shipped one."""
        return self._given or background.shipped()

    @cached_property
    def _archive(self) -> Archive:
        return Archive(background=self.background)

    @cached_property
    def _own(self) -> Lens | None:
        """How papers look from what was fetched lately, if that is enough."""
        texts = [text_of(paper.title, paper.abstract) for paper in self._field()]
        field = self._archive.own(texts)
        known = len(field.texts) >= OWN_FIELD
        return Lens(archive=self._archive, field=field) if known else None

    def refresh(self) -> None:
        """Look anew at what was fetched lately, at the next ranking that needs it."""
        self.__dict__.pop("_own", None)

    def query(self, text: str, *, expand: bool = True) -> Query | None:
        """Return a phrase as a query; made once for each text."""
        key = (text, expand)
        if key not in self._queries:
            self._queries[key] = query(text, self.background, expand=expand)
        return self._queries[key]

    def sheet(self, papers: Sequence[Paper]) -> tuple[Sheet, Places]:
        """Return `papers` taken apart; made once for readers who share them, one after another."""
        known = self._sheet
        if known is None or known[0] != papers:
            sheet = Sheet.of([words_of(paper.title, paper.abstract) for paper in papers])
            known = self._sheet = papers, sheet, Places.of(sheet, self.background)
        return known[1:]

    def lens(self, examples: Sequence[Text]) -> Lens:
        """Return how papers look to one who gave these `examples`.

        From the field where it is known, the same for all readers, else from the part of the
        archive that is near to the examples.
        """
        return self._own or self._near.answer(tuple(examples), self._from_near)

    def _from_near(self, examples: Sequence[Text]) -> Lens:
        archive = self._archive
        return Lens(archive=archive, field=archive.nearby(examples))

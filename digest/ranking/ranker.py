"""Ranks papers for one reader: every interest by itself, the best of them decides.

each phrase:  what the paper covers of it, less what is avoided  ┐
the likes:    what the paper has in common with them             ┴→ chance to be kept
chance → best voice → score, and its reasons, which add up to it
"""

from __future__ import annotations

from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING

from digest.profile import Interest
from digest.ranking import Ranked, background
from digest.ranking.calibration import RELATED, STRONG, USUAL, WRITTEN, named, shown, weighed
from digest.ranking.meaning import Meaning, Meant
from digest.ranking.people import followed
from digest.ranking.reasons import reasons, shared
from digest.ranking.sheet import Sheet
from digest.ranking.shown import MOST_LIKES, Spoiled, spoiled, taste
from digest.ranking.terms import holds, terms, words_of
from digest.ranking.topics import Places
from digest.ranking.vectors import OWN_FIELD, Lens
from digest.ranking.voices import AVOID, NEAR, Shown, Written
from digest.ranking.written import LONG, coverage, query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from digest.paper import Paper
    from digest.profile import Profile
    from digest.ranking.background import Background
    from digest.ranking.meaning import Embedder
    from digest.ranking.terms import Words
    from digest.ranking.vectors import View
    from digest.ranking.voices import Account, Voice
    from digest.ranking.written import Query

AVOID_SHOWN = 2.0
"""How fast the chance of what is like an example falls with what it covers of an avoided phrase."""
YOUR_LIKES = "your likes"
"""The name of the interest that papers liked for no named interest make up."""


class Ranker:
    """Scores papers against profiles; nothing is trained, and nothing fetched.

    An embedder, if one is given, has half a say on written interests. `field` gives the papers
    that were fetched lately, oldest first: likes are seen from the reader's own field, while the
    scores of written interests rest on the background alone and never drift. Where few papers are
    known, a long list that is ranked is the field itself.
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
        self._sheet: tuple[Sequence[Paper], Sheet, Places] | None = None
        self._near: tuple[Sequence[Paper], Lens] | None = None

    @cached_property
    def background(self) -> Background:
        """The background in use: the one given, else the shipped one."""
        return self._given or background.shipped()

    @cached_property
    def _lens(self) -> Lens:
        return Lens(background=self.background.grown(self._field()))

    def refresh(self) -> None:
        """Look anew at what was fetched lately, at the next ranking that needs it."""
        self.__dict__.pop("_lens", None)

    def rank(self, papers: Iterable[Paper], profile: Profile) -> list[Ranked]:
        """Return every paper with its score for this reader, the highest first.

        Papers that the reader muted are among them, marked; between equal scores the more popular
        paper comes first.
        """
        whole = list(papers)
        if not whole:
            return []
        day = Day(self, whole, profile)
        ranked = [day.ranked(number) for number in range(len(whole))]
        return sorted(ranked, key=lambda r: (-r.score, -_votes(r.paper)))

    def scores(self, papers: Iterable[Paper], profile: Profile) -> NDArray[np.float64]:
        """Return the score of each paper in its place, 0–100, without reasons (much faster)."""
        return Day(self, list(papers), profile).scores

    def query(self, text: str, *, expand: bool = True) -> Query | None:
        """Return a phrase as a query; made once for each text."""
        key = (text, expand)
        if key not in self._queries:
            self._queries[key] = query(text, self.background, expand=expand)
        return self._queries[key]

    def sheet(self, papers: Sequence[Paper]) -> tuple[Sheet, Places]:
        """Return `papers` taken apart; made once for readers who share them, one after another."""
        if self._sheet is None or self._sheet[0] != papers:
            sheet = Sheet.of([words_of(paper.title, paper.abstract) for paper in papers])
            self._sheet = papers, sheet, Places.of(sheet, self.background)
        return self._sheet[1:]

    def lens(self, papers: Sequence[Paper]) -> Lens:
        """Return how papers look to one who ranks `papers`; made once for readers who share them.

        nDCG@10 of likes among 500 papers of another field and time than the archive's: .572
        without the list itself, .580 with it.
        """
        known = self._lens.background
        if len(known.added) >= OWN_FIELD or len(papers) < OWN_FIELD:
            return self._lens
        if self._near is None or self._near[0] != papers:
            self._near = (papers, Lens(background=known.grown(papers)))
        return self._near[1]


class Day:
    """One list of papers before one reader."""

    def __init__(self, ranker: Ranker, papers: Sequence[Paper], profile: Profile) -> None:
        import numpy as np

        self._ranker = ranker
        self._papers = papers
        self._profile = profile
        self._sheet, self._places = ranker.sheet(papers)
        self._words = self._sheet.papers
        self._muted = [words for phrase in profile.mute if (words := terms(phrase))]
        wishes = list(profile.interests)
        if profile.liked:
            wishes.append(Interest(name=YOUR_LIKES, liked=profile.liked))
        self._voices: list[Voice] = [voice for wish in wishes for voice in self._hear(wish)]
        none = np.zeros((1, len(papers)))
        chances = np.vstack([none, *(voice.chances for voice in self._voices)])
        self._best = chances.argmax(axis=0)
        self.scores: NDArray[np.float64] = 100 * chances.max(axis=0)

    def ranked(self, number: int) -> Ranked:
        """Return the paper of this number with its score and its reasons."""
        paper = self._papers[number]
        score = float(self.scores[number])
        voice = self._voices[self._best[number] - 1] if score else None
        accounts = self._accounts(voice, number) if voice else []
        authors, uncertain = followed(self._profile.authors, paper.authors)
        return Ranked(
            paper=paper,
            score=score,
            interest=voice.interest if voice else "",
            reasons=reasons(paper, accounts),
            missing=accounts[0][0].missing if accounts and score < STRONG else (),
            like=next((a.like for a, _ in accounts if a.like not in {"", paper.title}), ""),
            followed=authors,
            uncertain=uncertain,
            muted=any(holds(self._words[number], phrase) for phrase in self._muted),
        )

    def _accounts(self, best: Voice, paper: int) -> list[tuple[Account, float]]:
        """Return why the voices of the best interest spoke, and the points of each, best first."""
        beside = [
            voice
            for voice in self._voices
            if voice is not best
            and voice.interest == best.interest
            and 100 * voice.chances[paper] >= RELATED
        ]
        voices = sorted([best, *beside], key=lambda voice: -voice.chances[paper])
        points = shared([100 * float(voice.chances[paper]) for voice in voices])
        return [(voice.account(paper), part) for voice, part in zip(voices, points, strict=True)]

    def _hear(self, wish: Interest) -> Iterator[Voice]:
        yield from (self._meant(voice, wish) for voice in self._written(wish))
        if likes := _latest(wish.liked):
            yield self._shown(wish, likes)
        if long := _paragraph(wish):
            yield self._shown(wish, {wish.about: long}, liked=False)

    def _meant(self, voice: Written, wish: Interest) -> Voice:
        """Return `voice`, with the embedding model's opinion of its phrase if there is a model."""
        if not self._ranker.meaning:
            return voice
        texts = [f"{paper.title}. {paper.abstract}" for paper in self._papers]
        chances = self._ranker.meaning.chances(texts, voice.query.text)
        chances = weighed(chances, voice.weight)
        for lost in (self._kept(wish), voice.spoiled):
            chances = chances * lost.factor if lost else chances
        return Meant(voice, chances)

    def _written(self, wish: Interest) -> Iterator[Written]:
        phrases = [(phrase.text, phrase.weight) for phrase in wish.phrases]
        if not _paragraph(wish):
            phrases.append((wish.about, 1.0))
        asked = [(q, weight) for text, weight in phrases if (q := self._ranker.query(text))]
        if not asked:
            return
        avoided = self._avoided(wish)
        cover = coverage(self._sheet, [*(q for q, _ in asked), *avoided])
        numbered = dict(enumerate(avoided, len(asked)))
        dislikes = self._spoiled(wish)
        lost = AVOID * cover.scores[:, len(asked) :].sum(axis=1)
        for number, (asked_for, weight) in enumerate(asked):
            values = (cover.scores[:, number] - lost) / asked_for.level**0.5
            values += NEAR * self._places.near(asked_for)
            pure = lost == 0
            chances = named(
                WRITTEN(values), cover.titled[:, number] & pure, cover.said[:, number] & pure
            )
            chances = weighed(chances, weight * wish.weight)
            yield Written(
                interest=wish.name,
                chances=chances * dislikes.factor if dislikes else chances,
                weight=weight * wish.weight,
                query=asked_for,
                cover=cover,
                avoided=numbered,
                spoiled=dislikes,
                places=self._places,
            )

    def _avoided(self, wish: Interest) -> list[Query]:
        phrases = dict.fromkeys((*wish.avoid, *self._profile.avoid))
        asked = (self._ranker.query(phrase, expand=False) for phrase in phrases)
        return [query for query in asked if query]

    def _shown(self, wish: Interest, likes: Mapping[str, Words], *, liked: bool = True) -> Voice:
        """Return the voice of examples, by title; a paragraph is one, though not `liked`."""
        gallery = self._gallery
        dislikes = _latest((*wish.disliked, *self._profile.disliked))
        found = taste(self._lens, gallery.papers, gallery.of(likes), gallery.of(dislikes))
        chances = weighed(shown(found.scores, len(likes) if liked else USUAL), wish.weight)
        avoided = self._kept(wish)
        return Shown(
            interest=wish.name,
            chances=chances * avoided.factor if avoided else chances,
            taste=found,
            view=gallery.papers,
            titles=tuple(likes),
            liked=liked,
            spoiled=avoided,
        )

    def _kept(self, wish: Interest) -> Spoiled | None:
        """Return what the phrases that a reader avoids take from what examples speak for."""
        import numpy as np

        avoided = self._avoided(wish)
        if not avoided:
            return None
        scores = coverage(self._sheet, avoided).scores
        return Spoiled(
            factor=np.exp(-AVOID_SHOWN * scores.max(axis=1)),
            nearest=scores.argmax(axis=1),
            titles=[query.text for query in avoided],
        )

    def _spoiled(self, wish: Interest) -> Spoiled | None:
        dislikes = _latest((*wish.disliked, *self._profile.disliked))
        if not dislikes:
            return None
        gallery = self._gallery
        return spoiled(self._lens, gallery.papers, gallery.of(dislikes), tuple(dislikes))

    @cached_property
    def _lens(self) -> Lens:
        return self._ranker.lens(self._papers)

    @cached_property
    def _gallery(self) -> Gallery:
        """The papers and all examples of this profile, looked at once."""
        wishes: list[Profile | Interest] = [self._profile, *self._profile.interests]
        groups = (group for wish in wishes for group in (wish.liked, wish.disliked))
        examples = {words: None for group in groups for words in _latest(group).values()}
        texts = (_paragraph(wish) for wish in self._profile.interests)
        examples |= {words: None for words in texts if words}
        view = self._lens.view([*self._words, *examples])
        return Gallery(view, len(self._words), examples)


class Gallery:
    """Papers beside the examples that they are compared with, all in one view."""

    def __init__(self, view: View, papers: int, examples: Iterable[Words]) -> None:
        self._view = view
        self._places = {words: place for place, words in enumerate(examples, papers)}
        self.papers = view.pick(slice(0, papers))

    def of(self, examples: Mapping[str, Words]) -> View:
        """Return some examples."""
        return self._view.pick([self._places[words] for words in examples.values()])


def _latest(papers: Sequence[Paper]) -> dict[str, Words]:
    """Return the words of the last papers by title, without those that have none."""
    words = {paper.title: words_of(paper.title, paper.abstract) for paper in papers[-MOST_LIKES:]}
    return {title: found for title, found in words.items() if any(found)}


def _paragraph(wish: Interest) -> Words | None:
    """Return the words of a long text, which is held against papers as a liked one would be.

    Its coverage ranks worse: .655 against .697 for an abstract, .567 against .597 for 40 words.
    """
    words = words_of("", wish.about)
    return words if len(set(words.abstract)) > LONG else None


def _votes(paper: Paper) -> float:
    votes = paper.upvotes
    return votes if votes is not None and isfinite(votes) else 0

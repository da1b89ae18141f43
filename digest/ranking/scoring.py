"""One day's papers before one reader: every interest by itself, the best of them decides.

each phrase:  what the paper covers of it, less what is avoided  ┐
the likes:    what the paper has in common with them             ┴→ chance to be kept
chance → best voice → score, and its reasons, which add up to it
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from digest.model.profile import Interest
from digest.model.ranked import Ranked
from digest.model.tokens import holds, terms, text_of
from digest.ranking.author_names import followed
from digest.ranking.calibration import RELATED, STRONG, USUAL, WRITTEN, named, shown, weighed
from digest.ranking.embeddings import Meant
from digest.ranking.explain import reasons, shared
from digest.ranking.likes.examples import Gallery, examples_of, latest, paragraph, wanted
from digest.ranking.likes.ridge import Spoiled, spoiled, taste
from digest.ranking.phrases.coverage import coverage, unwanted
from digest.ranking.scorers import AVOID, NEAR, Shown, Written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from digest.model.paper import Paper
    from digest.model.profile import Profile
    from digest.model.tokens import Text
    from digest.ranking.likes.vectors import Lens
    from digest.ranking.phrases.query import Query
    from digest.ranking.resources import Resources
    from digest.ranking.scorers import Account, Voice

AVOID_SHOWN = 2.0
"""How fast the chance of what is like an example falls with what it covers of an avoided phrase."""
YOUR_LIKES = "your likes"
"""The name of the interest that papers liked for no named interest make up."""


class Day:
    """One list of papers before one reader."""

    def __init__(self, resources: Resources, papers: Sequence[Paper], profile: Profile) -> None:
        import numpy as np

        self._resources = resources
        self._papers = papers
        self._profile = profile
        self._sheet, self._places = resources.sheet(papers)
        self._words = self._sheet.papers
        self._galleries: dict[Lens, Gallery] = {}
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
        if likes := latest(wish.liked):
            yield self._shown(wish, likes)
        if long := paragraph(wish):
            yield self._shown(wish, {wish.about: long}, liked=False)

    def _meant(self, voice: Written, wish: Interest) -> Voice:
        """Return `voice`, with the embedding model's opinion of its phrase if there is a model."""
        if not self._resources.meaning:
            return voice
        texts = [f"{paper.title}. {paper.abstract}" for paper in self._papers]
        chances = self._resources.meaning.chances(texts, voice.query.text)
        chances = weighed(chances, voice.weight)
        for lost in (self._kept(wish), voice.spoiled):
            chances = chances * lost.factor if lost else chances
        return Meant(voice, chances)

    def _written(self, wish: Interest) -> Iterator[Written]:
        import numpy as np

        phrases = [(phrase.text, phrase.weight) for phrase in wish.phrases]
        if not paragraph(wish):
            phrases.append((wish.about, 1.0))
        asked = [(q, weight) for text, weight in phrases if (q := self._resources.query(text))]
        if not asked:
            return
        cover = coverage(self._sheet, [q for q, _ in asked])
        avoided = {q.text: unwanted(self._sheet, q) for q in self._avoided(wish)}
        dislikes = self._spoiled(wish)
        lost = AVOID * sum(avoided.values(), np.zeros(len(self._papers)))
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
                avoided=avoided,
                spoiled=dislikes,
                places=self._places,
            )

    def _avoided(self, wish: Interest) -> list[Query]:
        phrases = dict.fromkeys((*wish.avoid, *self._profile.avoid))
        asked = (self._resources.query(phrase, expand=False) for phrase in phrases)
        return [query for query in asked if query]

    def _shown(self, wish: Interest, likes: Mapping[str, Text], *, liked: bool = True) -> Voice:
        """Return the voice of examples, by title; a paragraph is one, though not `liked`."""
        gallery = self._gallery(wish)
        dislikes = latest((*wish.disliked, *self._profile.disliked))
        found = taste(gallery.lens, gallery.papers, gallery.of(likes), gallery.of(dislikes))
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
        scores = np.column_stack([unwanted(self._sheet, query) for query in avoided])
        return Spoiled(
            factor=np.exp(-AVOID_SHOWN * scores.max(axis=1)),
            nearest=scores.argmax(axis=1),
            titles=[query.text for query in avoided],
        )

    def _spoiled(self, wish: Interest) -> Spoiled | None:
        dislikes = latest((*wish.disliked, *self._profile.disliked))
        if not dislikes:
            return None
        gallery = self._gallery(wish)
        return spoiled(gallery.lens, gallery.papers, gallery.of(dislikes), tuple(dislikes))

    def _gallery(self, wish: Interest) -> Gallery:
        """Return the papers and all examples of this profile as one wish sees them."""
        lens = self._resources.lens(wanted(wish))
        if lens not in self._galleries:
            self._galleries[lens] = Gallery(lens, self._texts, examples_of(self._profile))
        return self._galleries[lens]

    @cached_property
    def _texts(self) -> list[Text]:
        return [text_of(paper.title, paper.abstract) for paper in self._papers]

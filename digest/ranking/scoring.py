"""Scoring of one list of papers for one profile: the best scorer of a paper decides.

each phrase:   coverage and topic similarity, less avoided phrases  ┐
liked papers:  similarity by ridge regression                       ┴→ probability
maximum probability → score 0–100, with reasons that add up to it
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from digest.model.profile import Interest
from digest.model.ranked import Ranked
from digest.model.tokens import holds, terms, text_of
from digest.ranking.author_names import followed_authors
from digest.ranking.calibration import (
    PHRASE_CURVE,
    RELATED,
    STRONG,
    TYPICAL_LIKES,
    likes_probability,
    scale_odds,
    with_exact_matches,
)
from digest.ranking.embeddings import EmbeddingScorer
from digest.ranking.explain import reasons, shapley_shares
from digest.ranking.likes.examples import (
    ExampleSet,
    all_examples,
    paragraph,
    positive_examples,
    recent_texts,
)
from digest.ranking.likes.ridge import Penalty, dislike_penalty, fit_likes
from digest.ranking.phrases.coverage import avoided_coverage, coverage
from digest.ranking.scorers import AVOID_WEIGHT, TOPIC_WEIGHT, ExampleScorer, PhraseScorer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from digest.model.paper import Paper
    from digest.model.profile import Profile
    from digest.model.tokens import Text
    from digest.ranking.likes.vectors import VectorSpace
    from digest.ranking.phrases.query import Query
    from digest.ranking.resources import Resources
    from digest.ranking.scorers import Explanation, Scorer

AVOID_EXAMPLES_RATE = 2.0
"""Rate at which an example's probability falls with the coverage of an avoided phrase."""
YOUR_LIKES = "your likes"
"""Name of the interest for likes that belong to no named interest."""


class ProfileScoring:
    """Scores and explanations of one list of papers for one profile."""

    def __init__(self, resources: Resources, papers: Sequence[Paper], profile: Profile) -> None:
        import numpy as np

        self._resources = resources
        self._papers = papers
        self._profile = profile
        self._index, self._topics = resources.index(papers)
        self._words = self._index.papers
        self._example_sets: dict[VectorSpace, ExampleSet] = {}
        self._muted = [words for phrase in profile.mute if (words := terms(phrase))]
        interests = list(profile.interests)
        if profile.liked:
            interests.append(Interest(name=YOUR_LIKES, liked=profile.liked))
        self._scorers: list[Scorer] = [
            scorer for interest in interests for scorer in self._interest_scorers(interest)
        ]
        none = np.zeros((1, len(papers)))
        probabilities = np.vstack([none, *(scorer.probabilities for scorer in self._scorers)])
        self._best = probabilities.argmax(axis=0)
        self.scores: NDArray[np.float64] = 100 * probabilities.max(axis=0)

    def ranked(self, number: int) -> Ranked:
        """Return the paper with this number, its score and its reasons."""
        paper = self._papers[number]
        score = float(self.scores[number])
        scorer = self._scorers[self._best[number] - 1] if score else None
        explanations = self._explanations(scorer, number) if scorer else []
        authors, uncertain = followed_authors(self._profile.authors, paper.authors)
        return Ranked(
            paper=paper,
            score=score,
            interest=scorer.interest if scorer else "",
            reasons=reasons(paper, explanations),
            missing=explanations[0][0].missing if explanations and score < STRONG else (),
            like=next((a.like for a, _ in explanations if a.like not in {"", paper.title}), ""),
            followed=authors,
            uncertain=uncertain,
            muted=any(holds(self._words[number], phrase) for phrase in self._muted),
        )

    def _explanations(self, best: Scorer, paper: int) -> list[tuple[Explanation, float]]:
        """Return the explanations of the best interest's scorers with their points, best first."""
        beside = [
            scorer
            for scorer in self._scorers
            if scorer is not best
            and scorer.interest == best.interest
            and 100 * scorer.probabilities[paper] >= RELATED
        ]
        scorers = sorted([best, *beside], key=lambda scorer: -scorer.probabilities[paper])
        points = shapley_shares([100 * float(scorer.probabilities[paper]) for scorer in scorers])
        return [(scorer.explain(paper), part) for scorer, part in zip(scorers, points, strict=True)]

    def _interest_scorers(self, interest: Interest) -> Iterator[Scorer]:
        yield from (
            self._with_embeddings(scorer, interest) for scorer in self._phrase_scorers(interest)
        )
        if likes := recent_texts(interest.liked):
            yield self._example_scorer(interest, likes)
        if long := paragraph(interest):
            yield self._example_scorer(interest, {interest.about: long}, liked=False)

    def _with_embeddings(self, scorer: PhraseScorer, interest: Interest) -> Scorer:
        """Return `scorer`, combined with the embedding model if there is one."""
        if not self._resources.embeddings:
            return scorer
        texts = [f"{paper.title}. {paper.abstract}" for paper in self._papers]
        probabilities = self._resources.embeddings.probabilities(texts, scorer.query.text)
        probabilities = scale_odds(probabilities, scorer.weight)
        for lost in (self._avoid_penalty(interest), scorer.penalty):
            probabilities = probabilities * lost.factor if lost else probabilities
        return EmbeddingScorer(scorer, probabilities)

    def _phrase_scorers(self, interest: Interest) -> Iterator[PhraseScorer]:
        import numpy as np

        phrases = [(phrase.text, phrase.weight) for phrase in interest.phrases]
        if not paragraph(interest):
            phrases.append((interest.about, 1.0))
        asked = [(q, weight) for text, weight in phrases if (q := self._resources.query(text))]
        if not asked:
            return
        cover = coverage(self._index, [q for q, _ in asked])
        avoided = {q.text: avoided_coverage(self._index, q) for q in self._avoided(interest)}
        dislikes = self._dislike_penalty(interest)
        lost = AVOID_WEIGHT * sum(avoided.values(), np.zeros(len(self._papers)))
        for number, (asked_for, weight) in enumerate(asked):
            values = (cover.scores[:, number] - lost) / asked_for.level**0.5
            values += TOPIC_WEIGHT * self._topics.similarity(asked_for)
            pure = lost == 0
            probabilities = with_exact_matches(
                PHRASE_CURVE(values),
                cover.in_title[:, number] & pure,
                cover.has_phrase[:, number] & pure,
            )
            probabilities = scale_odds(probabilities, weight * interest.weight)
            yield PhraseScorer(
                interest=interest.name,
                probabilities=probabilities * dislikes.factor if dislikes else probabilities,
                weight=weight * interest.weight,
                query=asked_for,
                cover=cover,
                avoided=avoided,
                penalty=dislikes,
                topics=self._topics,
            )

    def _avoided(self, interest: Interest) -> list[Query]:
        phrases = dict.fromkeys((*interest.avoid, *self._profile.avoid))
        asked = (self._resources.query(phrase, expand=False) for phrase in phrases)
        return [query for query in asked if query]

    def _example_scorer(
        self, interest: Interest, likes: Mapping[str, Text], *, liked: bool = True
    ) -> Scorer:
        """Return the scorer of examples by title; a paragraph is an example that is not `liked`."""
        example_set = self._example_set(interest)
        dislikes = recent_texts((*interest.disliked, *self._profile.disliked))
        fit = fit_likes(
            example_set.space, example_set.papers, example_set.of(likes), example_set.of(dislikes)
        )
        probabilities = scale_odds(
            likes_probability(fit.scores, len(likes) if liked else TYPICAL_LIKES), interest.weight
        )
        avoided = self._avoid_penalty(interest)
        return ExampleScorer(
            interest=interest.name,
            probabilities=probabilities * avoided.factor if avoided else probabilities,
            fit=fit,
            vectors=example_set.papers,
            titles=tuple(likes),
            liked=liked,
            penalty=avoided,
        )

    def _avoid_penalty(self, interest: Interest) -> Penalty | None:
        """Return the penalty of avoided phrases on papers that match examples."""
        import numpy as np

        avoided = self._avoided(interest)
        if not avoided:
            return None
        scores = np.column_stack([avoided_coverage(self._index, query) for query in avoided])
        return Penalty(
            factor=np.exp(-AVOID_EXAMPLES_RATE * scores.max(axis=1)),
            nearest=scores.argmax(axis=1),
            titles=[query.text for query in avoided],
        )

    def _dislike_penalty(self, interest: Interest) -> Penalty | None:
        dislikes = recent_texts((*interest.disliked, *self._profile.disliked))
        if not dislikes:
            return None
        example_set = self._example_set(interest)
        return dislike_penalty(
            example_set.space, example_set.papers, example_set.of(dislikes), tuple(dislikes)
        )

    def _example_set(self, interest: Interest) -> ExampleSet:
        """Return the papers and all examples in the vector space of this interest."""
        space = self._resources.space(positive_examples(interest))
        if space not in self._example_sets:
            self._example_sets[space] = ExampleSet(space, self._texts, all_examples(self._profile))
        return self._example_sets[space]

    @cached_property
    def _texts(self) -> list[Text]:
        return [text_of(paper.title, paper.abstract) for paper in self._papers]

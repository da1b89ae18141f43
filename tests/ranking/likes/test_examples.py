"""Papers beside the examples that a reader gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_papers import paper

from digest.model.profile import Interest, Profile
from digest.model.tokens import text_of
from digest.ranking.likes.examples import (
    MAX_LIKES,
    ExampleSet,
    all_examples,
    paragraph,
    positive_examples,
    recent_texts,
)
from digest.ranking.likes.reference import ReferenceArchive
from digest.ranking.likes.vectors import VectorSpace

if TYPE_CHECKING:
    from digest.ranking.background import Background

ABOUT = "Genomes, cells, proteins, sequences, mutations, tissues, enzymes, expression, heredity"


def test_the_latest_likes_are_used() -> None:
    """Of an endless library the last ones, and none that says nothing."""
    papers = [paper(f"Genome {n}", number=n) for n in range(MAX_LIKES + 2)]
    found = list(recent_texts([*papers, paper("", "")]))
    assert found == [p.title for p in papers[3:]]


def test_only_a_long_text_is_an_example() -> None:
    """A short one is a phrase like others."""
    assert paragraph(Interest(about=ABOUT)) == text_of("", ABOUT)
    assert paragraph(Interest(about="genomes and cells")) is None


def test_positive_examples_are_likes_and_a_long_description() -> None:
    """Likes and the long text, and nothing that it dislikes."""
    interest = Interest(about=ABOUT, liked=[paper("Genome")], disliked=[paper("Camera")])
    assert positive_examples(interest) == [text_of("Genome", ""), text_of("", ABOUT)]


def test_each_example_is_used_once() -> None:
    """A paper liked for two interests, or liked and disliked, is one example."""
    liked, disliked = paper("Genome"), paper("Camera")
    interest = Interest(liked=[liked], disliked=[disliked, liked])
    profile = Profile(interests=[interest, interest], liked=[liked], disliked=[disliked])
    assert all_examples(profile) == [text_of("Genome", ""), text_of("Camera", "")]


def test_examples_and_papers_share_one_space(known: Background) -> None:
    """Each is found by its text, in the order asked for."""
    archive = ReferenceArchive(background=known)
    space = VectorSpace(archive=archive, field=archive.empty)
    one, two, three = (text_of(title, "") for title in ("Genome", "Camera", "Cache"))
    example_set = ExampleSet(space, [one], [two, three])
    assert example_set.papers.words.shape[0] == 1
    picked = example_set.of({"Cache": three, "Camera": two})
    alike = space.similarity(picked, space.embed([three, two]))
    assert alike.diagonal().round(6).tolist() == [1, 1]

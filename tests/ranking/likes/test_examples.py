"""Papers beside the examples that a reader gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_papers import paper

from digest.model.profile import Interest, Profile
from digest.model.tokens import text_of
from digest.ranking.likes.examples import (
    MOST_LIKES,
    Gallery,
    examples_of,
    latest,
    paragraph,
    wanted,
)
from digest.ranking.likes.reference import Archive
from digest.ranking.likes.vectors import Lens

if TYPE_CHECKING:
    from digest.ranking.background import Background

ABOUT = "Genomes, cells, proteins, sequences, mutations, tissues, enzymes, expression, heredity"


def test_the_latest_likes_are_looked_at() -> None:
    """Of an endless library the last ones, and none that says nothing."""
    papers = [paper(f"Genome {n}", number=n) for n in range(MOST_LIKES + 2)]
    found = list(latest([*papers, paper("", "")]))
    assert found == [p.title for p in papers[3:]]


def test_only_a_long_text_is_an_example() -> None:
    """A short one is a phrase like others."""
    assert paragraph(Interest(about=ABOUT)) == text_of("", ABOUT)
    assert paragraph(Interest(about="genomes and cells")) is None


def test_what_a_wish_wants_is_what_it_likes() -> None:
    """Likes and the long text, and nothing that it dislikes."""
    wish = Interest(about=ABOUT, liked=[paper("Genome")], disliked=[paper("Camera")])
    assert wanted(wish) == [text_of("Genome", ""), text_of("", ABOUT)]


def test_each_example_is_looked_at_once() -> None:
    """A paper liked for two wishes, or liked and disliked, is one."""
    liked, disliked = paper("Genome"), paper("Camera")
    wish = Interest(liked=[liked], disliked=[disliked, liked])
    profile = Profile(interests=[wish, wish], liked=[liked], disliked=[disliked])
    assert examples_of(profile) == [text_of("Genome", ""), text_of("Camera", "")]


def test_examples_stand_beside_papers(known: Background) -> None:
    """Each is found by its text, in the order asked for."""
    archive = Archive(background=known)
    lens = Lens(archive=archive, field=archive.nothing)
    one, two, three = (text_of(title, "") for title in ("Genome", "Camera", "Cache"))
    gallery = Gallery(lens, [one], [two, three])
    assert gallery.papers.words.shape[0] == 1
    picked = gallery.of({"Cache": three, "Camera": two})
    alike = lens.likeness(picked, lens.view([three, two]))
    assert alike.diagonal().round(6).tolist() == [1, 1]

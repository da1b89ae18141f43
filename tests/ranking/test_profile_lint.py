"""Warnings about profiles that rank badly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_papers import paper

from digest.model.profile import Interest, Phrase, Profile
from digest.ranking.likes.examples import MAX_LIKES
from digest.ranking.profile_lint import lint_profile

if TYPE_CHECKING:
    from digest.ranking.background import Background

MANY_LIKES = [paper(f"t{n}") for n in range(MAX_LIKES + 1)]
GERMAN = "Bilder aus dem Rauschen holen: wenige Schritte, kleine Geräte, gute Ergebnisse"
STRANGE_PAPERS = [paper(f"{n}. Bericht", GERMAN) for n in range(2)]


def test_a_sound_profile_has_no_warnings(known: Background) -> None:
    """A sound profile has no warning."""
    interest = Interest(phrases=["genome mutation"], about="cells and tissue", weight=2)
    profile = Profile(interests=[interest], avoid=["video"], mute=["camera"], authors=["Ada Byron"])
    assert lint_profile(profile, known) == ()


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        (Profile(), "the profile is empty"),
        (Profile(interests=[Interest(name="mine")]), "the interest “mine” is empty"),
        (Profile(interests=[Interest(phrases=["the of"])]), "“the of” has no word"),
        (Profile(interests=[Interest(phrases=["C"])]), "“C” has no word"),
        (Profile(authors=["A"], mute=["and"]), "“and” has no word"),
        (Profile(interests=[Interest(phrases=["zzqy"])]), "no known paper has a word of “zzqy”"),
        (Profile(interests=[Interest(phrases=[Phrase("genome", -1)])]), "the weight -1 of"),
        (
            Profile(interests=[Interest(phrases=["genome"], weight=float("nan"))]),
            "the weight nan of the interest “genome” is not above 0",
        ),
        (Profile(liked=MANY_LIKES), "1,001 papers are liked; the last 1,000 of them count"),
        (Profile(authors=["A"], disliked=MANY_LIKES), "1,001 papers are disliked; the last 1,000"),
        (
            Profile(interests=[Interest(name="mine", liked=MANY_LIKES)]),
            "1,001 papers are liked for the interest “mine”; the last 1,000",
        ),
        (
            Profile(
                interests=[Interest(phrases=["genome"], disliked=MANY_LIKES[:1])],
                disliked=MANY_LIKES[1:],
            ),
            "1,001 papers are disliked for the interest “genome” and in general; the last 1,000",
        ),
        (
            Profile(interests=[Interest(phrases=["genome"]), Interest(disliked=MANY_LIKES[:1])]),
            "interest 2 of 2 is empty: it has no phrase, text or like; dislikes alone find nothing",
        ),
        (Profile(interests=[Interest()]), "interest 1 of 1 is empty: it has no phrase"),
        (
            Profile(interests=[Interest(name="Bilder", about=GERMAN)]),
            "many words of the interest “Bilder” are unknown to the archive, which knows English",
        ),
        (
            Profile(interests=[Interest(phrases=GERMAN.split())]),
            "many words of the interest “Bilder” are unknown to the archive",
        ),
        (
            Profile(interests=[Interest(liked=[paper("A genome", ""), *STRANGE_PAPERS])]),
            "many words of most papers liked for interest 1 of 1 are unknown to the archive",
        ),
        (Profile(liked=STRANGE_PAPERS), "many words of most papers liked are unknown"),
    ],
)
def test_each_problem_gets_one_sentence(profile: Profile, expected: str, known: Background) -> None:
    """The sentence states the consequence."""
    (only,) = lint_profile(profile, known)
    assert expected in only


def test_spelling_is_not_checked_without_a_background() -> None:
    """Known words are known only with a background."""
    assert lint_profile(Profile(interests=[Interest(phrases=["zzqy"])])) == ()


def test_a_long_text_is_reported() -> None:
    """Of very many words the heaviest count."""
    words = " ".join(f"w{n}" for n in range(1_000))
    (only,) = lint_profile(Profile(interests=[Interest(about=words)]))
    assert "has 1,000 different words; the 300 that weigh most count" in only


@pytest.mark.parametrize(
    "profile",
    [
        Profile(liked=[*STRANGE_PAPERS, paper("Genome", ""), paper("Mutation", "")]),
        Profile(interests=[Interest(phrases=["genome", "mutation"], about="Bilder, Geräte, Holz")]),
        Profile(liked=MANY_LIKES[1:], disliked=MANY_LIKES[1:]),
    ],
)
def test_a_few_unknown_words_and_a_thousand_likes_are_not_reported(
    profile: Profile, known: Background
) -> None:
    """Half of the likes in another language are not most; some words are new to any archive."""
    assert not [words for words in lint_profile(profile, known) if "spelt" not in words]

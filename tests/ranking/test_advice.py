"""A word about odd profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_papers import paper

from digest.profile import Interest, Phrase, Profile
from digest.ranking.advice import advice
from digest.ranking.gallery import MOST_LIKES

if TYPE_CHECKING:
    from digest.ranking.background import Background


def test_a_sound_profile_needs_no_word(known: Background) -> None:
    """Where all is well nothing is said."""
    wish = Interest(phrases=["genome mutation"], about="cells and tissue", weight=2)
    profile = Profile(interests=[wish], avoid=["video"], mute=["camera"], authors=["Ada Byron"])
    assert advice(profile, known) == ()


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
            "the weight nan of “genome” is not above 0",
        ),
        (
            Profile(interests=[Interest(about="genome " + " ".join(f"w{n}" for n in range(999)))]),
            "… has 1,000 different words"[:1],
        ),
        (Profile(liked=[paper(f"t{n}") for n in range(MOST_LIKES + 1)]), "1,001 papers are liked"),
    ],
)
def test_what_is_odd_is_named(profile: Profile, expected: str, known: Background) -> None:
    """Each oddity gets one sentence, which says what follows from it."""
    (only,) = advice(profile, known)
    assert expected in only


def test_spelling_is_not_judged_without_a_background() -> None:
    """Only a background can tell which words are known."""
    assert advice(Profile(interests=[Interest(phrases=["zzqy"])])) == ()

"""What a reader wants: built from plain words, unchangeable, and clear about being empty."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from digest.model.paper import Paper
from digest.model.profile import Interest, Phrase, Profile

PAPER = Paper(id="arxiv:2606.00001", title="A Paper")


def test_phrases_may_be_plain_words() -> None:
    """A string is a phrase that counts once; any iterable will do."""
    given: list[str | Phrase] = ["flow matching", Phrase("few steps", weight=2.0)]
    interest = Interest(phrases=iter(given))
    assert interest.phrases == (Phrase("flow matching", 1.0), Phrase("few steps", 2.0))


@pytest.mark.parametrize(
    ("interest", "name"),
    [
        (Interest(name="Flows", phrases=["flow matching"]), "Flows"),
        (Interest(phrases=["flow matching", "few steps"]), "flow matching"),
        (
            Interest(about="How noise schedules  really work, in the end"),
            "How noise schedules really work, in the…",
        ),
        (Interest(about=" Few-step\nsampling "), "Few-step sampling"),
        (Interest(about="Cheap image generation. I care for phones."), "Cheap image generation"),
        (Interest(about="x" * 50), "x" * 39 + "…"),
        (
            Interest(about="E.g. flows, or what else makes noise go away"),
            "E.g. flows, or what else makes noise go…",
        ),
        (Interest(about=" \n"), "likes"),
        (Interest(liked=[PAPER]), "likes"),
    ],
)
def test_every_interest_has_a_name(interest: Interest, name: str) -> None:
    """Its own, else its first phrase, how the text about it begins, or that it is made of likes.

    Where that text is cut it ends on "…".
    """
    assert interest.name == name


def test_what_is_wanted_cannot_be_changed() -> None:
    """Lists become tuples, fields are set once, and equal wishes are equal."""
    words = ["survey"]
    profile = Profile(interests=[Interest(phrases=["flows"])], mute=words)
    words.append("review")
    assert profile.mute == ("survey",)
    assert profile == Profile(interests=[Interest(phrases=["flows"])], mute=["survey"])
    with pytest.raises(FrozenInstanceError):
        profile.mute = ()  # type: ignore[misc]  # that is what is tried


@pytest.mark.parametrize(
    ("profile", "empty"),
    [
        (Profile(), True),
        (Profile(mute=["survey"], avoid=["review"], disliked=[PAPER]), True),
        (Profile(interests=[Interest(phrases=["flows"])]), False),
        (Profile(liked=[PAPER]), False),
        (Profile(authors=["Ada Ferrand"]), False),
    ],
)
def test_a_profile_is_empty_that_wants_nothing(profile: Profile, *, empty: bool) -> None:
    """To say what one does not want is no wish."""
    assert profile.empty is empty

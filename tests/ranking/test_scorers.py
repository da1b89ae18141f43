"""What speaks for a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digest.model.tokens import text_of, words_of
from digest.ranking.likes.reference import Archive
from digest.ranking.likes.ridge import spoiled, taste
from digest.ranking.likes.vectors import Lens
from digest.ranking.phrases.coverage import coverage, unwanted
from digest.ranking.phrases.expansion import query
from digest.ranking.phrases.index import Sheet
from digest.ranking.phrases.lsa import Places
from digest.ranking.scorers import AVOID, NEAR, Shown, Written, bent

if TYPE_CHECKING:
    from digest.ranking.background import Background

PAPER = words_of("Genome Mutation", "A cell")


def test_a_phrase_accounts_for_what_it_covers_and_lacks(known: Background) -> None:
    """Parts are what is covered, less what is avoided and disliked, and words that lack.

    Where the score is worth a word, the words that draw the paper to the topic count among them.
    """
    asked = query("Genome mutation in Video", known, expand=False)
    avoided = query("cells", known, expand=False)
    assert asked is not None
    assert avoided is not None
    sheet = Sheet.of([PAPER])
    cover = coverage(sheet, [asked])
    places = Places.of(sheet, known)
    archive = Archive(background=known)
    lens = Lens(archive=archive, field=archive.nothing)
    view = lens.view([text_of("Genome Mutation", "A cell")])
    voice = Written(
        interest="fish",
        chances=np.array([0.5]),
        query=asked,
        weight=1.0,
        cover=cover,
        avoided={"cells": unwanted(sheet, avoided)},
        spoiled=spoiled(lens, view, view, ["Genome Mutation"]),
        places=places,
    )
    account = voice.account(0)
    near = NEAR * asked.level**0.5 * places.parts(0, asked)["genome"]
    assert account.missing == ("Video",)
    assert near > 0
    assert account.parts["genome"] == cover.parts(0, asked)["genome"] + near
    assert account.parts["cells"] == -AVOID * unwanted(sheet, avoided)[0]
    assert account.parts["Genome Mutation"] < 0
    assert account.like == ""
    voice.chances[0] = 0.1
    assert voice.account(0).parts["genome"] == cover.parts(0, asked)["genome"]


def test_likes_account_for_shared_words(known: Background) -> None:
    """Shared words are named; where none is shared, the nearest like itself."""
    archive = Archive(background=known)
    lens = Lens(archive=archive, field=archive.nothing)
    view = lens.view(
        [text_of("Genome", ""), text_of("Camera", ""), text_of("Genome Mutation", "A cell")]
    )
    papers = view.pick(slice(0, 2))
    found = taste(lens, papers, view.pick([2]), view.pick(slice(0, 0)))
    voice = Shown(
        interest="likes",
        chances=np.array([0.5, 0.1]),
        taste=found,
        view=papers,
        titles=["Genome Mutation"],
    )
    assert list(voice.account(0).parts) == ["genome"]
    assert voice.account(1).parts == {"Genome Mutation": 1.0}
    assert voice.account(0).like == "Genome Mutation"


def test_a_word_with_a_verbs_ending_is_not_missing(known: Background) -> None:
    """Nobody is told that a paper on jailbreaking lacks it; "gene" is not in "general"."""
    jailbreaking = words_of("Jailbreaking by Tuned Models", "A general defender")
    sheet = Sheet.of([words_of("Defending", ""), jailbreaking])
    found = bent(["jailbreak", "tune", "defend", "gene", "model"], sheet, 1)
    assert found == {"jailbreak", "tune", "defend"}
    assert bent(["jailbreak", "tune"], sheet, 0) == frozenset()
    asked = query("jailbreak attacks", known, expand=False)
    assert asked is not None
    voice = Written(
        interest="agents",
        chances=np.array([0.1, 0.1]),
        query=asked,
        weight=1.0,
        cover=coverage(sheet, [asked]),
        avoided={},
        spoiled=None,
        places=Places.of(sheet, known),
    )
    assert voice.account(1).missing == ("attacks",)

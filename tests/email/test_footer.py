"""The end of a digest says where papers came from and how to stop it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from letters import FEEDBACK, HEAD, ISSUE

from digest.email import footer
from digest.email.i18n import Language
from digest.model.issue import SourceReport
from digest.model.states import SourceState


def test_sources_are_told_honestly() -> None:
    """Each source says how it fared, the failed one why."""
    assert footer.sources(ISSUE, Language("en")) == (
        "Sources: Hugging Face (31 papers), arXiv cs.LG (nothing due today), "
        "medRxiv (still the previous list), BAIR (failed: 404 Not Found)."
    )
    assert footer.sources(replace(ISSUE, sources=()), Language("en")) == ""
    unsaid = replace(ISSUE, sources=(SourceReport(name="BAIR", state=SourceState.FAILED),))
    assert footer.sources(unsaid, Language("en")) == "Sources: BAIR (failed)."


def test_a_long_error_is_told_in_its_beginning() -> None:
    """A server's whole page about its failure is no matter for the last lines: 120 characters."""
    failed = SourceReport(name="BAIR", state=SourceState.FAILED, error="word " * 40)
    told = footer.sources(replace(ISSUE, sources=(failed,)), Language("en"))
    error = told.removeprefix("Sources: BAIR (failed: ").removesuffix(").")
    assert 100 < len(error) <= 120
    assert error.endswith("word…")


def test_the_end_says_what_a_reader_asks() -> None:
    """What was left out, why this came, when the next comes, how to stop it."""
    left, why, due, stop = footer.footer(ISSUE, HEAD)
    assert left.startswith("140 other new papers were read and left out. 2 papers listed more than")
    assert "Based on your interests: Optimizers and Alignment." in why
    assert due == "Next digest: Sunday 22 November, 07:30."
    assert "[schedule] in config.toml" in stop
    assert "digest run" in stop


def test_the_end_leaves_out_what_is_not_known() -> None:
    """No interests, no next issue, nothing left out, no source: no empty words about them."""
    bare = replace(ISSUE, sections=(), left_out=0, too_old=0, sources=())
    lines = footer.footer(bare, replace(FEEDBACK, interests=(), next=None))
    assert lines == (
        "You get this email because digest runs with your address.",
        "To change its days, edit [schedule] in config.toml. To pause or end it:",
    )


def test_days_are_the_readers() -> None:
    """The next issue is told in the reader's own zone."""
    head = replace(HEAD, next=datetime(2026, 11, 21, 23, 30, tzinfo=UTC))
    assert "Sunday 22 November, 00:30" in footer.footer(ISSUE, head)[2]


@pytest.mark.parametrize("language", ["en", "de", "zh"])
def test_D9_a_lab_s_reader_is_sent_to_their_own_file_and_to_a_contact(language: str) -> None:
    """The main config is not theirs to edit; whom to ask is a line of the footer."""
    contact = "Grace, grace@example.org"
    head = replace(HEAD, feedback="", token=None, language=language, config="ada.toml")

    own = footer.footer(ISSUE, replace(head, own_file=True, contact=contact))
    plain = footer.footer(ISSUE, head)

    assert contact in own[-2]
    assert "ada.toml" in own[-1]
    assert "digest run" not in own[-1]
    assert contact not in " ".join(plain)

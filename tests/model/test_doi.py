"""A DOI is read whole, without the text and the pages around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model.doi import doi_in_link, doi_of

SICI = "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("doi:10.1101/2024.05.01.592345", "10.1101/2024.05.01.592345"),
        ("https://doi.org/10.1038/S41586-026-0001-1", "10.1038/s41586-026-0001-1"),
        ("http://dx.doi.org/10.1000/ABC.", "10.1000/abc"),
        ("10.48550/arXiv.2406.11838", ""),
        ("no number here", ""),
        (SICI, SICI),
        (SICI.upper().replace("<", "&lt;").replace(">", "&gt;"), SICI),
        (f"see {SICI}, and more", SICI),
        (
            "10.1175/1520-0469(1981)038<1179:TSLROA>2.0.CO;2",
            "10.1175/1520-0469(1981)038<1179:tslroa>2.0.co;2",
        ),
        ("10.3319/TAO.2009.05.25.02(IWNOP)", "10.3319/tao.2009.05.25.02(iwnop)"),
        ("(10.3319/TAO.2009.05.25.02(IWNOP))", "10.3319/tao.2009.05.25.02(iwnop)"),
        ("[doi:10.1000/x1]", "10.1000/x1"),
        ("<i>10.1000/x1</i>", "10.1000/x1"),
        ("“10.1000/x1”", "10.1000/x1"),
        ("10.1016/0004-3702(94)90093-0;", "10.1016/0004-3702(94)90093-0"),
        ("https://doi.org/10.1000%2Fx1", "10.1000/x1"),
        ("10.1000%2F456%23789", "10.1000/456"),
        ("10.26434/chemrxiv-2025-abc1d/v2", "10.26434/chemrxiv-2025-abc1d"),
        ("10.26434/chemrxiv-2024-k7l2p-v3", "10.26434/chemrxiv-2024-k7l2p"),
        ("10.20944/preprints202401.0001.v1", "10.20944/preprints202401.0001"),
        ("10.21203/rs.3.rs-123456/v1", "10.21203/rs.3.rs-123456"),
        ("10.1000.10/123456", "10.1000.10/123456"),
        ("10.1000/", ""),
    ],
)
def test_A7_a_doi_keeps_its_brackets_and_loses_the_sentence(text: str, expected: str) -> None:
    """SICI, balanced brackets, %2F, any case; a preprint's version is not part of it."""
    assert doi_of(text) == expected


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://www.biorxiv.org/content/10.1101/2024.05.01.592345v1?rss=1", "592345"),
        ("https://www.biorxiv.org/content/10.1101/2024.05.01.592345v2.full.pdf", "592345"),
        ("https://www.biorxiv.org/content/biorxiv/early/2024/10.1101/2024.05.01.592345", "592345"),
    ],
)
def test_A6_a_preprints_page_is_its_paper(link: str, expected: str) -> None:
    """Version and form of the page are cut."""
    assert doi_in_link(link) == f"10.1101/2024.05.01.{expected}"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://a.example/doi/10.1000/x1/full", "10.1000/x1"),
        ("https://a.example/doi/abs/10.1000/x1?af=R", "10.1000/x1"),
        (
            "https://a.example/articles/10.3389/fnins.2024.1234567/full",
            "10.3389/fnins.2024.1234567",
        ),
        ("https://a.example/article/10.1088/1361-6471/abc123/meta", "10.1088/1361-6471/abc123"),
        ("https://a.example/a/doi/10.1093/nar/gkae001/8123456?rss=1", "10.1093/nar/gkae001"),
        ("https://a.example/journals/2024/10.1155/2024/1234567/", "10.1155/2024/1234567"),
        ("https://a.example/doi/10.1145/1234567.7654321", "10.1145/1234567.7654321"),
        (
            "https://a.example/article?id=10.1371/journal.pone.0123&type=x",
            "10.1371/journal.pone.0123",
        ),
        ("https://a.example/doi/10.1000%2Fx1.full.pdf", "10.1000/x1"),
        ("https://a.example/doi/epdf/10.1000/x1.abstract#top", "10.1000/x1"),
        ("https://a.example/paper/7", ""),
        ("https://[broken/10.1000/x1", "10.1000/x1"),
    ],
)
def test_A6_a_landing_page_is_its_paper(link: str, expected: str) -> None:
    """The tails of publishers' pages are no part of the DOI; a year and number are."""
    assert doi_in_link(link) == expected


@given(st.text("10./()<>[]x%2F;&v ", max_size=120).map(lambda tail: f"10.1000/{tail}"))
def test_A7_no_text_breaks_it_and_reading_is_idempotent(text: str) -> None:
    """A DOI that was read is read again as itself."""
    doi = doi_of(text)
    assert doi_of(doi) == doi
    assert doi.count(")") <= doi.count("(") or not doi.endswith(")")

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.email.mime.format_flowed import columns, flow, underline
from digest.model.text import clean

LINES = st.text(max_size=300).map(clean)


def rejoined(text: str) -> list[str]:
    """Return the paragraphs as RFC 3676 §4 has readers join them."""
    paragraphs = [""]
    for line in text.removesuffix("\n").split("\n"):
        paragraphs[-1] += line.removeprefix(" ")
        if not line.endswith(" "):
            paragraphs.append("")
    return paragraphs[:-1]


@given(words=st.lists(st.text("abcé.,>:-", min_size=1, max_size=20), min_size=1, max_size=60))
def test_flowed_words_come_back(words: list[str]) -> None:
    """A reader that joins flowed lines gets the paragraph that was written."""
    line = " ".join(words)
    assert rejoined(flow(line)) == [line]


@given(line=LINES)
def test_no_line_is_wide(line: str) -> None:
    """No line takes more than 70 columns but for addresses; nothing is lost."""
    lines = flow(line).removesuffix("\n").split("\n")
    assert all(columns(each) <= 71 or "://" in each for each in lines)
    assert "".join("".join(lines).split()) == "".join(line.split())


@pytest.mark.parametrize(
    "line", ["PDF: https://example.org/" + "x" * 52, "mailto:a@b.org?subject=" + "y" * 70]
)
def test_addresses_stay_whole(line: str) -> None:
    """An address is one line, with its label as far as 77 columns hold both."""
    assert flow(line) == line + "\n"


def test_a_long_address_stands_below_its_label() -> None:
    """Where both do not fit the line ends between them, softly: who rejoins lines sees one."""
    url = "mailto:a@b.org?subject=" + "y" * 50
    assert flow(f"Weniger: {url}") == f"Weniger: \n{url}\n"
    assert rejoined(flow(f"Weniger: {url}")) == [f"Weniger: {url}"]


def test_a_long_address_in_a_sentence_stays_whole() -> None:
    """An address is not broken even where it is wider than the line."""
    url = "https://example.org/" + "x" * 90
    assert url in flow(f"See {url} for more.").split("\n")[1]


@pytest.mark.parametrize("line", [" indented", "> quoted", "From here on", "-- "])
def test_lines_that_mean_something_are_stuffed(line: str) -> None:
    """No line is taken for a quotation, the start of a mail or a signature."""
    assert flow(f"{line}x y") == f" {line}x y\n"


def test_wide_letters_take_two_columns() -> None:
    """Chinese letters are twice as wide, marks take no room and stay with their letters."""
    assert columns("汉字") == 4
    assert columns("e\u0301\u200d") == 1
    lines = flow("汉" * 50).removesuffix("\n").split("\n")
    assert [len(line) for line in lines] == [34, 16]
    assert flow("e\u0301" * 80).split("\n")[1].startswith("e\u0301")


def test_a_heading_is_underlined_as_wide_as_it_is() -> None:
    """The line under a heading is as wide as the heading, within the page."""
    assert underline("Best") == "----"
    assert underline("") == "---"
    assert underline("汉字") == "----"
    assert len(underline("x" * 500)) == 69


def test_empty_lines_part_paragraphs() -> None:
    """Empty lines within stay, those around go."""
    assert flow("\n\na\n\n\nb\n\n") == "a\n\n\nb\n"

"""A paper knows all its identities."""

from __future__ import annotations

from digest.model.identity import title_key
from digest.model.paper import Paper

LONG = "A Title That Is Long Enough to Identify a Paper"


def test_a_paper_s_keys_are_its_id_its_aliases_and_its_title() -> None:
    """The id comes first and the title last, each key once."""
    paper = Paper(id="arxiv:2406.11838", title=LONG, aliases=("doi:10.1/a", "arxiv:2406.11838"))
    assert paper.keys == ("arxiv:2406.11838", "doi:10.1/a", title_key(LONG))


def test_a_title_that_identifies_nothing_is_no_key() -> None:
    """A short title is not among the keys."""
    assert Paper(id="url:0123456789abcdef", title="Editorial").keys == ("url:0123456789abcdef",)

from __future__ import annotations

import logging
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fake_http import NOW, client
from recordings import RECORDED, recorded

from digest.model.errors import Unreachable, Unreadable
from digest.model.paper import Links
from digest.model.states import SourceState
from digest.sources import FetchWindow
from digest.sources.file import File, given_ids, parse, read_lines

WHEN = FetchWindow(now=NOW, day=NOW.date())


def test_every_key_is_read() -> None:
    """All that a paper may have can stand in a line; a link that is no web address goes."""
    paper = parse(recorded("papers.jsonl"))[0]
    assert paper.id == "arxiv:2406.11838"
    assert paper.authors == ("Ada Ferrand", "Bo Li")
    assert paper.published == datetime(2024, 6, 17, 10, tzinfo=UTC)
    assert paper.listed == date(2024, 6, 18)
    assert (paper.categories, paper.keywords) == (("cs.LG",), ("keys",))
    assert (paper.summary, paper.upvotes, paper.comments) == ("Everything.", 5, 1)
    assert (paper.code_stars, paper.thumbnail) == (7, "https://thumbs.example/a.png")
    assert paper.links == Links(
        abstract="https://arxiv.org/abs/2406.11838", code="https://github.com/example/all"
    )


def test_ids_may_be_of_any_kind() -> None:
    """An arXiv id, a DOI, a link, our own, or none but the title."""
    papers = parse(recorded("papers.jsonl"))
    assert [paper.id.partition(":")[0] for paper in papers] == ["arxiv", "doi", "url", "title"]
    assert papers[1].authors == ("P. Marsh", "S. Rao")
    assert papers[1].links.abstract == "https://doi.org/10.1101/2026.06.14.111111"
    assert papers[2].links.abstract == "https://blog.example/post/9?utm_source=x"
    own = parse(b'{"id": "2406.11838", "title": "T", "links": {"abstract": "https://a.example/"}}')
    assert own[0].links.abstract == "https://a.example/"
    ours = parse(b'{"id": "url:0123456789abcdef", "title": "One of ours"}')[0]
    assert ours.id == "url:0123456789abcdef"


def test_a_program_finds_the_ids_it_wrote() -> None:
    """Each paper's id as it stands in the file, by the one it has here."""
    written = given_ids(recorded("papers.jsonl"))
    assert written["arxiv:2406.11838"] == "2406.11838"
    assert "https://blog.example/post/9?utm_source=x" in written.values()
    assert [key for key in written if key.startswith("title:")] == [list(written.values())[-1]]
    assert given_ids(b"not JSON") == {}


def test_a_bad_line_is_left_out_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    """No JSON, no title: the others go on, and the log says which and why."""
    with caplog.at_level(logging.WARNING):
        papers, left_out = read_lines(recorded("papers.jsonl"))
    assert (len(papers), left_out) == (4, 2)
    assert "entry 3" in caplog.text
    assert "it has no title" in caplog.text


def test_a_log_is_not_flooded(caplog: pytest.LogCaptureFixture) -> None:
    """After five bad lines only the count goes on."""
    with caplog.at_level(logging.WARNING):
        _, left_out = read_lines(b'{"title": "good"}\n' + b"bad\n" * 100)
    assert left_out == 100
    assert len(caplog.records) == 5


def test_lines_without_any_paper_are_another_format() -> None:
    """A file of something else is told as such."""
    with pytest.raises(Unreadable, match="nothing recognisable in 2 entries"):
        read_lines(b"a,b\nc,d\n")


def test_an_empty_file_has_no_papers() -> None:
    """Nothing is not wrong."""
    assert read_lines(b"\xef\xbb\xbf\n \n") == ((), 0)


def test_a_file_is_a_source() -> None:
    """Its papers bear its name."""
    got = File(path=RECORDED / "papers.jsonl", name="mine").fetch(client(), WHEN)
    assert (len(got.papers), got.skipped, got.state) == (4, 2, SourceState.OK)
    assert got.papers[0].sources == ("mine",)


def test_of_an_asked_day_the_undated_are_held_too() -> None:
    """A line without a date may be meant for any day."""
    asked = FetchWindow(now=NOW, day=date(2024, 6, 18), asked=True)
    other = FetchWindow(now=NOW, day=date(2024, 6, 19), asked=True)
    source = File(path=RECORDED / "papers.jsonl")
    assert len(source.fetch(client(), asked).papers) == 4
    assert len(source.fetch(client(), other).papers) == 3


@pytest.mark.parametrize("path", [Path("/nowhere/at/all.jsonl"), RECORDED, Path("a\0b")])
def test_a_file_that_cannot_be_read_is_told(path: Path) -> None:
    """Absent, a folder, no name at all: one clear error with the way to mend it."""
    got = File(path=path).fetch(client(), WHEN)
    assert got.state is SourceState.FAILED
    assert isinstance(got.error, Unreachable)
    assert got.error.hint


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    """There is a limit to what is read at once."""
    path = tmp_path / "large.jsonl"
    with path.open("wb") as file:
        file.truncate(200_000_001)
    got = File(path=path).fetch(client(), WHEN)
    assert isinstance(got.error, Unreadable)


def test_an_empty_file_is_quiet(tmp_path: Path) -> None:
    """Nothing was expected of it."""
    path = tmp_path / "none.jsonl"
    path.touch()
    assert File(path=path).fetch(client(), WHEN).state is SourceState.QUIET

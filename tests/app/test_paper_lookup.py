"""Paper lookup: papers named by id, link or title, from the store or from arXiv."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fake_arxiv import query, with_pages
from fakes import PLAIN, fetch_in, house, other, video

from digest.app.paper_lookup import (
    MAX_IDS_PER_REQUEST,
    PaperNotFound,
    completed,
    fetch_named,
    look_up,
)
from digest.app.preferences import profile_of
from digest.model.identity import url_key
from digest.model.paper import Paper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakes import House


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A house that has read three papers."""
    with house(tmp_path, papers=[video(1), video(2), other(1)]) as built:
        fetch_in(built)
        yield built


def test_a_paper_by_id_link_or_words_of_its_title(home: House) -> None:
    """Whatever names one paper alone."""
    for text in (
        *("2606.00001", "arxiv:2606.00001v3", "https://arxiv.org/abs/2606.00001"),
        *("Motion Gesture", "  motion   gesture "),
    ):
        assert look_up(text, home.runtime).id == "arxiv:2606.00001"


def test_words_of_two_titles_name_neither(home: House) -> None:
    """Both are shown, with their ids."""
    with pytest.raises(PaperNotFound, match="part of 2 titles") as caught:
        look_up("Video Diffusion", home.runtime)
    assert "arxiv:2606.00002" in str(caught.value)
    assert caught.value.hint == "give the id, or more of the title"


def test_words_of_very_many_titles_are_not_counted(tmp_path: Path) -> None:
    """The search ends at twenty, so that is how many there are at least."""
    with house(tmp_path, papers=[video(n) for n in range(1, 25)]) as home:
        fetch_in(home)
        with pytest.raises(PaperNotFound, match="part of 20 or more titles"):
            look_up("Video", home.runtime)


def test_an_id_that_arxiv_does_not_know(home: House) -> None:
    """It was asked, and says so; where it cannot be asked, that is what is said."""
    runtime, _ = with_pages(home.runtime, **{"id_list=2501.00042": query()})
    with pytest.raises(PaperNotFound, match="arXiv knows no paper 2501"):
        look_up("2501.00042", runtime)
    away, _ = with_pages(home.runtime)
    with pytest.raises(PaperNotFound, match="arXiv could not be asked: nobody is there") as caught:
        look_up("arxiv:2501.00043", away)
    assert "online" in caught.value.hint


def bare(number: str, **more: Any) -> Paper:
    """Return a paper of a library that says no more than its title."""
    return Paper(id=f"arxiv:{number}", title=f"My Copy of {number}", **more)


def test_a_library_s_papers_get_their_abstracts(home: House) -> None:
    """Of arXiv's papers without one, all at once; the rest stays as the library has it."""
    runtime, http = with_pages(home.runtime, id_list=query("2501.00042", "2501.00043"))
    mine = [
        bare("2501.00042"),
        bare("2501.00043", authors=("Mine Own",)),
        bare("2501.00044", abstract="It has one."),
        Paper(id="doi:10.1000/mine", title="Elsewhere"),
    ]
    asked: list[int] = []

    whole = completed(mine, runtime, asked=asked.append)

    assert [paper.title for paper in whole] == [paper.title for paper in mine]
    texts = ["It was asked for.", "It was asked for.", "It has one.", ""]
    assert [paper.abstract for paper in whole] == texts
    assert [paper.authors for paper in whole][:2] == [("Fay Gold",), ("Mine Own",)]
    assert (asked, len(http.asked)) == ([2], 1)
    assert completed(mine, runtime) == whole
    assert len(http.asked) == 1


def test_a_library_without_network_is_kept_as_it_is(home: House) -> None:
    """One request is enough to learn that nobody answers."""
    runtime, http = with_pages(home.runtime)
    mine = [bare(f"2501.{number:05}") for number in range(MAX_IDS_PER_REQUEST + 1)]
    assert completed(mine, runtime) == tuple(mine)
    assert len(http.asked) == 1


def test_words_of_no_title(home: House) -> None:
    """It says what would help."""
    with pytest.raises(PaperNotFound, match="no paper is known by “alchemy”") as caught:
        look_up("alchemy", home.runtime)
    assert "arXiv id" in caught.value.hint


def test_a_paper_that_was_never_seen_is_asked_for_once(home: House) -> None:
    """The archive knows it; from then on it is remembered."""
    runtime, http = with_pages(home.runtime, **{"id_list=2501.00042": query("2501.00042")})
    for text in ("2501.00042", "https://arxiv.org/abs/2501.00042v1"):
        assert look_up(text, runtime).title == "The Paper 2501.00042"
    assert len(http.asked) == 1


def test_an_id_in_a_title_is_no_paper_of_that_id(tmp_path: Path) -> None:
    """A comment on a paper is not the paper."""
    comment = other(5, title="A Comment on arxiv:2501.00042, at Length")
    with house(tmp_path, LIKING, papers=[comment]) as home:
        fetch_in(home)
        assert profile_of(home.reader, home.runtime).liked == ()


def test_whoever_waits_for_the_answer_asks_again(home: House) -> None:
    """A network that was down is no reason to know nothing for an hour."""
    runtime, http = with_pages(home.runtime)
    for _ in range(2):
        with pytest.raises(PaperNotFound):
            look_up("2501.00042", runtime)
    assert len(http.asked) == 2


LIKING = PLAIN.replace(
    "[email]",
    '[taste]\nliked = ["2606.00001", "2501.00042", "2501.00043", "https://b.test/p"]\n[email]',
)


def test_the_papers_of_the_config_are_asked_for_all_at_once(tmp_path: Path) -> None:
    """Those that no source showed; what arXiv said is kept, what it does not know is let be."""
    with house(
        tmp_path, LIKING, papers=[video(1), other(3, aliases=(url_key("https://b.test/p"),))]
    ) as home:
        fetch_in(home)
        runtime, http = with_pages(home.runtime, id_list=query("2501.00042"))
        for _ in range(2):
            fetch_named(home.reader.paper_ids, runtime)
            profile = profile_of(home.reader, runtime)
            assert [paper.id for paper in profile.liked] == [
                *("arxiv:2606.00001", "arxiv:2501.00042", "arxiv:2605.00003"),
            ]
        assert len(http.asked) == 1
        assert "2501.00042%2C2501.00043" in http.asked[0]
        home.clock.forward(hours=1)
        fetch_named(home.reader.paper_ids, runtime)
        assert len(http.asked) == 2
        assert "2501.00042" not in http.asked[1]


def test_without_a_network_the_papers_of_the_config_are_let_be(tmp_path: Path) -> None:
    """For an hour; a clock that is set back does not make it a year."""
    with house(tmp_path, LIKING, papers=[]) as home:
        runtime, http = with_pages(home.runtime)
        for _ in range(2):
            fetch_named(home.reader.paper_ids, runtime)
            assert profile_of(home.reader, runtime).liked == ()
        home.clock.forward(days=-365)
        fetch_named(home.reader.paper_ids, runtime)
        assert len(http.asked) == 2

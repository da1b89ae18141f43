from __future__ import annotations

from fake_papers import paper
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.cli.preview.histogram import FLOOR, WIDTH, histogram
from digest.cli.preview.state import Row
from digest.model.ranked import Ranked

SCORES = st.lists(st.tuples(st.floats(0, 100), st.booleans()), max_size=60)


def rows(*scores: float, chosen: tuple[bool, ...] = ()) -> list[Row]:
    marks = chosen or (False,) * len(scores)
    return [
        Row(ranked=Ranked(paper=paper("T", number=n), score=s), points=round(s), number=int(mark))
        for n, (s, mark) in enumerate(zip(scores, marks, strict=True), 1)
    ]


@settings(deadline=None, max_examples=60)
@given(scores=SCORES, cut=st.floats(-10, 200))
def test_every_paper_stands_in_a_bar(scores: list[tuple[float, bool]], cut: float) -> None:
    """No paper is lost, and nothing is drawn outside of the picture."""
    made = rows(*(s for s, _ in scores), chosen=tuple(mark for _, mark in scores))

    drawn = histogram(made, cut)

    assert sum(bar.papers for bar in drawn.bars) == len(scores)
    assert sum(bar.chosen for bar in drawn.bars) == sum(mark for _, mark in scores)
    assert all(0 <= bar.x <= bar.x + bar.width <= WIDTH for bar in drawn.bars)
    assert all(0 <= bar.chosen_height <= bar.height <= FLOOR for bar in drawn.bars)
    assert 0 <= drawn.cut <= WIDTH


def test_the_picture_is_said_in_words() -> None:
    """Who cannot see it hears how many papers reach the cut-off."""
    drawn = histogram(rows(3, 25, 99, chosen=(False, True, True)), 25)

    assert drawn.words == "3 papers by score, 2 of them at 25 points or above"
    assert [bar.label for bar in drawn.bars][1] == "25 to 30 points: 1, of which 1 in the email"


def test_a_paper_counts_with_the_points_that_are_printed() -> None:
    """A score of 24.6 is read as 25, and reaches a cut-off of 25 here as it does in the email."""
    drawn = histogram(rows(24.6), 25)

    assert drawn.words == "1 papers by score, 1 of them at 25 points or above"
    assert [bar.label for bar in drawn.bars] == ["25 to 30 points: 1, of which 0 in the email"]


def test_more_papers_make_a_higher_bar() -> None:
    """The highest bar is that of the most papers, and four times as many are twice as high."""
    few, many = histogram(rows(1, 51, 52, 53, 54), 25).bars
    assert many.height == 2 * few.height

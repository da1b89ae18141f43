"""What is new, what fits, what is popular, what came back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digest.email.issue import selection
from digest.model.issue import MAX_PAPERS, History, IssueLimits
from digest.model.paper import Paper
from digest.model.ranked import Ranked


def ranked(number: int, score: float = 50.0, *, upvotes: int | None = None) -> Ranked:
    """Return a paper whose words occur in no other."""
    words = " ".join(
        f"{'abcdefghij'[number % 10] * 4}{'klmnopqrst'[i]}{'x' * number}" for i in range(9)
    )
    paper = Paper(id=f"arxiv:2606.{number:05}", title=f"Paper {words}", upvotes=upvotes)
    return Ranked(paper=paper, score=score)


def remembered(*papers: Paper) -> dict[str, tuple[str, ...]]:
    """Return papers as a history holds them."""
    return {key: paper.keys for paper in papers for key in paper.keys}


def test_higher_points_come_first() -> None:
    """Papers stand by their points."""
    low, high = ranked(1, 30), ranked(2, 70)

    assert selection.in_order([low, high]) == [high, low]


def test_popularity_breaks_ties() -> None:
    """Between equal whole points, upvotes decide, then the id."""
    quiet, loud, twin = (
        ranked(1, 50.4, upvotes=2),
        ranked(3, 49.6, upvotes=9),
        ranked(2, 50, upvotes=2),
    )

    assert selection.in_order([twin, quiet, loud]) == [loud, quiet, twin]


@pytest.mark.parametrize("score", [float("nan"), float("inf"), float("-inf")])
def test_a_score_that_is_no_number_counts_nothing(score: float) -> None:
    """A broken score is 0 points, not an error."""
    assert selection.points(ranked(1, score)) == 0


def test_what_was_sent_never_returns() -> None:
    """A paper in the history of what was sent is neither new nor passed over."""
    paper = ranked(1)

    assert selection.split_seen([paper], History(sent=remembered(paper.paper))) == ([], [])


def test_another_sources_copy_of_a_sent_paper_never_returns() -> None:
    """The copy with another id but the same title is the same paper."""
    sent = ranked(1)
    copy = replace(sent, paper=replace(sent.paper, id="url:0123456789abcdef"))

    assert selection.split_seen([copy], History(sent=remembered(sent.paper))) == ([], [])


def test_another_paper_of_the_same_title_is_new() -> None:
    """Two arXiv ids are two papers, whatever their titles."""
    sent = ranked(1)
    other = replace(sent, paper=replace(sent.paper, id="arxiv:2601.99999"))

    assert selection.split_seen([other], History(sent=remembered(sent.paper))) == ([other], [])


def test_what_was_passed_over_is_not_new() -> None:
    """A paper that an earlier digest considered is told apart from the new ones."""
    old, new = ranked(1), ranked(2)

    fresh, passed = selection.split_seen([old, new], History(passed=remembered(old.paper)))

    assert (fresh, passed) == ([new], [old])


def test_only_what_reaches_the_least_score_matches() -> None:
    """`min_score` itself is enough, a point less is not."""
    papers = [ranked(1, 25), ranked(2, 24)]

    assert selection.matching(papers, IssueLimits(min_score=25)) == papers[:1]


def test_the_reader_limits_the_papers() -> None:
    """At most `papers` match, the best of them."""
    papers = [ranked(i, 90 - i) for i in range(5)]

    assert selection.matching(papers, IssueLimits(papers=2)) == papers[:2]


def test_no_reader_gets_more_than_mail_programs_show() -> None:
    """Whatever the reader asks for, 25 papers is the most."""
    papers = [ranked(i, 90) for i in range(40)]

    assert len(selection.matching(papers, IssueLimits(papers=100))) == MAX_PAPERS


def test_room_is_kept_for_followed_authors() -> None:
    """Low papers by followed authors still find their place in a full issue."""
    high = [ranked(i, 90) for i in range(30)]
    followed = [replace(ranked(i, 5), followed=("Ada Lovelace",)) for i in range(30, 33)]

    chosen = selection.matching([*high, *followed], IssueLimits(papers=25))

    assert len(chosen) == MAX_PAPERS - len(followed)


def test_muted_papers_are_never_shown() -> None:
    """Muted papers neither match, nor trend, nor come from followed authors."""
    muted = replace(ranked(1, 90, upvotes=99), muted=True, followed=("Ada Lovelace",))

    assert selection.matching([muted], IssueLimits()) == []
    assert selection.by_followed_authors([muted]) == []
    assert selection.popular([muted], [], IssueLimits(min_score=95)) == []


def test_near_duplicates_collapse() -> None:
    """Of two papers that say the same, the better one is shown."""
    one = ranked(1, 80)
    twin = Ranked(
        paper=replace(one.paper, id="arxiv:2606.77777", title=one.paper.title + "!"), score=70
    )

    assert selection.matching([one, twin], IssueLimits()) == [one]


def test_followed_authors_are_no_duplicates() -> None:
    """A followed author's paper is shown even beside one that says the same."""
    one = ranked(1, 80)
    twin = replace(one, paper=replace(one.paper, id="arxiv:2606.77777"), followed=("Ada Lovelace",))

    assert selection.matching([one, twin], IssueLimits()) == [one, twin]


def test_papers_without_words_are_not_alike() -> None:
    """Two papers of which nothing is known are not taken for one."""
    assert not selection.alike(Paper(id="a", title="∀∃"), Paper(id="b", title="∀∃"))


def test_popular_papers_are_those_outside_the_interests() -> None:
    """Trending is below `min_score`, upvoted and by nobody followed; most upvotes first."""
    fits, some, many = ranked(1, 40, upvotes=50), ranked(2, 9, upvotes=6), ranked(3, 0, upvotes=80)
    few, unknown = ranked(4, 9, upvotes=4), ranked(5, 9)
    friend = replace(ranked(6, 9, upvotes=7), followed=("Ada Lovelace",))

    found = selection.popular([fits, some, many, few, unknown, friend], [fits], IssueLimits())

    assert found == [many, some]


def test_a_trending_paper_says_nothing_already_shown() -> None:
    """A popular near-duplicate of a shown paper is left out."""
    one = ranked(1, 80)
    twin = Ranked(paper=replace(one.paper, id="arxiv:2606.77777", upvotes=99), score=3)

    assert selection.popular([twin], [one], IssueLimits()) == []


def a_morning() -> list[Ranked]:
    """Return 20 papers with 1 to 20 upvotes; the top tenth begins at 19."""
    return [ranked(i, 10, upvotes=i) for i in range(1, 21)]


def test_late_success_brings_a_paper_back() -> None:
    """A paper passed over below the top tenth returns when it is in it."""
    papers = a_morning()
    late = papers[18]
    history = History(upvotes={late.paper.id: 3})

    assert selection.newly_popular(papers, [late], history) == [late]


def test_what_was_popular_when_passed_over_stays_away() -> None:
    """A paper that had the top tenth's upvotes then has not risen."""
    papers = a_morning()
    old = papers[19]

    assert selection.newly_popular(papers, [old], History(upvotes={old.paper.id: 19})) == []


def test_upvotes_then_are_unknown_for_papers_from_elsewhere() -> None:
    """A paper passed over when only a feed without upvotes had it may rise as well."""
    papers = a_morning()

    assert selection.newly_popular(papers, [papers[19]], History()) == [papers[19]]


def test_below_the_top_tenth_nothing_returns() -> None:
    """Rising is not enough."""
    papers = a_morning()

    assert selection.newly_popular(papers, [papers[17]], History()) == []


def test_muted_papers_do_not_rise() -> None:
    """What the reader mutes does not come back either."""
    papers = a_morning()

    assert selection.newly_popular(papers, [replace(papers[19], muted=True)], History()) == []


def test_few_papers_have_no_top_tenth() -> None:
    """Of fewer than ten papers with upvotes nothing rises."""
    papers = [ranked(i, 10, upvotes=99) for i in range(9)] + [ranked(10), ranked(11)]

    assert selection.newly_popular(papers, papers, History()) == []


def test_a_list_without_votes_lets_nothing_rise() -> None:
    """Where the whole list is unpopular its top tenth is not popular either."""
    papers = [ranked(i, 10, upvotes=1) for i in range(20)]

    assert selection.newly_popular(papers, papers, History()) == []

"""Ranking papers for one reader."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from fake_papers import TOPICS, paper
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model.profile import Interest, Phrase, Profile
from digest.model.tokens import text_of
from digest.ranking.likes.reference import MIN_RECENT_PAPERS
from digest.ranking.ranker import Ranker
from digest.ranking.scoring import YOUR_LIKES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model.paper import Paper
    from digest.model.ranked import Ranked
    from digest.ranking.background import Background


def wants(*phrases: str, **more: object) -> Profile:
    """Return a profile with one interest a phrase."""
    return Profile(interests=[Interest(phrases=[text]) for text in phrases], **more)  # type: ignore[arg-type] # by name


def titles(ranked: Sequence[Ranked]) -> list[str]:
    """Return the titles in their order."""
    return [r.paper.title for r in ranked]


def of(ranked: Sequence[Ranked], title: str) -> Ranked:
    """Return what was said about one paper."""
    return next(r for r in ranked if r.paper.title.startswith(title))


def test_what_is_asked_for_comes_first(ranker: Ranker, papers: list[Paper]) -> None:
    """A paper that covers the phrase is above the others, and names its interest."""
    ranked = ranker.rank(papers, wants("video diffusion"))
    assert ranked[0].paper.title == "Video Diffusion with Camera Motion"
    assert ranked[0].interest == "video diffusion"
    assert sorted(titles(ranked)) == sorted(p.title for p in papers)


def test_a_title_with_every_word_scores_half_at_least(ranker: Ranker) -> None:
    """Holds for common words too, unless the paper matches an avoided phrase."""
    named = paper("Learning Systems: a Survey", "Nothing else.")
    score = ranker.rank([named], wants("learning system"))[0].score
    assert 50 <= score <= 100
    assert ranker.rank([named], wants("learning system", avoid=["survey"]))[0].score < score / 2
    assert ranker.rank([paper("Learning", "A system")], wants("learning system"))[0].score < 50


def test_words_that_travel_with_a_phrase_count(ranker: Ranker, papers: list[Paper]) -> None:
    """A paper without a word of the phrase is found by the archive's expansion."""
    ranked = ranker.rank(papers, wants("video diffusion"))
    assert ranked[1].paper.title == "Temporal Scenes"
    assert ranked[1].score > 0
    assert ranked[1].missing == ("video", "diffusion")


def test_interests_do_not_dilute_each_other(ranker: Ranker, papers: list[Paper]) -> None:
    """A paper's score is that of its best interest, however many others there are."""
    alone = ranker.rank(papers, wants("video diffusion"))
    among = ranker.rank(papers, wants("genome", "video diffusion", "memory eviction"))
    first = alone[0]
    assert of(among, first.paper.title).score == pytest.approx(first.score)
    assert of(among, first.paper.title).interest == first.interest


def test_a_score_does_not_depend_on_other_papers(ranker: Ranker, papers: list[Paper]) -> None:
    """The same paper has the same score every day."""
    profile = wants("video diffusion", liked=papers[:1], disliked=papers[3:4])
    whole = ranker.rank(papers, profile)
    for one in papers:
        assert ranker.rank([one], profile)[0].score == pytest.approx(of(whole, one.title).score)


def test_scores_alone_are_those_of_the_ranking(ranker: Ranker, papers: list[Paper]) -> None:
    """Scores without reasons are the same, each in its paper's place."""
    profile = wants("video diffusion", liked=papers[4:5])
    ranked = ranker.rank(papers, profile)
    expected = [of(ranked, one.title).score for one in papers]
    assert ranker.scores(papers, profile).tolist() == pytest.approx(expected)


def test_reasons_add_up_to_the_score(ranker: Ranker, papers: list[Paper]) -> None:
    """Every point has its reason, in words that stand in the paper."""
    profile = Profile(
        interests=[
            Interest(phrases=["video diffusion"], avoid=["camera"], disliked=papers[1:2]),
            Interest(phrases=["genome"], liked=papers[4:5]),
        ],
        liked=papers[2:3],
    )
    for ranked in ranker.rank(papers, profile):
        assert sum(reason.weight for reason in ranked.reasons) == pytest.approx(ranked.score)


def test_reasons_are_words_as_they_stand(ranker: Ranker, papers: list[Paper]) -> None:
    """Reasons are spelt as in the paper, the heaviest first; a pair speaks for its words."""
    first = ranker.rank(papers, wants("video diffusion"))[0]
    assert first.reasons[0].term == "Video Diffusion"
    assert not {"Video", "Diffusion"} & {reason.term for reason in first.reasons}
    assert list(first.reasons) == sorted(first.reasons, key=lambda r: -r.weight)


def test_every_phrase_that_fits_is_among_the_reasons(ranker: Ranker, papers: list[Paper]) -> None:
    """Two phrases of one interest share the score of the better one; other interests do not."""
    interest = Interest(phrases=["video diffusion", "camera motion"])
    both = Profile(interests=[interest, Interest(phrases=["frame"])])
    first = ranker.rank(papers, both)[0]
    alone = ranker.rank(papers, wants("video diffusion"))[0]
    assert {"Video Diffusion", "Camera Motion"} <= {reason.term for reason in first.reasons}
    assert first.score >= alone.score
    assert sum(reason.weight for reason in first.reasons) == pytest.approx(first.score)


def test_the_score_of_a_like_is_the_same_in_any_company(
    ranker: Ranker, papers: list[Paper]
) -> None:
    """The other ranked papers do not change a score from likes."""
    profile = Profile(liked=[paper("Mutations", "The genome, its cells, an enzyme.")])
    many = [paper(f"Genome Editing{n}", "An enzyme cuts a genome", number=n) for n in range(300)]
    alone, among = (of(ranker.rank(all_, profile), "Cell") for all_ in (papers, papers + many))
    assert alone.score == pytest.approx(among.score)
    assert alone.score > 0


def test_what_says_nothing_scores_nothing(ranker: Ranker, papers: list[Paper]) -> None:
    """A paper without a word is not like what is liked, and like no long text."""
    empty = [paper("?!"), paper("What is it?", number=1)]
    interest = Interest(liked=papers[:2], about=LONG_TEXT)
    found = ranker.rank([*papers, *empty], Profile(interests=[interest], liked=papers[2:]))
    assert [of(found, one.title).score for one in empty] == [0, 0]


def test_wishes_do_not_move_each_other(ranker: Ranker, papers: list[Paper]) -> None:
    """Likes and dislikes given to one interest leave the scores of another as they are."""
    mine = Interest(name="mine", liked=papers[:1])
    other = Interest(name="other", phrases=["zzz"], liked=papers[3:4], disliked=papers[4:])
    alone, both = (
        {r.paper.title: r.score for r in ranker.rank(papers, Profile(interests=interests))}
        for interests in ([mine], [mine, other])
    )
    assert both[papers[0].title] == pytest.approx(alone[papers[0].title])
    assert all(both[title] >= alone[title] - 1e-6 for title in alone)


def test_a_field_is_known_from_some_hundred_papers_that_say_something(known: Background) -> None:
    """Titles without a word do not make a field."""
    has_phrase = [paper(f"Genome Editing{n}", number=n) for n in range(MIN_RECENT_PAPERS)]
    for papers, count in (
        (has_phrase, MIN_RECENT_PAPERS),
        (has_phrase[1:], 0),
        ([*has_phrase[1:], paper("?!")], 0),
    ):
        space = Ranker(known, field=papers.copy).space([text_of("Camera", "")])
        assert len(space.field.texts) == count


def test_a_wish_with_likes_has_a_weight(ranker: Ranker, papers: list[Paper]) -> None:
    """A higher weight scores higher; an invalid weight changes nothing."""
    scores = [
        of(
            ranker.rank(papers, Profile(interests=[Interest(liked=papers[4:5], weight=weight)])),
            "Protein",
        ).score
        for weight in (0.5, 1.0, 2.0)
    ]
    assert 0 < scores[0] < scores[1] < scores[2] < 100


def test_a_dislike_of_the_reader_counts_in_every_wish(ranker: Ranker, papers: list[Paper]) -> None:
    """General dislikes apply to each interest."""
    interest = Interest(liked=papers[4:5])
    plain, less = (
        of(ranker.rank(papers, Profile(interests=[interest], disliked=disliked)), "Protein").score
        for disliked in ([], [paper("Protein in Tissue", "Expression of a protein")])
    )
    assert less < plain


def test_what_is_avoided_costs_points(ranker: Ranker, papers: list[Paper]) -> None:
    """An avoided phrase lowers the score and is named with negative points."""
    plain = of(ranker.rank(papers, wants("video diffusion")), "Video")
    lower = of(ranker.rank(papers, wants("video diffusion", avoid=["camera motion"])), "Video")
    assert lower.score < plain.score
    assert lower.reasons[-1].term == "Camera Motion"
    assert lower.reasons[-1].weight < 0


LONG_TEXT = """I study how a mutation in the genome of a single cell changes the expression of its
protein, in which tissue an enzyme is missing, and what sequences tell about it."""


def test_a_paragraph_speaks_as_a_paper_would(ranker: Ranker, papers: list[Paper]) -> None:
    """A long text finds papers like it, names the shared words and claims no like."""
    ranked = ranker.rank(papers, Profile(interests=[Interest(name="mine", about=LONG_TEXT)]))
    assert set(titles(ranked)[:2]) == {"Protein Expression in Tissue", "Cell Sequences"}
    assert (ranked[0].interest, ranked[0].like) == ("mine", "")
    assert sum(reason.weight for reason in ranked[0].reasons) == pytest.approx(ranked[0].score)


def test_what_is_avoided_costs_what_examples_speak_for(ranker: Ranker, papers: list[Paper]) -> None:
    """Avoided phrases count against likes and paragraphs as against phrases."""
    interest = Interest(name="mine", about=LONG_TEXT)
    plain = of(ranker.rank(papers, Profile(interests=[interest])), "Cell")
    lower = of(ranker.rank(papers, Profile(interests=[interest], avoid=["sequences"])), "Cell")
    assert lower.score < plain.score
    assert (lower.reasons[-1].term, lower.reasons[-1].weight < 0) == ("sequences", True)
    assert sum(reason.weight for reason in lower.reasons) == pytest.approx(lower.score)


def test_muted_papers_are_marked(ranker: Ranker, papers: list[Paper]) -> None:
    """A muted phrase marks the papers that hold it side by side, and no others."""
    ranked = ranker.rank(papers, wants("video diffusion", mute=["camera motion", "the"]))
    assert [r.paper.title for r in ranked if r.muted] == ["Video Diffusion with Camera Motion"]


def test_one_like_is_enough(ranker: Ranker, papers: list[Paper]) -> None:
    """From the first like on, papers of its kind come first, and the like is named."""
    like = paper("Mutations", "The genome, its cells, an enzyme and its tissue.")
    ranked = ranker.rank(papers, Profile(liked=[like]))
    assert set(titles(ranked)[:2]) == {"Protein Expression in Tissue", "Cell Sequences"}
    assert (ranked[0].interest, ranked[0].like) == (YOUR_LIKES, "Mutations")
    assert any("genome" in reason.term for reason in ranked[0].reasons)


def test_a_liked_paper_is_not_close_to_itself(ranker: Ranker, papers: list[Paper]) -> None:
    """A liked paper does not name itself as the nearest like; others name it."""
    ranked = ranker.rank(papers, Profile(liked=papers[:1]))
    likes = {one.paper.title: one.like for one in ranked if one.score}
    assert likes.pop(papers[0].title) == ""
    assert set(likes.values()) <= {papers[0].title, ""}


def test_a_like_lowers_no_score(ranker: Ranker, papers: list[Paper]) -> None:
    """Likes are heard beside written interests: the best of both decides."""
    before = ranker.rank(papers, wants("video diffusion"))
    after = ranker.rank(papers, wants("video diffusion", liked=papers[4:5]))
    assert all(of(after, r.paper.title).score >= r.score for r in before)
    assert of(after, "Cell").score > of(before, "Cell").score


def test_likes_of_an_interest_stay_with_it(ranker: Ranker, papers: list[Paper]) -> None:
    """A like given to a named interest speaks in that interest's name."""
    interest = Interest(name="biology", liked=papers[4:5])
    assert of(ranker.rank(papers, Profile(interests=[interest])), "Cell").interest == "biology"


def test_a_dislike_counts_against_what_is_like_it(ranker: Ranker, papers: list[Paper]) -> None:
    """Disliked papers lower what written interests and likes find alike."""
    disliked = [paper("Clips", "Temporal scenes in a clip, every frame in motion.")]
    before = ranker.rank(papers, wants("video frames", liked=papers[:1]))
    after = ranker.rank(papers, wants("video frames", liked=papers[:1], disliked=disliked))
    assert of(after, "Temporal").score < of(before, "Temporal").score
    alone = of(ranker.rank(papers, wants("video frames", disliked=disliked)), "Temporal")
    assert (alone.reasons[-1].term, alone.reasons[-1].weight < 0) == ("Clips", True)


def test_weights_move_interests(ranker: Ranker, papers: list[Paper]) -> None:
    """A heavier interest or phrase scores higher, and never above 100."""
    plain = ranker.rank(papers, wants("genome mutation"))[0].score
    heavy = Interest(phrases=["genome mutation"], weight=3)
    light = Interest(phrases=[Phrase("genome mutation", 0.2)])
    assert plain < ranker.rank(papers, Profile(interests=[heavy]))[0].score <= 100
    assert ranker.rank(papers, Profile(interests=[light]))[0].score < plain


def test_equal_scores_are_ordered_by_popularity(ranker: Ranker) -> None:
    """Upvotes break ties; a count that is missing or no number counts as none."""
    votes = [None, 3, float("nan"), 9]
    same = [paper("Nothing fits", number=n, upvotes=v) for n, v in enumerate(votes)]
    ranked = ranker.rank(same, wants("genome"))
    assert [r.paper.upvotes for r in ranked][:2] == [9, 3]


def test_followed_authors_are_named(ranker: Ranker) -> None:
    """Authors who are followed are named, the uncertain ones twice."""
    one = paper("A Title", authors=("Müller, Jörg", "J. Wang", "Ada Byron"))
    ranked = ranker.rank([one], Profile(authors=["Jorg Muller", "Jing Wang"]))[0]
    assert ranked.followed == ("Müller, Jörg", "J. Wang")
    assert ranked.uncertain == ("J. Wang",)


ODD = ["", "the and of", "C", "拡散モデル", "zzzxqy", "word " * 10_000, "\x00\ud800", "💥", "$x_i$"]


@pytest.mark.parametrize("text", ODD)
def test_odd_interests_do_no_harm(ranker: Ranker, papers: list[Paper], text: str) -> None:
    """For any profile, every paper is returned with a score of 0 to 100."""
    odd = [paper("", number=1), paper(text, text, number=2), *papers]
    profile = Profile(
        interests=[Interest(phrases=[text], about=text, avoid=[text], liked=odd[:2])],
        liked=odd[:1],
        disliked=odd[:2],
        authors=[text],
        avoid=[text],
        mute=[text],
    )
    ranked = ranker.rank(odd, profile)
    assert len(ranked) == len(odd)
    assert all(0 <= r.score <= 100 for r in ranked)


def test_no_papers_rank_to_nothing(ranker: Ranker) -> None:
    """An empty day is an empty list."""
    assert ranker.rank([], wants("genome")) == []


def test_an_empty_profile_scores_nothing(ranker: Ranker, papers: list[Paper]) -> None:
    """Without an interest every score is 0 and the order is kept."""
    ranked = ranker.rank(papers, Profile())
    assert titles(ranked) == [p.title for p in papers]
    assert {r.score for r in ranked} == {0.0}


def test_a_thousand_likes_are_heard(ranker: Ranker, papers: list[Paper]) -> None:
    """A library of likes ranks as one like does."""
    words = TOPICS["q-bio.GN"].split()
    library = [
        paper(f"{words[n % 8]} {words[n % 7]}", " ".join(words[n % 5 :]), number=n)
        for n in range(1_000)
    ]
    ranked = ranker.rank(papers, Profile(liked=library))
    assert set(titles(ranked)[:2]) == {"Protein Expression in Tissue", "Cell Sequences"}


def test_the_shipped_background_ranks_at_once() -> None:
    """Without arguments a ranker knows the words of science."""
    fits = paper("Rectified Flow for Images", "Velocity fields and few-step sampling of diffusion.")
    other = paper("Sediment in River Deltas", "Field work on grain sizes.")
    ranked = Ranker().rank([other, fits], wants("flow matching"))
    assert ranked[0].paper is fits


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=4), st.text(max_size=60))
def test_scores_stay_on_the_scale(
    ranker: Ranker, papers: list[Paper], phrases: list[str], about: str
) -> None:
    """Any words give scores of 0 to 100, highest first, with reasons that add up."""
    profile = Profile(interests=[Interest(phrases=phrases, about=about)])
    ranked = ranker.rank(papers, profile)
    scores = [r.score for r in ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 100 for score in scores)
    for r in ranked:
        assert sum(reason.weight for reason in r.reasons) == pytest.approx(r.score)


def test_likes_are_seen_from_the_field_and_written_interests_are_not() -> None:
    """Recently fetched papers change scores from likes after a refresh, and no others."""
    rng = random.Random(1)  # noqa: S311 - made-up words are no secret
    words = " ".join(TOPICS.values()).split()

    def made(count: int) -> list[Paper]:
        return [paper(" ".join(rng.sample(words, 6)), number=n) for n in range(count)]

    field: list[Paper] = []
    ranker = Ranker(field=lambda: field)
    papers = made(4)
    shown, written = Profile(liked=made(2)), Profile(interests=[Interest(phrases=["cache token"])])
    before = [ranker.scores(papers, interest).tolist() for interest in (shown, written)]
    field += made(400)
    unmoved = ranker.scores(papers, shown).tolist()
    ranker.refresh()
    after = [ranker.scores(papers, interest).tolist() for interest in (shown, written)]
    assert unmoved == before[0]
    assert after[0] != before[0]
    assert after[1] == before[1]

"""What a paper does, in a sentence or two."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.email.issue.summary import summarize
from digest.model.paper import Paper
from digest.model.sentences import split

ABSTRACT = (
    "Sorting is everywhere. "
    "Large lists still sort slowly on small machines, whose caches hold a few runs at most. "
    "We propose Brook, a sorting network that keeps its runs in the cache of a small machine. "
    "It reads each key twice. "
    "Brook sorts ten million keys in 0.8 s, 2.4 times faster than the best sorting network. "
    "Code is available at https://a.example/brook."
)


def paper(
    abstract: str = ABSTRACT, *, title: str = "Brook: sorting networks", summary: str = ""
) -> Paper:
    """Return a paper with this text."""
    return Paper(id="arxiv:2606.00001", title=title, abstract=abstract, summary=summary)


def test_the_sources_own_summary_comes_first() -> None:
    """Where the source has a summary and the reader lets it, that is the summary."""
    assert summarize(paper(summary="Sorts in the cache.")) == "Sorts in the cache."


@pytest.mark.parametrize("mode", ["first", "abstract"])
def test_a_reader_may_prefer_the_abstract(mode: str) -> None:
    """The other modes keep to the authors' words."""
    assert summarize(paper(summary="Sorts in the cache."), mode).startswith(
        "Sorting is everywhere."
    )


@pytest.mark.parametrize("mode", ["auto", "first", "abstract"])
def test_without_an_abstract_the_summary_is_all_there_is(mode: str) -> None:
    """A paper without text has an empty summary; a summary alone is better than nothing."""
    assert summarize(paper(""), mode) == ""
    assert summarize(paper("", summary="Sorts in the cache."), mode) == "Sorts in the cache."


def test_one_sentence_says_what_is_proposed() -> None:
    """The proposal carries most."""
    assert summarize(paper(), sentences=1).startswith("We propose Brook")


def test_two_sentences_say_what_and_how_well() -> None:
    """The second sentence adds the finding, and they stand in their own order."""
    proposal, finding = split(summarize(paper(), sentences=2))

    assert proposal.startswith("We propose Brook")
    assert finding.startswith("Brook sorts ten million keys")


def test_where_the_code_lies_is_no_gist() -> None:
    """The sentence with the link is the last to be chosen."""
    assert "https://" not in summarize(paper(), sentences=5)


@pytest.mark.parametrize("opening", ["First", "Firstly", "Second", "Secondly", "Third", "Thirdly"])
def test_a_gist_does_not_begin_in_the_middle_of_a_list(opening: str) -> None:
    """Of two sentences that say as much, the one that counts something up stays behind."""
    listed = f"{opening}, the kettle boils green water in small kitchens"
    plain = "Daily, the kettle boils green water in small halls"

    assert summarize(paper(f"{listed}. {plain}.", title=""), sentences=1).startswith("Daily")


def test_what_is_first_of_its_kind_may_begin_a_gist() -> None:
    """Without a comma, "first" counts nothing up."""
    text = "First principles boil green water in small kitchens. The urn heats it in halls."

    assert summarize(paper(text, title=""), sentences=1).startswith("First principles")


def test_the_first_sentences_are_the_first() -> None:
    """Mode "first" counts from the beginning."""
    assert summarize(paper(), "first", sentences=1) == "Sorting is everywhere."


def test_the_whole_abstract_is_whole() -> None:
    """Mode "abstract" leaves nothing out."""
    assert summarize(paper(), "abstract", sentences=1) == ABSTRACT


def test_a_short_abstract_is_kept_whole() -> None:
    """Fewer sentences than wanted are all shown."""
    assert summarize(paper("We sort."), sentences=3) == "We sort."


def test_mathematics_is_readable() -> None:
    """Formulae are read before sentences are chosen."""
    assert (
        summarize(paper(r"We sort $n$ keys in $O(n\log n)$ time."))
        == "We sort n keys in O(n log n) time."
    )


def test_rare_words_carry_more() -> None:
    """With the weights of words, the sentence of the rare ones wins."""
    text = "Green kettles boil water in kitchens daily. Zeolites adsorb water in kitchens daily."
    weights = {"zeolite": 9.0, "adsorb": 9.0}

    chosen = summarize(paper(text, title=""), sentences=1, idf=lambda word: weights.get(word, 1.0))

    assert chosen.startswith("Zeolites")


texts = st.text(max_size=200) | st.lists(
    st.sampled_from(
        ["We propose nets.", "It works.", "e.g.", "Fig. 2", "(a. B)", "x = 0.5", "日本。"]
    ),
    max_size=12,
).map(" ".join)


@settings(deadline=None, max_examples=100)
@given(text=texts, number=st.integers(1, 4))
def test_a_gist_is_made_of_whole_sentences(text: str, number: int) -> None:
    """Every sentence of a summary stands in the abstract, at most as many as were asked for."""
    short = summarize(paper(text), "auto", sentences=number)
    whole = split(summarize(paper(text), "abstract"))

    assert len(whole) <= number or sum(short.count(s) > 0 for s in whole) >= number
    assert set(short.split()) <= {word for s in whole for word in s.split()}

"""Summaries of papers: modes, purpose and result, and the laws that hold for any text."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from summary_checker import faults, foreign_numbers, foreign_words

import digest
from digest.email.summary.document import coined_name, plain
from digest.email.summary.penalties import MAX_WORDS
from digest.email.summary.summarize import MAX_OWN_WORDS, summarize
from digest.model.paper import Paper
from digest.model.sentences import split

DATA = Path(os.environ.get("DIGEST_DATA", "../shared/data")) / "summaries"

ABSTRACT = (
    "Sorting is everywhere. "
    "Large lists still sort slowly on small machines, whose caches hold a few runs at most. "
    "To address this problem, we propose Brook, a sorting network that keeps its runs in the cache "
    "of a small machine. "
    "It reads each key twice. "
    "Extensive experiments show that Brook sorts ten million keys in 0.8 s, 2.4 times faster than "
    "the best sorting network. "
    "Code is available at https://a.example/brook."
)


def paper(
    abstract: str = ABSTRACT,
    *,
    title: str = "Brook: sorting networks",
    summary: str = "",
    categories: tuple[str, ...] = ("cs.DS",),
) -> Paper:
    """Return a paper with this text."""
    return Paper(
        id="arxiv:2606.00001",
        title=title,
        abstract=abstract,
        summary=summary,
        categories=categories,
    )


def source(of: Paper) -> str:
    """Return the readable title and abstract, from which every word must come."""
    title = plain(of.title)
    return f"{title} {plain(of.abstract or of.summary, coined_name(title))}"


def test_one_sentence_says_what_is_proposed() -> None:
    """The purpose is named without the lead-in that refers back."""
    found = summarize(paper(), sentences=1)
    assert found.startswith(("We propose Brook, a sorting", "Brook is a sorting"))
    assert found.endswith("network that keeps its runs in the cache of a small machine.")


def test_the_default_is_purpose_and_result() -> None:
    """The second sentence has the result's number, and both fit in 45 words."""
    purpose, finding = split(summarize(paper()))
    assert "Brook" in purpose
    assert finding.startswith(("Brook sorts ten million keys in 0.8 s", "It sorts ten million"))


def test_three_sentences_have_the_method_between() -> None:
    """Purpose, method and result stand in the abstract's order, in at most 70 words."""
    text = ABSTRACT.replace("It reads each key", "Each run is merged with others, which reads keys")
    purpose, method, finding = split(summarize(paper(text), sentences=3))
    assert "network" in purpose
    assert method.startswith("Each run is merged")
    assert "0.8 s" in finding


def test_the_public_function_is_that_of_the_email() -> None:
    """`digest.summarize` weighs words by the shipped background, as the ranker does."""
    assert digest.summarize(paper()) == summarize(paper())
    assert len(split(digest.summarize(paper(), sentences=1))) == 1


def test_the_sources_own_summary_comes_first() -> None:
    """A short one that stands alone is taken, in at most as many sentences as are wanted."""
    assert summarize(paper(summary="Sorts in the cache.")) == "Sorts in the cache."
    two = "Brook sorts in the cache. It is fast on small machines."
    assert summarize(paper(summary=two), sentences=1) == "Brook sorts in the cache."


@pytest.mark.parametrize(
    "own",
    [
        "This problem is solved by a network.",
        "Sorts keys in the cache of a small machine with",
        "Word " * MAX_OWN_WORDS + "end.",
        "Code is available at https://a.example.",
    ],
)
def test_a_bad_own_summary_is_not_used(own: str) -> None:
    """A summary that refers back, breaks off or is long gives way to the abstract's."""
    assert summarize(paper(summary=own)) == summarize(paper())


@pytest.mark.parametrize("mode", ["first", "abstract"])
def test_a_reader_may_prefer_the_abstract(mode: str) -> None:
    """The other modes keep to the authors' sentences."""
    found = summarize(paper(summary="Sorts in the cache."), mode)
    assert found.startswith("Sorting is everywhere.")


def test_the_first_sentences_are_the_first() -> None:
    """Mode "first" counts from the beginning; mode "abstract" leaves nothing out."""
    assert summarize(paper(), "first", sentences=1) == "Sorting is everywhere."
    assert summarize(paper(), "abstract", sentences=1) == ABSTRACT


@pytest.mark.parametrize("mode", ["auto", "first", "abstract"])
def test_without_an_abstract_the_summary_is_all_there_is(mode: str) -> None:
    """A paper without text has an empty summary; a summary alone is better than nothing."""
    assert summarize(paper(""), mode) == ""
    assert summarize(paper("", summary="Sorts in the cache."), mode) == "Sorts in the cache."


def test_mathematics_is_readable() -> None:
    """Formulas are turned into Unicode before sentences are chosen."""
    found = summarize(paper(r"We sort $n$ keys in $O(n\log n)$ time on small machines."))
    assert found == "We sort n keys in O(n log n) time on small machines."


def test_author_macros_become_the_titles_name() -> None:
    r"""`\name` and `\ours` are the name before the title's colon, or "the method"."""
    text = r"We present \name, a network that sorts keys. \ours{} sorts ten million keys in 0.8 s."
    named = summarize(paper(text))
    assert named.startswith(("We present Brook, a network", "Brook is a network"))
    assert "\\" not in named
    alone = r"\ours{} sorts ten million keys in 0.8 s on machines with small caches."
    assert summarize(paper(alone, title="Sorting")).startswith("The method sorts ten million")


def test_acronyms_are_written_out_where_there_is_room() -> None:
    """A reader who sees one sentence of an abstract has not seen the definition."""
    text = (
        "Cache-oblivious sorting (COS) is slow. "
        "We propose a network for COS that reads each key twice and keeps its runs."
    )
    assert "cache-oblivious sorting" in summarize(paper(text, title="Networks"), sentences=1)


def test_headings_are_roles_and_not_words() -> None:
    """A structured abstract loses its labels; biology's findings come before its methods."""
    text = (
        "BACKGROUND: Newts regrow their lenses. METHODS: Forty newts were kept for a year. "
        "RESULTS: Lens regrowth was 30% slower in cold water than in warm water. "
        "CONCLUSIONS: Further research is needed."
    )
    found = summarize(paper(text, title="Newt lenses", categories=()), sentences=1)
    assert found == "Lens regrowth was 30% slower in cold water than in warm water."


def test_a_hedge_stays() -> None:
    """A finding that "results suggest" is never stated as a fact."""
    text = "Our results suggest that newts regrow their lenses faster in warm water than in cold."
    found = summarize(paper(text, title="Newts", categories=()), sentences=1)
    assert found.startswith(("Results suggest that", "Our results suggest that"))


def test_the_condition_of_a_theorem_stays() -> None:
    """Tails with "if" and "unless" are never cut off: the theorem would be false."""
    text = "We prove that every bounded sequence of such operators converges to a limit, if n > 3."
    assert "if n > 3" in summarize(paper(text, title="Limits", categories=("math.FA",)))


def test_rare_words_carry_more() -> None:
    """With the weights of words, the sentence closer to the rare words of the title wins."""
    text = "Green kettles boil water in kitchens daily. Zeolites adsorb water in kitchens daily."
    weights = {"zeolite": 9.0, "adsorb": 9.0}
    chosen = summarize(
        paper(text, title="Zeolites adsorb, kettles boil"),
        sentences=1,
        idf=lambda word: weights.get(word, 1.0),
    )
    assert chosen.startswith("Zeolites")


ODD = {
    "empty": "",
    "blank": " \n\t ",
    "one word": "Withdrawn.",
    "five thousand words": "We sort keys in caches of small machines. " * 700,
    "five thousand words, one sentence": "word " * 5_000,
    "no full stop": "We sort keys in the caches of small machines with networks of comparators",
    "formulas": r"$E = mc^2$, $\int_0^1 f(x)\,dx = \sum_{k} a_k$. $F = ma$.",
    "broken LaTeX": r"We prove $\frac{a}{b \leq \mathbb{R and more things of this kind.",
    "Chinese": (
        "我们提出了一种新的排序网络，它把数据保存在小型机器的缓存中。实验表明，它的速度提高了两倍。"
    ),
    "Japanese": "本稿では小型計算機の記憶に収まる整列網を提案する。実験で二倍の速さを得た。",
    "long Chinese": "我们提出了一种新的排序网络，" * 60,
    "HTML": "<p>We sort <i>ten</i> million keys in <b>0.8 s</b> on small machines.</p>",
    "German": (
        "Große Listen werden auf kleinen Rechnern langsam sortiert. Wir stellen ein Netz vor, "
        "das seine Läufe im Zwischenspeicher hält. Es sortiert zehn Millionen Schlüssel in 0,8 s."
    ),
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
@pytest.mark.parametrize("sentences", [1, None])
def test_odd_text_has_a_sound_summary_or_none(text: str, sentences: int | None) -> None:
    """Nothing raises, nothing is a stump, and nothing is invented."""
    odd = paper(text, title="Networks")
    found = summarize(odd, sentences=sentences)
    assert found == "" or not faults(found, source(odd)) - {"too short"}


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        ("Chinese", "我们提出了一种新的排序网络"),
        ("Japanese", "本稿では小型計算機"),
        ("German", "Große Listen werden"),
        ("HTML", "We sort ten million keys in 0.8 s on small machines."),
        ("no full stop", "We sort keys in the caches"),
    ],
)
def test_other_languages_and_markup_are_not_mangled(kind: str, start: str) -> None:
    """Where the rules do not apply, whole sentences are taken as they are."""
    assert summarize(paper(ODD[kind], title="Networks")).startswith(start)


SUBJECTS = ["We", "This paper", "Our method", "It", "However, we", "In this work, we", r"\name"]
VERBS = ["propose", "presents", "show that", "find that", "study", "outperforms", "is", "address"]
OBJECTS = [
    "Brook, a sorting network for small machines",
    "these challenges by introducing a cache of 32 runs",
    "keys are sorted 2.4 times faster than before, which saves 30% of the energy",
    r"a bound of $O(n \log n)$ for $n > 10$ keys [12]",
    "the model of Hopper et al. (1952), if the cache is warm",
    "code is available at https://a.example/brook",
    "e.g. Fig. 2 (see the appendix",
    "why does it work?",
]
ENDS = [". ", ". ", "; ", "! ", "", ".\n"]
made = st.lists(
    st.tuples(*map(st.sampled_from, (SUBJECTS, VERBS, OBJECTS, ENDS))).map(
        lambda part: f"{part[0]} {part[1]} {part[2]}{part[3]}"
    ),
    max_size=9,
).map("".join)


@settings(deadline=None, max_examples=150)
@given(text=made | st.text(max_size=300), wanted=st.sampled_from([1, 2, None]))
def test_every_word_and_number_is_from_the_source(text: str, wanted: int | None) -> None:
    """For any abstract: nothing is invented, at most 45 words, no LaTeX, as many sentences."""
    made_up = paper(text)
    found = summarize(made_up, sentences=wanted)
    assert not foreign_numbers(found, source(made_up))
    assert not foreign_words(found, source(made_up))
    assert len(found.split()) <= MAX_WORDS
    assert not {"code", "unfinished"} & (faults(found, source(made_up)) if found else set())
    assert wanted != 1 or len(split(found)) <= 1


@pytest.mark.skipif(not DATA.is_dir(), reason="needs the abstracts of shared/data/summaries")
def test_real_abstracts_keep_the_laws() -> None:
    """Of 150 abstracts of five fields no summary invents a number, and few have a fault."""
    with gzip.open(DATA / "arxiv_dev_1500.jsonl.gz", "rt") as lines:
        records = [json.loads(line) for line in lines][::10]
    bad = 0
    for record in records:
        real = paper(
            record["abstract"], title=record["title"], categories=tuple(record["categories"])
        )
        found = digest.summarize(real)
        assert not foreign_numbers(found, source(real))
        assert len(found.split()) <= MAX_WORDS
        bad += bool(faults(found, source(real))) or not found
    assert bad <= 0.05 * len(records)

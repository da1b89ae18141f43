"""LaTeX, its flattened remains, accents and references become readable; the rest stays."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.email.latex.normalize import readable

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(os.environ.get("DIGEST_DATA") or Path(__file__).parents[4] / "shared" / "data")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"in $O(n\log n)$ time", "in O(n log n) time"),
        (r"$10^{7}$ keys and $\ell_1$ balls", "10⁷ keys and ℓ₁ balls"),
        (r"order $T^{3/4}$ up to $L_{\max}$", "order T^(3/4) up to L_max"),
        (r"$x\in\mathbb{R}^d$", "x∈ℝ^d"),
        (r"a $\frac{1}{2}$ and $\frac{a+b}{c}$ share", "a 1/2 and (a+b)/c share"),
        (r"G\"odel, Poincar\'{e}, Erd\H{o}s, M\o ller", "Gödel, Poincaré, Erdős, Møller"),
        (r"na{\"\i}ve Hau{\ss}er", "naïve Haußer"),
        (r"\textbf{R}elative \emph{speed}", "Relative speed"),
        (r"a gain of 12\% at \$5", "a gain of 12% at $5"),
        (r"``deep'' nets --- and more", "“deep” nets — and more"),
        ("pages 10--20 of Runge--Kutta", "pages 10–20 of Runge–Kutta"),
        ("see Fig.~3 for O(n^2)", "see Fig. 3 for O(n²)"),
        ("R&amp;D &lt;now&gt; &#233;", "R&D <now> é"),
        ("&amp;amp;lt;", "<"),
    ],
)
def test_latex_becomes_readable(text: str, expected: str) -> None:
    """What authors write is shown as they meant it."""
    assert readable(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is 2.7times faster on 256times256 images", "is 2.7× faster on 256×256 images"),
        ("in mathcal{O}(epsilon^{-3}) steps", "in O(ε⁻³) steps"),
        ("a budget of 8{255}", "a budget of 8/255"),
        ("Oleft(nright) rounds", "O(n) rounds"),
        (
            "text{Sur}rogate models at url{https://a.example/b}",
            "Surrogate models at https://a.example/b",
        ),
        ("sim25 FPS, approx100 nodes, 3pm1", "∼25 FPS, ≈100 nodes, 3±1"),
        ("20sim 100 samples, sim5x as fast", "20∼100 samples, ∼5x as fast"),
        ("at https://a.example/x{https://a.example/x}.", "at https://a.example/x."),
        ("64.1 rightarrow 70.3 as n rightarrow infty", "64.1 → 70.3 as n → ∞"),
        ("q{=}0, 4{,}851 of {S}ignal at 2{times}4", "q=0, 4,851 of Signal at 2×4"),
        ("k leq 5 and n geq3", "k ≤ 5 and n ≥3"),
    ],
)
def test_flattened_latex_becomes_readable(text: str, expected: str) -> None:
    """What a list leaves of a formula without its backslashes is put right."""
    assert readable(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Attention is all you need",
        "sold for $5 million and $6 million",
        "costs $5, $10 or $20",
        "between $100K/month and more",
        "five times as many, at 3 pm, sim2real in a sim 2 world, at a right angle",
        "alpha and beta tests of left (and right) hands",
        "redshift z~5, ~10 nodes, 5~6 hours",
        "the set {a, b} and snake_case names",
        "run it with --fast or a--b",
        "https://a.example/~ada/x_1?y=1&z=2",
        "AT&T and R&D",
        "日本語のテキスト and Ελληνικά",
        "x^n of T^*",
    ],
)
def test_what_is_no_latex_stays(text: str) -> None:
    """Money, names, options, links and plain words are not touched."""
    assert readable(text) == text


def test_what_comes_to_light_is_harmless() -> None:
    """References may not smuggle in control characters or a change of direction."""
    assert readable("a&#8238;b&#0;c&#x1b;d") == "abcd"


@pytest.mark.parametrize(
    "hostile", ["{", "$", "\\sqrt", "^{", "\\frac{", "$\\left(", "&amp;", "``", "\\"]
)
def test_hostile_lengths_are_read(hostile: str) -> None:
    """Twenty thousand characters of one command neither recurse too deep nor fail."""
    assert isinstance(readable(hostile * (20_000 // len(hostile))), str)


def test_what_hides_deep_is_not_followed_for_ever() -> None:
    """A reference inside a reference inside a reference is read a few times, then left."""
    assert readable("&#038;" + "#038;" * 9 + "lt;") != "<"


PIECES = st.sampled_from(
    [
        *"\\${}^_%&~#'`-12xy()[],. ",
        *("\\alpha", "\\frac", "\\text", "\\sqrt", "\\cite", "\\left", "\\not", '\\"', "\\'"),
        *("\\begin", "\\(", "\\)", "\\mathbb", "\\unicode", "\\binom", "\\footnote", "\\log"),
        *(
            "&amp;",
            "&lt;",
            "&#36;",
            "&#92;",
            "--",
            "``",
            "''",
            "times",
            "mathcal{",
            "left(",
            "right)",
        ),
        *("ö", "日", "\u0301", "word", "\\operatorname", "\\pmod", "\\textsuperscript"),
    ]
)


@settings(deadline=None, max_examples=150)
@given(text=st.text(max_size=60) | st.lists(PIECES, max_size=25).map("".join))
def test_it_never_fails_and_leaves_what_it_made(text: str) -> None:
    """Whatever the text, there is an answer, and reading it again changes nothing."""
    once = readable(text)

    assert readable(once) == once


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("it works.% We", "it works. We"),
        ("a comment% after", "a comment after"),
        ("a 5% and k% gain, in % of all", "a 5% and k% gain, in % of all"),
        (r"$a \cdotp b$ and $x = 1 \notag%$", "a · b and x = 1"),
        ("Section~~2 and a~~b", "Section 2 and a b"),
    ],
)
def test_remains_of_the_source_go(latex: str, expected: str) -> None:
    """Comment signs, ties and commands of alignment leave no trace."""
    assert readable(latex) == expected


def held_out() -> Iterator[str]:
    """Yield every 150th paper's title and abstract of those that the rules were not made on."""
    for path in sorted((DATA / "corpus").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in islice(lines, 0, None, 150):
                paper = json.loads(line)
                if hashlib.sha256(paper["id"].encode()).digest()[0] & 1:
                    yield " ".join(paper["title"].split())
                    yield " ".join(paper["abstract"].split())


@pytest.mark.skipif(not (DATA / "corpus").is_dir(), reason="the corpora are not here")
def test_real_texts_keep_no_latex() -> None:
    """Of texts it was not made on, at most one in a thousand keeps a command or a formula."""
    residual = re.compile(r"\\[A-Za-z]+|\$[^$\d\s][^$]{0,200}\$|\^\{|_\{")
    texts = list(held_out())

    left = [text for text in texts if residual.search(readable(text))]

    assert len(texts) > 1000
    assert len(left) <= len(texts) / 1000

"""Markup becomes text as a reader of the journal sees it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model.markup import has_markup, html_text
from digest.model.text import clean


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("<p>A &amp; B</p>", "A & B"),
        ("if a < b and c > d", "if a < b and c > d"),
        ("where a <b and c> d", "where a <b and c> d"),
        ("a <b class='x'>bold</b> word", "a bold word"),
        ("<jats:title>Results</jats:title><jats:p>Good.</jats:p>", "Results Good."),
        ("<jats:italic>E. coli</jats:italic> and <scp>DNA</scp>s", "E. coli and DNAs"),
        ("one<br/>two<!-- <p>three</p> -->", "one two"),
        ("<![CDATA[in <i>data</i>]]>", "in data"),
        ("x<script>alert(1)</script><style>p {}</style>y", "xy"),
        ("<sup>unclosed", "^(unclosed)"),
        ("closed</sup> twice</sup>", "closed twice"),
        ("&lt;p&gt;", "<p>"),
        ("plain", "plain"),
    ],
)
def test_tags_go_and_words_stay_apart(fragment: str, expected: str) -> None:
    """Blocks separate words, other tags do not; a comparison is no tag."""
    assert clean(html_text(fragment)) == expected


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("A dose of 10<sup>6</sup> cells", "A dose of 10⁶ cells"),
        ("7.4 × 10<sup>−3</sup> and 10<sup>–12</sup>", "7.4 × 10⁻³ and 10⁻¹²"),
        ("5 m<sup>2</sup>, x<SUP>2</SUP>", "5 m², x²"),
        ("CO<sub>2</sub>, Na<sup>+</sup>, Ca<sup>2+</sup>", "CO₂, Na⁺, Ca²⁺"),
        ("SO<sub>4</sub><sup>2-</sup>", "SO₄²⁻"),
        ("<sup>13</sup>C and [<sup>18</sup>F]FDG", "¹³C and [¹⁸F]FDG"),
        ("V<sub>max</sub>, T<sub><i>c</i></sub>", "V_max, T_c"),
        ("e<sup>kt</sup> and R<sup><i>n</i></sup>", "e^(kt) and Rⁿ"),
        ("the 1<sup>st</sup> Brand<sup>&reg;</sup>", "the 1st Brand®"),
        ("10<jats:sup>9</jats:sup> <b>m<sup>-2</sup></b>", "10⁹ m⁻²"),
    ],
)
def test_B1_scripts_keep_their_meaning(fragment: str, expected: str) -> None:
    """A power of ten is no longer number: raised and lowered as in LaTeX."""
    assert clean(html_text(fragment)) == expected


def math(inner: str) -> str:
    """Return a formula in MathML."""
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML">{inner}</math>'


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        (f"Solitons in{math('<mi>N</mi>')}-coupled", "Solitons in N-coupled"),
        (math("<msup><mi>e</mi><mrow><mi>k</mi><mi>t</mi></mrow></msup>"), "e^(kt)"),
        (math("<mfrac><mn>1</mn><mn>2</mn></mfrac>"), "1/2"),
        (
            math("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mi>c</mi></mfrac>"),
            "(a+b)/c",
        ),
        (f"is {math('<msqrt><mn>2</mn></msqrt>')}.", "is √2."),
        (math("<mroot><mi>x</mi><mn>3</mn></mroot>"), "∛x"),
        (
            math("<mmultiscripts><mi>Ca</mi><mprescripts/><none/><mn>38</mn></mmultiscripts>"),
            "³⁸Ca",
        ),
        (
            math(
                "<mmultiscripts><mi>U</mi><none></none><mrow><mn>6</mn><mo>+</mo></mrow>"
                "<mprescripts></mprescripts><mn>92</mn><mn>238</mn></mmultiscripts>"
            ),
            "₉₂²³⁸U⁶⁺",
        ),
        (f"H{math('<msub><mrow/><mn>2</mn></msub>')}O", "H₂O"),
        (math("<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"), "xᵢ²"),
        (math("<mover><mi>x</mi><mo>ˆ</mo></mover><mo>≤</mo><mn>1</mn>"), "x̂ ≤ 1"),
        (math("<mi>sin</mi><mo>&#x2061;</mo><mi>θ</mi>"), "sin θ"),
        (f"the {math('<mi>n</mi>')}th one", "the nth one"),
        (f"all {math('<mi>n</mi>')}holds", "all n holds"),
        (
            math(
                "<semantics><mrow><mi>a</mi></mrow>"
                '<annotation encoding="application/x-tex">a^2</annotation></semantics>'
            ),
            "a",
        ),
        (math("<mfenced><mi>a</mi><mi>b</mi></mfenced>"), "(a, b)"),
        (math("<mfrac><mn>1</mn></mfrac><msup></msup>"), "1"),
        ("<mml:math><mml:mi>K</mml:mi><mml:mo>=</mml:mo><mml:mn>3</mml:mn></mml:math>", "K = 3"),
        (math("<msup><mn>10</mn><mrow><mo>-</mo><mn>3</mn></mrow></msup>"), "10⁻³"),
    ],
)
def test_B2_mathml_reads_as_latex_does(fragment: str, expected: str) -> None:
    """Scripts, fractions and roots in the notation of LaTeX; a damaged formula loses no symbol."""
    assert clean(html_text(fragment)) == expected


def test_markup_is_told_from_a_comparison() -> None:
    """Only tags of HTML, JATS and MathML count."""
    assert has_markup("H<sub>2</sub>O")
    assert has_markup("<jats:italic>x</jats:italic>")
    assert not has_markup("if a < b and c > d")
    assert not has_markup("List<T> and <unk>")


TAGS = st.sampled_from(
    [
        *("<sup>", "</sup>", "<math>", "</math>", "<mi>", "</mi>", "<mfrac>", "</mfrac>", "<p>"),
        *("<none/>", "<mprescripts/>", "<mmultiscripts>", "</mmultiscripts>", "<", "<!--", "2"),
    ]
)


@settings(deadline=None, max_examples=300)
@given(st.lists(TAGS, max_size=40).map("".join) | st.text("<>!-/&;ab \"='", max_size=80))
def test_no_fragment_breaks_it(fragment: str) -> None:
    """Whatever is open, crossed or cut, a text comes out."""
    assert isinstance(html_text(fragment), str)


@pytest.mark.parametrize("piece", ["<", "<!--", "<a ", "<sup>", "<math><mrow>", "<![CDATA[", "&lt"])
def test_hostile_markup_is_read_in_linear_time(piece: str) -> None:
    """A hundred thousand openings are read at once: no pattern looks twice at the rest."""
    assert len(html_text(piece * 100_000)) <= len(piece) * 100_000

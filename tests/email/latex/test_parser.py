"""The LaTeX that authors write, read with forbearance."""

from __future__ import annotations

import unicodedata

import pytest

from digest.email.latex.parser import MAX_DEPTH, MAX_FORMULA_CHARS, MAX_GROUP_MARKS, unicode_of


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"$\alpha \beta$ and $x \alpha y$", "αβ and x α y"),
        (r"$A\to B$ and $A \to B$", "A→B and A → B"),
        (r"$a & b~c$, $f'$, $-1$", "a   b c, f′, −1"),
        (r"$n \bmod k$, $\arg\max_x$", "n mod k, arg maxₓ"),
        (r"$\log\log n$, $2\sin(x)$", "log log n, 2 sin(x)"),
        (r"$\left. x \right|_0$, $\left ( y \right )$", "x |₀, ( y )"),
        (r"$\sqrt{2}$, $\sqrt[3]{n+1}$, $\sqrt[k]x$", "√2, ∛(n+1), x^(1/k)"),
        (r"$\binom nk$, $a \pmod{7}$", "(n choose k), a  (mod 7)"),
        (r"$\not\in$, $x \not= y$, $\not\subset$", "∉, x ≠ y, ⊄".replace("≠", "≠")),
        (r"$\mathbb{R}^n$, $\RR$, $\bbZ$, $\mathbb{F}_q$, $\cH$", "ℝⁿ, ℝ, ℤ, F_q, H"),
        (
            r"\href{https://a.example}{here} and \textcolor{red}{hot} or \href{x}{}",
            "here and hot or x",
        ),
        (r"\unicode{x3B1}, \unicode{946}, \unicode{x110000}, \unicode{zz}", "α, β, , "),
        (r"10\textsuperscript{th}, H\textsubscript{2}O", "10th, H₂O"),
        (r"a\footnote{b} c", "a (b) c"),
        (r"as \cite{x}, by \citep [see][]{y}. By \cite {z}", "as, by. By "),
        (r"by \cite{unclosed and \cite{y}", "by unclosed and "),
        (r"by \cite{never closed", "by "),
        (r"\begin{abstract}We\end{abstract}", "We"),
        (r"{\it old} and {\em older}, {\bf R}elative", "old and older, Relative"),
        (r"\ours{} beats \method", "ours beats method"),
        (r"\SI{5}{km}, \foo[opt]{bar}", "5 km, bar"),
        (r"\textit one, $\mathcal L$", "one, L"),
        (r"\(x^2\) and \[y_1\]", "x² and y₁"),
        (r"$$ x = 1 $$ done", "x = 1 done"),
        (r"cost $$$ a lot", "cost $$$ a lot"),
        (r"\~{} and \^ x and \'{}", "~ and x̂ and "),
        (r"\hat{abc} \v{S}ibi\'c $\hat{x}$ $\bar{xy}$", "abc Šibić x̂ xy"),
        (r"10\,000\;km\quad far", "10 000 km far"),
        (r"\_\{\}\#\&\%\$", "_{}#&%$"),
        ("open { brace and } close", "open { brace and } close"),
        (r"{BERT}s and {a, b}, \'{e}", "BERTs and {a, b}, é"),
        ("Fermi$_{x}$ and 2^{10}, a^{b+c}, a^{*}, k^{th}", "Fermiₓ and 2¹⁰, a^(b+c), a*, kth"),
        ("x_y stays, x_{max} not, ^ alone", "x_y stays, x_max not, ^ alone"),
        (r"$x^$ and $y_", "x and $y_"),
        (r"end\\of line\newline on", "end of lineon"),
        ("a lone \\", "a lone "),
    ],
)
def test_what_authors_write(latex: str, expected: str) -> None:
    """Commands become their characters, the unknown leaves its words."""
    found = unicodedata.normalize("NFC", unicode_of(latex))

    assert found == unicodedata.normalize("NFC", expected)


@pytest.mark.parametrize(
    "money",
    [
        "from $5 to $6",
        "$5-$10 and $20",
        "about $3 million a year, then $4 million",
        "set $HOME and $PATH",
        "5$",
        "$ $",
        "$" + "x=" * MAX_FORMULA_CHARS + "$",
    ],
)
def test_money_is_no_formula(money: str) -> None:
    """Dollar signs around prose stay what they are."""
    assert unicode_of(money) == money


def test_depth_is_bounded() -> None:
    """Groups and commands nested without end are dropped, not followed."""
    assert unicode_of("{" * 3 * MAX_DEPTH + "x" + "}" * 3 * MAX_DEPTH).count("{") <= MAX_DEPTH
    assert "√(" * 2 * MAX_DEPTH not in unicode_of(r"\sqrt" * 5000 + "x")
    assert not {"\\", "{"} & set(unicode_of(r"\text{" * 5000))


def test_a_dollar_sign_is_not_looked_for_far_away() -> None:
    """What is not closed within some hundred marks is not a formula."""
    far = "$x_1 " + "{a}" * MAX_GROUP_MARKS + " y$"

    assert unicode_of(far).startswith("$x_1")

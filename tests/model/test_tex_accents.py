"""TeX accents in names: braces, spaces and letters as TeX reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model.tex_accents import tex_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (r"Jos\'e Mar\'ia Fern\'andez", "José María Fernández"),
        (r"Andr\'e Lef\`evre", "André Lefèvre"),
        (r"Fran\c cois Ol\'e Ba\~na", "François Olé Baña"),
        (r"G\"okhan \c{C}elik", "Gökhan Çelik"),
        (r"Mart\'\i nez", "Martínez"),
        (r"Mart{\'\i}nez and Mart\'{\i}n", "Martínez and Martín"),
        (r"S\o ren Hau{\ss}er", "Søren Haußer"),
        (r"\L{}ukasz Wa\l{}\k{e}sa", "Łukasz Wałęsa"),
        (r"Paul Erd\H{o}s, Paul Erd\H os", "Paul Erdős, Paul Erdős"),
        (r"\v{S}\'a\v rka Nov\'a\v{c}ek", "Šářka Nováček"),
        (r"{\.I}lker \u{g} \.Z", "İlker ğ Ż"),
        (r"Schr$\ddot{o}$dinger", "Schrödinger"),
        (r"{\AA}ngstr\"{o}m \AA s", "Ångström Ås"),
        (r"O'Neill \& Sons~Ltd", "O'Neill & Sons Ltd"),
        (r"Nguy\~{\^e}n", "Nguyễn"),
        ("plain Name", "plain Name"),
    ],
)
def test_B3_an_accent_takes_its_letter_and_no_space(name: str, expected: str) -> None:
    """A space after a letter-command ends it; a space after the accented letter stays."""
    assert tex_name(name) == expected


@given(st.text("\\'\"cvo{} eiA~$", max_size=60))
def test_no_name_breaks_it(name: str) -> None:
    """Whatever it is, no brace is left and nothing raises."""
    assert not set("{}") & set(tex_name(name))

"""The example's text with answers in it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.cli.init.config_template import InitAnswers, InterestAnswer, example, filled

WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20)


def test_the_example_is_the_file_in_the_checkout() -> None:
    """What is installed and what is read in the repository are one text."""
    path = Path(__file__).parents[3] / "config.example.toml"

    assert example() == path.read_text(encoding="utf-8")


def test_the_example_is_inside_the_package_once_that_is_built(tmp_path: Path) -> None:
    """A wheel carries it among its data."""
    (tmp_path / "config.example.toml").write_text("inside")

    assert example(tmp_path) == "inside"


@settings(deadline=None, max_examples=60)
@given(
    name=WORDS, phrases=st.lists(WORDS, max_size=3).map(tuple), about=st.text(max_size=20) | WORDS
)
def test_any_words_survive_in_it(name: str, phrases: tuple[str, ...], about: str) -> None:
    """Quotes, backslashes and letters of all scripts come back as they went in."""
    about = "".join(c for c in about if c.isprintable())
    settings = InitAnswers(
        interests=(InterestAnswer(name=name, phrases=phrases, about=about),) * 2,
        to="a@b.c",
        host="h.org",
    )

    tree = tomli.loads(filled(settings))

    first, second = tree["interests"]
    for interest in (first, second):
        assert interest["name"] == name
        assert tuple(interest.get("phrases", ())) == phrases
        assert interest.get("about", "").strip() == about.strip()


def test_all_that_can_be_set_stands_beside_the_answers() -> None:
    """The filled text keeps every commented-out setting outside the interests it replaces."""
    text = filled(InitAnswers(interests=(), to="a@b.c", host=""))

    assert tomli.loads(text)["command"] == {"argv": ["sendmail", "-i"]}
    for setting in ("#papers = 12", "#[smtp]", "#[maildir]", "#days = "):
        assert f"\n{setting}" in text


def test_no_remark_of_the_example_is_lost() -> None:
    """How phrases are weighed, free text, likes, several addresses: all stand beside the answers.

    Only the line that says what to change gives way, and stays where nobody was asked.
    """
    settings = InitAnswers(
        interests=(
            InterestAnswer(name="A", phrases=("a",)),
            InterestAnswer(name="B", phrases=("b",)),
        ),
        to="a@b.c",
        host="h.org",
    )
    text, unasked = filled(settings), filled(replace(settings, answered=False))
    remarks = re.findall(r"# .*", example())
    lost = [line for line in remarks if line not in text]
    assert [line[:27] for line in lost] == ["# Change the address under "]
    assert [line for line in remarks if line not in unasked] == []
    assert "Your answers are in it" in text
    assert "Your answers are in it" not in unasked
    for shown in ('#{ phrase = "few-step sampling", weight = 2 },', '#about = ""', "#liked = []"):
        assert shown in text
    assert tomli.loads(text)["email"]["to"] == "a@b.c"

"""What is wrong in a template is shown where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from letters import HEAD, ISSUE

from digest.email.render import render
from digest.email.templates import HTML, Templates
from digest.model.errors import TemplateError

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = ["", "one\n  two {{ words }}\r\n\n", "{% raw %}\n{% endraw %}\n"]
"""What stands in a file before the fault."""
EXTENDED = '{% extends "default/digest.html" %}\n'


def broken(folder: Path, text: str) -> TemplateError:
    (folder / HTML).write_text(text, "utf-8")
    with pytest.raises(TemplateError) as caught:
        Templates(folder).html({"words": "x"})
    return caught.value


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("{% if a b %}", "b"),
        ("{{ words | }}", "}}"),
        ("{{ words.lower( }}", "}"),
        ("x {% endblok %} y", "endblok"),
        ("x {{ words! }} y", "!"),
        ("a {# b #} {%- raw %}{{ {%- endraw %}\t{{ (3 2) }}", "2"),
        ("one {{ two } three", "}"),
        ("{% for word in words %} {{ word }} {% endif %}", "endif"),
        ("{{ words|lowr }} {{ words }}", "lowr"),
        ("{{ 1 // 0 }} words", "{{ 1 // 0 }}"),
        ("{{ words }} {{ 1 // 0 }}", "{{ words }} {{ 1 // 0 }}"),
    ],
)
@pytest.mark.parametrize("before", BEFORE)
def test_the_very_word_is_underlined(tmp_path: Path, before: str, text: str, marked: str) -> None:
    """The carets stand under what cannot be understood, not under the whole line."""
    *_, source, carets = str(broken(tmp_path, before + text)).splitlines()
    assert carets.count("^") == len(marked)
    assert carets.index("^") == source.index("| ") + 2 + text.index(marked)


@pytest.mark.parametrize(
    ("text", "marked", "hint"),
    [
        (EXTENDED + "{% block closin %}{% endblock %}", "closin", "did you mean “closing”?"),
        (EXTENDED + "{% if words %}{% block headr %}x{% endblock %}{% endif %}", "headr", "papers"),
    ],
)
def test_a_block_that_nobody_knows_is_told(
    tmp_path: Path, text: str, marked: str, hint: str
) -> None:
    """A misspelt block, which Jinja would drop in silence, is an error at its place."""
    error = broken(tmp_path, text)
    assert error.line == 2
    *_, source, carets = str(error).splitlines()
    assert carets.index("^" * len(marked)) == source.index(marked)
    assert hint in error.hint
    assert hint in render(ISSUE, Templates(tmp_path), HEAD).note


def test_an_own_part_without_blocks_above_is_told(tmp_path: Path) -> None:
    """A part of ours that has no blocks cannot be changed by one."""
    (tmp_path / "partials").mkdir()
    name = "partials/paper.html"
    text = f'{{% extends "default/{name}" %}}{{% block title %}}x{{% endblock %}}'
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(TemplateError, match="no block 'title'") as caught:
        Templates(tmp_path).html({})
    assert caught.value.file == str(tmp_path / name)
    assert "change the file itself" in caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        EXTENDED + "{% block closing %}{% block mine %}x{% endblock %}{% endblock %}",
        '{% extends "middle.html" %}{% block closing %}{% endblock %}{% block mid %}{% endblock %}',
        "{% extends name %}{% block whatever %}{% endblock %}",
        "{% block own %}{% endblock %}",
    ],
)
def test_blocks_that_are_shown_are_no_fault(tmp_path: Path, text: str) -> None:
    """New ones within changed ones, those of a template between, what only rendering tells."""
    middle = EXTENDED + "{% block closing %}{% block mid %}{% endblock %}{% endblock %}"
    (tmp_path / "middle.html").write_text(middle, "utf-8")
    (tmp_path / "plain.html").write_text("plain", "utf-8")
    (tmp_path / HTML).write_text(text, "utf-8")
    problem = render(ISSUE, Templates(tmp_path), HEAD).problem
    assert problem is None or "'name' is undefined" in problem.message


def test_a_template_that_extends_itself_falls_back(tmp_path: Path) -> None:
    """It has no end, and the letter goes out in our dress."""
    (tmp_path / HTML).write_text('{% extends "digest.html" %}', "utf-8")
    problem = render(ISSUE, Templates(tmp_path), HEAD).problem
    assert problem is not None
    assert "RecursionError" in problem.message

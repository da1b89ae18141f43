"""Template errors are shown with file and line."""

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
    "text",
    [
        "{% if a b %}",
        "{{ words | }}",
        "x {% endblok %} y",
        "one {{ two } three",
        "{{ words|lowr }} {{ words }}",
        "{{ words }} {{ 1 // 0 }}",
    ],
)
@pytest.mark.parametrize("before", BEFORE)
def test_the_line_is_shown(tmp_path: Path, before: str, text: str) -> None:
    """Whatever its line ends and raw blocks, the message shows the line that Jinja names."""
    error = broken(tmp_path, before + text)
    assert f"{error.line} | {text}" in str(error)
    assert "^" not in str(error)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (EXTENDED + "{% block closin %}{% endblock %}", "did you mean “closing”?"),
        (EXTENDED + "{% if words %}{% block headr %}x{% endblock %}{% endif %}", "papers"),
    ],
)
def test_a_block_that_nobody_knows_is_told(tmp_path: Path, text: str, hint: str) -> None:
    """A misspelt block, which Jinja would drop in silence, is an error at its place."""
    error = broken(tmp_path, text)
    assert error.line == 2
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
    """It has no end, and the letter goes out with the built-in templates."""
    (tmp_path / HTML).write_text('{% extends "digest.html" %}', "utf-8")
    problem = render(ISSUE, Templates(tmp_path), HEAD).problem
    assert problem is not None
    assert "RecursionError" in problem.message

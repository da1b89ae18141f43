"""A reader's own templates are rendered within bounds of time and memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from letters import HEAD, ISSUE

from digest.app import isolated_templates
from digest.app.isolated_templates import IsolatedTemplates, templates_of
from digest.email.i18n import Language
from digest.email.render import render
from digest.email.templates import HTML, TEXT, Templates
from digest.model.errors import TemplateError

if TYPE_CHECKING:
    from pathlib import Path

DOUBLING = """{% set n = namespace(s='x') %}
{% for a in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}"""
VALUES = {"words": "x" * 1000, "say": Language("en")}


def fault(folder: Path, text: str, seconds: float = 0.3) -> TemplateError:
    (folder / TEXT).write_text("fine", "utf-8")
    (folder / HTML).write_text(text, "utf-8")
    with pytest.raises(TemplateError) as caught:
        IsolatedTemplates(folder, seconds).both(VALUES)
    return caught.value


def test_own_templates_give_the_same_digest(tmp_path: Path) -> None:
    """A process of its own changes nothing of what a sound template renders."""
    (tmp_path / HTML).write_text('{% extends "default/digest.html" %}', "utf-8")
    assert render(ISSUE, templates_of(tmp_path), HEAD) == render(ISSUE, Templates(), HEAD)


def test_the_built_in_ones_need_no_process() -> None:
    """Without a folder of the reader's own they are rendered in place."""
    assert templates_of(None) == Templates()


@pytest.mark.parametrize(
    "text",
    [
        "one\n" + 3 * "{% for a in words %}" + 3 * "{% endfor %}",
        "one\n{% macro m(n) %}{{ m(n - 1) ~ m(n - 1) if n }}{% endmacro %}{{ m(60) }}",
        "one\n{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    ],
)
def test_D2_an_endless_loop_is_ended(tmp_path: Path, text: str) -> None:
    """Whatever loops, it ends after some seconds of work, and the error names the line."""
    error = fault(tmp_path, text)
    assert "too long" in error.problem.message
    assert (error.file, error.line) == (str(tmp_path / HTML), 2)


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'x' * 10**10 }}",
        "{{ 'x'|center(10**10) }}",
        "{{ '{:>9999999999}'.format(1) }}",
        DOUBLING,
        "{{ [0] * 10**10 }}",
        "{{ 10 ** (10 ** 10) }}",
    ],
)
def test_D2_memory_is_bounded(tmp_path: Path, text: str) -> None:
    """A text of gigabytes ends its process, not the program or the machine."""
    assert fault(tmp_path, text, 1).file.startswith(str(tmp_path))


def test_D2_a_range_is_bounded(tmp_path: Path) -> None:
    """A billion turns are refused at once."""
    assert "Range too big" in str(fault(tmp_path, "{% for a in range(10**9) %}{% endfor %}"))


def test_D2_a_long_text_is_refused(tmp_path: Path) -> None:
    """What no mail program would show is not handed back."""
    assert "characters" in str(fault(tmp_path, "{{ 'x' * 3000000 }}"))


def test_D2_the_environment_is_not_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A template's process has no secret to give away."""
    monkeypatch.setenv("DIGEST_SMTP_PASSWORD", "hunter2")
    monkeypatch.setattr(isolated_templates, "sys", _Echo(tmp_path))
    with pytest.raises(TemplateError, match="could not be rendered") as caught:
        IsolatedTemplates(tmp_path).both(VALUES)
    assert "hunter2" not in str(caught.value)
    assert "hunter2" in os.environ["DIGEST_SMTP_PASSWORD"]


class _Echo:
    """An interpreter that prints its environment and fails."""

    def __init__(self, folder: Path) -> None:
        script = folder / "python"
        script.write_text("#!/bin/sh\nexport >&2\necho $DIGEST_SMTP_PASSWORD >&2\nexit 3\n")
        script.chmod(0o755)
        self.executable = str(script)

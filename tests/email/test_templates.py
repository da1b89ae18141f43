from __future__ import annotations

from typing import TYPE_CHECKING

import html5lib
import pytest
from letters import HEAD, ISSUE

from digest.email.i18n import Language
from digest.email.render import render
from digest.email.templates import HTML, TEXT, Templates, copy, home
from digest.model.errors import TemplateError

if TYPE_CHECKING:
    from pathlib import Path

LOOK = (
    '{{% from "default/look.html" import look with context %}}\n'
    "{{% set look = changed(look, {}) %}}\n"
)
EXTENDED = '{% extends "default/digest.html" %}\n'


VALUES = {"words": "x", "sections": [], "say": Language("en")}


def broken(folder: Path, text: str, name: str = HTML) -> TemplateError:
    (folder / name).write_text(text, "utf-8")
    templates = Templates(folder)
    with pytest.raises(TemplateError) as caught:
        (templates.html if name == HTML else templates.text)(
            {"words": "x", "sections": [], "say": Language("en")}
        )
    return caught.value


def test_our_templates_are_found() -> None:
    """Both parts are there, in a checkout as in the package."""
    assert (home() / HTML).is_file()
    assert (home() / TEXT).is_file()


def test_the_html_part_escapes_and_the_plain_part_does_not(tmp_path: Path) -> None:
    """Whatever the name of an included file, HTML is escaped and plain text is not."""
    (tmp_path / HTML).write_text("{% include 'a.txt' %}", "utf-8")
    (tmp_path / TEXT).write_text("{% include 'a.txt' %}", "utf-8")
    (tmp_path / "a.txt").write_text("{{ words }}", "utf-8")
    templates = Templates(tmp_path)
    assert templates.html({"words": "<b>"}) == "&lt;b&gt;"
    assert templates.text({"words": "<b>"}) == "<b>"


@pytest.mark.parametrize(
    ("block", "gone", "kept"),
    [
        ("opening", "picked from", "Best matches"),
        ("section", "Also close", "Symbolic"),
        ("paper", "Asymptotics", "Next digest"),
        ("closing", "Next digest", "Symbolic"),
    ],
)
@pytest.mark.parametrize("part", [HTML, TEXT])
def test_a_block_of_ones_own_holds_only_its_content(
    tmp_path: Path, part: str, block: str, gone: str, kept: str
) -> None:
    """Whoever changes a block need not know of the rows round it; the rest stays as it is."""
    say = "{{ small('Bye') }}" if part == HTML else "Bye\n"
    text = f'{{% extends "default/{part}" %}}{{% block {block} %}}{say}{{% endblock %}}'
    (tmp_path / part).write_text(text, "utf-8")

    letter = render(ISSUE, Templates(tmp_path), HEAD)

    own = letter.html if part == HTML else letter.text
    assert letter.note == ""
    assert gone not in " ".join(own.replace(letter.subject, "").split())
    assert kept in own
    assert own.count("Bye") == (3 if block in ("section", "paper") else 1)
    parser = html5lib.HTMLParser()
    parser.parse(letter.html)
    assert parser.errors == []


def test_a_block_of_one_paper_knows_it(tmp_path: Path) -> None:
    """The names of the paper and of its section are at hand, and what ours would have said."""
    own = "{% block paper %}{{ section.heading }}: {{ paper.number }}{{ super() }}{% endblock %}"
    (tmp_path / HTML).write_text(EXTENDED + own, "utf-8")
    html = render(ISSUE, Templates(tmp_path), HEAD).html
    assert "Also close: 2" in html
    assert "BoN: Asymptotics" in html


def test_colours_can_be_changed_alone(tmp_path: Path) -> None:
    """A copy of the file of colours is enough, and so is a file that names those that differ."""
    look = (home() / "look.html").read_text("utf-8")
    (tmp_path / "look.html").write_text(look.replace("#a8481a", "#123456"), "utf-8")
    assert "#123456" in render(ISSUE, Templates(tmp_path), HEAD).html
    (tmp_path / "look.html").write_text(LOOK.format("accent='#654321', headline='30px'"), "utf-8")
    html = render(ISSUE, Templates(tmp_path), HEAD).html
    assert html.count("#654321") == html.count('class="box"')
    assert "font-size:30px" in html
    assert "#5d584f" in html


def test_a_colour_that_nobody_knows_is_told(tmp_path: Path) -> None:
    """A misspelt name would change nothing: it is an error at its place."""
    (tmp_path / "look.html").write_text(LOOK.format("acent='#654321'"), "utf-8")
    problem = render(ISSUE, Templates(tmp_path), HEAD).problem
    assert problem is not None
    assert problem.message == "the look has no 'acent': did you mean “accent”?"
    assert problem.line == 2
    assert "acent" in problem.source
    (tmp_path / "look.html").write_text(LOOK.format("zzz='1'"), "utf-8")
    problem = render(ISSUE, Templates(tmp_path), HEAD).problem
    assert "there are page, page_dark," in str(problem)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a\n{{ nonsense }}", 2, "'nonsense' is undefined"),
        ("a\n\n{% if %}", 3, "Expected an expression"),
        ("{% for a in b %}", 1, "Unexpected end of template"),
        ("{{ words.nothing }}", 1, "has no attribute 'nothing'"),
        ("{{ 1 // 0 }}", 1, "ZeroDivisionError"),
        ("\n{% include 'missing.html' %}", 2, "there is no template “missing.html”"),
    ],
)
def test_a_fault_is_shown_where_it_is(tmp_path: Path, text: str, line: int, said: str) -> None:
    """An error names file and line, shows the line, and says how to get a good copy."""
    error = broken(tmp_path, text)

    assert error.file == str(tmp_path / HTML)
    assert error.line == line
    assert said in str(error)
    assert f"{line} | {text.splitlines()[line - 1]}" in str(error)
    assert "digest templates" in error.hint


def test_a_fault_in_the_plain_part_names_its_file(tmp_path: Path) -> None:
    """Each part has its own file."""
    assert broken(tmp_path, "{{ nonsense }}", TEXT).file.endswith(TEXT)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    """A template that is not UTF-8 is a template's error, not a crash."""
    (tmp_path / HTML).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TemplateError, match="UnicodeDecodeError"):
        Templates(tmp_path).html({})


def test_copies_are_whole_and_overwrite_nothing(tmp_path: Path) -> None:
    """Copied templates give the same letter; a second time nothing is written."""
    written = copy(tmp_path / "mine")

    assert (tmp_path / "mine" / "partials" / "paper.html") in written
    assert copy(tmp_path / "mine") == ()
    own = render(ISSUE, Templates(tmp_path / "mine"), HEAD)
    assert own == render(ISSUE, Templates(), HEAD)


def test_a_change_on_the_disk_is_seen(tmp_path: Path) -> None:
    """A preview that is drawn again shows the template as it is now."""
    templates = Templates(tmp_path)
    before = render(ISSUE, templates, HEAD).html
    (tmp_path / TEXT).write_text("{{ heading }} {{ sections|length }}\n", "utf-8")
    (tmp_path / HTML).write_text(EXTENDED + "{% block closing %}{% endblock %}", "utf-8")
    after = render(ISSUE, templates, HEAD)
    assert len(after.html) < len(before)
    assert after.text == "Three papers for you 3\n"


@pytest.mark.parametrize(
    "text",
    [
        "{{ words.__class__ }}",
        "{{ words.__class__.__mro__ }}",
        "{{ ''['__class__'] }}",
        "{{ words|attr('__class__') }}",
        "{{ '{0.__class__}'.format(words) }}",
        "{{ say.__init__.__globals__ }}",
        "{{ range.__init__ }}",
        "{{ self.__init__ }}",
        "{{ cycler.__init__.__globals__ }}",
    ],
)
def test_D2_a_template_does_not_reach_pythons_internals(tmp_path: Path, text: str) -> None:
    """A reader's own template is sandboxed: no attribute leads to a class, module or function."""
    assert "unsafe" in str(broken(tmp_path, text))


def test_D2_a_template_changes_nothing_it_was_given(tmp_path: Path) -> None:
    """What a template is handed belongs to the program."""
    assert "unsafe" in str(broken(tmp_path, "{% set _ = sections.append(1) %}"))


def test_a_list_of_all_numbers_is_not_made(tmp_path: Path) -> None:
    """Memory and time of a computer are finite."""
    error = broken(tmp_path, "{{ range(10 ** 12) | list }}")
    assert "Range too big" in str(error)

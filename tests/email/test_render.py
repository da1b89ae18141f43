from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from letters import DAY, FEEDBACK, HEAD, ISSUE, LION, POPULAR, QUIET, entry, with_paper

from digest.email.mime.message import to_bytes
from digest.email.render import HTML_BYTES, MESSAGE_BYTES, render
from digest.email.templates import HTML, Templates
from digest.model.errors import ConfigError, TemplateError
from digest.model.issue import MAX_PAPERS, Issue, Section, SectionKind
from digest.model.paper import Links

if TYPE_CHECKING:
    from digest.email.context import MessageContext
    from digest.model.message import RenderedMessage

GOLDEN = Path(__file__).parent / "golden"
CASES = {
    "day": (ISSUE, FEEDBACK),
    "tag": (ISSUE, replace(FEEDBACK, language="de")),
    "quiet": (QUIET, HEAD),
}


def drawn(issue: Issue = ISSUE, head: MessageContext = HEAD) -> RenderedMessage:
    return render(issue, Templates(), head)


def crowd(size: int, *, summary: str, title: str = "Paper", links: Links | None = None) -> Issue:
    paper = replace(LION.ranked.paper, links=links or LION.ranked.paper.links)
    entries = tuple(
        entry(
            number=n,
            summary=summary,
            ranked=replace(LION.ranked, paper=replace(paper, id=f"x{n}", title=f"{title} {n}")),
        )
        for n in range(1, size + 1)
    )
    return replace(ISSUE, sections=(Section(kind=SectionKind.BEST, entries=entries),))


@pytest.mark.parametrize("part", ["html", "txt"])
@pytest.mark.parametrize("case", CASES)
def test_letters_look_as_they_did(case: str, part: str) -> None:
    """Both parts of three letters are as they were when somebody last looked at them.

    After a change that is meant: DIGEST_GOLDEN=1 pytest tests/test_render.py, and look at the diff.
    """
    letter = drawn(*CASES[case])
    now = letter.html if part == "html" else letter.text
    path = GOLDEN / f"{case}.{part}"
    if os.environ.get("DIGEST_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(now, "utf-8")
    assert now == path.read_text("utf-8")


def test_a_letter_knows_its_way() -> None:
    """Sender and recipients are bare addresses, the papers those of the issue."""
    letter = drawn(head=replace(HEAD, to=("Ada <ada@example.org>", "b@bücher.example")))
    assert letter.sender == "digest@example.org"
    assert letter.recipients == ("ada@example.org", "b@xn--bcher-kva.example")
    assert letter.papers == ISSUE.papers
    assert dict(letter.headers)["To"] == "Ada <ada@example.org>, b@xn--bcher-kva.example"


def test_headers_say_what_they_should() -> None:
    """Date in the reader's offset, a list, a way out, no answers from machines."""
    headers = dict(drawn().headers)
    assert headers["Date"] == "Sat, 21 Nov 2026 07:00:00 +0100"
    assert headers["From"] == "Paper digest <digest@example.org>"
    assert headers["List-Id"] == "Paper digest <digest.example.org>"
    assert "List-Unsubscribe" not in headers
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["X-Auto-Response-Suppress"] == "All"
    assert "Reply-To" not in headers


@pytest.mark.parametrize(
    ("head", "replies", "leaving"),
    [
        (replace(HEAD, reply_to="r@e.org"), "r@e.org", "r@e.org?subject=unsubscribe>"),
        (replace(FEEDBACK, feedback="f@e.org"), "f@e.org", "f@e.org?subject=stop-"),
        (
            replace(FEEDBACK, feedback="f@e.org", reply_to="r@e.org"),
            "r@e.org",
            "f@e.org?subject=stop-",
        ),
    ],
)
def test_answers_go_where_somebody_reads(head: MessageContext, replies: str, leaving: str) -> None:
    """A person's answer goes to reply_to, a signed subject to where it is read, if that differs."""
    headers = dict(drawn(head=head).headers)
    assert headers["Reply-To"] == replies
    assert headers["List-Unsubscribe"].startswith(f"<mailto:{leaving}")


def test_C8_two_installations_share_no_message_id() -> None:
    """The same reader, day and domain, another secret; the same secret gives the same id."""
    ids = [drawn(head=replace(HEAD, secret=secret)).message_id for secret in (b"a", b"b", b"a")]

    assert ids[0] == ids[2] != ids[1]


def test_the_message_id_is_that_of_reader_day_and_edition() -> None:
    """The same letter twice is the same mail; another reader, day or edition is another."""
    ids = {
        drawn(issue, head).message_id
        for issue, head in [
            (ISSUE, HEAD),
            (replace(ISSUE, read=1), replace(HEAD, language="de")),
            (replace(ISSUE, reader="bob"), HEAD),
            (replace(ISSUE, day=date(2026, 11, 22)), HEAD),
            (ISSUE, replace(HEAD, edition="2")),
        ]
    }
    assert len(ids) == 4
    assert all(each.startswith("<202611") and each.endswith("@example.org>") for each in ids)


def test_a_bad_address_is_the_configs_fault() -> None:
    """A letter that could go nowhere is not made."""
    with pytest.raises(ConfigError, match="no mail address"):
        drawn(head=replace(HEAD, to=("nobody",)))


def test_hostile_text_stays_text() -> None:
    """Markup and template code in a title are shown, not obeyed."""
    paper = replace(LION.ranked.paper, title="<script>alert(1)</script> {{ 7 * 7 }} {% raw %}")
    entry = with_paper(LION, paper)
    issue = replace(ISSUE, sections=(Section(kind=SectionKind.BEST, entries=(entry,)),))

    letter = drawn(issue)

    assert "<script>" not in letter.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 7 }} {% raw %}" in letter.html
    assert "<script>alert(1)</script> {{ 7 * 7 }}" in letter.text


def test_gists_shorten_before_papers_drop() -> None:
    """Twenty-five papers with whole abstracts all stay, their summaries shorter."""
    letter = drawn(crowd(MAX_PAPERS, summary="A sentence of an abstract. " * 80))
    assert len(letter.papers) == MAX_PAPERS
    assert 0 < letter.html.count("A sentence of an abstract.") < 80 * MAX_PAPERS
    assert len(letter.html.encode()) <= HTML_BYTES
    assert len(to_bytes(letter)) <= MESSAGE_BYTES


def test_papers_drop_last_and_are_told() -> None:
    """What cannot fit is left out from the end, summaries short by then, and the letter says so."""
    long = "https://example.org/" + "x" * 570
    links = Links(abstract=long, pdf=long + "1", code=long + "2", project=long + "3")
    letter = drawn(crowd(MAX_PAPERS, summary="深い学習" * 50, title="深" * 480, links=links))
    dropped = MAX_PAPERS - len(letter.papers)
    assert dropped > 0
    assert f"{dropped} papers did not fit into this email." in letter.html
    assert "深い学習" * 40 in letter.html
    assert len(to_bytes(letter)) <= MESSAGE_BYTES


def test_never_more_than_twenty_five() -> None:
    """More papers than anyone reads are cut even where there is room."""
    letter = drawn(crowd(60, summary="Short."))
    assert len(letter.papers) == MAX_PAPERS
    assert "35 papers did not fit" in letter.text
    assert "175 other new papers were read and left out" in letter.text


def test_sections_that_lost_all_papers_go() -> None:
    """No heading stands over nothing."""
    issue = crowd(MAX_PAPERS, summary="Short.")
    popular = Section(kind=SectionKind.TRENDING, entries=(POPULAR,))
    letter = drawn(replace(issue, sections=(*issue.sections, popular)))
    assert "Trending elsewhere" not in letter.html


def test_a_quiet_day_says_why() -> None:
    """A note without papers tells what was read, how near it came, and how sources fared."""
    letter = drawn(QUIET)
    assert "Nothing for you today" in letter.text
    assert "the best of 18 new papers has 21." in " ".join(letter.text.split())
    assert "BAIR (failed: 404 Not Found)" in " ".join(letter.text.split())
    assert "18 new papers" in letter.text
    assert "other new papers" not in letter.text
    assert letter.papers == ()


def test_who_named_no_interest_is_told_so_beside_papers() -> None:
    """That these are what others liked is said of papers, not of none."""
    said = "You named no interests yet"
    assert said in drawn(replace(ISSUE, no_interests=True)).text
    assert said not in drawn(replace(QUIET, no_interests=True)).text


def test_what_is_read_from_the_right_is_set_so() -> None:
    """Title and summary of such a paper say their direction in the HTML, those of others do not."""
    paper = replace(LION.ranked.paper, title="تعلم الآلة")
    entry = replace(with_paper(LION, paper), summary="نموذج جديد.")
    section = Section(kind=SectionKind.BEST, entries=(entry,))

    html = drawn(replace(ISSUE, sections=(section,))).html

    assert re.search(r'<h3 [^>]*dir="rtl"(?:(?!</h3>).)*تعلم الآلة', html, re.DOTALL)
    assert re.search(r'<p [^>]*dir="rtl"[^>]*>نموذج جديد', html)
    assert 'dir="rtl"' not in drawn().html


def test_a_catch_up_says_which_days() -> None:
    """After days off the letter says what it covers."""
    assert (
        "covers Wed 18 Nov to Sat 21 Nov"
        in drawn(replace(ISSUE, covers=(date(2026, 11, 18), DAY))).text
    )


def test_a_note_of_the_issue_is_shown() -> None:
    """What the line has to say about the day stands under the date."""
    assert "The clock was wrong." in drawn(replace(ISSUE, note="The clock was wrong.")).text


def test_a_paper_without_links_is_a_title() -> None:
    """Without a link there is none, and the letter is whole."""
    issue = replace(ISSUE, sections=(Section(kind=SectionKind.BEST, entries=(POPULAR,)),))
    letter = drawn(issue, replace(HEAD, lists=()))
    assert "1,204 upvotes" in letter.text
    assert "<a " not in letter.html


def test_what_is_not_known_leaves_no_gap() -> None:
    """A paper of which only the title is known has no empty lines about the rest."""
    bare = replace(
        with_paper(POPULAR, replace(POPULAR.ranked.paper, listed=None, upvotes=None)),
        number=2,
        summary="",
    )
    issue = replace(ISSUE, sections=(Section(kind=SectionKind.TRENDING, entries=(bare,)),))
    assert "\n\n\n2. Learning" not in drawn(issue).text
    assert "2. Learning to Actively Learn\n\n\n____" in drawn(issue).text


def test_a_broken_template_falls_back_to_ours(tmp_path: Path) -> None:
    """The letter goes out with our templates, and says which line was broken."""
    (tmp_path / HTML).write_text("one\n{{ nonsense }}\n", "utf-8")

    letter = render(ISSUE, Templates(tmp_path), HEAD)

    assert "digest.html:2" in letter.html
    assert str(tmp_path) not in letter.html + letter.text
    assert "built-in one" in " ".join(letter.text.split())
    assert "'nonsense' is undefined" in letter.note
    assert letter.papers == ISSUE.papers


def test_a_subject_of_nothing_is_ours() -> None:
    """On a day without papers a subject of their names alone would be empty."""
    assert drawn(QUIET, replace(HEAD, subject="{names}")).subject == drawn(QUIET).subject


@pytest.mark.parametrize(("size", "used"), [(80_000, True), (80_001, False)])
def test_a_template_that_is_too_long_falls_back(tmp_path: Path, size: int, *, used: bool) -> None:
    """A template of the reader's own that no mail program would show whole is not used."""
    (tmp_path / HTML).write_text("x" * size, "utf-8")
    letter = render(ISSUE, Templates(tmp_path), HEAD)
    assert ("longer than" not in letter.note) is used
    assert letter.html.startswith("xxx" if used else "<!doctype html>")


def test_our_own_templates_have_nothing_to_fall_back_to() -> None:
    """If ours cannot be used the error is raised, not hidden."""
    endless = replace(ISSUE, note="x" * HTML_BYTES)
    with pytest.raises(TemplateError, match="even without papers"):
        drawn(endless)

"""Whatever the issue, its letter keeps every law of the email; the laws notice when it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from email_laws import LAWS, broken
from hypothesis import HealthCheck, given, settings
from letters import FEEDBACK, HEAD, ISSUE, QUIET, contexts, issues

from digest.email.mime.message import to_bytes
from digest.email.render import render
from digest.email.templates import Templates

if TYPE_CHECKING:
    from digest.email.context import MessageContext
    from digest.model.issue import Issue

pytestmark = pytest.mark.unmeasured

_head, _, _body = to_bytes(render(ISSUE, Templates(), FEEDBACK)).partition(b"\r\n\r\n")
SOFT = _head + b"\r\n\r\n" + _body.replace(b"=\r\n", b"")
"""A good letter but for its soft line ends, so that faults can be put in anywhere."""


@pytest.mark.parametrize("issue", [ISSUE, QUIET], ids=["papers", "quiet"])
@pytest.mark.parametrize("head", [HEAD, FEEDBACK], ids=["plain", "feedback"])
def test_our_letters_keep_every_law(issue: Issue, head: MessageContext) -> None:
    """A day with papers and a day without keep all laws."""
    assert broken(to_bytes(render(issue, Templates(), head))) == {}


@given(issue=issues(), head=contexts)
@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_any_issue_keeps_every_law(issue: Issue, head: MessageContext) -> None:
    """Any title, 0 to 60 papers, 600 authors, any script and any link keep all laws."""
    assert broken(to_bytes(render(issue, Templates(), head))) == {}


MUTANTS = {
    "seven_bit_lines": [("momentum", "mömentum"), ("\r\n\r\n", "\n\n"), ("PDF", "P" * 90)],
    "header_lines": [("Auto-Submitted:", "X-Long: " + "x" * 90 + "\r\nAuto-Submitted:")],
    "one_of_each": [("Date: ", "X-Date: "), ("MIME-Version", "X-M"), ("To: ", "To: a@b.c\r\nTo: ")],
    "dated": [("+0100", "-0000")],
    "identified": [("@example.org>\r\nSubject", "@elsewhere.org>\r\nSubject")],
    "list_headers": [
        ("<mailto:digest@example.org?subject=stop", "<mailto:" + "d" * 70 + "?subject=stop"),
        ("Auto-Submitted: auto-generated", "Auto-Submitted: no"),
        ("<digest.example.org>", "digest.example.org"),
        ("List-Unsubscribe: <", "List-Unsubscribe: =?utf-8?q?=3C"),
    ],
    "subject_is_sober": [("Discovery", "Discovery!"), ("?=\r\n =?", "?==?")],
    "two_parts": [
        ("Content-Language: en", "X: en"),
        ("text/plain", "text/css"),
        ("Transfer-Encoding: quoted-printable", "Transfer-Encoding: 8bit"),
    ],
    "small": [("</body>", "<p>" + "x x x x\r\n" * 11_000 + "</p></body>")],
    "nothing_unseen": [("momentum", "=E2=80=AEmutnemom"), ("momentum", "=EF=BF=BD")],
    "flowed": [
        ('; format="flowed"', ""),
        ("Best matches\r\n", "=\r\n".join(["b" * 60] * 2) + "\r\n"),
    ],
    "same_in_both": [
        ("PDF: https", "PDF: http"),
        ("\r\n1. Symbolic", "\r\n1. Cymbalic"),
        ("More: mailto", "More: m"),
    ],
    "well_formed": [("</h1>", "</h2>"), ("<!doctype html>", "")],
    "head_is_whole": [
        ('dir=3D"ltr"', 'di=3D"ltr"'),
        ("<title>", "<title>x"),
        ('name=3D"viewport"', 'name=3D"v"'),
        ('<meta charset=3D"utf-8">', ""),
        ('content=3D"light dark"', 'content=3D"light"'),
    ],
    "same_papers_in_both": [
        ("right.</p>", "wrong.</p>"),
        ('href=3D"https://arxiv.org/abs/2302.06675"', 'href=3D"https://arxiv.org/abs/2404.01730"'),
    ],
    "verbs_do_what_they_say": [
        ("subject=3Dmore-2302", "subject=3Dless-2302"),
        ("subject=3Dstop", "subject=3Dpause"),
        ("subject=3Dless-2302.06675", "subject=3Dless-2404.01730"),
    ],
    "counts_are_true": [(">2. BoN", ">4. BoN")],
    "no_redirector": [
        ("https://arxiv.org/pdf/2302.06675", "https://go.example/?to=3Dhttps://arxiv.org/x"),
    ],
    "easy_to_hit": [("padding:10px", "padding:1px")],
    "nothing_active": [
        ("</body>", "<script></script></body>"),
        ("</body>", "<p onclick=3D''></p></body>"),
        ("</body>", "<a href=3D'javascript:x'>x</a></body>"),
        ("</body>", "<form></form></body>"),
    ],
    "nothing_remote": [
        ("</body>", "<img alt=3D'x' src=3D'https://a/b.png'></body>"),
        (":root {", "@import 'x'; :root {"),
    ],
    "style_is_optional": [(":root {", "@media print { @media screen { a { top: 0 } } } :root {")],
    "tables_are_layout": [('role=3D"presentation"', 'role=3D"table"')],
    "headings_in_order": [("<h2", "<h4"), ("<h1", "<h2"), ("<h3", "<h1")],
    "legible": [
        ("font-size:14px", "font-size:9px"),
        ("line-height:155%", "line-height:90%"),
        ("</body>", "<p style=3D'display:none'>x</p></body>"),
    ],
    "links_have_names": [
        ('"PDF of paper 2"', '"PDF of paper 1"'),
        ('"PDF of paper 1"', '"Paper 1"'),
        ("<a ", "<b "),
    ],
    "words_stay_apart": [
        ("</body>", "<a href=3D'https://a'>a</a><a href=3D'https://b'>b</a></body>")
    ],
    "pictures_are_told": [("</body>", "<img src=3D'cid:x'></body>")],
    "begins_with_the_day": [
        ("One paper on", "<b>No</b> "),
        ("One paper on", "x" * 60 + " " + "y" * 60),
    ],
}


def test_every_law_has_a_mutant() -> None:
    """No law is believed that has never been broken."""
    assert set(MUTANTS) == {law.__name__ for law in LAWS}


@pytest.mark.parametrize(
    ("law", "old", "new"), [(law, *pair) for law, pairs in MUTANTS.items() for pair in pairs]
)
def test_a_fault_is_noticed(law: str, old: str, new: str) -> None:
    """Each fault put into a good letter breaks the law it is meant for."""
    mutant = SOFT.replace(old.encode(), new.encode())

    assert mutant != SOFT
    assert law in broken(mutant)


def test_the_mutants_come_of_a_good_letter() -> None:
    """The letter that the mutants are made of breaks no other law than that of short lines."""
    assert set(broken(SOFT)) == {"seven_bit_lines"}

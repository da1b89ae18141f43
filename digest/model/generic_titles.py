"""Titles that many papers share, such as "Editorial": they identify none of them."""

from __future__ import annotations

import re

MIN_LETTERS = 20
"""Minimum letters of a title that identifies a paper."""
MIN_IDEOGRAPHS = 8
"""The same where each character is a word."""

_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_WORD = re.compile(r"[^\W\d_]+")

_WORDS = """
    editorial editorials editor editors erratum errata corrigendum corrigenda correction
    corrections acknowledgment acknowledgement acknowledgments acknowledgements reviewer
    reviewers referee referees introduction preface foreword afterword prologue epilogue
    table contents content information front back matter cover covers image picture inside
    outside graphical abstract abstracts memoriam obituary book books review reviews letter
    letters response reply replies comment comments commentary retraction retracted
    retractions notice notices withdrawal withdrawn announcement announcements news
    newsletter calendar board contributor contributors masthead author authors publisher
    index subject volume issue issues special section number supplement supplementary
    highlights message note notes president presidents guest new annual report thanks thank
    list errors expression concern conference proceedings symposium workshop program
    committee organizing organization copyright page pages title titles journal instructions
    guidelines call papers research article articles perspective perspectives viewpoint
    forum discussion meeting summary minutes society member members year end january
    february march april may june july august september october november december the a an
    of to for in on at and or by with from this that our your its his her s st nd rd th vol
    no pp введение предисловие редакции редакция редактора редактор слово главного
    содержание исправление исправления опечатки рецензентам рецензентов благодарность
    благодарности некролог памяти рецензия рецензии номер номера выпуск выпуска новости
    хроника от к о об и в на по vorwort einleitung editorische inhalt inhaltsverzeichnis
    berichtigung nachruf danksagung buchbesprechung buchbesprechungen mitteilung
    mitteilungen herausgeber der die das des und zu zum zur von im éditorial avant propos
    préface sommaire remerciements nécrologie comptes rendus compte rendu le la les de des
    du et l d editoriale prefacio prólogo presentación índice sumario agradecimientos fe
    erratas reseña reseñas apresentação sumário introducción introdução introduzione
    prefazione el los las y
    """
_GENERIC = frozenset(_WORDS.split())
_GENERIC_IDEOGRAPHS = re.compile(
    "编者按|编者的话|卷首语|本期导读|前言|序言|导言|引言|目录|目次|勘误|更正|致谢|征稿|启事|通知|声明|书评"
    "|讣告|専題|专题|专栏|特刊|审稿人|编委会|編集後記|巻頭言|まえがき|はじめに|正誤表|特集|総目次"
)


def is_generic(title: str) -> bool:
    """Return whether a title is too short, or made of words that head any journal's pages."""
    letters = [c for c in title if c.isalnum()]
    ideographs = _IDEOGRAPH.findall(title)
    if 2 * len(ideographs) > len(letters):
        rest = _IDEOGRAPH.findall(_GENERIC_IDEOGRAPHS.sub("", title))
        return len(letters) < MIN_IDEOGRAPHS or len(rest) < MIN_IDEOGRAPHS // 2
    if len(letters) < MIN_LETTERS:
        return True
    return all(word in _GENERIC for word in _WORD.findall(title.casefold()))

"""DOIs by their own grammar: SICI suffixes, balanced brackets, versions, landing pages."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote, urlsplit

MAX_DOI_CHARS = 300
"""Maximum length of a suffix; the longest registered ones have about 200 characters."""

_DOI = re.compile(r"\b10\.\d{4,9}(?:\.\d{1,9}){0,4}/[^\s\"?#]{1,300}", re.IGNORECASE)
_ESCAPE = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_SICI = re.compile(r"<[^<>\s]{1,60}>(?=\d)")
_CLOSING = {")": "(", "]": "[", "}": "{"}
_ARXIV = "10.48550/arxiv."
_HOSTS = ("doi.org", "dx.doi.org", "www.doi.org")

_PREPRINTS: tuple[str, ...] = (
    "10.1101",
    "10.64898",
    "10.26434",
    "10.20944",
    "10.21203",
    "10.22541",
    "10.31234",
)
_PREPRINTS += ("10.31219", "10.31235", "10.35542", "10.36227", "10.32388", "10.55415")
"""Prefixes of preprint servers whose DOIs may end in a version."""
_VERSION = re.compile(r"(?<=\w)[/._-]?v\d{1,3}$")
_TAIL = re.compile(
    r"(?:[/.](?:e?pdf(?:plus|direct)?|full(?:[-_]?text)?|fulltext\w{0,8}|abs(?:tract)?|html?|meta"
    r"|summary|short|long|references|figures|suppinfo|article-info|article-metrics|metrics|citations?"
    r"|supplementary-material|tables?|authors|extract|xml|json|epub|download|latest)"
    r"|(?<=\d)v\d{1,2}|/v\d{1,2}|/tab-[\w-]{1,30}|/)$"
)
_ARTICLE_NUMBER = re.compile(r"(?<=[a-z\d])/\d{5,9}$")


def doi_of(text: str) -> str:
    """Return the first DOI in `text` in lower case, or "" (arXiv's own DOIs are arXiv ids).

    A preprint server's version is not part of it.
    """
    if "10." not in text:
        return ""
    text = html.unescape(text) if "&" in text else text
    if _ESCAPE.search(text):
        text = unquote(text)
    found = _DOI.search(text)
    doi = _trimmed(found[0].lower()) if found else ""
    if not doi or doi.startswith(_ARXIV):
        return ""
    return _VERSION.sub("", doi) if doi.startswith(_PREPRINTS) else doi


def doi_in_link(link: str) -> str:
    """Return the DOI in a page's address without what the publisher appends to it, or ""."""
    if is_doi_link(link):
        return doi_of(link)
    address = link.partition("#")[0]
    path, _, query = address.partition("?")
    doi = doi_of(path) or doi_of(query.replace("&", " "))
    before = ""
    while doi != before:
        before = doi
        shorter = _TAIL.sub("", doi)
        number = _ARTICLE_NUMBER.search(shorter)
        if number and re.search("[a-z]", shorter[: number.start()].rpartition("/")[2]):
            shorter = shorter[: number.start()]
        doi = shorter if shorter.count("/") else doi
    return doi


def is_doi_link(link: str) -> bool:
    """Return whether `link` is the address of a DOI itself, so that nothing is guessed."""
    try:
        host = urlsplit(link).hostname or ""
    except ValueError:
        return False
    return host in _HOSTS or link.lower().startswith("doi:")


def _trimmed(doi: str) -> str:
    """Return a DOI without the text around it: markup, sentence ends, brackets of the sentence."""
    end, start = len(doi), 0
    while (angle := min((i for c in "<>" if (i := doi.find(c, start)) >= 0), default=-1)) >= 0:
        sici = _SICI.match(doi, angle)
        if sici is None:
            end = angle
            break
        start = sici.end()
    doi = doi[:end]
    while doi:
        last = doi[-1]
        unbalanced = last in _CLOSING and doi.count(last) > doi.count(_CLOSING[last])
        if last not in ".,;:'’”»…&" and not unbalanced:
            break
        doi = doi[:-1]
    return doi if doi.partition("/")[2] else ""

"""Identity of a paper: arXiv ids, DOIs, canonical URLs and title keys."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable


_ARXIV_NEW = re.compile(r"(?<![\d.])(\d{4}\.\d{4,5})(?:v\d+)?(?![\d.])")

_ARXIV_OLD = re.compile(r"(?<![\w-])([a-z]+(?:-[a-z]+)?)(?:\.[A-Za-z]{2})?/(\d{7})(?:v\d+)?(?!\d)")

_ARXIV_BARE = re.compile(
    r"(?:(?:oai:)?arxiv(?:\.org)?:)?\s*"
    r"(?:(\d{4}\.\d{4,5})|([a-z]+(?:-[a-z]+)?)(?:\.[a-z]{2})?/(\d{7}))(?:v\d+)?",
    re.IGNORECASE,
)

_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE)

_DOI = re.compile(r"\b(10\.\d{4,9}/[^\s\"<>?#]+)", re.IGNORECASE)

_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|ref|rss|source", re.IGNORECASE)

_ARXIV_HOSTS = ("arxiv.org", "huggingface.co", "alphaxiv.org", "ar5iv.org", "hf.co")

SHORT_TITLE = 20
"""Titles with fewer letters than this ("Editorial", "Correction") identify nothing."""


def arxiv_id(text: str) -> str:
    """Return the arXiv id in `text` (an id, a link, a DOI) without version and class, or ""."""
    text = text.strip()
    if doi := _ARXIV_DOI.search(text):
        text = doi[1]
    if whole := _ARXIV_BARE.fullmatch(text):
        return whole[1] or f"{whole[2].lower()}/{whole[3]}"
    parts = _split(text) if "://" in text else None
    host = (parts.hostname or "") if parts else ""
    if not parts or not any(host == h or host.endswith("." + h) for h in _ARXIV_HOSTS):
        return ""
    if new := _ARXIV_NEW.search(parts.path.removesuffix(".pdf")):
        return new[1]
    old = _ARXIV_OLD.search(parts.path.removesuffix(".pdf").split("/", 2)[-1])
    return f"{old[1]}/{old[2]}" if old else ""


def _split(url: str) -> SplitResult | None:
    """Return the parts of `url`, None where it is malformed (half an IPv6 address, a wild port)."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def doi_of(text: str) -> str:
    """Return the DOI in `text` in lower case, or "" (arXiv's own DOIs are arXiv ids)."""
    found = _DOI.search(text)
    if not found or _ARXIV_DOI.search(text):
        return ""
    return found[1].rstrip(".,;)").lower()


def canonical_url(url: str) -> str:
    """Return `url` without scheme, `www.`, fragment, tracking parameters and trailing slash."""
    parts = _split(url.strip())
    if parts is None:
        return url.strip()
    query = urlencode(sorted(kv for kv in parse_qsl(parts.query) if not _TRACKING.fullmatch(kv[0])))
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    return f"{host}{port}{parts.path.rstrip('/')}{'?' + query if query else ''}"


def url_key(url: str) -> str:
    """Return the identity of a paper known by its link alone."""
    return "url:" + hashlib.sha256(canonical_url(url).encode("utf-8", "replace")).hexdigest()[:16]


@lru_cache(maxsize=20_000)
def title_key(title: str) -> str:
    """Return the identity of a paper known by its title alone, or "" where the title is too short.

    Case, accents, punctuation and white space do not count.
    """
    plain = unicodedata.normalize("NFKD", title).casefold()
    letters = "".join(c for c in plain if c.isalnum())
    if len(letters) < SHORT_TITLE and letters.isascii():
        return ""
    return "title:" + hashlib.sha256(letters.encode("utf-8", "replace")).hexdigest()[:16]


def identity(*, arxiv: str = "", doi: str = "", link: str = "", title: str = "") -> tuple[str, ...]:
    """Return the identities that these facts give, strongest first; at least one.

    An arXiv id or a DOI may hide in `link`. The first is the paper's id, the rest its aliases.
    """
    found = arxiv_id(arxiv) or arxiv_id(doi) or arxiv_id(link)
    number = doi_of(doi) or doi_of(link)
    keys = [
        f"arxiv:{found}" if found else "",
        f"doi:{number}" if number else "",
        url_key(link) if link and not found else "",
        title_key(title),
    ]
    whole = tuple(key for key in keys if key)
    fallback = "title:" + hashlib.sha256(title.encode("utf-8", "replace")).hexdigest()[:16]
    return whole or (fallback,)


def contradict(one: Iterable[str], other: Iterable[str]) -> bool:
    """Return whether two sets of keys have different arXiv ids or DOIs, and none alike."""
    for scheme in ("arxiv:", "doi:"):
        left = {key for key in one if key.startswith(scheme)}
        right = {key for key in other if key.startswith(scheme)}
        if left & right:
            return False
        if left and right:
            return True
    return False


def same(one: Iterable[str], other: Iterable[str]) -> bool:
    """Return whether two papers with these keys are one.

    They share a key and do not contradict each other: equal titles do not make two arXiv
    papers one.
    """
    ones, others = set(one), set(other)
    return bool(ones & others) and not contradict(ones, others)

"""Identity of a paper: arXiv ids, DOIs, guids, canonical URLs and title keys."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from digest.model.doi import doi_in_link, doi_of, is_doi_link
from digest.model.generic_titles import is_generic

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

_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id", re.IGNORECASE)
_TRACKING_WORDS = re.compile(r"ref|rss|source|af", re.IGNORECASE)
"""Parameters that track a visit unless their value is a number other than 1."""

_ARXIV_HOSTS = ("arxiv.org", "huggingface.co", "alphaxiv.org", "ar5iv.org", "hf.co")


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


def canonical_url(url: str) -> str:
    """Return `url` without scheme, `www.`, fragment, tracking parameters and trailing slash."""
    parts = _split(url.strip())
    if parts is None:
        return url.strip()
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode(sorted(pair for pair in pairs if not _is_tracking(*pair)))
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    return f"{host}{port}{parts.path.rstrip('/')}{'?' + query if query else ''}"


def _is_tracking(name: str, value: str) -> bool:
    number = value.isdecimal() and value != "1"  # paper.php?ref=7 names a paper, ?rss=1 does not
    return bool(_TRACKING.fullmatch(name) or (_TRACKING_WORDS.fullmatch(name) and not number))


def url_key(url: str) -> str:
    """Return the identity of a paper known by its link alone."""
    return "url:" + hashlib.sha256(canonical_url(url).encode("utf-8", "replace")).hexdigest()[:16]


def guid_key(guid: str, link: str = "") -> str:
    """Return the identity that a feed gives its entry, or "" where it only repeats the link."""
    guid = guid.strip()
    if not guid or (link and guid == link.strip()):
        return ""
    return "guid:" + _hash(guid)


@lru_cache(maxsize=20_000)
def title_key(title: str) -> str:
    """Return the identity of a paper known by its title alone, or "" for a generic title.

    Case, accents, punctuation and white space do not count.
    """
    if is_generic(title):
        return ""
    plain = unicodedata.normalize("NFKD", title).casefold()
    return "title:" + _hash("".join(c for c in plain if c.isalnum()))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def identity(
    *, arxiv: str = "", doi: str = "", link: str = "", title: str = "", guid: str = ""
) -> tuple[str, ...]:
    """Return the identities that these facts give, strongest first; at least one.

    An arXiv id or a DOI may be part of `link`. The first is the paper's id, the rest its aliases;
    a DOI taken from a page's address is marked as guessed.
    """
    found = arxiv_id(arxiv) or arxiv_id(doi) or arxiv_id(link)
    known = doi_of(doi)
    guessed = "" if known else doi_in_link(link) or doi_in_link(guid)
    by_guid = "" if found else guid_key(guid, link)
    by_link = url_key(link) if link and not found else ""
    keys = [
        f"arxiv:{found}" if found else "",
        f"doi:{known or guessed}" if known or guessed else "",
        by_link,
        by_guid,
        title_key(title),
        f"{GUESSED}{guessed}" if guessed and not (is_doi_link(link) or is_doi_link(guid)) else "",
    ]
    whole = tuple(key for key in keys if key)
    return whole or ("title:" + _hash(title),)


GUESSED = "guessed:"
"""Scheme of a key that marks the DOI of the same name as taken from a page's address."""


def joined(one: Iterable[str], other: Iterable[str]) -> set[str]:
    """Return the keys of both; a DOI that one of them knows for certain is no longer guessed."""
    left, right = set(one), set(other)
    return {
        key
        for key in left | right
        if not key.startswith(GUESSED)
        or all(key in side or _doi(key) not in side for side in (left, right))
    }


def contradict(one: Iterable[str], other: Iterable[str]) -> bool:
    """Return whether two sets of keys belong to two papers for certain.

    They have different arXiv ids or DOIs (guessed ones do not count), or they share a link alone:
    a table of contents is the link of many papers, with a guid and a title for each.
    """
    left, right = set(one), set(other)
    for scheme in ("arxiv:", "doi:"):
        if _of(left, scheme) & _of(right, scheme):
            return False
        if _certain(left, scheme) and _certain(right, scheme):
            return True
    if any(_of(left, scheme) & _of(right, scheme) for scheme in ("title:", "guid:")):
        return False
    return any(_of(left, scheme) and _of(right, scheme) for scheme in ("title:", "guid:"))


def _of(keys: Iterable[str], scheme: str) -> set[str]:
    return {key for key in keys if key.startswith(scheme)}


def _certain(keys: set[str], scheme: str) -> set[str]:
    """Return the keys of a scheme without guessed DOIs."""
    return _of(keys, scheme) - {_doi(key) for key in _of(keys, GUESSED)}


def _doi(guessed: str) -> str:
    return "doi:" + guessed.removeprefix(GUESSED)


def same(one: Iterable[str], other: Iterable[str]) -> bool:
    """Return whether two papers with these keys are one.

    They share a key and do not contradict each other: equal titles do not make two arXiv
    papers one.
    """
    ones, others = set(one), set(other)
    return bool(ones & others) and not contradict(ones, others)

"""Rate limits: minimum intervals between requests, Retry-After and quotas."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

LONGEST = 86_400.0
"""Seconds: nobody is stayed away from for more than a day because of a header."""

MINIMUM_INTERVAL: Mapping[str, float] = {"arxiv.org": 3.0, "biorxiv.org": 1.0, "medrxiv.org": 1.0}
"""Seconds between two requests to a domain, all its hosts together.

arXiv's terms of use for its API ask for three; one is customary for bioRxiv.
"""

_RATE = re.compile(r";\s*([rt])\s*=\s*(\d{1,12})\b")


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that `Retry-After` asks for, or what the exhausted `ratelimit` says.

    None where neither says anything that makes sense (RFC 9110 §10.2.3 and the draft
    "RateLimit header fields for HTTP"); at most a day.
    """
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", value):
        return min(float(value[:20]), LONGEST)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return exhausted(headers)
    if at.tzinfo is None:
        at = at.replace(tzinfo=now.tzinfo)
    return min(max((at - now).total_seconds(), 0.0), LONGEST)


def exhausted(headers: Mapping[str, str]) -> float | None:
    """Return the seconds until a quota that `ratelimit` calls used up is renewed, or None."""
    waits = []
    for item in headers.get("ratelimit", "")[:1000].split(","):
        facts = {key: float(value) for key, value in _RATE.findall(item)}
        if facts.get("r") == 0 and "t" in facts:
            waits.append(min(facts["t"], LONGEST))
    return max(waits, default=None)


def domain(host: str) -> str:
    """Return the domain whose hosts share one pause, or the host itself."""
    host = host.lower().rstrip(".")
    return next(
        (name for name in MINIMUM_INTERVAL if host == name or host.endswith("." + name)), host
    )


@dataclass(slots=True)
class RateLimiter:
    """Earliest time of the next request to each domain; shared by all threads."""

    _next: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, host: str, now: float) -> float:
        """Return the seconds until it is our turn at `host`, without taking it."""
        with self._lock:
            return max(0.0, self._next.get(domain(host), now) - now)

    def take(self, host: str, now: float) -> float:
        """Take the next turn at `host` and return the seconds until it comes."""
        name = domain(host)
        with self._lock:
            start = max(now, self._next.get(name, now))
            self._next[name] = start + MINIMUM_INTERVAL.get(name, 0.0)
        return start - now

    def rest(self, host: str, until: float) -> None:
        """Leave `host` alone until that instant."""
        name = domain(host)
        with self._lock:
            self._next[name] = max(until, self._next.get(name, until))

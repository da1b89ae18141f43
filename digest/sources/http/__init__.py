"""HTTP client for sources: bounded in time and bytes, with rate limits and pinned addresses.

    client.py      Http, FetchSession: one deadline for a source; validators kept after the commit
    request.py     one GET: redirects, attempts, the meaning of each failure
    decode.py      decompression with limits
    rate_limit.py  Retry-After, quotas, minimum intervals for each domain
    transport.py   connections: the address that was checked is the one that is connected to
    redact.py      addresses without secrets, for messages
    types.py       limits, runtime and answers

No other module imports httpx.
"""

from digest.model.http_cache import Cache, Cached
from digest.sources.http.client import FetchSession, Http
from digest.sources.http.redact import redact_url
from digest.sources.http.types import Answer, Limits

__all__ = ["Answer", "Cache", "Cached", "FetchSession", "Http", "Limits", "redact_url"]

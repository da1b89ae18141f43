"""One polite HTTP client for every source: bounded in time and bytes, and hard to lead astray.

    client.py   Http, Visit: one budget of time for a source, validators kept after the commit
    request.py  one GET: redirects, attempts, what each failure means
    body.py     decompression that no bomb and no lie survives
    manners.py  Retry-After, quotas, the pause that each domain asks for
    wire.py     the connection: the address really connected to is the one that was judged
    values.py   what goes in and what comes out

httpx is known in this room only.
"""

from digest.model.http_cache import Cache, Cached
from digest.sources.http.client import Http, Visit
from digest.sources.http.redact import shown
from digest.sources.http.types import Answer, Limits

__all__ = ["Answer", "Cache", "Cached", "Http", "Limits", "Visit", "shown"]

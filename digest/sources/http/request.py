"""One address asked for until it is answered, given up or out of time."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NoReturn

import httpx

from digest.model.errors import SourceError, Unreachable, Unreadable
from digest.model.http_cache import Cached
from digest.sources.http import decode, rate_limit
from digest.sources.http import transport as wire
from digest.sources.http.redact import redact_url
from digest.sources.http.types import Answer, HttpRuntime

if TYPE_CHECKING:
    from collections.abc import Iterator


_MOVED = (301, 302, 303, 307, 308)
_FOR_GOOD = (301, 308)
_PASSING = (408, 425, 429, 500, 502, 503, 504)
"""Statuses that may be gone in a moment (RFC 9110 §15, RFC 6585, RFC 8470)."""
_HINTS = {
    400: "check the address and what is asked of it in config.toml",
    401: "the server wants a login",
    403: "the server refuses programs, or wants a login",
    404: "check the address in config.toml",
    410: "it is gone for good: take this source out of config.toml",
    451: "it may not be shown where you are",
}


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    headers: httpx.Headers
    location: str
    body: bytes


class _Passing(Exception):
    """This attempt failed in a way that may be over in a moment."""

    def __init__(self, error: Unreachable) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(slots=True, kw_only=True)
class Request:
    """One GET with its redirects and attempts, before one deadline."""

    runtime: HttpRuntime
    source: str
    url: str
    deadline: wire.Deadline
    private: bool
    """True where the config allows an address of this network."""
    untrusted: bool
    """True where a stranger gave the address: then it allows nothing by naming this network."""
    kept: Cached | None

    def answer(self) -> tuple[Answer, Cached | None]:
        """Return the answer, and what to keep where it can be asked for conditionally."""
        start = self._parsed(self.url)
        self.private = self.private or (wire.is_local(start.host) and not self.untrusted)
        pauses = self._pauses()
        while True:
            try:
                return self._follow(start)
            except _Passing as passing:
                self._rest(next(pauses, None), passing.error)

    def _pauses(self) -> Iterator[float]:
        """Yield the seconds to wait between two attempts."""
        for attempt in range(self.runtime.limits.attempts - 1):
            yield self.runtime.limits.pause * 2**attempt * (0.5 + self.runtime.jitter())

    def _rest(self, pause: float | None, error: Unreachable) -> None:
        """Wait before the next attempt, or raise `error` where there is none or no time for it."""
        if pause is None:
            raise error
        pause = max(pause, error.retry_after or 0.0)
        if pause >= self.deadline.left():
            raise error
        self.runtime.sleep(pause)

    def _follow(self, start: httpx.URL) -> tuple[Answer, Cached | None]:
        url, for_good = start, True
        for count in range(self.runtime.limits.redirects + 1):
            reply = self._ask(url, first=count == 0)
            if reply.status not in _MOVED:
                return self._judge(reply, url, moved=str(url) if count and for_good else "")
            for_good = for_good and reply.status in _FOR_GOOD
            url = self._redirected(url, reply.location)
        raise self._unreadable(f"more than {self.runtime.limits.redirects} redirects")

    def _redirected(self, url: httpx.URL, location: str) -> httpx.URL:
        if not location:
            raise self._unreadable("a redirect that leads nowhere")
        target = wire.parsed(location, url)
        if target is None or target.scheme not in ("http", "https") or target.userinfo:
            raise self._unreadable(f"a redirect to {redact_url(location)[:100]}, which is refused")
        if url.scheme == "https" and target.scheme == "http":
            raise self._unreadable("a redirect from https to http, which is refused")
        if self.private and (target.scheme, target.netloc) != (url.scheme, url.netloc):
            raise self._unreadable(f"a redirect out of the private network to {target.host}")
        return target

    def _ask(self, url: httpx.URL, *, first: bool) -> _Reply:
        self._take_turn(url.host)
        try:
            reply = self._send(url, first=first)
        except httpx.InvalidURL as error:
            raise self._unreadable(f"not an address: {error}") from None
        except decode.CutShort:
            raise _Passing(self._unreachable("the answer was cut short")) from None
        except decode.BodyTooLarge:
            raise self._unreadable(self._too_large()) from None
        except decode.Garbled as error:
            raise self._unreadable(f"the answer is garbled: {error}") from None
        except httpx.HTTPError as error:
            self._failed(url, error)
        if (quiet := rate_limit.exhausted(reply.headers)) is not None:
            self.runtime.turns.rest(url.host, self.runtime.clock() + quiet)
        return reply

    def _take_turn(self, host: str) -> None:
        """Wait until `host` may be asked; raise Unreachable where there is no time for that."""
        if not self.deadline.left():
            raise self._unreachable(f"{host}: there is no time left to ask")
        wait = self.runtime.turns.wait(host, self.runtime.clock())
        if wait < self.deadline.left():
            wait = self.runtime.turns.take(host, self.runtime.clock())
        if wait >= self.deadline.left():
            raise self._unreachable(f"{host} wants no request now", retry_after=wait)
        if wait:
            self.runtime.sleep(wait)

    def _send(self, url: httpx.URL, *, first: bool) -> _Reply:
        runtime = self.runtime
        proxy = self._proxy(url)
        if not self.private and wire.is_local(url.host):  # not even looked up, nor by a proxy
            why = f"{url.host} is an address of a private network"
            raise self._unreachable(why, hint=_PRIVATE_HINT)
        backend = wire.PinnedBackend(
            deadline=self.deadline,
            limit=wire.wire_limit(runtime.limits.body),
            private=self.private or bool(proxy),
            resolve=runtime.resolve,
        )
        left = self.deadline.left()
        transport = wire.PinnedTransport(backend, self._tls(url, proxy), proxy)
        with (
            httpx.Client(
                transport=transport,
                trust_env=False,
                timeout=left,
                event_hooks={"response": [_take_location]},
            ) as client,
            client.stream("GET", url, headers=self._headers(url, first=first)) as answer,
        ):
            read = answer.status_code in (httpx.codes.OK, httpx.codes.BAD_REQUEST)
            found = self._body(answer) if read else b""
            location = answer.extensions["location"]
            return _Reply(answer.status_code, answer.headers, location, found)

    def _tls(self, url: httpx.URL, proxy: str) -> ssl.SSLContext | None:
        """Return what TLS needs, None where none is spoken."""
        if "https" not in (url.scheme, httpx.URL(proxy).scheme):
            return None
        try:
            return self.runtime.tls()
        except OSError as error:
            raise self._unreachable(
                f"the certificates of the authorities cannot be read ({error.strerror or error})",
                hint="look at $SSL_CERT_FILE and $SSL_CERT_DIR",
            ) from None

    def _proxy(self, url: httpx.URL) -> str:
        """Return the proxy for `url`, "" where there is none; it is never silently gone around."""
        proxy = wire.proxy_for(url, self.runtime.proxies)
        if not proxy or wire.is_usable(proxy):
            return proxy
        raise self._unreachable(
            f"the proxy {redact_url(proxy)} is of a kind that is not supported",
            hint="http_proxy, https_proxy or all_proxy name one with http:// or https://",
        )

    def _body(self, answer: httpx.Response) -> bytes:
        limit = self.runtime.limits.body
        length = answer.headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > limit:
            raise decode.BodyTooLarge
        return decode.read(answer.iter_raw(), answer.headers.get("content-encoding", ""), limit)

    def _headers(self, url: httpx.URL, *, first: bool) -> dict[str, str]:
        headers = {
            "User-Agent": self.runtime.agent,
            "Accept": "*/*",
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        if first and (token := self.runtime.tokens.get(f"{url.scheme}://{url.netloc.decode()}")):
            headers["Authorization"] = f"Bearer {token}"
        if self.kept and self.kept.etag:
            headers["If-None-Match"] = self.kept.etag
        if self.kept and self.kept.last_modified:
            headers["If-Modified-Since"] = self.kept.last_modified
        return headers

    def _failed(self, url: httpx.URL, error: httpx.HTTPError) -> NoReturn:
        """Raise what a failed connection means: final where trying again is useless."""
        for cause in _causes(error):
            if isinstance(cause, wire.PrivateAddress):
                raise self._unreachable(str(cause), hint=_PRIVATE_HINT) from None
            if isinstance(cause, wire.StreamTooLarge):
                raise self._unreadable(self._too_large()) from None
            if isinstance(cause, ssl.SSLCertVerificationError):
                why = f"{url.host}: its certificate is not valid: {cause.verify_message}"
                raise self._unreachable(why) from None
        why = _ERRNO.sub("", str(error)) or type(error).__name__
        if not self.deadline.left():
            raise self._unreachable(f"{url.host}: no complete answer in time") from error
        raise _Passing(self._unreachable(f"{url.host}: {why}")) from error

    def _judge(self, reply: _Reply, url: httpx.URL, moved: str) -> tuple[Answer, Cached | None]:
        kind = reply.headers.get("content-type", "")
        if reply.status == httpx.codes.OK:
            answer = Answer(body=reply.body, url=str(url), content_type=kind, moved=moved)
            return answer, Cached.of(reply.headers, reply.body)
        if reply.status == httpx.codes.NOT_MODIFIED and self.kept:
            kept = self.kept
            same = Answer(body=kept.body, url=str(url), content_type=kept.content_type)
            return replace(same, moved=moved, unchanged=True), None
        raise self._refusal(reply, url)

    def _refusal(self, reply: _Reply, url: httpx.URL) -> SourceError | _Passing:
        """Return what a status other than success means."""
        status, passing = reply.status, reply.status in _PASSING
        what = f"{url.host}: the server answered {status}"
        if not (passing or status >= httpx.codes.BAD_REQUEST):
            return self._unreadable(f"{what}, which is no answer to what was asked")
        wait = rate_limit.retry_after(reply.headers, self.runtime.now()) if passing else None
        hint = _HINTS.get(status, "")
        error = self._unreachable(what, hint=hint, status=status, retry_after=wait)
        error.body = reply.body
        if wait:
            self.runtime.turns.rest(url.host, self.runtime.clock() + wait)
        return _Passing(error) if passing else error

    def _parsed(self, url: str) -> httpx.URL:
        parsed = wire.parsed(url)
        if parsed is None or parsed.scheme not in ("http", "https"):
            hint = "an address begins with http:// or https://, and a host follows"
            raise self._unreadable("this is no address that can be read", hint=hint)
        return parsed

    def _too_large(self) -> str:
        return f"the answer is larger than {self.runtime.limits.body // 1_000_000} MB"

    def _unreachable(
        self, why: str, *, hint: str = "", status: int = 0, retry_after: float | None = None
    ) -> Unreachable:
        return Unreachable(
            why,
            source=self.source,
            url=redact_url(self.url),
            hint=hint,
            status=status,
            retry_after=retry_after,
        )

    def _unreadable(self, why: str, *, hint: str = "") -> SourceError:
        return Unreadable(why, source=self.source, url=redact_url(self.url), hint=hint)


_ERRNO = re.compile(r"^\[Errno -?\d+\] ")
"""What the system says before its words."""

_PRIVATE_HINT = (
    "an address of your own network must stand in config.toml as such: "
    "http://192.168.… or a name such as http://nas.local"
)


def _take_location(answer: httpx.Response) -> None:
    """Keep where a redirect leads from httpx, which stumbles over what is no address: we judge."""
    answer.extensions["location"] = answer.headers.pop("location", "")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__

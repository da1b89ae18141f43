"""The connection under the HTTP client: it checks the address it really connects to.

A name that was public when it was looked at may lead to this computer a moment later (DNS
rebinding), so the name is resolved once, every address is judged, and the socket goes to the very
address that was judged. One clock ends everything: a server that sends a byte now and then cannot
hold a request beyond its deadline.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpcore
import httpx

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Mapping

    Address = ipaddress.IPv4Address | ipaddress.IPv6Address
    Resolve = Callable[[str, int], list[tuple[int, str]]]

_CONNECT = 10.0
"""Seconds one address may take to accept a connection, and its TLS to be agreed on."""
_SLICE = 0.5
"""Seconds of silence after which it is looked whether everything should stop."""
_HEADROOM = 1_000_000
"""Bytes beside the body (headers, chunk sizes) that one answer may have."""
_LOCAL_ZONES = (".local", ".localhost", ".lan", ".home", ".internal", ".intranet", ".home.arpa")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that was ever given out for the open internet; the rest is local, old or unknown."""
_SPECIAL = tuple(
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",  # answers with secrets inside a cloud
        "192.0.0.0/24",  # IETF protocols, another cloud's secrets
        "192.88.99.0/24",  # relays of 6to4, no longer in use
        "2001::/23",  # IETF protocols, Teredo
        "3fff::/20",  # documentation
    )
)
"""What the registries of special purposes list (IANA, RFC 6890) and `is_global` may not know."""


class PrivateAddress(httpcore.ConnectError):
    """The address must not be connected to; trying again is useless."""


class StreamTooLarge(httpcore.ReadError):
    """More came over the wire than any answer may have."""


def resolve(host: str, port: int) -> list[tuple[int, str]]:
    """Return the family and address of each place where `host` can be reached.

    Raises OSError where there is none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except ValueError as error:
        raise OSError(f"{host!r} is no host name") from error
    return [(int(family), str(place[0])) for family, _, _, _, place in found]


def literal(host: str) -> Address | None:
    """Return the address that `host` spells in any of the ways a resolver accepts, or None."""
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))  # 2130706433, 0x7f.1, 127.1
    except (OSError, UnicodeError, ValueError):
        return None


def is_public(address: Address) -> bool:
    """Return whether `address` is public, also when embedded in an IPv6 address."""
    if isinstance(address, ipaddress.IPv6Address):
        if inner := address.ipv4_mapped or address.sixtofour:
            return is_public(inner)
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _UNICAST:
            return False
    special = address.is_multicast or any(address in network for network in _SPECIAL)
    return address.is_global and not special


def is_local(host: str) -> bool:
    """Return whether `host` is a name of this computer or network, not a public one."""
    name = host.rstrip(".").lower()
    if address := literal(name):
        return not is_public(address)
    return "." not in name or name.endswith(_LOCAL_ZONES)


@dataclass(slots=True)
class Deadline:
    """The instant at which a request is over, by a clock handed in."""

    clock: Callable[[], float]
    at: float
    stopped: Callable[[], bool] = bool
    """Tells whether everything should stop: then no time remains."""

    def left(self) -> float:
        """Return the seconds that remain, never less than 0."""
        return 0.0 if self.stopped() else max(0.0, self.at - self.clock())

    def cap(self, timeout: float | None, error: type[httpcore.TimeoutException]) -> float:
        """Return the time that the next step may take; raise `error` where there is none."""
        left = self.left()
        if not left:
            raise error("no complete answer in time")
        return left if timeout is None else min(left, timeout)


class _Stream(httpcore.NetworkStream):
    """A connection that ends at the deadline and after so many bytes."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline, limit: int) -> None:
        self._inner = inner
        self._deadline = deadline
        self._left = limit

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        got = self._read(max_bytes, timeout)
        self._left -= len(got)
        if self._left < 0:
            raise StreamTooLarge("the answer is too large")
        return got

    def _read(self, max_bytes: int, timeout: float | None) -> bytes:
        """Wait in slices, so that a stop is noticed while a server is silent."""
        while True:
            left = self._deadline.cap(timeout, httpcore.ReadTimeout)
            try:
                return self._inner.read(max_bytes, min(left, _SLICE))
            except httpcore.ReadTimeout:
                continue

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.cap(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.cap(timeout, httpcore.ConnectTimeout)
        inner = self._inner.start_tls(ssl_context, server_hostname, min(left, _CONNECT))
        return _Stream(inner, self._deadline, self._left)

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)


@dataclass(slots=True)
class PinnedBackend(httpcore.NetworkBackend):
    """Resolves, judges and connects, all before one deadline."""

    deadline: Deadline
    limit: int
    """The most bytes that may be read from one connection."""
    private: bool
    """True where the address may be one of this network."""
    resolve: Resolve = resolve

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of `host` that answers; raise PrivateAddress."""
        error: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for place in self._places(host, port):
            left = self.deadline.cap(timeout, httpcore.ConnectTimeout)
            try:
                inner = httpcore.SyncBackend().connect_tcp(
                    place, port, min(left, _CONNECT), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                error = failed
            else:
                return _Stream(inner, self.deadline, self.limit)
        raise error or httpcore.ConnectError("the name has no address")

    def _places(self, host: str, port: int) -> list[str]:
        found = [place for _, place in self._look_up(host, port)]
        if not self.private:
            for place in found:
                address = literal(place)
                if address is None or not is_public(address):
                    raise PrivateAddress(
                        f"{host} leads to {place}, an address of a private network"
                    )
        return found

    def _look_up(self, host: str, port: int) -> list[tuple[int, str]]:
        """Resolve in a thread of its own: getaddrinfo knows no time limit."""
        answer: queue.SimpleQueue[list[tuple[int, str]] | OSError] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answer.put(self.resolve(host, port))
            except OSError as error:
                answer.put(error)

        threading.Thread(target=ask, name=f"resolve {host}", daemon=True).start()
        found = None
        while found is None:
            left = self.deadline.cap(None, httpcore.ConnectTimeout)
            with suppress(queue.Empty):
                found = answer.get(timeout=min(left, _SLICE))
        if isinstance(found, OSError):
            raise httpcore.ConnectError(f"the name cannot be resolved ({found.strerror or found})")
        return found


class PinnedTransport(httpx.HTTPTransport):
    """An httpx transport of one request over a guarded connection, or through a proxy.

    httpx offers no way to hand in a network backend, so the pool that its transport drives is
    made here; this is why its minor version is pinned.
    """

    def __init__(self, backend: PinnedBackend, tls: ssl.SSLContext | None, proxy: str = "") -> None:
        self._pool: httpcore.ConnectionPool
        if not proxy:
            self._pool = httpcore.ConnectionPool(
                ssl_context=tls, max_keepalive_connections=0, network_backend=backend
            )
            return
        url = httpx.URL(proxy)
        self._pool = httpcore.HTTPProxy(
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/"),
            proxy_ssl_context=tls if url.scheme == "https" else None,
            proxy_auth=(url.username, url.password) if url.userinfo else None,
            ssl_context=tls,
            max_keepalive_connections=0,
            network_backend=backend,
        )


def wire_limit(body: int) -> int:
    """Return the bytes that may come over the wire for a body of at most `body` bytes."""
    return body + _HEADROOM


def proxy_for(url: httpx.URL, proxies: Mapping[str, str]) -> str:
    """Return the proxy that the environment names for `url`, or "" (also where no_proxy says so).

    `proxies` is as urllib's getproxies() gives it: by scheme, with `all` and `no`.
    """
    if any(_spared(url.host, name) for name in proxies.get("no", "").split(",")):
        return ""
    proxy = proxies.get(url.scheme) or proxies.get("all", "")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def is_usable(proxy: str) -> bool:
    """Return whether `proxy` is the address of an HTTP proxy."""
    url = parsed(proxy)
    return url is not None and url.scheme in ("http", "https")


def parsed(url: str, base: httpx.URL | None = None) -> httpx.URL | None:
    """Return the address of a host that `url` spells, seen from `base`, or None where it is none.

    httpx decodes an international name only when asked for it: `http://xn--/` fails just there.
    """
    try:
        found = base.join(url) if base else httpx.URL(url)
        host = found.host
    except (httpx.InvalidURL, ValueError):  # idna's errors are ValueErrors
        return None
    return found if host else None


def _spared(host: str, name: str) -> bool:
    """Return whether an entry of no_proxy (a host, a domain, `*`) covers `host`."""
    name = name.strip().lower().removeprefix("*").lstrip(".") if name.strip() != "*" else host
    return bool(name) and (host == name or host.endswith("." + name))

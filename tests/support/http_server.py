"""A web server over a raw socket that can break every rule: it sends just the bytes it is told."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING

import trustme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Play = Callable[["Exchange"], Iterable[bytes] | bytes | None]


@cache
def authority(name: str) -> trustme.CA:
    """Return an authority for certificates, made for this run alone."""
    return trustme.CA(organization_name=name)


@cache
def certified(name: str) -> ssl.SSLContext:
    """Return a server's TLS context: `localhost`, `expired`, `elsewhere` or of a `stranger`."""
    hosts = ["elsewhere.example"] if name == "elsewhere" else ["localhost", "127.0.0.1"]
    end = datetime(2001, 1, 1, tzinfo=UTC) if name == "expired" else None
    issuer = authority("unknown" if name == "stranger" else "trusted")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issuer.issue_cert(*hosts, not_after=end).configure_cert(context)
    return context


@cache
def trusting() -> ssl.SSLContext:
    """Return a client's TLS context that believes the one authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority("trusted").configure_trust(context)
    return context


@dataclass(slots=True)
class Exchange:
    """One connection: the request that came, the wire to answer on, the end of the test."""

    request: bytes
    wire: socket.socket
    number: int
    """How many connections came before."""
    over: threading.Event

    @property
    def path(self) -> str:
        """Return what was asked for: a path, or a whole address where we are a proxy."""
        words = self.request.split(b" ", 2)
        return words[1].decode() if len(words) > 1 else ""

    def header(self, name: str) -> str:
        """Return a request header, or ""."""
        for line in self.request.decode("latin-1").split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return ""

    def stall(self) -> None:
        """Say nothing until the test is over."""
        self.over.wait(60)

    def reset(self) -> None:
        """Break the connection rudely."""
        self.wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.wire.close()


@dataclass(slots=True)
class Server:
    """A server on loopback that plays one part for every connection."""

    play: Play
    context: ssl.SSLContext | None = None
    exchanges: list[Exchange] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    port: int = 0
    """The one that the system chose."""

    def __post_init__(self) -> None:
        self.port = int(self.listener.getsockname()[1])

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        """Return the address of `path` here."""
        return f"{'https' if self.context else 'http'}://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        """Return what was asked for, in order."""
        return [exchange.path for exchange in self.exchanges]

    def serve(self) -> None:
        """Take connections until the listener is closed."""
        while True:
            try:
                wire, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(wire,), daemon=True).start()

    def _secured(self, wire: socket.socket) -> socket.socket:
        return self.context.wrap_socket(wire, server_side=True) if self.context else wire

    def _answer(self, plain: socket.socket) -> None:
        with suppress(OSError), self._secured(plain) as wire:
            request = b""
            while b"\r\n\r\n" not in request and (part := wire.recv(65536)):
                request += part
            exchange = Exchange(request, wire, len(self.exchanges), self.over)
            self.exchanges.append(exchange)
            reply = self.play(exchange)
            for piece in [reply] if isinstance(reply, bytes) else reply or ():
                if self.over.is_set():
                    break
                wire.sendall(piece)
            with suppress(OSError):
                wire.shutdown(socket.SHUT_WR)


@contextmanager
def serving(play: Play | bytes, *, certificate: str = "") -> Iterator[Server]:
    """Run a server that plays `play` (or always answers these bytes) while the block lasts."""
    context = certified(certificate) if certificate else None
    constant = play if isinstance(play, bytes) else b""
    server = Server((lambda _: constant) if isinstance(play, bytes) else play, context)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        with suppress(OSError):
            server.listener.shutdown(socket.SHUT_RDWR)
        server.listener.close()
        thread.join(5)


def ok(body: bytes = b"fine", *headers: str, length: int | None = None) -> bytes:
    """Return a whole answer with status 200; `length` lies about it."""
    return answer(200, body, *headers, length=length)


def answer(status: int, body: bytes = b"", *headers: str, length: int | None = None) -> bytes:
    """Return a whole answer."""
    size = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status} Because", f"Content-Length: {size}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def redirect(location: str, status: int = 302) -> bytes:
    """Return a redirect to `location`."""
    return answer(status, b"", f"Location: {location}")


def endless(head: bytes, piece: bytes) -> Iterator[bytes]:
    """Yield a head and then the same piece for ever."""
    yield head
    yield from repeat(piece)


def drip(exchange: Exchange, head: bytes, piece: bytes) -> Iterator[bytes]:
    """Yield a head and then a piece now and then, for ever."""
    yield head
    while not exchange.over.wait(0.02):
        yield piece

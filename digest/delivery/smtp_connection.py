"""A conversation in SMTP in which every phase ends in time, whatever the server does.

smtplib drives it; what it leaves open is closed here: its time limit is for each read (a server
that sends a byte a second holds it for ever), its answers may grow without end, it reads a half
answer as a whole one, and it forgets what the server said when the connection broke.
"""

from __future__ import annotations

import ipaddress
import re
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

YES, GO_ON, LATER, NO = 2, 3, 4, 5
"""The first digits of answers (RFC 5321 4.2.1)."""
READY, SIGNED_IN, DONE = 220, 235, 250
CHALLENGE, SEND_IT = 334, 354
CLOSING, NO_SERVICE = 421, 554
"""The answers with a meaning of their own."""

MOST_ANSWERED = 65_536
"""Bytes of one answer; an honest EHLO has a tenth of a hundredth of it."""

_ENDLESS = "sends an answer without end: this is not an SMTP server"

Address = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpTimeouts:
    """Seconds that a phase may take in all (RFC 5321 4.5.3.2 gives the last ones)."""

    phase: float = 60.0
    """Connecting and greeting, EHLO, TLS, AUTH, MAIL, RCPT, DATA: each."""
    body: float = 180.0
    verdict: float = 600.0
    """After the final dot; who gives up earlier sends twice."""
    goodbye: float = 2.0


class Reply(NamedTuple):
    """Reply of a server; its first digit means: 2 yes, 3 go on, 4 not now, 5 no."""

    code: int
    said: bytes

    def is_yes(self) -> bool:
        """Return whether it is a 2xx, whichever."""
        return self.code // 100 == YES

    def is_later(self) -> bool:
        """Return whether the same may succeed at another time."""
        return self.code // 100 == LATER

    def is_no(self) -> bool:
        """Return whether the same will fail at all times."""
        return self.code // 100 == NO

    @property
    def words(self) -> str:
        """Return the text of all lines."""
        return self.said.decode("utf-8", "replace")

    @property
    def text(self) -> str:
        """Return code and words on one line, harmless to terminals and logs."""
        words = " ".join(_once(self.said).decode("utf-8", "replace").split())[:500]
        return f"{self.code} " + "".join(c if c.isprintable() else "\ufffd" for c in words)


_STATUS = re.compile(rb"[245]\.\d{1,3}\.\d{1,3} ")


def _once(said: bytes) -> bytes:
    """Return an answer without the status that many servers put before each of its lines."""
    status = _STATUS.match(said)
    return said.replace(b"\n" + status[0], b"\n") if status else said


class Broken(Exception):
    """There was no proper answer: silence, garbage, or the connection was lost."""


class SmtpConnection(smtplib.SMTP):
    """smtplib's client on a connection with a deadline."""

    def __init__(self, timeouts: SmtpTimeouts) -> None:
        # A local name is given, because smtplib would ask DNS for it, without a time limit.
        super().__init__(local_hostname="localhost")
        self.timeouts = timeouts
        self.sock: socket.socket | None = None
        self._until = 0.0
        self._pending = b""

    def allow(self, seconds: float) -> None:
        """Begin a phase, which ends `seconds` from now."""
        self._until = monotonic() + seconds

    def open(self, host: str, port: int, tls: ssl.SSLContext | None) -> Reply:
        """Connect, over TLS at once where `tls` is given, and return the greeting."""
        self.allow(self.timeouts.phase)
        self.sock = self._reach(host, port)
        name = self.sock.getsockname()[0]
        own = socket.gethostname()
        literal = f"[IPv6:{name}]" if ":" in name else f"[{name}]"
        self.local_hostname = own if "." in own and own.isascii() else literal
        if tls:
            self.secure(tls, host)
        return self.getreply()

    def ask(self, command: str, argument: str = "") -> Reply:
        """Send a command and return the answer; raise Broken."""
        return Reply(*self.docmd(command, argument))

    def secure(self, tls: ssl.SSLContext, host: str) -> None:
        """Begin TLS on the open connection; raise ssl.SSLError where it cannot be trusted."""
        if self._pending:
            raise Broken("sent something between STARTTLS and TLS; somebody may be in between")
        sock = self._socket()
        try:
            sock.settimeout(self._left())
            self.sock = tls.wrap_socket(sock, server_hostname=host)
        except ssl.SSLError:
            raise
        except OSError as error:
            raise Broken(f"broke off the TLS handshake ({_reason(error)})") from error
        # What was announced in clear may have been changed on the way (RFC 3207 4.2).
        self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False

    def is_local(self) -> bool:
        """Return whether the other end is this very computer."""
        peer = self._socket().getpeername()[0].partition("%")[0]
        return ipaddress.ip_address(peer).is_loopback

    def send(self, s: bytes | str) -> None:  # type: ignore[override]  # smtplib's stub takes any buffer
        """Send all of `s`, in one write where the system takes it."""
        data = memoryview(s.encode(self.command_encoding) if isinstance(s, str) else s)
        sock = self._socket()
        try:
            while data:
                sock.settimeout(self._left())
                data = data[sock.send(data) :]
        except OSError as error:
            raise Broken(self._last_words() or f"broke off ({_reason(error)})") from error

    def getreply(self) -> Reply:
        """Return the code (200–599) and the text of one answer; raise Broken for anything else."""
        lines: list[bytes] = []
        room = MOST_ANSWERED
        while True:
            line = self._line(room)
            room -= len(line) + 2
            if room < 0:
                raise Broken(_ENDLESS)
            code, mark = line[:3], line[3:4]
            if not (code.isdigit() and b"200" <= code <= b"599" and mark in (b"", b" ", b"-")):
                raise Broken(f"answered {_shown(line)}: this is not an SMTP server")
            lines.append(line[4:].strip())
            if mark != b"-":
                return Reply(int(code), b"\n".join(lines))

    def verdict(self) -> Reply:
        """Return the answer to a whole message: yes, not now or no; raise Broken for any other."""
        reply = self.getreply()
        if reply.code // 100 == GO_ON:
            raise Broken(f"answered {reply.text}")
        return reply

    def hang_up(self) -> None:
        """Say goodbye, whatever comes of it: what was accepted stays accepted."""
        with suppress(Broken, smtplib.SMTPException, OSError):
            self.allow(self.timeouts.goodbye)
            self.docmd("QUIT")
        self.close()

    def _socket(self) -> socket.socket:
        if self.sock is None:
            raise Broken("is not connected")
        return self.sock

    def _left(self) -> float:
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _line(self, room: int) -> bytes:
        while b"\n" not in self._pending:
            if len(self._pending) > room:
                raise Broken(_ENDLESS)
            try:
                sock = self._socket()
                sock.settimeout(self._left())
                more = sock.recv(4096)
            except OSError as error:
                silent = isinstance(error, TimeoutError)
                how = "gave" if silent else "broke the connection:"
                raise Broken(f"{how} {_reason(error)}") from error
            if not more:
                begun = f" in the middle of {_shown(self._pending)}" if self._pending else ""
                raise Broken(f"closed the connection{begun}")
            self._pending += more
        line, _, self._pending = self._pending.partition(b"\n")
        return line.rstrip(b"\r")

    def _last_words(self) -> str:
        """Return what the server said before it hung up in the middle of our sending."""
        try:
            self.allow(self.timeouts.goodbye)
            return f"broke off and said {self.getreply().text}"
        except Broken:
            return ""

    def _reach(self, host: str, port: int) -> socket.socket:
        failure = Broken("has no address")
        addresses = self._look_up(host, port)
        for at, (family, address) in enumerate(addresses):
            sock = socket.socket(family, socket.SOCK_STREAM)
            try:
                # One address that swallows everything leaves time for the next.
                sock.settimeout(self._left() / (len(addresses) - at))
                sock.connect(address)
                # The last, short packet of a message must not wait for the others' receipts.
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as error:
                sock.close()
                failure = Broken(f"cannot be reached ({_reason(error)})")
            else:
                return sock
        raise failure

    def _look_up(self, host: str, port: int) -> Sequence[Address]:
        """Return the host's addresses; the resolver knows no deadline, so we wait for it."""
        answers: SimpleQueue[list[Address] | OSError] = SimpleQueue()
        Thread(target=_resolve, args=(host, port, answers), daemon=True).start()
        try:
            answer = answers.get(timeout=self._left())
        except (Empty, TimeoutError):
            raise Broken("has a name that could not be looked up in time") from None
        if isinstance(answer, OSError):
            raise Broken(f"has a name that cannot be looked up ({_reason(answer)})") from answer
        return answer


def _resolve(host: str, port: int, answers: SimpleQueue[list[Address] | OSError]) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        answers.put(error if isinstance(error, OSError) else OSError(str(error)))
    else:
        answers.put([(family, address) for family, _, _, _, address in found])  # type: ignore[misc]  # bytes only where Python has no IPv6


def _reason(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return error.strerror or str(error) or type(error).__name__


def _shown(text: bytes) -> str:
    return repr(text[:80].decode("ascii", "replace"))

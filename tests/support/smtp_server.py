"""A mail server over a raw socket that can break every rule at every step of the conversation.

Each step has a play: bytes to answer with, or a misdeed. A list plays one after the other, time
after time the step comes, and stays at its last.
"""

from __future__ import annotations

import re
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    Play = bytes | Callable[["Talk"], None]

HONEST: dict[str, Play] = {
    "greeting": b"220 mail.test ready\r\n",
    "ehlo": b"250-mail.test\r\n250-SIZE 1000000\r\n250 8BITMIME\r\n",
    "helo": b"250 mail.test\r\n",
    "starttls": b"220 go ahead\r\n",
    "auth": b"235 welcome\r\n",
    "answer": b"235 welcome\r\n",
    "mail": b"250 sender ok\r\n",
    "rcpt": b"250 recipient ok\r\n",
    "data": b"354 go ahead\r\n",
    "body": b"",
    "dot": b"250 queued\r\n",
    "rset": b"250 ok\r\n",
    "quit": b"221 bye\r\n",
    "unknown": b"500 what?\r\n",
}


class Over(Exception):  # the end of a connection is no error here
    """The connection ends here."""


@dataclass(slots=True)
class Letter:
    """A message that was read to its final dot."""

    sender: str
    recipients: list[str]
    data: bytes
    kept: bool = False

    @property
    def message_id(self) -> str:
        """Return its Message-ID."""
        lines = self.data.split(b"\r\n")
        return next((x[12:].decode() for x in lines if x.startswith(b"Message-ID: ")), "")


@dataclass(slots=True)
class Talk:
    """One connection."""

    server: Server
    wire: socket.socket
    number: int
    """How many connections came before."""
    letter: Letter = field(default_factory=lambda: Letter("", [], b""))
    rest: bytes = b""
    secure: bool = False
    reading: bool = False
    """The message itself comes next."""

    def line(self) -> bytes:
        """Return the next line, without its end."""
        while b"\r\n" not in self.rest:
            self.more()
        line, _, self.rest = self.rest.partition(b"\r\n")
        return line

    def more(self) -> None:
        """Read some more; the connection is over where there is none."""
        chunk = self.wire.recv(65536)
        if not chunk:
            raise Over
        self.rest += chunk

    def say(self, data: bytes) -> None:
        """Send just these bytes."""
        self.wire.sendall(data)

    def keep(self) -> None:
        """Take the letter, whatever is said of it."""
        self.letter.kept = True


def drop(_: Talk) -> None:
    """Close the connection."""
    raise Over


def stall(talk: Talk) -> None:
    """Say nothing until the test is over."""
    talk.server.over.wait(30)
    raise Over


def reset(talk: Talk) -> None:
    """Break the connection rudely."""
    talk.wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    raise Over


def keep(talk: Talk) -> None:
    """Take the letter and do not say so."""
    talk.keep()


def plain_after_starttls(talk: Talk) -> None:
    """Slip a line in behind the answer to STARTTLS, as somebody in between would."""
    talk.say(b"220 go ahead\r\n250 injected\r\n")


def drip(data: bytes, every: float = 0.05) -> Play:
    """Send a byte at a time."""

    def play(talk: Talk) -> None:
        for byte in data:
            talk.say(bytes([byte]))
            talk.server.over.wait(every)

    return play


def endless(data: bytes) -> Play:
    """Send the same for ever."""

    def play(talk: Talk) -> None:
        while not talk.server.over.is_set():
            talk.say(data * 100)

    return play


def both(*plays: Play) -> Play:
    """Play one after the other."""

    def play(talk: Talk) -> None:
        for one in plays:
            talk.server.play(talk, one)

    return play


@dataclass(slots=True)
class Server:
    """A mail server on loopback."""

    plays: dict[str, Play | list[Play]]
    port: int
    tls: ssl.SSLContext | None = None
    over: threading.Event = field(default_factory=threading.Event)
    heard: list[tuple[int, bytes]] = field(default_factory=list)
    """Every command, with the number of its connection."""
    letters: list[Letter] = field(default_factory=list)
    times: dict[str, int] = field(default_factory=dict)
    secrets: list[tuple[bool, bytes]] = field(default_factory=list)
    """What was said to sign in, and whether it came over TLS."""

    @property
    def kept(self) -> list[Letter]:
        """Return the letters it took."""
        return [letter for letter in self.letters if letter.kept]

    @property
    def connections(self) -> int:
        """Return how many connections there were."""
        return self.times.get("greeting", 0)

    def perform(self, talk: Talk, step: str) -> None:
        """Play what comes for a step, this time."""
        count = self.times.get(step, 0)
        self.times[step] = count + 1
        play = self.plays.get(step, HONEST[step])
        if isinstance(play, list):
            play = play[min(count, len(play) - 1)]
        if isinstance(play, bytes) and step == "dot" and re.match(rb"2\d\d", play):
            talk.keep()
        talk.reading = step == "data" and isinstance(play, bytes) and play.startswith(b"354")
        self.play(talk, play)

    def play(self, talk: Talk, play: Play) -> None:
        """Answer, or do the misdeed."""
        if callable(play):
            play(talk)
        else:
            talk.say(play)

    def serve(self, talk: Talk) -> None:
        """Hold one conversation."""
        with suppress(Over, OSError):
            self.perform(talk, "greeting")
            while True:
                line = talk.line()
                self.heard.append((talk.number, line))
                self.answer(talk, line)
        with suppress(OSError):
            talk.wire.close()

    def answer(self, talk: Talk, line: bytes) -> None:
        """Answer one command."""
        verb = line.split(b" ", 1)[0].decode("ascii", "replace").lower()
        step = verb if verb in HONEST else "unknown"
        if verb == "auth":
            self.secrets.append((talk.secure, line))
        if verb == "mail":
            talk.letter = Letter(_address(line), [], b"")
        if verb == "rcpt":
            talk.letter.recipients.append(_address(line))
        self.perform(talk, step)
        if verb == "starttls" and self.tls:
            talk.wire = self.tls.wrap_socket(talk.wire, server_side=True)
            talk.secure = True
        if talk.reading:
            self.take(talk)
        if verb == "quit":
            raise Over

    def challenge(self, talk: Talk, asked: bytes) -> bytes:
        """Ask within AUTH and return the answer."""
        talk.say(asked)
        line = talk.line()
        self.secrets.append((talk.secure, line))
        return line

    def take(self, talk: Talk) -> None:
        """Read a message to its final dot and say what becomes of it."""
        while not talk.rest:
            talk.more()
        self.perform(talk, "body")
        while b"\r\n.\r\n" not in talk.rest:
            talk.more()
        talk.letter.data, _, talk.rest = talk.rest.partition(b"\r\n.\r\n")
        self.letters.append(talk.letter)
        self.perform(talk, "dot")


def _address(line: bytes) -> str:
    return line.partition(b"<")[2].partition(b">")[0].decode()


@contextmanager
def mail_server(
    tls: ssl.SSLContext | None = None, *, direct: bool = False, **plays: Play | list[Play]
) -> Iterator[Server]:
    """Run a mail server; with `tls` it offers STARTTLS, or begins with TLS where `direct`."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(plays, listener.getsockname()[1], tls)
    if tls and not direct:
        plays.setdefault("ehlo", b"250-mail.test\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n")
    threads: list[threading.Thread] = []
    wires: list[socket.socket] = []

    def begin(wire: socket.socket, number: int) -> None:
        with suppress(OSError):
            secured = tls.wrap_socket(wire, server_side=True) if tls and direct else wire
            server.serve(Talk(server, secured, number, secure=direct))
        wire.close()

    def listen() -> None:
        with suppress(OSError):
            while True:
                wire, _ = listener.accept()
                wires.append(wire)
                threads.append(threading.Thread(target=begin, args=(wire, len(threads))))
                threads[-1].start()

    accepting = threading.Thread(target=listen)
    accepting.start()
    try:
        yield server
    finally:
        server.over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for wire in wires:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()

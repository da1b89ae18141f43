"""What the answers to `digest init` mean: interests, a mail server, a password, a moment."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from digest.cli.init.config_template import InterestAnswer
from digest.config.addresses import InvalidValue, is_domain, is_one_line
from digest.config.schema import clock_time, time_zone
from digest.delivery.providers import BRIDGE_PORT, security_of
from digest.delivery.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import time
    from zoneinfo import ZoneInfo

    from digest.delivery.smtp_settings import Security

    Hidden = Callable[[str], str]
    """From a question to an answer that nobody sees being typed."""

PASSWORD = "pass show mail/digest"  # noqa: S105 - a command that prints one
SENDMAIL = "sendmail"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
_MAX_PORT = 65535


def interests_of(answer: str) -> tuple[InterestAnswer, ...]:
    """Return the interests that phrases with commas, or a library of papers, describe."""
    path = Path(answer).expanduser()
    if path.suffix.lower() in {".bib", ".ris", ".json"}:
        return (_from_library(path),)
    phrases = [" ".join(phrase.split()) for phrase in re.split(r"[,;]", answer)]
    kept = tuple(dict.fromkeys(phrase for phrase in phrases if phrase))
    if not kept:
        raise InvalidValue("no phrase in it", hint="two or three will do")
    return tuple(InterestAnswer(name=_capital(phrase), phrases=(phrase,)) for phrase in kept)


def _capital(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]


MAX_TITLES = 60
MAX_KEYWORDS = 8


def _from_library(path: Path) -> InterestAnswer:
    """Return an interest in what a library is about: its newest titles, its commonest keywords."""
    from collections import Counter

    from digest.app.bibliography import read_library

    library = read_library(path)
    papers = library.papers
    if not papers:
        raise InvalidValue(f"{path} holds no paper with a title")
    newest = sorted(papers, key=lambda p: p.published.year if p.published else 0, reverse=True)
    words = Counter(word.lower() for paper in papers for word in paper.keywords)
    return InterestAnswer(
        name=f"My library ({path.name})",
        phrases=tuple(word for word, count in words.most_common(MAX_KEYWORDS) if count > 1),
        about="\n".join(paper.title for paper in newest[:MAX_TITLES]),
        library=path,
        told=library.message,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed over; without a host, to the sendmail of this computer."""

    host: str
    port: int = 587

    @property
    def asks(self) -> bool:
        """Tell whether it wants to know who we are: this very computer does not, but a bridge."""
        return bool(self.host) and (self.host not in LOOPBACK or self.port == BRIDGE_PORT)

    @property
    def security(self) -> Security:
        """Return how the connection to it is encrypted."""
        return security_of(self.port) if self.asks else "none"


def server_of(answer: str) -> MailServer:
    """Return the server that `host`, `host:port` or `sendmail` names."""
    if answer == SENDMAIL:
        if not shutil.which(SENDMAIL, path=os.environ.get("PATH", "") + ":/usr/sbin"):
            raise InvalidValue("there is no sendmail here", hint="name a mail server")
        return MailServer(host="")
    if "://" in answer:
        raise InvalidValue(
            "this is a web address", hint="a mail server is a name: smtp.example.org:587"
        )
    host, colon, number = answer.rpartition(":")
    host, number = (host, number) if colon else (number, "587")
    if not is_domain(host):
        raise InvalidValue("this is no host name", hint="such as smtp.example.org:587")
    if not number.isdecimal() or not 0 < int(number) <= _MAX_PORT:
        raise InvalidValue(f"{number} is no port", hint="587 for most, 465 for some")
    return MailServer(host=host, port=int(number))


def name_of(answer: str) -> str:
    """Return the name that somebody signs in with: an address, or whatever the server knows."""
    if not is_one_line(answer):
        raise InvalidValue("a name is one line of text")
    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Password:
    """Where a password is found, and what was typed for it; it is not in its file yet."""

    place: Mapping[str, str]
    """As `[smtp] password` says it; empty where none is wanted."""
    typed: str = field(default="", repr=False)

    @property
    def secret(self) -> Secret:
        """Return it as a way of delivery reads it, before any file is written."""
        return Secret(value=self.typed) if self.typed else Secret(**self.place)

    @property
    def file(self) -> Path | None:
        """Return the file that has to be written, None where there is none."""
        return Path(self.place["file"]) if self.typed else None


def password_of(answer: str, hidden: Hidden | None = None, *, anew: bool = False) -> Password:
    """Return where a password is found: a variable, a file or a command, never the password.

    Where a file is named that is not there yet, `hidden` asks for what belongs into it; for one
    that is there only if it may be written `anew`. Nothing is written provider_here.
    """
    if re.fullmatch(r"\$\{?\w+\}?", answer):
        return Password(place={"env": answer.strip("${}")})
    path = Path(answer).expanduser()
    if path.is_absolute() or path.is_file():
        place = {"file": str(path.absolute())}
        return Password(place=place, typed=_typed(path.absolute(), hidden, anew=anew))
    try:
        words = shlex.split(answer)
    except ValueError:
        words = []
    if words and (shutil.which(words[0]) or answer == PASSWORD):
        return Password(place={"command": answer})
    raise InvalidValue(
        "this is neither a program here nor a file",
        hint="not the password itself: it stays out of the config",
    )


def _typed(path: Path, hidden: Hidden | None, *, anew: bool) -> str:
    """Return what is typed unseen for a file, "" where the one that is there stays as it is."""
    if path.is_file():
        question = "   The file exists: Enter keeps its password, or type a new one"
        return hidden(question).strip() if hidden and anew else ""
    if hidden is None:
        raise InvalidValue(f"there is no file {path}", hint="write the password into it first")
    home = next(folder for folder in path.parents if folder.exists())
    if not home.is_dir() or not os.access(home, os.W_OK):
        raise InvalidValue(f"{path}: no file can be made there", hint="name another place")
    typed = hidden("   There is no such file yet. The password for it (stays unseen)").strip()
    if not typed:
        raise InvalidValue("no password was typed")
    return typed


def moment_of(answer: str, zone: ZoneInfo) -> tuple[time, ZoneInfo]:
    """Return the time and the zone in `07:30` or `07:30 Europe/Berlin`."""
    at, _, name = answer.partition(" ")
    return clock_time(at), time_zone(name.strip()) if name.strip() else zone

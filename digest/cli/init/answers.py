"""Parsing of answers to `digest init`: interests, mail server, password, time."""

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
    """Asks a question without echoing the answer."""

PASSWORD = "pass show mail/digest"  # noqa: S105 - a command that prints one
SENDMAIL = "sendmail"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
_MAX_PORT = 65535


def interests_of(answer: str) -> tuple[InterestAnswer, ...]:
    """Return the interests in comma-separated phrases, or in a library of papers."""
    path = Path(answer).expanduser()
    if path.suffix.lower() in {".bib", ".ris", ".json"}:
        return (_from_library(path),)
    phrases = [" ".join(phrase.split()) for phrase in re.split(r"[,;]", answer)]
    kept = tuple(dict.fromkeys(phrase for phrase in phrases if phrase))
    if not kept:
        raise InvalidValue("no phrases", hint="two or three are enough")
    return tuple(InterestAnswer(name=_capital(phrase), phrases=(phrase,)) for phrase in kept)


def _capital(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]


MAX_TITLES = 60
MAX_KEYWORDS = 8


def _from_library(path: Path) -> InterestAnswer:
    """Return an interest made of a library's newest titles and commonest keywords."""
    from collections import Counter

    from digest.app.bibliography import read_library

    library = read_library(path)
    papers = library.papers
    if not papers:
        raise InvalidValue(f"{path} contains no paper with a title")
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
    """Mail server; an empty host means this computer's sendmail."""

    host: str
    port: int = 587

    @property
    def needs_login(self) -> bool:
        """Return whether it needs a login: this computer's own does not, Proton Bridge does."""
        return bool(self.host) and (self.host not in LOOPBACK or self.port == BRIDGE_PORT)

    @property
    def security(self) -> Security:
        """Return how the connection to it is encrypted."""
        return security_of(self.port) if self.needs_login else "none"


def server_of(answer: str) -> MailServer:
    """Return the server that `host`, `host:port` or `sendmail` names."""
    if answer == SENDMAIL:
        if not shutil.which(SENDMAIL, path=os.environ.get("PATH", "") + ":/usr/sbin"):
            raise InvalidValue("sendmail is not installed here", hint="enter a mail server")
        return MailServer(host="")
    if "://" in answer:
        raise InvalidValue(
            "not a mail server but a web address", hint="expected smtp.example.org:587"
        )
    host, colon, number = answer.rpartition(":")
    host, number = (host, number) if colon else (number, "587")
    if not is_domain(host):
        raise InvalidValue("not a host name", hint="expected smtp.example.org:587")
    if not number.isdecimal() or not 0 < int(number) <= _MAX_PORT:
        raise InvalidValue(f"{number} is not a port", hint="587 for most, 465 for some")
    return MailServer(host=host, port=int(number))


def name_of(answer: str) -> str:
    """Return the username: an address, or any one-line text."""
    if not is_one_line(answer):
        raise InvalidValue("a username is one line of text")
    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Password:
    """Location of a password, and the one just typed, which is not in its file yet."""

    place: Mapping[str, str]
    """Value of `[smtp] password`; empty if none is needed."""
    typed: str = field(default="", repr=False)

    @property
    def secret(self) -> Secret:
        """Return it for a delivery, before any file is written."""
        return Secret(value=self.typed) if self.typed else Secret(**self.place)

    @property
    def file(self) -> Path | None:
        """Return the file to write, or None."""
        return Path(self.place["file"]) if self.typed else None


def password_of(answer: str, hidden: Hidden | None = None, *, anew: bool = False) -> Password:
    """Return the location of a password: a variable, a file or a command.

    `hidden` asks for the password of a file that does not exist yet; of an existing one only if
    it may be written `anew`. Nothing is written here.
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
        "not a command or file",
        hint="press Enter to type the password (hidden), or enter the path of a file",
    )


def _typed(path: Path, hidden: Hidden | None, *, anew: bool) -> str:
    """Return the password typed for a file, "" to keep an existing file as it is."""
    if path.is_file():
        question = "   The file exists. Enter keeps its password, or type a new one (hidden)"
        return hidden(question).strip() if hidden and anew else ""
    if hidden is None:
        raise InvalidValue(f"{path} does not exist", hint="write the password into it first")
    home = next(folder for folder in path.parents if folder.exists())
    if not home.is_dir() or not os.access(home, os.W_OK):
        raise InvalidValue(f"{path}: cannot be created", hint="choose another folder")
    typed = hidden("   Password (hidden; saved to that file)").strip()
    if not typed:
        raise InvalidValue("no password was typed")
    return typed


def moment_of(answer: str, zone: ZoneInfo) -> tuple[time, ZoneInfo]:
    """Return the time and zone of `07:30` or `07:30 Europe/Berlin`."""
    at, _, name = answer.partition(" ")
    return clock_time(at), time_zone(name.strip()) if name.strip() else zone

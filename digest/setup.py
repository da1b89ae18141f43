"""`digest init`: five questions, each with a default and checked at once, become a config.toml.

What is written is the commented example with the answers filled in. Questions are asked and
things are said through what the caller hands in, so that a terminal, a test or a script can answer.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from digest.config.addresses import Wrong, address, domain_sound
from digest.config.files import NAME, Files, user_config
from digest.config.loading import understood
from digest.config.readers import computers_zone
from digest.config.tables import clock_time, time_zone
from digest.errors import ConfigError, DigestError, Problem
from digest.example import Interest, Settings, filled
from digest.providers import BRIDGE_PORT, provider_of, security_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import time
    from zoneinfo import ZoneInfo

    from digest.providers import Provider

    Ask = Callable[[str, str], str]
    """From a question and its default to the answer."""
    Say = Callable[[str], object]
    Hidden = Callable[[str], str]
    """From a question to an answer that nobody sees being typed."""

T = TypeVar("T")

PATIENCE = 5
"""How often a question is asked before the answer is given up."""
PHRASES = "diffusion models, language models"
ADDRESS = "you@example.org"
PASSWORD = "pass show mail/digest"  # noqa: S105 - a command that prints one
PASSWORD_FILE = "mail-password"  # noqa: S105 - the name of a file
SENDMAIL = "sendmail"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
_PORT = 65535


def init(
    path: Path | None = None,
    *,
    ask: Ask,
    say: Say,
    hidden: Hidden | None = None,
    defaults: bool = False,
    force: bool = False,
    environ: Mapping[str, str] | None = None,
    local_zone: Callable[[], ZoneInfo] = computers_zone,
) -> Path:
    """Ask, write the config to `path` (the user's own place by default), return where it is.

    Nothing is overwritten unless `force`: then the old file is kept beside it, with a `~`. With
    `defaults` nothing is asked. A password that `hidden` asks for goes into a file of its own.
    Raises ConfigError where there is a config already or an answer stays unusable.
    """
    target = _target(path)
    if target.exists() and not force:
        hint = "`digest init --force` writes a new one and keeps the old beside it"
        raise ConfigError(
            [Problem(message="there is a config already", file=str(target), hint=hint)]
        )
    environ = os.environ if environ is None else environ
    put = _Questions(ask=ask, say=say, hidden=hidden)
    secret = PASSWORD
    if defaults:
        put = _Questions(ask=lambda _, default: default, say=lambda _: None)
    elif not shutil.which("pass", path=environ.get("PATH", "")):
        secret = str(target.absolute().with_name(PASSWORD_FILE))
    settings = _asked(put, _Suggested(_own_address(environ), secret, local_zone()))
    text = filled(settings)
    understood(Files(main=target, texts={target: text.encode()}), environ=environ)
    _write(target, text)
    return target


def _target(path: Path | None) -> Path:
    target = user_config() if path is None else path
    return target / NAME if target.is_dir() else target


def _write(target: Path, text: str) -> None:
    """Put `text` into a new file that only its owner can read; what was there gets a `~`."""
    try:
        if target.exists():
            target.replace(target.with_name(target.name + "~"))
        _write_private(target, text)
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        raise ConfigError([Problem(message=message, file=str(target))]) from error


def _write_private(target: Path, text: str) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


@dataclass(frozen=True, slots=True)
class _Suggested:
    """The answers that depend on the computer."""

    address: str
    secret: str
    zone: ZoneInfo


def _asked(put: _Questions, suggested: _Suggested) -> Settings:
    say, zone = put.say, suggested.zone
    say("Five questions. Enter takes the answer in [brackets].\n")
    interests = put(
        "1  What do you read about? Phrases with commas, or a library (.bib .ris .json)",
        PHRASES,
        interests_of,
    )
    if interests[0].about:
        say("   that is one interest; `digest like --from` teaches it each of the papers, too")
    to = put("2  Where should the digest go?", suggested.address, address)
    provider = provider_of(to)
    if provider.hint:
        say(f"   {provider.name}: {provider.hint}")
    server = put("3  Mail server", _shown(provider), server_of)
    secret: Mapping[str, str] = {}
    if server.asks:
        secret = put(
            "4  Its password: a command that prints it, or the path of a file",
            suggested.secret,
            lambda answer: secret_of(answer, put.hidden),
        )
    at, chosen = put("5  At what time?", f"07:30 {zone.key}", lambda text: moment_of(text, zone))
    return Settings(
        interests=interests,
        to=to,
        host=server.host,
        port=server.port,
        security=server.security,
        auth=provider.auth if server.host == provider.host else "auto",
        secret=secret,
        at=at,
        zone=chosen.key,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Questions:
    """Asks until the answer can be used."""

    ask: Ask
    say: Say
    hidden: Hidden | None = None

    def __call__(self, question: str, default: str, understand: Callable[[str], T]) -> T:
        for _ in range(PATIENCE):
            try:
                return understand(self.ask(question, default).strip() or default)
            except (DigestError, Wrong) as error:
                self.say(f"   {error}" + (f": {error.hint}" if error.hint else ""))
        number = question.split(maxsplit=1)[0]
        raise ConfigError([Problem(message=f"no usable answer to question {number}")])


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where mail is handed over; without a host, to the sendmail of this computer."""

    host: str
    port: int = 587

    @property
    def asks(self) -> bool:
        """Tell whether it wants to know who we are: this very computer does not, but a bridge."""
        return bool(self.host) and (self.host not in LOOPBACK or self.port == BRIDGE_PORT)

    @property
    def security(self) -> str:
        """Return how the connection to it is encrypted."""
        return security_of(self.port) if self.asks else "none"


def _own_address(environ: Mapping[str, str]) -> str:
    try:
        return address(environ.get("EMAIL", ADDRESS))
    except Wrong:
        return ADDRESS


def interests_of(answer: str) -> tuple[Interest, ...]:
    """Return the interests that phrases with commas, or a library of papers, describe."""
    path = Path(answer).expanduser()
    if path.suffix.lower() in {".bib", ".ris", ".json"}:
        return (_from_library(path),)
    phrases = [" ".join(phrase.split()) for phrase in re.split(r"[,;]", answer)]
    kept = tuple(dict.fromkeys(phrase for phrase in phrases if phrase))
    if not kept:
        raise Wrong("no phrase in it", hint="two or three will do")
    return tuple(Interest(name=_capital(phrase), phrases=(phrase,)) for phrase in kept)


def _capital(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]


TITLES = 60
WORDS = 8


def _from_library(path: Path) -> Interest:
    """Return an interest in what a library is about: its newest titles, its commonest keywords."""
    from collections import Counter

    from digest.library import read_library

    papers = read_library(path)
    if not papers:
        raise Wrong(f"{path} holds no paper with a title")
    newest = sorted(papers, key=lambda p: p.published.year if p.published else 0, reverse=True)
    words = Counter(word.lower() for paper in papers for word in paper.keywords)
    return Interest(
        name=f"My library ({path.name})",
        phrases=tuple(word for word, count in words.most_common(WORDS) if count > 1),
        about="\n".join(paper.title for paper in newest[:TITLES]),
    )


def _shown(provider: Provider) -> str:
    return f"{provider.host}:{provider.port}" if provider.host else SENDMAIL


def server_of(answer: str) -> Server:
    """Return the server that `host`, `host:port` or `sendmail` names."""
    if answer == SENDMAIL:
        if not shutil.which(SENDMAIL, path=os.environ.get("PATH", "") + ":/usr/sbin"):
            raise Wrong("there is no sendmail here", hint="name a mail server")
        return Server(host="")
    host, colon, number = answer.rpartition(":")
    host, number = (host, number) if colon else (number, "587")
    if not domain_sound(host):
        raise Wrong("this is no host name", hint="such as smtp.example.org:587")
    if not number.isdecimal() or not 0 < int(number) <= _PORT:
        raise Wrong(f"{number} is no port", hint="587 for most, 465 for some")
    return Server(host=host, port=int(number))


def secret_of(answer: str, hidden: Hidden | None = None) -> dict[str, str]:
    """Return where a password is found: a variable, a file or a command, never the password.

    Where a file is named that is not there yet, `hidden` asks for what belongs into it.
    """
    if re.fullmatch(r"\$\{?\w+\}?", answer):
        return {"env": answer.strip("${}")}
    path = Path(answer).expanduser()
    if path.is_absolute() or path.is_file():
        if not path.is_file():
            _fill(path, hidden)
        return {"file": str(path.absolute())}
    try:
        words = shlex.split(answer)
    except ValueError:
        words = []
    if words and (shutil.which(words[0]) or answer == PASSWORD):
        return {"command": answer}
    raise Wrong(
        "this is neither a program here nor a file",
        hint="not the password itself: it stays out of the config",
    )


def _fill(path: Path, hidden: Hidden | None) -> None:
    """Make the file of a password that is typed unseen."""
    if hidden is None:
        raise Wrong(f"there is no file {path}", hint="write the password into it first")
    typed = hidden("   There is no such file yet. The password for it (stays unseen)").strip()
    if not typed:
        raise Wrong("no password was typed")
    try:
        _write_private(path, typed + "\n")
    except OSError as error:
        raise Wrong(f"{path}: {error.strerror}") from error


def moment_of(answer: str, zone: ZoneInfo) -> tuple[time, ZoneInfo]:
    """Return the time and the zone in `07:30` or `07:30 Europe/Berlin`."""
    at, _, name = answer.partition(" ")
    return clock_time(at), time_zone(name.strip()) if name.strip() else zone

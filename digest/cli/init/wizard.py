"""`digest init`: five questions, each with a default and checked at once, give a config.toml.

The result is the commented example with the answers filled in. The caller passes the functions
that ask and print, so that a terminal, a test or a script can answer. Nothing is written before
the last answer.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from digest.cli.init.answers import (
    PASSWORD,
    SENDMAIL,
    Password,
    interests_of,
    moment_of,
    name_of,
    password_of,
    server_of,
)
from digest.cli.init.config_template import InitAnswers, filled
from digest.config.addresses import InvalidValue, parse_address
from digest.config.files import NAME, ConfigFiles, user_config, write_private
from digest.config.load import build_config
from digest.config.reader_tables import computer_zone
from digest.delivery.providers import provider_at, provider_of
from digest.delivery.smtp import Smtp
from digest.model.errors import ConfigError, DeliveryError, DigestError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from digest.cli.init.answers import Hidden, MailServer
    from digest.delivery.providers import Provider

    Ask = Callable[[str, str], str]
    """Asks a question with a default."""
    Say = Callable[[str], object]
    Login = Callable[[Smtp, str], object]
    """Logs in to a mail server with a sender's address; raises DeliveryError."""

T = TypeVar("T")

MAX_ATTEMPTS = 5
"""Attempts at one question before `init` gives up."""
PHRASES = "diffusion models, language models"
ADDRESS = "you@example.org"
PASSWORD_FILE = "mail-password"  # noqa: S105 - the name of a file
SKIP = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class InitResult:
    """Result of `digest init`."""

    path: Path
    library: Path | None = None
    """File that the first interest was made of."""


def log_in(smtp: Smtp, sender: str) -> None:
    """Log in without sending; raise DeliveryError."""
    smtp.check([sender])


def init(
    path: Path | None,
    put: Questions,
    *,
    defaults: bool = False,
    force: bool = False,
    environ: Mapping[str, str] | None = None,
    local_zone: Callable[[], ZoneInfo] = computer_zone,
) -> InitResult:
    """Ask, write the config to `path` (by default the user's config folder), return the result.

    An existing file is replaced only with `force`, and kept with a `~`. With `defaults` nothing
    is asked. A typed password goes into a file of its own.
    Raises ConfigError if a config exists or an answer stays unusable.
    """
    target = _target(path)
    if target.exists() and not force:
        hint = "`digest init --force` replaces it and keeps the old one as config.toml~"
        raise ConfigError([Problem(message="a config already exists", file=str(target), hint=hint)])
    environ = os.environ if environ is None else environ
    secret = PASSWORD
    if defaults:
        put = Questions(ask=lambda _, default: default, say=lambda _: None)
    elif not shutil.which("pass", path=environ.get("PATH", "")):
        secret = str(target.absolute().with_name(PASSWORD_FILE))
    settings, password = _asked(put, _Suggested(_own_address(environ), secret, local_zone()))
    text = filled(replace(settings, answered=not defaults))
    build_config(ConfigFiles(main=target, texts={target: text.encode()}), environ=environ)
    _write(target, text, password)
    return InitResult(path=target, library=settings.interests[0].library)


def _target(path: Path | None) -> Path:
    target = user_config() if path is None else path
    return target / NAME if target.is_dir() else target


def _write(target: Path, text: str, password: Password) -> None:
    """Write `text` to a file that only its owner can read; an existing one gets a `~`.

    The password is written first, and removed again if the config cannot be written.
    """
    secret = password.file
    fresh = secret is not None and not secret.exists()
    at = secret or target
    try:
        if secret:
            write_private(secret, password.typed + "\n")
        at = target
        if target.exists():
            target.replace(target.with_name(target.name + "~"))
        write_private(target, text)
    except OSError as error:
        if secret and fresh:
            with suppress(OSError):
                secret.unlink()
        message = f"cannot be written: {error.strerror}"
        raise ConfigError([Problem(message=message, file=str(at))]) from error


@dataclass(frozen=True, slots=True)
class _Suggested:
    """Default answers that depend on the computer."""

    address: str
    secret: str
    zone: ZoneInfo


def _asked(put: Questions, suggested: _Suggested) -> tuple[InitAnswers, Password]:
    say, zone = put.say, suggested.zone
    say("Five questions. Press Enter to accept the answer in [brackets].\n")
    interests = put(
        "1  What do you read about? Phrases separated by commas, or a .bib, .ris or .json file",
        PHRASES,
        interests_of,
    )
    if interests[0].told:
        say(f"   {interests[0].told}: one interest")
        say("   `digest like --from` adds each of its papers to your likes, too")
    to = put("2  Where should the digest go?", suggested.address, parse_address)
    provider = provider_of(to)
    if provider.hint:
        say(f"   {provider.name}: {provider.hint}")
    server = put("3  Mail server", _shown(provider), server_of)
    smtp, password = None, Password(place={})
    if server.needs_login:
        smtp, password = _account(put, to, server, suggested.secret)
    at, chosen = put("5  At what time?", f"07:30 {zone.key}", lambda text: moment_of(text, zone))
    return InitAnswers(
        interests=interests,
        to=to,
        host=server.host,
        port=server.port,
        security=server.security,
        username=smtp.username if smtp else "",
        auth=smtp.auth if smtp else "auto",
        secret=password.place,
        at=at,
        zone=chosen.key,
    ), password


def _account(put: Questions, to: str, server: MailServer, suggested: str) -> tuple[Smtp, Password]:
    """Ask for the username, if it may differ from the address, and for the password."""
    provider, provider_here = provider_of(to), provider_at(server.host)
    smtp = Smtp(
        host=server.host,
        port=server.port,
        security=server.security,
        username=to,
        auth=provider_here.auth if provider_here else "auto",
    )
    if provider_here is None or provider.host != provider_here.host:
        if provider_here and provider_here.hint:
            put.say(f"   {provider_here.name}: {provider_here.hint}")
        smtp = replace(smtp, username=put("   Username", to, name_of))
    question = "4  Password: Enter, or a command that prints it, or the path of a file"
    password = put(question, suggested, put.password)
    name = provider_here.name if provider_here else server.host
    for _ in range(MAX_ATTEMPTS):
        if not put.refused(replace(smtp, password=password.secret), to, name):
            break
        before = next(iter(password.place.values()))
        again = put(
            "   Password again, or `skip`",
            before,
            lambda text: None if text == SKIP else put.password(text),
        )
        if again is None:
            break
        password = again
    return smtp, password


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """Asks until the answer is valid."""

    ask: Ask
    say: Say
    hidden: Hidden | None = None
    """None if no password can be typed."""
    log_in_with: Login | None = None
    """Tries a password at once; None if it cannot be corrected interactively."""

    def __call__(self, question: str, default: str, understand: Callable[[str], T]) -> T:
        """Return the first valid answer; raise ConfigError after too many attempts."""
        for _ in range(MAX_ATTEMPTS):
            try:
                return understand(self.ask(question, default).strip() or default)
            except (DigestError, InvalidValue) as error:
                self._print_error(error)
        number = question.split(maxsplit=1)[0]
        raise ConfigError([Problem(message=f"no valid answer to question {number}")])

    def password(self, text: str) -> Password:
        """Parse an answer as a password; a file's password may be typed anew if it is tried."""
        return password_of(text, self.hidden, anew=self.log_in_with is not None)

    def refused(self, smtp: Smtp, sender: str, name: str) -> bool:
        """Log in, print the outcome, and return whether another password may help."""
        if self.log_in_with is None:
            return False
        self.say(f"   logging in to {name} …")
        try:
            self.log_in_with(smtp, sender)
        except DeliveryError as error:
            self._print_error(error)
            if error.key != "password":
                self.say("   Skipped: `digest check` tries it again.")
            return error.key == "password"
        self.say(f"   ✓ logged in to {name}")
        return False

    def _print_error(self, error: DigestError | InvalidValue) -> None:
        self.say(f"   {error}" + (f": {error.hint}" if error.hint else ""))


def _own_address(environ: Mapping[str, str]) -> str:
    try:
        return parse_address(environ.get("EMAIL", ADDRESS))
    except InvalidValue:
        return ADDRESS


def _shown(provider: Provider) -> str:
    return f"{provider.host}:{provider.port}" if provider.host else SENDMAIL

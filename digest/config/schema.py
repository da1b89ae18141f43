"""Tables of config.toml as dataclasses: keys, defaults and limits.

pydantic evaluates these annotations, so the names in them are imported at run time and
annotations are not deferred here.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import time
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, PlainValidator

from digest.config import hints
from digest.config.addresses import InvalidValue, is_one_line, parse_address, parse_mailbox
from digest.config.hints import WEEKDAYS
from digest.model.doi import doi_of
from digest.model.errors import ConfigError
from digest.model.identity import arxiv_id, url_key
from digest.model.text import http_url

UTC = ZoneInfo("UTC")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?")
Values = TypeVar("Values", bound=Collection[object])
_KEY = re.compile(r"(?:arxiv|doi|url|title):\S+")


def _line(text: str) -> str:
    if not is_one_line(text):
        raise InvalidValue("expected one line of text")
    return text.strip()


def _some(values: Values) -> Values:
    if not values:
        raise InvalidValue("must not be empty")
    return values


def _once(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """Return each address once, so that a repeated one gets one mail."""
    spellings: dict[str, str] = {}
    for one in addresses:
        spellings.setdefault(one.casefold(), one)
    return tuple(spellings.values())


def _subject(text: str) -> str:
    from digest.email.subject import check_subject

    try:
        check_subject(_line(text))
    except ConfigError as error:
        problem = error.problems[0]
        raise InvalidValue(problem.message, hint=problem.hint) from None
    return text


def _language(code: str) -> str:
    from digest.email.i18n import LANGUAGES

    if code not in LANGUAGES:
        available = ", ".join(LANGUAGES)
        raise InvalidValue(f'unsupported language "{code}"', hint=f"available: {available}")
    return code


def _model(name: str) -> str:
    if name and find_spec("sentence_transformers") is None:
        hint = "in digest's source folder: pip install '.[embeddings]'; or leave it empty"
        raise InvalidValue("a model needs the package sentence-transformers", hint=hint)
    return name


def _path(value: Path | None) -> Path | None:
    message, hint = hints.path(str(value or ""))
    if message:
        raise InvalidValue(message, hint=hint)
    return value


def _phrase(text: str) -> str:
    if not text.strip():
        raise InvalidValue("empty phrase", hint="write a word or two, or delete it")
    return " ".join(text.split())


def _paper(text: str) -> str:
    """Return the identity of the paper behind an id, a DOI or a link."""
    text = text.strip()
    if found := arxiv_id(text):
        return f"arxiv:{found}"
    if _KEY.fullmatch(text):
        return text
    if doi := doi_of(text):
        return f"doi:{doi}"
    if http_url(text):
        return url_key(text)
    hint = 'write its arXiv id, DOI or link, such as "2406.11838"'
    raise InvalidValue(f'"{text[:60]}" is not a paper', hint=hint)


def clock_time(value: object) -> time:
    """Return the time in a text such as `07:30`; raise InvalidValue."""
    found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise InvalidValue("expected a time of the day", hint='such as "07:30", with quotes')
    return time(int(found[1]), int(found[2]))


def _weekday(value: object) -> int:
    name = value.strip().lower() if isinstance(value, str) else ""
    for number, day in enumerate(WEEKDAYS):
        if len(name) >= 3 and day.startswith(name):  # noqa: PLR2004 - "mon" is the shortest
            return number
    raise InvalidValue("expected a day of the week", hint=hints.weekday(value))


def time_zone(value: object) -> ZoneInfo:
    """Return the time zone of that name; raise InvalidValue with the nearest one."""
    if not isinstance(value, str):
        raise InvalidValue("expected text", hint='such as "Europe/Berlin"')
    try:
        return ZoneInfo(value)
    except (LookupError, ValueError, OSError):
        hint = hints.time_zone(value, sorted(available_timezones()))
        raise InvalidValue(f'unknown time zone "{value}"', hint=hint) from None


Line = Annotated[str, AfterValidator(_line)]
PhraseText = Annotated[str, AfterValidator(_phrase)]
PaperId = Annotated[str, AfterValidator(_paper)]
_MANY = 1000
Address = Annotated[str, AfterValidator(parse_address)]
Mailbox = Annotated[str, AfterValidator(lambda text: text and parse_mailbox(text))]
Weight = Annotated[float, Field(gt=0, le=100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseEntry:
    """One phrase of an interest."""

    phrase: PhraseText
    weight: Weight = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestTable:
    """One of `[[interests]]`: a topic."""

    name: Line = ""
    phrases: tuple[PhraseEntry, ...] = ()
    about: str = ""
    weight: Weight = 1.0
    avoid: tuple[PhraseText, ...] = ()
    liked: tuple[PaperId, ...] = ()
    disliked: tuple[PaperId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TasteTable:
    """`[taste]`: likes, authors and phrases for all interests."""

    liked: tuple[PaperId, ...] = ()
    disliked: tuple[PaperId, ...] = ()
    authors: tuple[PhraseText, ...] = ()
    avoid: tuple[PhraseText, ...] = ()
    mute: tuple[PhraseText, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailTable:
    """`[email]`: recipients and content."""

    to: Annotated[tuple[Address, ...], AfterValidator(_some), AfterValidator(_once)] = ()
    sender: Annotated[Mailbox, Field(alias="from")] = ""
    reply_to: Mailbox = ""
    subject: Annotated[str, AfterValidator(_subject)] = ""
    papers: Annotated[int, Field(ge=1, le=_MANY)] = 12
    min_score: Annotated[float, Field(ge=0, le=100)] = 25.0
    trending: Annotated[int, Field(ge=0, le=_MANY)] = 3
    empty: Literal["skip", "send"] = "skip"
    summary: Literal["auto", "abstract", "first"] = "auto"
    pictures: bool = False
    language: Annotated[str, AfterValidator(_language)] = "en"
    feedback: Annotated[str, AfterValidator(lambda text: text and parse_address(text))] = ""
    templates: Annotated[Path | None, AfterValidator(_path)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleTable:
    """`[schedule]`: days and time of the digest."""

    at: Annotated[time, PlainValidator(clock_time)] = time(7, 30)
    days: Annotated[frozenset[Annotated[int, PlainValidator(_weekday)]], AfterValidator(_some)] = (
        frozenset(range(7))
    )
    """Weekdays, Monday is 0."""
    every: Literal["day", "week"] = "day"
    zone: Annotated[ZoneInfo, PlainValidator(time_zone), Field(alias="timezone")] = UTC

    def __post_init__(self) -> None:
        if self.every == "week" and len(self.days) == len(WEEKDAYS):
            object.__setattr__(self, "days", frozenset({0}))
        if self.every == "week" and len(self.days) != 1:
            raise InvalidValue("a weekly digest has one day", hint='such as days = ["mon"]')


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingTable:
    """`[ranking]`: the optional embedding model."""

    embeddings: Annotated[Line, AfterValidator(_model)] = ""
    """Embedding model that is weighted 50 % on phrases; "" for words alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageTable:
    """`[storage]`: the folder of the state."""

    path: Annotated[Path | None, AfterValidator(_path)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimTable:
    """`[dkim]`: the signing key, for mail servers that do not sign (RFC 6376)."""

    domain: Annotated[Line, Field(min_length=1)]
    key: Annotated[Path, AfterValidator(_path)]
    """File of a private key in PEM form, RSA or Ed25519."""
    selector: Annotated[Line, Field(min_length=1)] = "digest"

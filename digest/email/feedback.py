"""Feedback by mail: signed subjects such as `more-2302.06675-1xw-HW70Fd1lIqJC`.

A subject says verb, paper and day, the paper by its arXiv id, else by the hash of its link or its
title. The last 12 characters are 72 bits of HMAC-SHA256 over reader, verb, day and paper. Nothing
else of a returned mail is trusted: anyone can write any From.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date, timedelta
from email.errors import MessageError
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from digest.model.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model.paper import Paper

MAX_HEADER_BYTES = 64_000
"""Bytes read of a returned mail: its headers decide, whatever its parts."""
MAX_SUBJECT_CHARS = 1_000
VALID_DAYS = 90
PAUSE_DAYS = 7
_EPOCH = date(2020, 1, 1)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SCHEMES = {"u": "url", "t": "title"}
_HASHED = re.compile(r"(url|title):([0-9a-f]{16})")
_SHORT = re.compile(r"([ut]):([\w-]{11})", re.ASCII)
_SUBJECT = re.compile(
    r"(?<![\w-])(?:(?P<rate>more|less)-(?P<paper>\S+)|(?P<life>pause|stop))"
    r"-(?P<day>[0-9a-z]{1,4})-(?P<mac>[\w-]{12})(?!\S)",
    re.ASCII,
)


class FeedbackRejected(DigestError):
    """Error for a mail that is no valid feedback: forged, expired or not from a digest's link.

    The mail server must not bounce it, since its From may be forged (exit code 0).
    """

    exit_code: ClassVar[int] = 0


class Verb(StrEnum):
    """Actions that a reader can take by mail."""

    MORE = "more"
    LESS = "less"
    PAUSE = "pause"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackCommand:
    """Command of a returned mail; not to be trusted before `verify`."""

    verb: Verb
    paper: str
    """The paper's id; "" for pause and stop."""
    day: date
    """The day of the digest it answers."""
    mac: str


def reference(paper: Paper) -> str:
    """Return the key of `paper` that makes the shortest subject; any of its keys finds it."""
    hashed = (key for key in paper.keys if _HASHED.fullmatch(key))
    return paper.id if paper.id.startswith("arxiv:") else next(hashed, paper.id)


def sign(key: bytes, *, reader: str, verb: Verb, day: date, paper: str = "") -> str:
    """Return the signed subject for `verb` by `reader` about `paper` in the digest of `day`."""
    mac = _mac(key, reader, verb, day, paper)
    about = [_HASHED.sub(_shortened, paper.removeprefix("arxiv:"))] if paper else []
    return "-".join([verb, *about, _base36((day - _EPOCH).days), mac])


def _shortened(hashed: re.Match[str]) -> str:
    """Return a key of 64 bits with its hexadecimal digits in base64: 13 characters, not 20."""
    return f"{hashed[1][0]}:{_base64(bytes.fromhex(hashed[2]))}"


def _whole(paper: str) -> str:
    """Return the key for the short form in a subject; "" for ""."""
    if short := _SHORT.fullmatch(paper):
        return f"{_SCHEMES[short[1]]}:{urlsafe_b64decode(short[2] + '=').hex()}"
    return f"arxiv:{paper}" if paper and ":" not in paper else paper


def read_mail(raw: bytes) -> FeedbackCommand:
    """Return the command in the subject of one returned mail; FeedbackRejected if it has none."""
    mail = BytesHeaderParser().parsebytes(raw[:MAX_HEADER_BYTES])
    submitted, _, _ = str(mail.get("Auto-Submitted", "no")).partition(";")  # RFC 3834, section 5
    if submitted.strip().lower() != "no":
        raise FeedbackRejected("automatic reply, not a reader's mail")
    return read_subject(_decoded(str(mail.get("Subject", ""))[:MAX_SUBJECT_CHARS]))


def read_subject(subject: str) -> FeedbackCommand:
    """Return the command in one subject line; raise FeedbackRejected if there is none."""
    found = _SUBJECT.search(" ".join(subject.split()))
    if not found:
        hint = "send the mail that a link of the digest opens, its subject unchanged"
        raise FeedbackRejected("the subject holds no feedback", hint=hint)
    paper = found["paper"] or ""
    return FeedbackCommand(
        verb=Verb(found["rate"] or found["life"]),
        paper=_whole(paper),
        day=_EPOCH + timedelta(days=int(found["day"], 36)),
        mac=found["mac"],
    )


def verify(command: FeedbackCommand, key: bytes, *, readers: Iterable[str], today: date) -> str:
    """Return the one of `readers` who signed `command`; FeedbackRejected if none or out of date."""
    for reader in readers:
        mac = _mac(key, reader, command.verb, command.day, command.paper)
        if hmac.compare_digest(mac.encode(), command.mac.encode()):
            break
    else:
        raise FeedbackRejected("invalid signature in the subject")
    if not timedelta(days=-1) <= today - command.day <= timedelta(days=VALID_DAYS):
        hint = "use a link of a newer digest"
        raise FeedbackRejected(f"this link was for {command.day} and is out of date", hint=hint)
    return reader


def _mac(key: bytes, reader: str, verb: Verb, day: date, paper: str) -> str:
    said = f"{reader}\0{verb}\0{day.isoformat()}\0{paper}"
    return _base64(hmac.digest(key, said.encode(), "sha256")[:9])


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _base36(n: int) -> str:
    digits = ""
    while n:
        n, digit = divmod(n, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"


def _decoded(subject: str) -> str:
    try:
        return str(make_header(decode_header(subject)))
    except (MessageError, LookupError, ValueError):  # malformed words, unknown charsets
        return subject

"""Links of a digest: web addresses that are safe in HTML, and mailto: links for feedback."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from digest.email.mime.headers import address

if TYPE_CHECKING:
    from digest.email.context import MessageContext
    from digest.email.feedback import Verb

MAX_LINK_CHARS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """One link: visible name, accessible name that is unique in the email, address."""

    name: str
    label: str
    url: str


def secure(url: str) -> str:
    """Return `url` as https, nothing in it that HTML must escape but "&"; "" if too long."""
    safe = re.sub(r"^http://", "https://", url).replace("'", "%27")
    return safe if safe.startswith("https://") and len(safe) <= MAX_LINK_CHARS else ""


def mail_link(context: MessageContext, verb: Verb, paper: str = "") -> str:
    """Return the `mailto:` address for `verb`, or "" without a feedback address."""
    if not (context.feedback and context.token):
        return ""
    _, reader = address(context.feedback)
    subject = quote(context.token(verb, paper), safe=":/")
    return f"mailto:{quote(reader, safe='@')}?subject={subject}"

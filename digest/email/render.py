"""Rendering: an issue as subject, headers and both parts, small enough to be shown unclipped."""

from __future__ import annotations

import hmac
from dataclasses import replace
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from digest.email import thumbnails, view
from digest.email.feedback import Verb
from digest.email.footer import footer, life
from digest.email.i18n import Language, capitalised
from digest.email.links import mail_link
from digest.email.mime.format_flowed import flow, underline
from digest.email.mime.headers import address, mailbox
from digest.email.mime.message import to_bytes
from digest.email.opening import opening
from digest.email.subject import subject as subject_line
from digest.email.templates import Templates
from digest.email.view import Room
from digest.model.errors import TemplateError
from digest.model.issue import MAX_PAPERS
from digest.model.message import RenderedMessage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from digest.email.context import MessageContext
    from digest.model.issue import Issue


class TemplateSet(Protocol):
    """Templates to render with: built-in, or a reader's own."""

    @property
    def folder(self) -> Path | None:
        """Return the reader's own folder, None where they have none."""
        ...

    def both(self, values: Mapping[str, object]) -> tuple[str, str]:
        """Return the HTML part and the plain part. Raises TemplateError."""
        ...


HTML_BYTES = 80_000
"""Gmail clips at about 102 kB, and shows the rest without its styles."""
MESSAGE_BYTES = 98_000
_NOTHING = {False: "heading.none", True: "heading.none.past"}
ROOMS = (
    *(Room(full=full) for full in (MAX_PAPERS, 15, 10, 5, 3, 1, 0)),
    *(Room(full=0, chars=chars) for chars in (600, 400, 200)),
)
"""Ever less room for summaries, taken from the end first, before papers are dropped."""


def render(issue: Issue, templates: TemplateSet, context: MessageContext) -> RenderedMessage:
    """Return the message of `issue`; the built-in templates replace a reader's own that fail.

    Raises ConfigError for an invalid address; TemplateError only if the built-in ones fail.
    """
    try:
        return _fitted(issue, templates, context)
    except TemplateError as error:
        if templates.folder is None:
            raise
        return _fallen(error, issue, context)


def _fallen(error: TemplateError, issue: Issue, context: MessageContext) -> RenderedMessage:
    """Return the message by the built-in templates, with a note in it and for the log."""
    name = Path(error.file).name  # no reader is shown a path of the server (D6)
    place = f"{name}:{error.line}" if error.line else name
    say = Language(context.language)
    note = " ".join(part for part in (issue.note, say("note.template", error=place)) if part)
    message = _fitted(replace(issue, note=note), Templates(), context)
    logged = say("note.template", error=error.problem)
    return replace(message, note=logged, problem=error.problem)


def _fitted(issue: Issue, templates: TemplateSet, context: MessageContext) -> RenderedMessage:
    for smaller, room in _sizes(issue, context):
        message = _message(smaller, templates, context, room)
        bare = replace(message, pictures=())
        if len(message.html.encode()) <= HTML_BYTES and len(to_bytes(bare)) <= MESSAGE_BYTES:
            return message
    raise TemplateError(
        f"the email is longer than {HTML_BYTES} bytes even without papers",
        file=str(templates.folder or ""),
    )


def _sizes(issue: Issue, context: MessageContext) -> Iterator[tuple[Issue, Room]]:
    """Yield the issue ever smaller: first its last summaries, then its papers from the end."""
    most = min(len(issue.entries), MAX_PAPERS)
    first = _first(issue, most, context)
    yield from ((first, room) for room in ROOMS)
    while most:
        most = most * 9 // 10
        yield _first(issue, most, context), ROOMS[-1]


def _first(issue: Issue, n: int, context: MessageContext) -> Issue:
    """Return `issue` with only its first `n` papers, and a word about the others."""
    dropped = len(issue.entries) - n
    if dropped <= 0:
        return issue
    said = Language(context.language).count("note.cut", dropped)
    kept = {id(entry) for entry in issue.entries[:n]}
    sections = tuple(
        replace(section, entries=tuple(e for e in section.entries if id(e) in kept))
        for section in issue.sections
    )
    return replace(
        issue,
        sections=tuple(section for section in sections if section.entries),
        left_out=issue.left_out + dropped,
        note=" ".join(part for part in (issue.note, said) if part),
    )


def _message(
    issue: Issue, templates: TemplateSet, context: MessageContext, room: Room
) -> RenderedMessage:
    pictures = thumbnails.chosen(issue, context.pictures)
    held = replace(context, pictures={paper: p.data for paper, p in pictures.items()})
    subject = subject_line(issue, held)
    values = _template_values(issue, held, subject, room)
    html, text = templates.both(values)
    _, sender = address(context.sender)
    message_id = _message_id(issue, context, sender)
    return RenderedMessage(
        message_id=message_id,
        sender=sender,
        recipients=tuple(address(to)[1] for to in context.to),
        headers=_headers(issue, context, subject, message_id),
        subject=subject,
        html=html,
        text=flow(text),
        language=context.language,
        papers=issue.papers,
        pictures=tuple(pictures.values()),
    )


def _template_values(
    issue: Issue, context: MessageContext, subject: str, room: Room
) -> dict[str, object]:
    """Return all that templates can name; `digest templates` copies the list of it with them."""
    say = Language(context.language)
    n = len(issue.entries)
    return {
        "subject": subject,
        "language": context.language,
        "opening": opening(issue, context),
        "heading": capitalised(say.count("heading", n)) if n else say(_NOTHING[issue.past]),
        "dateline": _dateline(issue, say),
        "note": _note(issue, say),
        "lists": view.lists(issue, context),
        "sections": view.sections(issue, context, room),
        "footer": footer(issue, context),
        "life": life(context),
        "say": say,
        "underline": underline,
    }


def _note(issue: Issue, say: Language) -> str:
    guide = say("note.no_interests") if issue.no_interests and issue.sections else ""
    return " ".join(part for part in (guide, issue.note) if part)


def _dateline(issue: Issue, say: Language) -> tuple[str, ...]:
    covers = issue.covers
    parts = (
        say.day(issue.day, "long"),
        say("covers", first=say.day(covers[0], "short"), last=say.day(covers[1], "short"))
        if covers
        else "",
        say.count("read", issue.read) if issue.read else "",
        say.count("minutes", issue.minutes) if issue.minutes else "",
    )
    return tuple(part for part in parts if part)


def _message_id(issue: Issue, context: MessageContext, sender: str) -> str:
    """Return the same id for the same reader, day and edition: a retry is no second mail.

    It is keyed with the installation's secret: two that send from one domain share no id, or a
    mailbox would drop the second mail as a duplicate.
    """
    named = f"message-id\0{issue.reader}\0{issue.day.isoformat()}\0{context.edition}"
    digest = hmac.new(context.secret, named.encode(), "sha256").hexdigest()[:24]
    return f"<{issue.day:%Y%m%d}.{digest}@{sender.rpartition('@')[2]}>"


def _headers(
    issue: Issue, context: MessageContext, subject: str, message_id: str
) -> tuple[tuple[str, str], ...]:
    reply_to = context.reply_to or context.feedback
    headers = (
        ("Date", format_datetime(issue.now.astimezone(context.zone))),
        ("From", mailbox(context.sender, "Paper digest")),
        ("To", ", ".join(mailbox(to) for to in context.to)),
        ("Reply-To", mailbox(reply_to) if reply_to else ""),
        ("Message-ID", message_id),
        ("Subject", subject),
        ("List-Id", f"Paper digest <digest.{message_id[:-1].rpartition('@')[2]}>"),
        ("List-Unsubscribe", _unsubscribe(context)),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
    )
    return tuple((name, value) for name, value in headers if value)


def _unsubscribe(context: MessageContext) -> str:
    """Return the URI for a mail program's own button, "" where no mailbox is read.

    The signed subject goes to `digest feedback`, which obeys at once; else a person reads it.
    """
    signed = mail_link(context, Verb.STOP)
    if not signed and context.reply_to:
        _, person = address(context.reply_to)
        signed = f"mailto:{quote(person, safe='@')}?subject=unsubscribe"
    return f"<{signed}>" if signed else ""

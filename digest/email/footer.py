"""Footer: what was left out, the sources, when the next digest comes and how to stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.email.feedback import Verb
from digest.email.i18n import Language
from digest.email.links import LinkView, mail_link
from digest.email.view import MATCHED
from digest.model.text import clean, cut

if TYPE_CHECKING:
    from digest.email.context import MessageContext
    from digest.model.issue import Issue, SourceReport


def life(context: MessageContext) -> tuple[LinkView, ...]:
    """Return the links that pause and stop the digest; none without a feedback address."""
    say = Language(context.language)
    names = ((verb, say(f"link.{verb}")) for verb in (Verb.PAUSE, Verb.STOP))
    return tuple(
        LinkView(name=name, label=name, url=url)
        for verb, name in names
        if (url := mail_link(context, verb))
    )


def sources(issue: Issue, say: Language) -> str:
    """Return one line with each source and its state."""
    told = [_source(report, say) for report in issue.sources]
    return say("sources", sources=", ".join(told)) if told else ""


def _source(report: SourceReport, say: Language) -> str:
    told = report.error and say.code == "en"  # servers and errors speak English alone
    why = f": {cut(clean(report.error), 120).rstrip('.')}" if told else ""
    return say.count(f"source.{report.state}", report.papers, name=clean(report.name), why=why)


def footer(issue: Issue, context: MessageContext) -> tuple[str, ...]:
    """Return the sentences at the end: what was left out, sources, why, next, how to stop."""
    say = Language(context.language)
    names = say.listed([cut(clean(name), 80) for name in context.interests[:12]])
    due = context.next.astimezone(context.zone) if context.next else None
    why = say("why", interests=names) if names else say("why.plain")
    scored = any(section.kind in MATCHED for section in issue.sections)
    mailed = bool(mail_link(context, Verb.STOP))
    stop = "stop.mail" if mailed else "stop.reader" if context.own_file else "stop"
    others = issue.left_out if issue.entries else 0  # a quiet digest says it above
    counted = " ".join(
        say.count(key, n) for key, n in (("left_out", others), ("too_old", issue.too_old)) if n
    )
    lines = (
        " ".join(part for part in (counted, sources(issue, say)) if part),
        " ".join(part for part in (why, scored and say("why.score")) if part),
        say("next", day=say.day(due.date(), "next"), time=say.time(due)) if due else "",
        say("contact", contact=context.contact) if context.contact else "",
        say(stop, config=context.config),
    )
    return tuple(line for line in lines if line)

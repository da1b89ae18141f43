"""What a person reads in the terminal: values in, lines of text out; cli.py prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from digest.check import Finding
    from digest.daily import Draft, Result
    from digest.ranking import Ranked
    from digest.status import Status

GOOD, BAD, DIM = "green", "red", "bright_black"


def result_line(result: Result) -> str:
    """Return what became of one digest, in one line."""
    to = ", ".join(result.recipients)
    count = f"{result.papers} paper{'' if result.papers == 1 else 's'}"
    match result.state:
        case "sent":
            return f"Sent {count} of {result.read} to {to}"
        case "queued":
            return f"Waits in the outbox for {to}: {result.text or 'not yet tried'}"
        case "already":
            return f"The digest of {result.day} for {result.reader} was already {result.text}"
        case "empty":
            return f"Nothing to send to {result.reader} for {result.day}: {result.text}"
        case "failed":
            return f"No digest of {result.day} for {result.reader}: {result.text}"
        case state:
            return f"The digest of {result.day} for {result.reader} is {state}: {result.text}"


def draft_lines(made: Draft) -> Iterator[str]:
    """Yield what a digest would be: its subject and its papers, or why there is none."""
    to = ", ".join(made.letter.recipients)
    if not made.issue.worth_sending:
        yield f"Would send nothing to {to}: {made.issue.empty_reason}"
        return
    yield f"Would send “{made.letter.subject}” to {to}"
    for entry in made.issue.entries:
        yield f"  {entry.number:>2}  {entry.ranked.score:3.0f}  {entry.ranked.paper.title}"


def finding_lines(finding: Finding, part_before: str) -> Iterator[str]:
    """Yield the line of one finding; its part is named where it differs from the one before."""
    part = finding.part if finding.part != part_before else ""
    verdict = _verdict(finding)
    yield f"{part:<10} {finding.what:<40} {verdict}  {finding.detail}"


def _verdict(finding: Finding) -> str:
    if finding.problem and not finding.warning:
        return click.style("FAIL", fg=BAD, bold=True)
    return click.style("look", fg="yellow") if finding.warning else click.style("ok  ", fg=GOOD)


def ranked_lines(ranked: Iterable[Ranked]) -> Iterator[str]:
    """Yield a table of papers, the highest score first."""
    for one in ranked:
        terms = ", ".join(reason.term for reason in one.reasons[:4])
        yield f"{one.score:5.0f}  {one.paper.title[:80]}"
        yield click.style(f"       {one.paper.id} · {one.interest or '–'}: {terms}", fg=DIM)


def why_lines(ranked: Ranked) -> Iterator[str]:
    """Yield the sum that makes one paper's score."""
    yield f"{ranked.score:.0f}    {ranked.paper.title}"
    if ranked.interest:
        yield f"      {ranked.interest}"
    for reason in ranked.reasons:
        yield f"      {reason.weight:+6.1f}  {reason.term}"
    if ranked.missing:
        yield f"      not in it: {', '.join(ranked.missing)}"
    if ranked.like:
        yield f"      because you liked “{ranked.like}”"
    for author in ranked.followed:
        yield f"      by {author}, whom you follow"
    for author in ranked.uncertain:
        yield f"      by {author}, who may be another person of that name"
    if ranked.muted:
        yield "      never shown: it holds a phrase that you muted"


def status_lines(state: Status) -> Iterator[str]:
    """Yield what was sent, what waits, how the sources fare, and what comes next."""
    for reader in state.readers:
        pause = " (paused)" if reader.paused else ""
        yield f"{reader.name:<12} next {reader.next:%a %d %b %Y %H:%M %z}{pause}"
        for sent in reader.digests:
            detail = sent.reason or sent.answer
            yield f"{'':<12} {sent.day} {sent.state:<8} {sent.papers:>3} papers  {detail}".rstrip()
        if not reader.digests:
            yield f"{'':<12} no digest yet"
    yield ""
    yield f"{'outbox':<12} {len(state.waiting)} waiting, {len(state.failed)} failed"
    for row in (*state.waiting, *state.failed):
        due = f", again at {row.due:%H:%M} UTC" if row in state.waiting else ", given up"
        doubt = f", {row.uncertain} uncertain" if row.uncertain else ""
        yield f"{'':<12} {row.day} to {row.recipient}: {row.answer or 'not yet tried'}{due}{doubt}"
    yield ""
    for health in state.sources:
        since = f" since {health.failing_since:%d %b %H:%M} UTC" if health.failing_since else ""
        last = f"last read {health.last_ok:%d %b %H:%M} UTC" if health.last_ok else "never read"
        line = f"{'source':<12} {health.name:<24} {health.state}{since}, {last}  {health.error}"
        yield line.rstrip()
    if not state.sources:
        yield f"{'sources':<12} not read yet"
    for alert in state.alerts.values():
        yield click.style(f"{'!':<12} {alert}", fg=BAD)
    yield f"{'background':<12} {state.background}"

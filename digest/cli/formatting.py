"""Terminal output: values in, lines of text out; the commands print them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.cli.terminal import fold, is_narrow, labelled, short, width
from digest.model.states import DigestState
from digest.model.text import cut

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date

    from digest.app.check import Finding
    from digest.app.pipeline.request import DigestResult, Draft
    from digest.app.status import ReaderStatus, Status
    from digest.model.ranked import Ranked
    from digest.store import SourceHealth

GOOD, BAD, DIM = "green", "red", "bright_black"
RUNNING = "`digest run` is running"
NOT_RUNNING = "`digest run` is not running: without it, or cron, nothing is sent"
STOPPED = "stopped: `digest resume` resumes delivery"
PART, WHAT, COLUMN = 11, 28, 13
"""Widths in characters: part and item of `check`; label of `status`."""


def result_line(result: DigestResult) -> str:
    """Return the result of one digest in one line."""
    to = ", ".join(result.recipients)
    count = f"{result.papers} paper{'' if result.papers == 1 else 's'}"
    match result.state:
        case state if state == DigestState.SENT or result.reached:
            return f"Sent {count} of {result.read} to {_reached(result)}"
        case DigestState.QUEUED:
            return f"Not yet sent to {to}, kept in the outbox: {result.text or 'not yet tried'}"
        case DigestState.ALREADY:
            return f"The digest of {result.day} for {result.reader} was already {result.text}"
        case DigestState.EMPTY:
            return f"Nothing to send to {result.reader} for {result.day}: {result.text}"
        case DigestState.FAILED:
            return f"No digest of {result.day} for {result.reader}: {result.text}"
        case state:
            return f"The digest of {result.day} for {result.reader} is {state}: {result.text}"


def _reached(result: DigestResult) -> str:
    """Return which of the recipients got a digest; where others did not, also why."""
    rest = [to for to in result.recipients if result.reached and to not in result.reached]
    names = ", ".join(result.reached or result.recipients)
    return f"{names}; not to {', '.join(rest)}: {result.text}" if rest else names


def draft_lines(made: Draft) -> Iterator[str]:
    """Yield the subject and papers of a draft, or the reason why it is empty."""
    to = ", ".join(made.message.recipients)
    if not made.issue.worth_sending:
        yield f"Would send nothing to {to}: {made.issue.empty_reason}"
        return
    yield f"Would send “{made.message.subject}” to {to}"
    for entry in made.issue.entries:
        yield f"  {entry.number:>2}  {entry.ranked.score:3.0f}  {entry.ranked.paper.title}"


def finding_lines(finding: Finding, part_before: str) -> Iterator[str]:
    """Yield the lines of one finding; its part is named if it differs from the previous one.

    Text that does not fit beside the name continues below, in the same column.
    """
    part = finding.part if finding.part != part_before else ""
    name = short(finding.what)
    head = f"{part:<{PART}}{name:<{WHAT}}  {_verdict(finding)}  "
    if is_narrow():
        yield from [part] if part else []
        yield f"{_verdict(finding)}  {name}"
        yield from fold(finding.detail, indent=" " * 6)
        return
    first, *more = fold(finding.detail, within=width() - PART - WHAT - 8)
    margin = " " * (PART + WHAT + 8)
    if len(name) > WHAT:
        yield f"{part:<{PART}}{name}"
        head = f"{'':<{PART + WHAT}}  {_verdict(finding)}  "
    yield (head + first).rstrip()
    yield from (margin + line for line in more)


def _verdict(finding: Finding) -> str:
    if finding.problem and not finding.warning:
        return click.style("FAIL", fg=BAD, bold=True)
    return click.style("warn", fg="yellow") if finding.warning else click.style("ok  ", fg=GOOD)


def ranked_lines(ranked: Iterable[Ranked]) -> Iterator[str]:
    """Yield a table of papers, the highest score first."""
    for one in ranked:
        terms = ", ".join(reason.term for reason in one.reasons[:4])
        yield f"{one.score:5.0f}  {_cut(one.paper.title)}"
        yield click.style(_cut(f"{one.paper.id} · {one.interest or '–'}: {terms}", 7), fg=DIM)


def _cut(text: str, indent: int = 0) -> str:
    """Return `text` cut to the rest of a line beside a score."""
    return " " * indent + cut(text, width() - 7)


def why_lines(ranked: Ranked) -> Iterator[str]:
    """Yield the reasons that make up one paper's score."""
    margin = " " * 6
    yield from fold(ranked.paper.title, indent=margin, first=f"{ranked.score:<6.0f}")
    yield click.style(f"{margin}{ranked.paper.id}", fg=DIM)
    terms = "  ".join(f"“{r.term}”\xa0{r.weight:+.1f}" for r in ranked.reasons)
    said = [
        (ranked.interest or "matched words", terms),
        ("not found", ", ".join(ranked.missing)),
        ("you liked", f"“{ranked.like}”" if ranked.like else ""),
        *(("you follow", author) for author in ranked.followed),
        *(("maybe", f"{author}, or another author of that name") for author in ranked.uncertain),
        ("never shown", "contains a phrase that you muted" if ranked.muted else ""),
    ]
    column = len(margin) + min(max(len(label) for label, text in said if text or label), 26) + 2
    for label, text in said:
        if text:
            yield from labelled(label, text, column=column, indent=margin)
    if not ranked.reasons:
        yield from fold("matches none of your interests", indent=margin)


def status_lines(state: Status, *, verbose: bool = False) -> Iterator[str]:
    """Yield sent digests, unsent email, source status and the next digest."""
    listed = {(row.reader, row.day) for row in (*state.waiting, *state.failed)}
    for reader in state.readers:
        yield from _reader_lines(reader, listed)
    yield from _row("run", RUNNING if state.running else NOT_RUNNING)
    yield ""
    yield from _row("outbox", f"{len(state.waiting)} unsent, {len(state.failed)} failed")
    for row in (*state.waiting, *state.failed):
        due = f", next try {row.due:%H:%M} UTC" if row in state.waiting else ", given up"
        doubt = f", {row.uncertain} uncertain" if row.uncertain else ""
        text = f"{row.day} to {row.recipient}: {row.answer or 'not yet tried'}{due}{doubt}"
        yield from _row("", text)
    yield ""
    yield from _source_lines(state.sources)
    for alert in _alerts(state):
        yield from (click.style(line, fg=BAD) for line in _row("!", alert))
    if verbose:
        yield from _row("background", state.background)


def glance_lines(state: Status) -> Iterator[str]:
    """Yield the state in a line: last digest, next digest, problems."""
    parts = [_last(state), _next(state), *_wrong(state)]
    yield from fold("; ".join(part for part in parts if part) + ".")


def _last(state: Status) -> str:
    digests = [digests[0] for reader in state.readers if (digests := reader.digests)]
    if not digests:
        return "No digest yet"
    newest = max(digests, key=lambda sent: sent.composed)
    count = f", {newest.papers} paper{'' if newest.papers == 1 else 's'}" if newest.papers else ""
    return f"Last digest {newest.day:%a %d %b}: {newest.state}{count}"


def _next(state: Status) -> str:
    coming = [reader.next for reader in state.readers if reader.next]
    if not coming:
        return STOPPED
    unsent = "" if state.running else ", by `digest run` or cron"
    return f"next {min(coming):%a %d %b %H:%M}{unsent}"


def _wrong(state: Status) -> Iterator[str]:
    """Yield the problems, each with the command that explains or fixes it."""
    if state.waiting:
        yield waiting(len({row.message_id for row in state.waiting}))
    failed = any(reader.attempt for reader in state.readers)
    if state.failed or failed or _alerts(state) or any(r.overdue for r in state.readers):
        yield "something is wrong: see `digest status`"


def waiting(number: int) -> str:
    """Return the number of unsent digests, and the command that sends them now."""
    noun = "digest" if number == 1 else "digests"
    return f"{number} unsent {noun}: `digest send --retry`"


def _alerts(state: Status) -> list[str]:
    """Return the alerts that the outbox lines do not already cover."""
    told = {f"refused:{row.recipient}" for row in state.failed}
    told |= {"outbox"} if state.waiting else set()
    return [text for key, text in state.alerts.items() if key not in told]


def _row(label: str, text: str) -> list[str]:
    return labelled(label, text, column=COLUMN)


def _reader_lines(reader: ReaderStatus, listed: Collection[tuple[str, date]]) -> Iterator[str]:
    """Yield the next and the past digests; those `listed` in the outbox are explained there."""
    paused = f"paused until {reader.until:%a %d %b %Y}; " if reader.until else ""
    coming = f"next {reader.next:%a %d %b %Y %H:%M %z}" if reader.next else STOPPED
    yield from _row(reader.name, paused + coming)
    if reader.attempt:
        tried = f"{reader.attempt.day}  {reader.attempt.state}: {reader.attempt.text}"
        yield from (click.style(line, fg=BAD) for line in _row("", tried))
    for sent in reader.digests:
        waits = (reader.name, sent.day) in listed and sent.state in (
            DigestState.WAITING,
            DigestState.FAILED,
        )
        detail = "see outbox" if waits else sent.reason or sent.answer
        count = f"{sent.papers} paper{' ' if sent.papers == 1 else 's'}"
        if is_narrow():
            yield f"  {sent.day}  {sent.state}, {count.strip()}"
            yield from fold(detail, indent=" " * 4) if detail else []
            continue
        head = f"{'':<{COLUMN}}{sent.day}  {sent.state:<8}{count:>11}  "
        yield from fold(detail, indent=" " * len(head), first=head)
    if not (reader.digests or reader.attempt):
        yield from _row("", "no digest yet")
    if reader.overdue:
        text = "a digest is overdue: is `digest run` or cron still running?"
        yield from (click.style(line, fg=BAD) for line in _row("!", text))


def _source_lines(sources: Iterable[SourceHealth]) -> Iterator[str]:
    label = "sources"
    for health in sources:
        since = f" since {health.failing_since:%d %b %H:%M} UTC" if health.failing_since else ""
        last = f"last read {health.last_ok:%d %b %H:%M} UTC" if health.last_ok else "never read"
        yield from _row(label, f"{health.name}: {health.state}{since}, {last}")
        label = ""
        if health.error:
            yield from fold(health.error, indent=" " * (4 if is_narrow() else COLUMN + 2))
    if label:
        yield from _row(label, "not read yet")

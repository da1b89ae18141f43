"""Delivering commands: send and run."""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

import click

from digest.cli import formatting
from digest.cli.common import (
    DATE,
    PATH,
    Context,
    locked_runtime,
    print_error,
    print_lines,
    print_new_alerts,
    print_notices,
    reader_option,
    readers_of,
    spinner,
    today,
)
from digest.cli.reload import follow_config, watched_config
from digest.cli.terminal import open_in_browser
from digest.model.states import DigestState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from digest.app.pipeline.request import DigestResult, Draft
    from digest.app.runtime import Runtime
    from digest.config import Config, ConfigWatcher

log = logging.getLogger(__name__)
DAEMON_WAIT_S = 60.0
LOCK_WAIT_S = 0.3
"""Seconds to wait for the daemon's lock, which `status` holds for a moment to test it."""


@click.command()
@click.option("--retry", is_flag=True, help="Also retry unsent email now, without the retry delay.")
@click.option("--test", is_flag=True, help="Mark it [test]; does not count as sent.")
@click.option("--dry-run", is_flag=True, help="Show what would be sent.")
@click.option("--again", is_flag=True, help="Send although it was already sent.")
@click.option("--day", type=DATE, metavar="DAY", help="The digest of that local date.")
@reader_option
@click.option(
    "--to",
    multiple=True,
    metavar="ADDRESS",
    help="Send a copy to this address; the reader's own digest is unaffected.",
)
@click.option("--sample", is_flag=True, help="Write a sample digest into ./sample-mail.")
@click.option("-o", "--output", type=PATH, metavar="FOLDER", help="Another folder for the sample.")
@click.option("--no-open", is_flag=True, help="Do not open the browser.")
@click.pass_obj
def send(  # noqa: PLR0913  # one option each
    context: Context,
    *,
    retry: bool,
    test: bool,
    dry_run: bool,
    again: bool,
    day: date | None,
    name: str | None,
    to: Sequence[str],
    sample: bool,
    output: Path | None,
    no_open: bool,
) -> int:
    """Send today's digest now, once per reader and day."""
    if sample:
        return _send_sample(output, no_open=no_open)
    from digest.app.alerts import config_accepted
    from digest.app.daemon.maintenance import upkeep_after
    from digest.app.pipeline.pipeline import rehearse
    from digest.app.pipeline.pipeline import send as make
    from digest.app.pipeline.request import DigestRequest, DigestResult, Draft
    from digest.config.last_good import keep

    config = context.load(warn=True)
    config.require_transport()
    with (
        locked_runtime(config, wait=DAEMON_WAIT_S) as runtime,
        print_new_alerts(context, runtime),
        spinner("Reading today's papers"),
    ):
        if not dry_run:
            config_accepted(runtime.store.alerts, config)
            keep(config)
        requests = [
            DigestRequest(
                reader=reader,
                day=day or today(reader, runtime.now()),
                explicit_day=day is not None,
                new_edition=again,
                test=test,
                to=tuple(to),
            )
            for reader in readers_of(config, name)
        ]
        made = list(rehearse(requests, config, runtime)) if dry_run else ()
        results = () if dry_run else make(requests, config, runtime, retry=retry)
        if not dry_run:
            upkeep_after(config, runtime)
    drafts = [plan for plan in made if isinstance(plan, Draft)]
    _print_unread(drafts)
    print_lines(line for plan in drafts for line in formatting.draft_lines(plan))
    return _print_results([*results, *(plan for plan in made if isinstance(plan, DigestResult))])


def _print_results(results: Sequence[DigestResult], *, quiet: bool = False) -> int:
    """Print the result of each digest; return 1 if one was not made or delivered.

    With `quiet` only those are printed, to stderr: cron mails all output.
    """
    bad = [r for r in results if r.state in (DigestState.FAILED, DigestState.QUEUED)]
    if not quiet:
        _print_unread(results)
    for result in bad if quiet else results:
        click.echo(formatting.result_line(result), err=quiet)
    return 1 if bad else 0


def _print_unread(made: Iterable[Draft | DigestResult]) -> None:
    """Print each failed source once to stderr, for all readers together."""
    for text in dict.fromkeys(text for one in made for text in one.unread):
        print_error(text)


def _send_sample(output: Path | None, *, no_open: bool) -> int:
    from digest.app.pipeline.pipeline import send as make
    from digest.app.pipeline.request import DigestRequest
    from digest.app.runtime import opened
    from digest.app.sample import FOLDER, sample_config, sample_day, sample_now, shown
    from digest.store import lock

    folder = output or FOLDER
    config = sample_config(folder)
    day = sample_day(config)
    with (
        spinner("Making the sample"),
        lock(config.storage),
        opened(config, now=lambda: sample_now(day), alone=True) as runtime,
    ):
        results = make([DigestRequest(reader=config.readers[0], day=day)], config, runtime)
    code = _print_results(results)
    if code:
        return code
    email, text, page = shown(folder)
    click.echo(f"Saved to {email}; its HTML to {page}\n")
    click.echo(text)
    if not no_open:
        open_in_browser(page.absolute().as_uri(), os.environ)
    return 0


@click.command()
@click.option("--once-due", is_flag=True, help="Send what is due, then exit.")
@click.option(
    "--service",
    type=click.Choice(["systemd", "launchd", "cron", "docker"]),
    help="Print a ready unit file and exit.",
)
@click.pass_obj
def run(context: Context, *, once_due: bool, service: str | None) -> int:
    """Send digests on schedule until stopped."""
    if service:
        from digest.cli.service.units import unit

        click.echo(unit(service, config=context.path.absolute()))
        return 0
    from digest.store import DAEMON, lock

    watched = watched_config(context)
    if not context.quiet:
        logging.getLogger("digest.app.daemon.daemon").setLevel(logging.INFO)
    with lock(watched.config.storage, DAEMON, wait=LOCK_WAIT_S):
        return _run(context, watched, once_due=once_due)


def _run(context: Context, watched: ConfigWatcher, *, once_due: bool) -> int:
    from digest.app.daemon.daemon import Daemon, here
    from digest.app.daemon.loop import (
        LONGEST,
        PATIENCE,
        limited,
        notify_service,
        run_forever,
        stop_on_signals,
    )
    from digest.app.runtime import opened
    from digest.cli.worker import Worker

    stop = threading.Event()
    with opened(watched.config, stop=stop) as runtime:
        print_notices(runtime)
        stop_on_signals(stop)
        results: list[DigestResult] = []
        daemon = Daemon(
            runtime=runtime,
            config=follow_config(
                watched, runtime, note=context.note if sys.stderr.isatty() else None
            ),
            tell=results.extend,
            line=here if once_due else Worker(verbose=context.verbose, quiet=context.quiet),
        )
        if once_due:
            with limited():
                daemon.beat()
            daemon.heartbeat.wait()
            return _print_results(results, quiet=context.quiet)
        _note_next_digests(context, watched.config, runtime)
        notify_service("READY=1", os.environ)

        def beat() -> None:
            results.clear()
            with limited(LONGEST + PATIENCE):
                daemon.beat()
            notify_service("WATCHDOG=1", os.environ)

        finished = run_forever(beat, stop)
        notify_service("STOPPING=1", os.environ)
        if not finished:
            exit_process(watched.config, stop)
    return 0


def _note_next_digests(context: Context, config: Config, runtime: Runtime) -> None:
    from digest.model.schedule import next_due

    for reader in config.readers:
        moment = next_due(reader.schedule, runtime.now())
        context.note(f"{reader.name}: next digest {moment:%a %d %b %Y %H:%M %z}")


def exit_process(config: Config, stop: threading.Event) -> NoReturn:
    """End the process although a thread still runs; its email is safe in the outbox."""
    from digest.app.alerts import HANG, raise_alert
    from digest.app.runtime import utc_now
    from digest.model.errors import StateError
    from digest.store import Store

    if not stop.is_set():
        with suppress(StateError), Store.open(config.storage, now=utc_now) as store:
            text = f"a digest hung for an hour and was stopped at {utc_now():%d %B %Y %H:%M} UTC"
            raise_alert(store.alerts, HANG, text)
    log.critical("event=left-behind hint=%r", "the outbox is sent at the next start")
    logging.shutdown()
    os._exit(0 if stop.is_set() else 1)

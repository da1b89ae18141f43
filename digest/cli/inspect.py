"""Read-only commands: check, preview, rank, why, status, templates."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from digest.cli import formatting
from digest.cli.common import (
    DATE,
    Context,
    json_option,
    only_reader,
    print_json,
    print_lines,
    reader_option,
    shared_runtime,
    spinner,
    today,
    with_spinner,
)
from digest.cli.terminal import short
from digest.model.errors import ConfigError, StateError

if TYPE_CHECKING:
    from datetime import date

    from digest.app.check import Finding
    from digest.app.pipeline.request import Draft
    from digest.config import Config


@click.command()
@click.option("--offline", is_flag=True, help="Skip sources and mail server: no network.")
@json_option
@click.pass_obj
def check(context: Context, *, offline: bool, as_json: bool) -> int:
    """Test config, sources, templates and mail server."""
    from digest.app.check import check as walk
    from digest.app.preferences import profile_of
    from digest.ranking.profile_lint import lint_profile

    config = context.load() if not as_json else _loaded_quietly(context)
    found: list[Finding] = []
    with shared_runtime(config, offline=offline) as runtime:
        part = ""
        walked = walk(
            config,
            runtime,
            offline=offline,
            advice=lambda r: lint_profile(profile_of(r, runtime), runtime.ranker.background),
        )
        for finding in with_spinner(walked, "Checking"):
            if not as_json:
                print_lines(formatting.finding_lines(finding, part))
            part = finding.part
            found.append(finding)
    problems = [f.problem for f in found if f.problem and not f.warning]
    if as_json:
        from digest.app.json_output import check_json

        print_json(check_json(problems))
    else:
        for problem in problems:
            click.echo(f"\n{problem}")
    return 1 if problems else 0


def _loaded_quietly(context: Context) -> Config:
    """Return the config; print its problems as JSON and exit if there are any."""
    from digest.app.json_output import check_json
    from digest.model.errors import ConfigError

    try:
        context.quiet = True
        return context.load()
    except ConfigError as error:
        print_json(check_json(error.problems))
        raise click.exceptions.Exit(error.exit_code) from error


@click.command()
@click.option("--sample", is_flag=True, help="Sample papers and interests; no config needed.")
@click.option("-o", "--output", metavar="FILE|-", help="Write the HTML to FILE and exit.")
@click.option("--text", "as_text", is_flag=True, help="Print the plain text and exit.")
@json_option
@click.option("--day", type=DATE, metavar="DAY", help="The digest of that local date.")
@reader_option
@click.option("--port", default=8025, show_default=True, help="Port of the page.")
@click.option("--no-open", is_flag=True, help="Do not open the browser.")
@click.option("--watch/--no-watch", default=True, help="Redraw when a file is saved.")
@click.pass_obj
def preview(  # noqa: PLR0913  # one option each
    context: Context,
    *,
    sample: bool,
    output: str | None,
    as_text: bool,
    as_json: bool,
    day: date | None,
    name: str | None,
    port: int,
    no_open: bool,
    watch: bool,
) -> None:
    """See a digest in your browser; nothing is sent."""
    if not (output or as_text or as_json):
        _serve(context, sample=sample, day=day, name=name, port=port, no_open=no_open, watch=watch)
        return
    made = _sample_draft() if sample else _draft(context, name, day)
    if made.message.problem:  # the built-in template is used meanwhile
        click.echo(str(made.message.problem), err=True)
    if as_json:
        from digest.app.json_output import preview_json

        print_json(preview_json(made.issue, made.message.subject))
    elif as_text:
        click.echo(made.message.text)
    elif output == "-":
        click.echo(made.message.html)
    else:
        Path(str(output)).write_text(made.message.html, encoding="utf-8")
        context.note(f"Wrote {short(str(output))}: {made.message.subject}")


def _draft(context: Context, name: str | None, day: date | None) -> Draft:
    from digest.app.pipeline.fetch import fetch_for
    from digest.app.pipeline.pipeline import draft
    from digest.app.pipeline.rendering import add_pictures
    from digest.app.pipeline.request import DigestRequest

    config = context.load()
    reader = only_reader(config, name)
    with shared_runtime(config) as runtime, spinner("Reading today's papers"):
        wanted = day or today(reader, runtime.now())
        request = DigestRequest(reader=reader, day=wanted, explicit_day=day is not None)
        fetched = fetch_for([request], config, runtime, record=False)[request.days]
        return add_pictures(draft(request, fetched, config, runtime), runtime)


def _sample_draft() -> Draft:
    from tempfile import TemporaryDirectory

    from digest.app.pipeline.fetch import fetch_for
    from digest.app.pipeline.pipeline import draft
    from digest.app.pipeline.rendering import add_pictures
    from digest.app.pipeline.request import DigestRequest
    from digest.app.runtime import opened
    from digest.app.sample import sample_config, sample_day, sample_now

    with TemporaryDirectory() as folder:
        config = sample_config(Path(folder))
        day = sample_day(config)
        with opened(config, now=lambda: sample_now(day)) as runtime:
            request = DigestRequest(reader=config.readers[0], day=day)
            fetched = fetch_for([request], config, runtime)[request.days]
            return add_pictures(draft(request, fetched, config, runtime), runtime)


def _serve(  # one option each
    context: Context,
    *,
    sample: bool,
    day: date | None,
    name: str | None,
    port: int,
    no_open: bool,
    watch: bool,
) -> None:
    from digest.cli.preview import serve

    serve(
        None if sample else context.path,
        day=day,
        reader=name,
        port=port,
        browser=not no_open,
        watch=watch,
        say=context.note,
    )


@click.command()
@click.argument("file", metavar="FILE.jsonl|-", type=click.File("rb"))
@reader_option
@json_option
@click.pass_obj
def rank(context: Context, file: IO[bytes], *, name: str | None, as_json: bool) -> None:
    """Score a list of papers against your interests."""
    import json

    from digest.app.json_output import rank_json
    from digest.app.paper_lookup import fetch_named
    from digest.app.preferences import profile_of
    from digest.sources.file import given_ids, read_lines

    config = context.load()
    body = file.read()
    papers, skipped = read_lines(body)
    if skipped:
        lines_left = "1 line" if skipped == 1 else f"{skipped} lines"
        context.note(f"skipped {lines_left} that could not be read")
    with shared_runtime(config) as runtime, spinner("Ranking"):
        reader = only_reader(config, name)
        fetch_named(reader.paper_ids, runtime)
        ranked = runtime.ranker.rank(papers, profile_of(reader, runtime))
    if as_json:
        given = given_ids(body)
        found = (rank_json(one) | {"id": given.get(one.paper.id, one.paper.id)} for one in ranked)
        print_lines(json.dumps(line, ensure_ascii=False) for line in found)
    else:
        print_lines(formatting.ranked_lines(ranked))


@click.command()
@click.argument("paper")
@reader_option
@json_option
@click.pass_obj
def why(context: Context, paper: str, *, name: str | None, as_json: bool) -> None:
    """Explain the score of one paper: id, link, title or NUMBER."""
    from digest.app.json_output import rank_json
    from digest.app.paper_lookup import fetch_named, from_number, look_up
    from digest.app.preferences import profile_of

    config = context.load()
    with shared_runtime(config) as runtime, spinner(f"Looking for {paper}"):
        reader = only_reader(config, name)
        found = look_up(from_number(paper, reader.name, runtime), runtime)
        fetch_named(reader.paper_ids, runtime)
        (ranked,) = runtime.ranker.rank([found], profile_of(reader, runtime))
    if as_json:
        print_json(rank_json(ranked))
    else:
        print_lines(formatting.why_lines(ranked))


@click.command()
@click.option(
    "-n",
    "count",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    help="How many digests of each reader.",
)
@json_option
@click.pass_obj
def status(context: Context, count: int, *, as_json: bool) -> int:
    """Show sent digests, failures, source status and the next digest."""
    from digest.app.runtime import utc_now, viewpoint
    from digest.app.status import status as look
    from digest.app.status import status_json
    from digest.ranking.background import shipped_background
    from digest.store import DAEMON, Store, held

    config = context.load()
    running = held(config.storage, DAEMON)
    with Store.open(config.storage, now=utc_now) as store:
        background = f"{shipped_background().describe()}; {viewpoint(store)}"
        state = look(config, store, background=background, count=count, running=running)
    if as_json:
        print_json(status_json(state))
    else:
        print_lines(formatting.status_lines(state, verbose=context.verbose > 0))
    return 0 if state.healthy else 1


def glance(context: Context) -> list[str]:
    """Return the state in a line or two, read from the config and the store alone."""
    from digest.app.runtime import utc_now
    from digest.app.status import status as look
    from digest.store import DAEMON, Store, held
    from digest.store.recovery import DATABASE

    try:
        config = context.load()
        if not (config.storage / DATABASE).exists():
            return ["Nothing has been sent yet."]
        running = held(config.storage, DAEMON)
        with Store.open(config.storage, now=utc_now) as store:
            state = look(config, store, background="", count=1, running=running)
    except ConfigError:
        return ["It has a problem: `digest check` shows it."]
    except StateError as error:
        return [str(error)]
    return list(formatting.glance_lines(state))

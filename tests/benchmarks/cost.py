"""Cost benchmark: `PYTHONPATH=tests:tests/support python -m benchmarks.cost` prints its tables.

Whole processes, CPU and peak memory as the kernel counted them, each beside a baseline of the same
run: figures of one machine mean little on another, their ratios do. README.md lists the bars.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from .measuring import Cost, digest, job, machine, python

if TYPE_CHECKING:
    from collections.abc import Iterable

IMPORT = "import sklearn.feature_extraction.text"
PAPERS = 700
MANY = 1_000
SETTLE = """
from pathlib import Path
from benchmarks.synthetic import settle
settle(Path({folder!r}), {papers})
"""
MESSAGES = 2_000
MINUTE = 60


def row(name: str, cost: Cost, base: Cost | None = None, more: str = "") -> None:
    """Print one line of a table."""
    ratio = f"{cost.cpu / base.cpu:6.2f} ×" if base else " " * 8
    print(f"{name:58} {cost.cpu:7.2f} s {cost.peak:5.0f} MB {ratio}  {more}")


def title(text: str) -> None:
    """Print the head of a table."""
    print(f"\n{text:58} {'CPU':>9} {'peak':>8}")


def light() -> Cost:
    """Measure the light commands; return the cost of the bare import."""
    title("Light")
    bare = python(IMPORT)
    row(f"baseline: {IMPORT}", bare)
    row("digest --help", digest("--help"), bare)
    row("digest preview --sample -o FILE", digest("preview", "--sample", "-o", os.devnull), bare)
    return bare


def day(bare: Cost) -> None:
    """Measure one reader's daily digest, and the same papers with two common designs."""
    title(f"One reader, {PAPERS} papers")
    with TemporaryDirectory() as name:
        folder = Path(name)
        python(SETTLE.format(folder=name, papers=PAPERS), times=1)
        config = ("-c", str(folder / "config.toml"))
        row("digest send, from a file into a maildir", digest(*config, "send", times=1), bare)
        row("digest send, nothing new", digest(*config, "send"), bare)
        idle(folder)
    row("TfidfVectorizer fitted on the day, scores alone", job("refit", "1", str(PAPERS)), bare)
    row("arxiv-sanity-lite's formula, scores alone", job("sanity", "1", str(PAPERS)), bare)


def idle(folder: Path) -> None:
    """Print the memory of an idle daemon, and its wake-ups a minute."""
    (folder / "state").rename(folder / "old state")
    command = [sys.executable, "-m", "digest", "-q", "-c", str(folder / "config.toml"), "run"]
    with subprocess.Popen(command) as daemon:  # our own
        while not list((folder / "state").glob("last-good*")):
            time.sleep(1)
        time.sleep(MINUTE / 2)
        before = facts(daemon.pid)
        time.sleep(MINUTE)
        after = facts(daemon.pid)
        daemon.send_signal(signal.SIGTERM)
    waking = after["voluntary_ctxt_switches"] - before["voluntary_ctxt_switches"]
    print(f"{'idle daemon, its day done':58} {'':9} {after['VmRSS'] / 1024:5.0f} MB", end="")
    print(f"{'':10}  wakes {waking} times a minute, all threads")


def facts(pid: int) -> dict[str, int]:
    """Return a process's memory in kB and the context switches of its threads (Linux)."""
    found: dict[str, int] = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        for line in (task / "status").read_text().splitlines():
            name, _, value = line.partition(":")
            if name == "VmRSS":
                found[name] = int(value.split()[0])
            elif name == "voluntary_ctxt_switches":
                found[name] = found.get(name, 0) + int(value)
    return found


def many(readers: int) -> None:
    """Measure many readers, stage by stage."""
    title(f"{readers:,} readers × {MANY:,} papers")
    cost = job("ranking", str(readers), str(MANY))
    parts = json.loads(cost.out)
    row("ranking, 3 interests of 2 phrases, the best 12 with reasons", cost)
    row("  phrases made ready (a third of them one reader's alone)", part(parts, "phrases"))
    row("  scores of all, reasons of the best", part(parts, "scores"))
    few = 20
    refit = part(json.loads(job("refit", str(few), str(MANY)).out), "scores")
    row(f"  TfidfVectorizer fitted for each of {few}", refit, None, per(refit.cpu / few))
    letters = json.loads(job("rendering", "500").out)
    row("500 letters of 12 papers, rendered and made MIME", part(letters, "letters"))
    print(f"{'':2}{500 / letters['letters']:.0f} a second and core, {letters['bytes']:,.0f} bytes")
    for connections in (1, 4):
        sending(connections)
    whole = job("line", "100", str(PAPERS))
    each = json.loads(whole.out)["others"] / 99
    row(f"the whole line for 100 readers × {PAPERS} papers", whole, None, per(each))


def sending(connections: int) -> None:
    """Print the rate of messages sent to a server that accepts everything."""
    sent = json.loads(job("sending", str(MESSAGES), str(connections)).out)
    put, cpu, wall = (MESSAGES / sent[name] for name in ("outbox", "sending", "sending wall"))
    row(f"{MESSAGES:,} messages into a sink, {connections} connections", part(sent, "sending"))
    print(f"  {cpu:.0f} a CPU second, {wall:.0f} a second by the clock (an fsync each);", end="")
    print(f" put into the outbox: {put:.0f} a CPU second")


def part(parts: dict[str, float], name: str) -> Cost:
    """Return one stage of a job as a cost."""
    return Cost(cpu=parts[name], peak=0)


def per(seconds: float) -> str:
    """Return the marginal cost of each item."""
    return f"{seconds * 1000:.1f} ms each"


def main(arguments: Iterable[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Print what digest costs.")
    parser.add_argument("--readers", type=int, default=10_000)
    given = parser.parse_args(None if arguments is None else list(arguments))
    print(machine())
    bare = light()
    day(bare)
    many(given.readers)


if __name__ == "__main__":
    main()

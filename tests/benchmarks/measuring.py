"""Measurement of whole processes: CPU seconds and peak memory from wait4(2)."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[2]
TIMES = 3
"""Repetitions of short runs; the cheapest counts, which excludes other load."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """CPU and memory of a process and its children."""

    cpu: float
    """CPU seconds, user and system."""
    peak: float
    """Peak memory in megabytes."""
    out: str = ""


def cost(*command: str, times: int = 1, folder: Path = ROOT) -> Cost:
    """Run a command and return its lowest cost; exit if it fails."""
    return min((_once(command, folder) for _ in range(times)), key=lambda found: found.cpu)


def _once(command: tuple[str, ...], folder: Path) -> Cost:
    environ = {
        **os.environ,
        "PYTHONPATH": ":".join(map(str, (ROOT, ROOT / "tests", ROOT / "tests" / "support"))),
        "OPENBLAS_NUM_THREADS": "1",
    }
    with subprocess.Popen(  # commands of our own
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=environ
    ) as child:
        assert child.stdout
        assert child.stderr
        out, err = child.stdout.read(), child.stderr.read()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{' '.join(command)} failed: {err.decode()[-2000:]}")
    return Cost(cpu=used.ru_utime + used.ru_stime, peak=used.ru_maxrss / 1024, out=out.decode())


def python(code: str, *, times: int = TIMES) -> Cost:
    """Return the cost of a few lines of Python in a process of their own."""
    return cost(sys.executable, "-c", code, times=times)


def digest(*arguments: str, times: int = TIMES, folder: Path = ROOT) -> Cost:
    """Return the cost of a digest command."""
    return cost(sys.executable, "-m", "digest", *arguments, times=times, folder=folder)


job = partial(cost, sys.executable, "-m", "benchmarks.jobs")
"""Runner of one job."""


def machine() -> str:
    """Return a description of the machine."""
    cpu = platform.processor() or platform.machine()
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        models = [line for line in facts.read_text().splitlines() if line.startswith("model name")]
        cpu = models[0].partition(":")[2].strip() if models else cpu
    return f"{os.cpu_count()} cores ({cpu}), Python {platform.python_version()}"

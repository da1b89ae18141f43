"""digest as a process of its own, with a config that needs no network, under limits."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from town import digest

if TYPE_CHECKING:
    from pathlib import Path

MAILDIR = '[maildir]\npath = "mail"\n'
CONFIG = """
[email]
to = "ada@reader.test"
from = "digest@sender.test"
[[interests]]
phrases = ["flow matching"]
[[sources]]
type = "file"
path = "papers.jsonl"
[schedule]
timezone = "UTC"
at = "00:00"
[storage]
path = "state"
"""


def settle(folder: Path, way: str = MAILDIR) -> Path:
    """Write a config with a way of delivery, and one paper."""
    folder.mkdir(exist_ok=True)
    (folder / "config.toml").write_text(CONFIG + way)
    (folder / "config.toml").chmod(0o600)
    paper = '{"id": "2606.01001", "title": "Flow matching", "abstract": "Flow matching, fast."}'
    (folder / "papers.jsonl").write_text(paper)
    return folder


def smtp(port: int) -> str:
    """Return the way of delivery to a mail server on loopback."""
    return f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'


def started(
    folder: Path, command: str = "send", limit: str = "", **environ: str
) -> subprocess.Popen[str]:
    """Start digest with a limit of the shell (`-n 16`: files, `-v 60000`: kilobytes)."""
    before = f"ulimit {limit} && " if limit else ""
    return subprocess.Popen(
        [
            *("bash", "-c", f'{before}exec "$0" -m digest -c config.toml {command}'),
            sys.executable,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **environ},
    )


def ended(process: subprocess.Popen[str], within: float = 60) -> tuple[int, str]:
    """Wait for it, and return its exit code and all it said."""
    out, err = process.communicate(timeout=within)
    return process.returncode, out + err


def arrived(folder: Path) -> int:
    """Return how many mails lie in the maildir."""
    new = folder / "mail" / "new"
    return len(list(new.iterdir())) if new.exists() else 0


def makes_up(folder: Path) -> bool:
    """Tell whether an unhindered `send` afterwards leaves exactly one mail in the maildir."""
    done = digest("-c", str(folder / "config.toml"), "send")
    assert done.code == 0, done
    return arrived(folder) == 1

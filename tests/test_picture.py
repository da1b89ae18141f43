"""The README's picture shows what digest really sends."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from digest.cli import cli

DOCS = Path(__file__).parent.parent / "docs"


def test_the_picture_is_of_todays_sample() -> None:
    """docs/digest.html, from which the picture was made, is what the sample renders to now."""
    done = CliRunner().invoke(cli, ["preview", "--sample", "-o", "-"])
    assert done.exit_code == 0
    assert done.stdout.strip() == (DOCS / "digest.html").read_text().strip(), (
        "the sample email changed: run `make picture`"
    )

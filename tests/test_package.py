"""What is shipped works where nothing of the checkout is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.process

ROOT = Path(__file__).parent.parent
LARGEST = 8_000_000
"""Bytes of the wheel; most of it is the background table (6 MB at most)."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build sdist, and from it the wheel, with the backend that is installed."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def digest(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a fresh venv, which borrows the dependencies of this one."""
    home = tmp_path_factory.mktemp("fresh")
    venv.create(home, with_pip=False)
    folder = home / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
    (folder / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", str(home / "bin" / "python"), "install"),
            *("--quiet", "--no-deps", "--no-index", "--force-reinstall", str(wheel)),
        ],
        check=True,
        capture_output=True,
    )
    return home / "bin" / "digest"


def test_the_wheel_holds_all_that_is_read_at_run_time(wheel: Path) -> None:
    """Templates, the example config, the sample and the background table travel inside."""
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "digest/email/templates/digest.html",
        "digest/email/templates/digest.txt",
        "digest/cli/init/config.example.toml",
        "digest/app/sample/sample.jsonl",
        "digest/app/sample/sample.toml",
        "digest/ranking/background.npz",
        "digest/email/summary/rules.toml",
        "digest/email/summary/weights.json",
        "digest/py.typed",
    } <= names
    assert not [name for name in names if name.startswith(("tests", ".venv"))]
    assert wheel.stat().st_size <= LARGEST


def test_the_installed_sample_is_rendered_without_config_and_network(
    digest: Path, tmp_path: Path
) -> None:
    """In an empty home, far from the checkout, the sample goes through the whole line."""
    done = subprocess.run(
        [str(digest), "send", "--sample", "--no-open"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": os.defpath, "http_proxy": "http://127.0.0.1:9"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "Sent" in done.stdout
    assert len(list((tmp_path / "sample-mail" / "new").iterdir())) == 1


def test_nobody_is_told_to_install_a_stranger_s_package() -> None:
    """We are on no index: what is installed by name there is not ours, so `.` is what we name."""
    name = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["name"]
    ours = re.compile(rf"(pip|pipx|uv) [^\n]*(?<!-)\b({name}|paper-digest|digest\[)")
    texts = [ROOT / "README.md", ROOT / "Dockerfile", ROOT / "config.example.toml"]
    texts += [p for p in (ROOT / "digest").rglob("*") if p.suffix in {".py", ".toml", ".html"}]
    told = {path.name: found[0] for path in texts if (found := ours.search(path.read_text()))}
    strangers = [
        path.name for path in texts if re.search(r"(?<!daily-)paper-digest", path.read_text())
    ]
    assert (told, strangers) == ({}, [])

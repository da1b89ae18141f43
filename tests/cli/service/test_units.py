"""Units for service managers, with the real paths in them."""

from __future__ import annotations

import plistlib
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from digest.cli.service.installation import Installation
from digest.cli.service.units import START, UNITS, docker, launchd, systemd, unit
from digest.cli.service.units import cron as cron_line
from digest.model.errors import DigestError

HERE = Installation(
    python=Path("/opt/my python/bin/python"),
    config=Path("/home/ada/100% & <mine>/it's.toml"),
    state=Path("/home/ada/$tate"),
    home=Path("/Users/ada"),
    user="ada",
)
NEEDY = replace(
    HERE,
    path="/home/ada/100% $bin:/usr/bin",
    variables=("MAIL_PASSWORD",),
    reads=(Path("/etc/mail-password"),),
    writes=(Path("/var/mail/ada's"),),
    extras=("embeddings", "pictures"),
)
"""With all that a config may ask for."""


@pytest.mark.parametrize("service", list(UNITS))
def test_a_unit_names_this_installation(service: str) -> None:
    """The interpreter at work, the config and the state folder stand in it, absolute."""
    text = unit(service, config=Path("config.toml"), state=Path("/s"))

    assert str(Path("config.toml").absolute()) in text
    assert service == "docker" or sys.executable in text


def test_an_unknown_service_is_told() -> None:
    """With those there are."""
    with pytest.raises(DigestError, match="upstart") as caught:
        unit("upstart", config=Path("c"))
    assert "systemd" in caught.value.hint


def test_systemd_s_unit_is_hardened_and_watched() -> None:
    """A notify service with a watchdog that a wrong config or a second digest does not restart."""
    lines = systemd(HERE).splitlines()

    assert {"Type=notify", "RestartPreventExitStatus=2 75", "User=ada"} <= set(lines)
    assert any(line.startswith("WatchdogSec=") for line in lines)
    assert {"NoNewPrivileges=yes", "ProtectSystem=strict"} <= set(lines)


def test_systemd_s_words_are_quoted() -> None:
    """Per cent and dollar signs, blanks and quotes in paths stay what they are."""
    (start,) = [line for line in systemd(HERE).splitlines() if line.startswith("ExecStart=")]

    assert start == (
        'ExecStart="/opt/my python/bin/python" -P -m digest '
        '-c "/home/ada/100%% & <mine>/it\'s.toml" run'
    )
    dear = replace(HERE, config=Path("/a$b"))
    assert '-c "/a$$b" run' in systemd(dear)
    assert '\nEnvironment="DIGEST_STATE=/home/ada/$tate"\n' in systemd(dear)


def test_a_unit_gives_what_the_config_counts_on() -> None:
    """A service has neither the PATH of a shell nor its variables: the one is set, the others told.

    Letters are put where [maildir] says, and nothing of it is there where it is not needed.
    """
    text = systemd(NEEDY)
    assert '\nEnvironment="PATH=/home/ada/100%% $bin:/usr/bin"\n' in text
    assert "# The config reads $MAIL_PASSWORD" in text
    assert "\n#EnvironmentFile=/etc/digest/environment\n" in text
    assert f'\nReadWritePaths=-"{HERE.state}" -"/var/mail/ada\'s"\n' in text
    assert "PATH=/" not in systemd(HERE)
    assert "EnvironmentFile" not in systemd(HERE)


@pytest.mark.parametrize("service", ["systemd", "launchd", "cron"])
def test_a_file_beside_it_is_not_taken_for_digest(service: str, tmp_path: Path) -> None:
    """A `digest.py` in the folder that a service starts in shadows nothing."""
    (tmp_path / "digest.py").write_text("raise SystemExit('shadowed')")
    text = unit(service, config=tmp_path / "c.toml", state=tmp_path)
    assert "-P" in text.replace("<string>-P</string>", "-P").split("-m")[0]

    done = subprocess.run(
        [sys.executable, *START, "--version"], cwd=tmp_path, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout[:7]) == (0, b"digest,")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_takes_its_unit(tmp_path: Path) -> None:
    """Systemd's own check finds nothing to say, and calls it well protected."""
    path = tmp_path / "digest.service"
    path.write_text(unit("systemd", config=tmp_path / "config.toml", state=tmp_path))

    checked = subprocess.run(
        ["systemd-analyze", "verify", str(path)], capture_output=True, text=True, check=False
    )
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=25", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (checked.returncode, checked.stderr) == (0, "")
    assert rated.returncode == 0, rated.stdout


def test_launchd_s_agent_is_a_property_list() -> None:
    """It parses, starts the right program, and again after a crash."""
    agent = plistlib.loads(launchd(HERE).encode())

    assert agent["ProgramArguments"] == [
        str(HERE.python), "-P", "-m", "digest", "-c", str(HERE.config), "run",
    ]  # fmt: skip
    assert agent["EnvironmentVariables"] == {"DIGEST_STATE": str(HERE.state)}
    assert agent["KeepAlive"] == {"SuccessfulExit": False}


def test_launchd_s_agent_has_the_path_of_the_shell() -> None:
    """Where the config runs a program; the place of a password's variable is a remark."""
    text = launchd(NEEDY)
    agent = plistlib.loads(text.encode())

    assert agent["EnvironmentVariables"] == {
        "DIGEST_STATE": str(HERE.state),
        "PATH": "/home/ada/100% $bin:/usr/bin",
    }
    assert "<key>MAIL_PASSWORD</key>" in text


def test_cron_s_line_is_one_command() -> None:
    """Words survive cron (which ends a command at %) and the shell."""
    (line,) = [line for line in cron_line(HERE).splitlines() if not line.startswith("#")]
    minutes, *_, command = line.split(" ", 5)

    words = shlex.split(command.replace("\\%", "%"))
    assert minutes == "*/15"
    assert "%" not in command.replace("\\%", "")
    assert words == [
        "env", f"DIGEST_STATE={HERE.state}", str(HERE.python), "-P", "-m", "digest", "-q",
        "-c", str(HERE.config), "run", "--once-due",
    ]  # fmt: skip


def test_cron_has_the_path_of_the_shell() -> None:
    """Where the config runs a program; the line of a password's variable is a remark."""
    text = cron_line(NEEDY)
    (line,) = [line for line in text.splitlines() if not line.startswith("#")]

    words = shlex.split(line.split(" ", 5)[-1].replace("\\%", "%"))
    assert words[2] == "PATH=/home/ada/100% $bin:/usr/bin"
    assert "\n#MAIL_PASSWORD=…\n" in text


def test_docker_s_file_builds_from_the_source_and_mounts_what_is_read() -> None:
    """The whole folder of the config at its own place, and nothing else that is not named."""
    text = docker(HERE)

    for part in (
        "context: '.'",
        "DIGEST_CONFIG: '/home/ada/100% & <mine>/it''s.toml'",
        "target: '/home/ada/100% & <mine>'\n        read_only: true",
        *("- state:/state", "stop_grace_period: 35s", "EXTRAS: dkim,library\n"),
    ):
        assert part in text
    assert "in the folder of digest's source" in text
    assert text.count("type: bind") == 1
    assert "password" not in text


def test_docker_s_file_has_what_the_config_names() -> None:
    """Files elsewhere, a maildir, a variable, a model's place; that programs stay outside."""
    text = docker(replace(NEEDY, source=Path("/src")))

    for part in (
        "context: '/src'",
        "source: '/etc/mail-password'",
        "target: '/var/mail/ada''s'\n        read_only: false",
        *("\n      MAIL_PASSWORD:\n", "HF_HOME: /state/models", "library,embeddings,pictures\n"),
        "# The config runs a program of this computer",
    ):
        assert part in text

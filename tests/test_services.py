"""Units for service managers, with the real paths in them."""

from __future__ import annotations

import plistlib
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from digest.errors import DigestError
from digest.services import UNITS, Installation, docker, launchd, systemd, unit
from digest.services import cron as cron_line

HERE = Installation(
    python=Path("/opt/my python/bin/python"),
    config=Path("/home/ada/100% & <mine>/it's.toml"),
    state=Path("/home/ada/$tate"),
    home=Path("/Users/ada"),
    user="ada",
)


@pytest.mark.parametrize("service", list(UNITS))
def test_a_unit_names_this_installation(service: str) -> None:
    """The interpreter at work, the config and the state folder stand in it, absolute."""
    text = unit(service, config=Path("config.toml"), state=Path("/s"))

    assert str(Path("config.toml").absolute()) in text
    assert service == "docker" or sys.executable in text


@pytest.mark.parametrize(
    ("text", "expected"), [('storage.path = "/elsewhere"', "/elsewhere "), ("[", "/there/digest ")]
)
def test_the_state_folder_is_the_config_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, expected: str
) -> None:
    """The service remembers where the commands do; a broken config leaves the usual place."""
    monkeypatch.setenv("XDG_STATE_HOME", "/there")
    monkeypatch.delenv("DIGEST_STATE", raising=False)
    (tmp_path / "config.toml").write_text(text)

    assert f"DIGEST_STATE={expected}" in unit("cron", config=tmp_path / "config.toml")


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
        'ExecStart="/opt/my python/bin/python" -m digest '
        '-c "/home/ada/100%% & <mine>/it\'s.toml" run'
    )


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
        str(HERE.python), "-m", "digest", "-c", str(HERE.config), "run",
    ]  # fmt: skip
    assert agent["EnvironmentVariables"] == {"DIGEST_STATE": str(HERE.state)}
    assert agent["KeepAlive"] == {"SuccessfulExit": False}


def test_cron_s_line_is_one_command() -> None:
    """Words survive cron (which ends a command at %) and the shell."""
    (line,) = [line for line in cron_line(HERE).splitlines() if not line.startswith("#")]
    minutes, *_, command = line.split(" ", 5)

    words = shlex.split(command.replace("\\%", "%"))
    assert minutes == "*/15"
    assert "%" not in command.replace("\\%", "")
    assert words == [
        "env", f"DIGEST_STATE={HERE.state}", str(HERE.python), "-m", "digest", "-q",
        "-c", str(HERE.config), "run", "--once-due",
    ]  # fmt: skip


def test_docker_s_file_keeps_state_and_is_told_to_stop_gently() -> None:
    """A volume, a health check, the exec form, and room for the message in hand."""
    text = docker(HERE)

    assert "'/home/ada/100% & <mine>/it''s.toml:/config/config.toml:ro'" in text
    for part in ("state:/state", "HEALTHCHECK", 'CMD ["run"]', "stop_grace_period: 35s"):
        assert part in text

"""Service units that keep `digest run` running: systemd, launchd, cron, Docker."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from digest.cli.service.installation import installation
from digest.model.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from digest.cli.service.installation import Installation

LABEL = "org.daily-paper-digest"
START = ("-P", "-m", "digest")
"""Python's arguments; -P ignores a `digest.py` in the working folder."""


def unit(service: str, *, config: Path, state: Path | None = None) -> str:
    """Return the text of the unit that runs digest with `config`; raise DigestError."""
    if service not in UNITS:
        raise DigestError(f"no such service: {service}", hint=f"known: {', '.join(UNITS)}")
    return UNITS[service](installation(config, state, environ=os.environ))


_SANDBOX = """\
ProtectSystem=strict
ProtectHome=read-only
UMask=0077
NoNewPrivileges=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
PrivateMounts=yes
LockPersonality=yes
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
CapabilityBoundingSet=
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
"""


def systemd(here: Installation) -> str:
    """Return a hardened unit with a watchdog, not restarted after exit 2 and 75."""
    start = " ".join(
        (_systemd_word(here.python), *START, "-c", _systemd_word(here.config), "run")
    ).replace("$", "$$")
    writes = " ".join(f"-{_systemd_word(path)}" for path in (here.state, *here.writes))
    return f"""\
# Save as /etc/systemd/system/digest.service (sandboxes need a system unit), then
#   sudo -u {here.user} mkdir -p {shlex.quote(str(here.state))}
#   sudo systemctl daemon-reload
#   sudo systemctl enable --now digest
[Unit]
Description=A daily email with the new papers that matter to you
Wants=network-online.target
After=network-online.target time-sync.target
StartLimitIntervalSec=0

[Service]
Type=notify
User={here.user}
ExecStart={start}
{_systemd_environment(here)}\
# A password that only root can read: password = {{ file = "$CREDENTIALS_DIRECTORY/mail" }}
#LoadCredential=mail:/etc/digest/mail-password
WatchdogSec=65min
TimeoutStopSec=35
Restart=always
RestartSec=60
# 2: the config is wrong, 75: another digest is running; starting again would not help
RestartPreventExitStatus=2 75

# Sandbox: network, its own state folder, and read access.
ReadWritePaths={writes}
{_SANDBOX}
[Install]
WantedBy=multi-user.target
"""


def _systemd_environment(here: Installation) -> str:
    """Return the environment lines: a service has none of a shell's variables."""
    lines = [f"Environment={_systemd_word(f'DIGEST_STATE={here.state}')}"]
    if here.path:
        lines.append(f"Environment={_systemd_word(f'PATH={here.path}')}")
    for name in here.variables:
        lines += [
            f"# The config reads ${name}, which a service does not have. Put {name}=… into this",
            "# file, mode 600, and remove the #:",
            "#EnvironmentFile=/etc/digest/environment",
        ]
    return "".join(f"{line}\n" for line in lines)


def _systemd_word(value: Path | str) -> str:
    r"""Return `value` as one word of a unit: % doubled, quotes and backslashes escaped."""
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text.replace("%", "%%")}"'


def launchd(here: Installation) -> str:
    """Return a launch agent that starts at login and again after a crash."""
    words = [str(here.python), *START, "-c", str(here.config), "run"]
    arguments = "\n".join(f"    <string>{escape(word)}</string>" for word in words)
    log = here.home / "Library" / "Logs" / "digest.log"
    return f"""\
<?xml version="1.0" encoding="UTF-8"?>
<!-- Save as ~/Library/LaunchAgents/{LABEL}.plist, then
       launchctl bootstrap gui/$(id -u) ~/Library/LaunchAgents/{LABEL}.plist -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" \
"http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>{LABEL}</string>
  <key>ProgramArguments</key>
  <array>
{arguments}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
{_launchd_environment(here)}  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>60</integer>
  <key>ExitTimeOut</key>
  <integer>35</integer>
  <key>ProcessType</key>
  <string>Background</string>
  <key>Umask</key>
  <integer>63</integer>
  <key>StandardOutPath</key>
  <string>{escape(str(log))}</string>
  <key>StandardErrorPath</key>
  <string>{escape(str(log))}</string>
</dict>
</plist>
"""


def _launchd_environment(here: Installation) -> str:
    pairs = {"DIGEST_STATE": str(here.state)} | ({"PATH": here.path} if here.path else {})
    text = "".join(_launchd_pair(name, value) for name, value in pairs.items())
    for name in here.variables:
        text += f"""\
    <!-- The config reads ${name}, which an agent does not have: write it here, chmod
         600 this file, and remove the comment marks.
{_launchd_pair(name, "…")}    -->
"""
    return text


def _launchd_pair(name: str, value: str) -> str:
    return f"    <key>{escape(name)}</key>\n    <string>{escape(value)}</string>\n"


def cron(here: Installation) -> str:
    """Return a crontab line that sends due digests every 15 minutes."""
    environ = [f"DIGEST_STATE={here.state}"] + ([f"PATH={here.path}"] if here.path else [])
    words = [str(here.python), *START, "-q", "-c", str(here.config), "run", "--once-due"]
    command = shlex.join(["env", *environ, *words]).replace("%", "\\%")
    variables = "".join(
        f"# The config reads ${name}, which cron does not have: put it on a line of its own.\n"
        f"#{name}=…\n"
        for name in here.variables
    )
    return f"""\
# Add this line with `crontab -e`. Each run sends the digests that are due and exits. The time of
# the digest is set in config.toml; nothing is sent twice.
{variables}*/15 * * * * {command}
"""


def docker(here: Installation) -> str:
    """Return a compose file that builds the Dockerfile and mounts the config.

    Every path is the same inside and outside, so that one config works in both.
    """
    folder = here.config.parent
    mounts = [_mount(path) for path in (folder, *here.reads)]
    mounts += [_mount(path, read_only=False) for path in here.writes]
    extras = ",".join(("dkim", "library", *here.extras))
    return f"""\
{_docker_head(here)}\
services:
  digest:
    build:
      context: {_yaml(here.source or ".")}
      args:
        # Must be able to read the config.
        UID: "{here.uid}"
        EXTRAS: {extras}
    restart: unless-stopped
    stop_grace_period: 35s
    read_only: true
    tmpfs: [/tmp]
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    environment:
      DIGEST_CONFIG: {_yaml(here.config)}
      HOME: {_yaml(here.home)}
      # The container's clock is UTC: set `timezone` in config.toml, or your zone here.
      TZ: Etc/UTC
{_docker_environment(here)}\
    volumes:
{"".join(mounts)}\
      - state:/state
volumes:
  state:
"""


def _docker_head(here: Installation) -> str:
    place = "" if here.source else " in the folder of digest's source"
    lines = [f"# Save as compose.yaml{place}, then: docker compose up --build --detach"]
    if here.path:
        lines += [
            "# The config runs a program of this computer, which the container does not have: use",
            '# password = { file = "…" } or { env = "…" }, and [smtp] for delivery.',
        ]
    return "".join(f"{line}\n" for line in lines)


def _docker_environment(here: Installation) -> str:
    lines = ["      HF_HOME: /state/models\n"] if "embeddings" in here.extras else []
    if here.variables:
        lines.append(
            "      # Taken from where `docker compose` is called, or from a file .env there.\n"
        )
    return "".join([*lines, *(f"      {name}:\n" for name in here.variables)])


def _mount(path: Path, *, read_only: bool = True) -> str:
    return f"""\
      - type: bind
        source: {_yaml(path)}
        target: {_yaml(path)}
        read_only: {str(read_only).lower()}
"""


def _yaml(value: Path | str) -> str:
    return "'" + str(value).replace("'", "''").replace("$", "$$") + "'"


UNITS: dict[str, Callable[[Installation], str]] = {
    "systemd": systemd,
    "launchd": launchd,
    "cron": cron,
    "docker": docker,
}
"""Units that `digest run --service` prints."""

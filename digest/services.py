"""What keeps `digest run` going: a ready unit for systemd, launchd, cron or Docker."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from digest.errors import ConfigError, DigestError

if TYPE_CHECKING:
    from collections.abc import Callable

LABEL = "org.paper-digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Where things lie on this computer."""

    python: Path
    """The interpreter that digest is installed for."""
    config: Path
    state: Path
    home: Path
    user: str


def unit(service: str, *, config: Path, state: Path | None = None) -> str:
    """Return the text of the unit that keeps digest running with `config`; raise DigestError."""
    if service not in UNITS:
        raise DigestError(f"no such service: {service}", hint=f"known: {', '.join(UNITS)}")
    here = Installation(
        python=Path(sys.executable),
        config=config.absolute(),
        state=state or state_of(config),
        home=Path.home(),
        user=getuser(),
    )
    return UNITS[service](here)


def state_of(config: Path) -> Path:
    """Return the state folder that `config` leads to, the usual one where it cannot be read."""
    from digest.config import load
    from digest.config.files import state_folder

    try:
        return load(config, environ=os.environ).storage
    except ConfigError:
        return state_folder(os.environ, None)


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
    """Return a hardened unit: its watchdog is fed by the loop, exit 2 and 75 do not restart it."""
    state = _systemd_quoted(here.state)
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
ExecStart={_systemd_quoted(here.python)} -m digest -c {_systemd_quoted(here.config)} run
Environment={_systemd_quoted(f"DIGEST_STATE={here.state}")}
# A password that only root can read: password = {{ file = "$CREDENTIALS_DIRECTORY/mail" }}
#LoadCredential=mail:/etc/digest/mail-password
WatchdogSec=65min
TimeoutStopSec=35
Restart=always
RestartSec=60
# 2: the config is wrong, 75: another digest is at work; starting again would not help
RestartPreventExitStatus=2 75

# Nothing but the network, its own memory and what it must read. [maildir] needs its folder here.
ReadWritePaths=-{state}
{_SANDBOX}
[Install]
WantedBy=multi-user.target
"""


def _systemd_quoted(value: Path | str) -> str:
    r"""Return `value` as one word of a unit: % and $ doubled, quotes and backslashes escaped."""
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text.replace("%", "%%").replace("$", "$$")}"'


def launchd(here: Installation) -> str:
    """Return a launch agent that starts at login and again after a crash."""
    words = [str(here.python), "-m", "digest", "-c", str(here.config), "run"]
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
    <key>DIGEST_STATE</key>
    <string>{escape(str(here.state))}</string>
  </dict>
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


def cron(here: Installation) -> str:
    """Return a line for crontab: every quarter of an hour it does what is due, if anything is."""
    words = [str(here.python), "-m", "digest", "-q", "-c", str(here.config), "run", "--once-due"]
    command = " ".join(shlex.quote(word) for word in words).replace("%", "\\%")
    state = shlex.quote(f"DIGEST_STATE={here.state}").replace("%", "\\%")
    return f"""\
# Add this line with `crontab -e`. Each run looks whether a digest is due, sends it, and ends; the
# hour of the digest stands in config.toml, and a run too many sends nothing twice.
*/15 * * * * env {state} {command}
"""


def docker(here: Installation) -> str:
    """Return a compose file that builds its image, keeps its state and tells whether it is well."""
    config = _yaml(f"{here.config}:/config/config.toml:ro")
    return f"""\
# Save as compose.yaml, then: docker compose up --build --detach
# Secrets: password = {{ file = "/run/secrets/mail" }} in config.toml, the file beside this one.
services:
  digest:
    build:
      context: .
      dockerfile_inline: |
        FROM python:3.13-slim
        RUN pip install --no-cache-dir paper-digest \\
         && useradd --create-home --uid 1000 reader \\
         && install --directory --owner=reader --mode=700 /state
        USER reader
        ENV DIGEST_STATE=/state PYTHONUNBUFFERED=1
        VOLUME /state
        HEALTHCHECK --interval=15m --timeout=30s --start-period=1m \\
          CMD ["digest", "-c", "/config/config.toml", "status"]
        ENTRYPOINT ["digest", "-c", "/config/config.toml"]
        CMD ["run"]
    restart: unless-stopped
    stop_grace_period: 35s
    read_only: true
    tmpfs: [/tmp]
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    environment:
      # The container's clock is UTC: say `timezone` in config.toml, or name your zone here.
      TZ: Etc/UTC
    volumes:
      - {config}
      - state:/state
    secrets: [mail]
volumes:
  state:
secrets:
  mail:
    file: ./mail-password
"""


def _yaml(text: str) -> str:
    return "'" + text.replace("'", "''").replace("$", "$$") + "'"


UNITS: dict[str, Callable[[Installation], str]] = {
    "systemd": systemd,
    "launchd": launchd,
    "cron": cron,
    "docker": docker,
}
"""What `digest run --service` can print."""

"""HTTP server of the preview, on the loopback address, until Ctrl-C."""

from __future__ import annotations

import errno
import os
import secrets
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter
from typing import TYPE_CHECKING

import uvicorn

from digest.app.runtime import opened, utc_now
from digest.cli.preview.file_watch import config_stamps, follow
from digest.cli.preview.routes import app
from digest.cli.preview.session import PreviewSession
from digest.cli.terminal import open_in_browser
from digest.config import load
from digest.model.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from digest.config import Config
    from digest.config.files import Stamps

HOST = "127.0.0.1"
MAX_PORT = 65535
PORT_TRIES = 20
"""Number of ports to try, beginning with the requested one."""


class NoPort(DigestError):
    """Neither the requested port nor the ones after it are free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewTarget:
    """Config to preview, the function that reloads it, and the clock."""

    config: Config
    load: Callable[[], Config]
    now: Callable[[], datetime] = utc_now


class PreviewServer(uvicorn.Server):
    """HTTP server that closes event streams first, then waits for open connections."""

    def __init__(self, session: PreviewSession, *, port: int, token: str) -> None:
        super().__init__(
            uvicorn.Config(
                app(session, port=port, token=token),
                loop="asyncio",
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=2,
            )
        )
        self._session = session

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the event streams, then the server."""
        self._session.stop()
        await super().shutdown(sockets)


def serve(
    path: Path | None,
    *,
    day: date | None,
    reader: str | None,
    port: int,
    browser: bool,
    watch: bool,
    say: Callable[[str], None],
) -> None:
    """Serve the page for the config at `path`, None for the sample, until Ctrl-C.

    Raises ConfigError, StateError, or NoPort; KeyboardInterrupt once all is closed again.
    """
    with ExitStack() as closing:
        target = _sample(closing) if path is None else _configured(path)
        begun = config_stamps(target.config)
        if reader:
            target.config.reader(reader)
        listener = closing.enter_context(listening(port))
        runtime = closing.enter_context(opened(target.config, now=target.now))
        for told in runtime.store.told:
            say(told)
        session = PreviewSession(
            target.config, runtime, load=target.load, day=day, first=reader or ""
        )
        closing.callback(session.close)
        first_draft(session, say)
        if watch:
            _watch(session, closing, begun)
        real = listener.getsockname()[1]
        address = f"http://{HOST}:{real}/"
        say(
            f"{address} · {'redraws when you save config.toml or a template · ' if watch else ''}"
            "Ctrl-C to stop"
        )
        session.warm_soon()
        if browser:
            open_in_browser(address, os.environ)
        PreviewServer(session, port=real, token=secrets.token_urlsafe(32)).run([listener])


def listening(port: int, *, tries: int = PORT_TRIES, host: str = HOST) -> socket.socket:
    """Return a socket that listens at `port` or the next free one, 0 for any; raise NoPort."""
    if not 0 <= port <= MAX_PORT:
        raise _no_port(port, f"ports end at {MAX_PORT}")
    for candidate in range(port, min(port + tries, MAX_PORT + 1)):
        try:
            return socket.create_server((host, candidate), backlog=64)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise _no_port(port, error.strerror or str(error)) from error
    raise _no_port(port, f"it and the next {tries - 1} are in use")


def _no_port(port: int, why: str) -> NoPort:
    return NoPort(f"no page at port {port}: {why}", hint="choose another: --port 8080")


def _configured(path: Path) -> PreviewTarget:
    def read() -> Config:
        return load(path, environ=os.environ)

    return PreviewTarget(config=read(), load=read)


def _sample(closing: ExitStack) -> PreviewTarget:
    from digest.app.sample import sample_config, sample_day, sample_now

    folder = Path(closing.enter_context(TemporaryDirectory(prefix="digest-sample-")))
    config = sample_config(folder)
    at = sample_now(sample_day(config))
    return PreviewTarget(config=config, load=lambda: sample_config(folder), now=lambda: at)


def first_draft(session: PreviewSession, say: Callable[[str], None]) -> None:
    """Fetch the sources, then print the day's figures or the problem."""
    began = perf_counter()
    session.fetch()
    shown = session.state()
    papers, _, chosen = shown.summary.partition(" · ")
    took = f"{papers} in {perf_counter() - began:.1f} s · {chosen}"
    say(took if shown.draft else shown.problem)


def _watch(session: PreviewSession, closing: ExitStack, begun: Stamps) -> None:
    stop = Event()
    watcher = Thread(
        target=follow,
        args=(lambda: session.config, session.reload, stop),
        kwargs={"since": begun, "look": session.look},
        name="preview-watch",
    )
    watcher.start()
    closing.callback(watcher.join)
    closing.callback(stop.set)

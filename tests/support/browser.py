"""A real Chromium without a screen, spoken to over a pipe in the DevTools protocol."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHROMIUM = next((p for n in ("chromium", "chromium-browser") if (p := shutil.which(n))), None)
PATIENCE = 20.0
_QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-extensions", "--no-first-run", "--hide-scrollbars", "--remote-debugging-pipe"),
)

_SOON = """new Promise(tell => {{
  const look = left => ({}) ? tell(true) : left ? setTimeout(look, 10, left - 1) : tell(false);
  look(20);
}})"""
"""Whether an expression becomes true within a fifth of a second: the page waits, nobody spins."""

needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="there is no chromium on this computer")


class Page:
    """One tab of a browser."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        made = browser.ask("Target.createTarget", {"url": "about:blank"})
        self._tab = {"targetId": made["targetId"]}
        attached = browser.ask("Target.attachToTarget", {**self._tab, "flatten": True})
        self._session = attached["sessionId"]
        self.errors: list[str] = []
        for domain in ("Page", "Runtime", "Log"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the answer to one command of the protocol."""
        return self._browser.ask(method, values, self._session)

    def close(self) -> None:
        """Close the tab: it would go on working for nobody."""
        self._browser.ask("Target.closeTarget", self._tab)

    def open(self, address: str) -> None:
        """Go to an address and wait until the page has drawn the email."""
        self.ask("Page.navigate", {"url": address})
        self.until("document.readyState === 'complete' && document.documentElement.dataset.drawn")

    def look(self, width: int, height: int = 900, *, scheme: str = "light") -> None:
        """Look through a window of that size, the system light or dark; "forced" darkens all."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.ask("Emulation.setDeviceMetricsOverride", size)
        forced = {"enabled": True} if scheme == "forced" else {}
        self.ask("Emulation.setAutoDarkModeOverride", forced)
        feature = {"name": "prefers-color-scheme", "value": "dark" if forced else scheme}
        self.ask("Emulation.setEmulatedMedia", {"features": [feature]})

    def value(self, script: str) -> Any:
        """Return what an expression gives, as JSON."""
        given = {"expression": script, "returnByValue": True, "awaitPromise": True}
        answer = self.ask("Runtime.evaluate", given)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, script: str) -> None:
        """Wait until an expression is true; fail when it never is."""
        end = time.monotonic() + PATIENCE
        while not self.value(_SOON.format(script)):
            if time.monotonic() > end:
                pytest.fail(f"never true: {script}")

    def press(self, key: str) -> None:
        """Press and release one key."""
        codes = {"Tab": 9, "Enter": 13, " ": 32, "ArrowRight": 39, "ArrowLeft": 37}
        text = {"Enter": "\r", " ": " "}.get(key, "")
        event = {"key": key, "windowsVirtualKeyCode": codes[key], "text": text}
        self.ask("Input.dispatchKeyEvent", {"type": "keyDown" if text else "rawKeyDown", **event})
        self.ask("Input.dispatchKeyEvent", {"type": "keyUp", **event})

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """Save what is to be seen as PNG."""
        answer = self.ask("Page.captureScreenshot", {"captureBeyondViewport": whole})
        path.write_bytes(base64.b64decode(answer["data"]))

    @property
    def complaints(self) -> list[str]:
        """Return what the browser complained of: blocked by policy, script errors, not found."""
        return self._browser.complaints(self._session)


class Browser:
    """A running Chromium."""

    def __init__(self, write: int, read: int) -> None:
        self._write = write
        self._read = read
        self._rest = b""
        self._number = 0
        self._events: list[dict[str, Any]] = []

    def ask(
        self, method: str, values: dict[str, Any] | None = None, session: str = ""
    ) -> dict[str, Any]:
        """Send one command and return its result."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": values or {}}
        if session:
            command["sessionId"] = session
        os.write(self._write, json.dumps(command).encode() + b"\0")
        while (message := self._message()).get("id") != self._number:
            self._events.append(message)
        assert "error" not in message, message["error"]
        result: dict[str, Any] = message["result"]
        return result

    def complaints(self, session: str) -> list[str]:
        """Return the texts of errors that one tab had."""
        told = []
        for event in self._events:
            values = event.get("params", {})
            if event.get("sessionId") != session:
                continue
            if event["method"] == "Log.entryAdded" and values["entry"]["level"] == "error":
                told.append(values["entry"]["text"])
            if event["method"] == "Runtime.exceptionThrown":
                told.append(str(values["exceptionDetails"]))
        return told

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            chunk = os.read(self._read, 1 << 16)
            assert chunk, "chromium ended"
            self._rest += chunk
        whole, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(whole)
        return message


@contextmanager
def chromium(home: Path) -> Iterator[Browser]:
    """Run Chromium with a profile of its own in `home`."""
    to_read, write = os.pipe()
    read, to_write = os.pipe()
    argv = [str(CHROMIUM), *_QUIET, f"--user-data-dir={home / 'profile'}"]
    # Chromium reads commands from descriptor 3 and answers on 4.
    launch = (
        "import os, sys\n"
        f"os.dup2({to_read}, 3)\nos.dup2({to_write}, 4)\n"
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", launch, *argv],
        pass_fds=(to_read, to_write),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(home)},
    ) as process:
        os.close(to_read)
        os.close(to_write)
        browser = Browser(write, read)
        try:
            yield browser
            browser.ask("Browser.close")
            process.wait(PATIENCE)
        finally:
            process.kill()
            os.close(write)
            os.close(read)

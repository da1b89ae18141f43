from __future__ import annotations

import os
import signal
import socket
import threading
import webbrowser
from typing import TYPE_CHECKING

import httpx
import pytest
from preview_scene import Fickle

from digest.cli.preview.server import HOST, NoPort, first_draft, listening, serve
from digest.cli.terminal import open_in_browser
from digest.model.errors import ConfigError
from digest.store import lock

if TYPE_CHECKING:
    from pathlib import Path

    from preview_scene import PreviewTarget


class Visitor:
    """Visits the page once its address is told, then presses Ctrl-C."""

    def __init__(self, path: str = "/state") -> None:
        self.told: list[str] = []
        self.answers: list[httpx.Response] = []
        self.path = path

    def __call__(self, text: str) -> None:
        self.told.append(text)
        if text.startswith("http"):
            threading.Thread(target=self._visit, args=(text.split(maxsplit=1)[0],)).start()

    def _visit(self, address: str) -> None:
        try:
            self.answers.append(httpx.get(address + self.path[1:], timeout=20, trust_env=False))
        finally:
            os.kill(os.getpid(), signal.SIGINT)


class Recorder(webbrowser.GenericBrowser):
    """A browser that only remembers what it was handed."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.opened: list[str] = []

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:  # noqa: FBT001, FBT002  # as its base has it
        self.opened.append(url)
        return True


def visited(
    path: Path | None, reader: str | None = None, *, watch: bool = True, browser: bool = False
) -> Visitor:
    visitor = Visitor()
    with pytest.raises(KeyboardInterrupt):
        serve(path, day=None, reader=reader, port=0, browser=browser, watch=watch, say=visitor)
    return visitor


def test_it_serves_until_ctrl_c(target: PreviewTarget) -> None:
    """It says what was read and where the page is, serves it, and ends by Ctrl-C."""
    visitor = visited(target.path)

    figures, address = visitor.told
    assert figures.startswith("3 papers from 1 source in ")
    assert figures.endswith(" s · 1 chosen")
    assert address.startswith("http://127.0.0.1:")
    assert address.endswith("/ · redraws when you save config.toml or a template · Ctrl-C to stop")
    assert visitor.answers[0].json()["readers"] == ["me"]


def test_what_keeps_the_first_digest_from_being_drawn_is_told(target: PreviewTarget) -> None:
    """The terminal says what the page says; the page is there, and waits for it to be mended."""
    ranker = Fickle()
    ranker.broken = True
    session = target.session(ranker=ranker)
    told: list[str] = []

    first_draft(session, told.append)

    assert told == [session.state().problem]
    assert told[0].startswith("digest itself failed: ZeroDivisionError")


def test_without_watching_it_promises_no_redraw_and_holds_no_lock(target: PreviewTarget) -> None:
    """`--no-watch` serves the page as it is; a daemon may be at work meanwhile."""
    with lock(target.config().storage):
        visitor = visited(target.path, "me", watch=False)

    assert visitor.told[-1].endswith("/ · Ctrl-C to stop")
    assert visitor.answers[0].status_code == 200


def test_the_sample_needs_no_config() -> None:
    """The shipped sample is shown, on its own day, and leaves nothing behind."""
    visitor = visited(None, watch=False)

    state = visitor.answers[0].json()
    assert state["problem"] == ""
    assert len(state["digest"]["papers"]) >= 8


def test_a_reader_who_is_not_there_is_told_at_once(target: PreviewTarget) -> None:
    """A wrong name is an error of the command, not an empty page."""
    with pytest.raises(ConfigError, match="no reader is called carl"):
        serve(target.path, day=None, reader="carl", port=0, browser=False, watch=False, say=print)


def test_a_busy_port_gives_way_to_the_next() -> None:
    """A second preview gets a page of its own."""
    with listening(0) as first, listening(first.getsockname()[1]) as second:
        assert second.getsockname()[1] > first.getsockname()[1]


def test_no_port_is_one_clear_error() -> None:
    """Where none can be had it says which, why, and what to do."""
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(NoPort, match=f"no page at port {port}: it and the next 0") as error:
            listening(port, tries=1)
    assert error.value.hint.startswith("choose another")


def test_a_port_that_is_none_is_the_same_error() -> None:
    """A number beyond all ports is refused in the same words."""
    with pytest.raises(NoPort, match="no page at port 70000: ports end at 65535"):
        listening(70000)


def test_a_port_for_the_mighty_is_the_same_error() -> None:
    """A port that cannot be had for another reason is refused with that reason."""
    with pytest.raises(NoPort, match="no page at port 7: "):
        listening(7, host="192.0.2.1")


def test_only_the_loopback_address_listens() -> None:
    """Nobody on the network can see the page."""
    with listening(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_what_happened_to_the_store_is_told(target: PreviewTarget) -> None:
    """A lost database is no secret, and the reader's browser opens where it may."""
    target.session()
    (target.folder / "state" / "digest.db").unlink()
    webbrowser.register("recorder", None, Recorder("true"), preferred=True)

    visitor = visited(target.path, watch=False, browser=True)

    assert "digest.db: the database was lost" in visitor.told[0]


def test_without_a_screen_nothing_is_opened() -> None:
    """A browser in the terminal would take it away from the preview."""
    assert not open_in_browser("http://127.0.0.1:1/", {})


def test_the_address_is_handed_to_the_browser() -> None:
    """Where there is a screen, the reader's own browser gets the address."""
    browser = Recorder("true")
    webbrowser.register("recorder", None, browser, preferred=True)

    assert open_in_browser("http://127.0.0.1:1/", {"DISPLAY": ":0"})
    assert browser.opened == ["http://127.0.0.1:1/"]

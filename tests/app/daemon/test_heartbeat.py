"""The heartbeat: calls in order, from a thread of its own, that harm nothing."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from fake_http import hasty
from http_server import serving

from digest.app.daemon.heartbeat import LIMITS, Heartbeat

if TYPE_CHECKING:
    from http_server import Exchange

    from digest.sources.http import Http

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"


def beating() -> Heartbeat:
    """Return a heartbeat in a hurry."""
    return Heartbeat(hasty)


def test_start_end_and_failure_are_three_addresses() -> None:
    """They arrive in their order; a query stays behind the path."""
    with serving(lambda _: OK) as server:
        heart = beating()
        heart.start(server.url("/ping/abc/"))
        heart.end(server.url("/ping/abc"), well=True)
        heart.end(server.url("/ping/abc?rid=1"), well=False)
        heart.wait()
        paths = [exchange.path for exchange in server.exchanges]
    assert paths == ["/ping/abc/start", "/ping/abc", "/ping/abc/fail?rid=1"]


def test_without_an_address_nothing_is_called() -> None:
    """No client is made either."""
    made: list[Http] = []

    def client() -> Http:
        made.append(hasty())
        return made[-1]

    heart = Heartbeat(client)
    heart.start("")
    heart.end("", well=True)
    heart.wait()
    assert made == []


@pytest.mark.parametrize("fault", ["down", "slow", "refused", "bomb"])
def test_O01_a_service_that_misbehaves_harms_nothing(
    fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing waits for it, nothing is raised; the log has a line without the secret address."""

    def play(exchange: Exchange) -> bytes | None:
        if fault == "slow":
            exchange.stall()
            return None
        if fault == "bomb":
            return b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * 1000
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

    with serving(play) as server, caplog.at_level(logging.WARNING):
        url = server.url("/secret-word")
        if fault == "down":
            server.listener.close()
        heart = beating()
        heart.end(url, well=True)
        heart.wait()
    (record,) = caplog.records
    assert record.getMessage().startswith("event=heartbeat-failed call=/ error=")
    assert "secret-word" not in record.getMessage()


def test_O01_little_time_and_few_bytes() -> None:
    """A call is over within ten seconds."""
    assert LIMITS.source <= 10
    assert LIMITS.body <= 1_000_000

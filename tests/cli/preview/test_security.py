from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from preview_scene import TOKEN

if TYPE_CHECKING:
    from preview_scene import Served

VOTE = {"reader": "me", "paper": "arxiv:2606.00001", "verb": ""}


def asked(served: Served, method: str, path: str, **headers: str) -> httpx.Response:
    with httpx.Client(trust_env=False, timeout=20) as client:
        body = VOTE if method == "POST" else None
        return client.request(method, served.address + path, headers=headers, json=body)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1"]
)
def test_another_name_gets_nothing(looked_at: Served, host: str) -> None:
    """A page that rebinds its own name to the loopback address is refused."""
    port = looked_at.address.rpartition(":")[2]

    answer = asked(looked_at, "GET", "/state", host=host.format(port=port))

    assert (answer.status_code, "papers" in answer.text) == (421, False)


def test_localhost_is_a_name_of_ours(looked_at: Served) -> None:
    """People type localhost."""
    port = looked_at.address.rpartition(":")[2]
    assert asked(looked_at, "GET", "/state", host=f"localhost:{port}").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Digest-Token": "guessed"},
        {"X-Digest-Token": TOKEN, "Origin": "https://evil.example"},
        {"X-Digest-Token": TOKEN, "Origin": "null"},
        {"X-Digest-Token": "é"},
    ],
)
@pytest.mark.parametrize("path", ["/vote", "/fetch"])
def test_only_our_own_page_changes_anything(
    looked_at: Served, path: str, headers: dict[str, str]
) -> None:
    """Without the page's token, or from another origin, nothing is taught and nothing fetched."""
    quoted = {name: value.encode().decode("latin-1") for name, value in headers.items()}

    with httpx.Client(trust_env=False, timeout=20) as client:
        raw = [(name.encode(), value.encode("latin-1")) for name, value in quoted.items()]
        answer = client.post(looked_at.address + path, headers=raw, json=VOTE)

    assert answer.status_code == 403


def test_our_own_page_may(looked_at: Served) -> None:
    """The token with our own origin opens the listener."""
    headers = {"X-Digest-Token": TOKEN, "Origin": looked_at.address}
    assert asked(looked_at, "POST", "/vote", **headers).status_code == 204


@pytest.mark.parametrize("path", ["/", "/state", "/page.js", "/letter", "/nothing"])
def test_every_answer_is_closed(looked_at: Served, path: str) -> None:
    """No answer may be framed, sniffed, kept, or read by another site; none runs inline code."""
    headers = asked(looked_at, "GET", path).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
    assert "frame-ancestors" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-resource-policy"] == "same-origin"

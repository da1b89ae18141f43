"""A stand-in for the HTTP client: answers by a part of the address, and keeps what was asked."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from digest.model.errors import Unreachable
from digest.sources.http import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.app.runtime import Runtime
    from digest.sources.http import Http


@dataclass(slots=True)
class FakeHttp:
    """Pages by a part of their address; what is not among them cannot be reached."""

    pages: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @contextmanager
    def visit(self, source: str) -> Iterator[FakeHttp]:
        """FetchSession; it is one's own visit."""
        yield self

    def get(
        self, url: str, *, source: str = "", private: bool = False, untrusted: bool = False
    ) -> Answer:
        """Answer."""
        self.asked.append(url)
        for part, body in self.pages.items():
            if part in url:
                return Answer(body=body, url=url)
        raise Unreachable("nobody is there", source=source, url=url)

    def commit(self) -> None:
        """Keep nothing."""


def with_pages(runtime: Runtime, **pages: bytes) -> tuple[Runtime, FakeHttp]:
    """Return the world with these pages in it, and who gives them."""
    http = FakeHttp(pages)
    return replace(runtime, http=cast("Http", http)), http


def query(*numbers: str) -> bytes:
    """Return the answer of arXiv's API with these papers."""
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/{number}v2</id><title>The Paper {number}</title>"
        "<updated>2026-06-12T15:59:49Z</updated><published>2026-06-12T15:59:49Z</published>"
        f'<link href="https://arxiv.org/abs/{number}v2" rel="alternate" type="text/html"/>'
        "<summary>It was asked for.</summary>"
        '<category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/>'
        "<author><name>Fay Gold</name></author></entry>"
        for number in numbers
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?><feed xmlns=\"http://www.w3.org/2005/Atom\">"
        "<id>https://arxiv.org/api/x</id><title>arXiv Query</title>"
        f"<updated>2026-06-16T02:30:47Z</updated>{entries}</feed>"
    ).encode()

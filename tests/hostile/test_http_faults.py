"""The faults F01 to F23 of fetching: what a server, a network or a resolver may do to us."""

from __future__ import annotations

import gzip
import threading
import tracemalloc
import zlib
from functools import partial
from typing import TYPE_CHECKING

import pytest
from fake_http import NOW, Clock, MemoryCache, client, hasty
from http_server import (
    Exchange,
    answer,
    drip,
    endless,
    ok,
    redirect,
    serving,
)

from digest.model.errors import SourceError, Unreachable, Unreadable
from digest.model.states import SourceState
from digest.sources import FetchWindow, Source
from digest.sources.arxiv import Arxiv
from digest.sources.biorxiv import Biorxiv
from digest.sources.feed import Feed
from digest.sources.file import File
from digest.sources.http import Limits
from digest.sources.huggingface import HuggingFace

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from digest.sources.http import Http

WHEN = FetchWindow(now=NOW, day=NOW.date())
MB = 1_000_000
SMALL = Limits(body=MB)
RSS = (
    b'<rss version="2.0"><channel><title>Lab</title><item><title>A paper about sparse attention'
    b"</title><link>https://lab.example/1</link></item></channel></rss>"
)

SECURED = pytest.mark.parametrize("certificate", ["", "localhost"], ids=["clear", "tls"])
"""What limits a connection must limit the encrypted one as well."""


def fetched(server_url: str, http: Http | None = None, **kwargs: bool) -> bytes:
    with (http or client()).visit("test") as visit:
        return visit.get(server_url, **kwargs).body


def test_f01_a_name_that_does_not_exist_is_told_and_the_other_sources_go_on() -> None:
    """A name without an address is an error that says so."""

    def nowhere(host: str, port: int) -> list[tuple[int, str]]:
        raise OSError(-2, "Name or service not known")

    with pytest.raises(Unreachable, match="cannot be resolved") as caught:
        fetched("http://gone.example/", client(resolve=nowhere))
    assert caught.value.source == "test"


def test_f01_a_resolver_that_hangs_is_left_behind() -> None:
    """Getaddrinfo has no time limit of its own; the request's deadline holds for it, too."""
    over = threading.Event()

    def hang(host: str, port: int) -> list[tuple[int, str]]:
        over.wait(60)
        return []

    with pytest.raises(Unreachable, match="in time"):
        fetched("http://slow.example/", hasty(resolve=hang))
    over.set()


def test_f02_a_refused_connection_is_tried_three_times() -> None:
    """Nobody listens: three attempts with growing pauses, then an error with the reason."""
    clock = Clock()
    with serving(b"") as server:
        url = server.url()
    with pytest.raises(Unreachable, match="refused"):
        fetched(url, client(clock=clock))
    assert clock.naps == [1.0, 2.0]


@pytest.mark.parametrize("rude", [True, False])
def test_f02_a_connection_that_breaks_is_tried_again(*, rude: bool) -> None:
    """A reset or a close before any answer may be over the next time."""

    def play(exchange: Exchange) -> bytes | None:
        if exchange.number == 0:
            if rude:
                exchange.reset()
            return None
        return ok()

    with serving(play) as server:
        assert fetched(server.url()) == b"fine"
    assert len(server.exchanges) == 2


@SECURED
@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"y"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"z"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nz\r\n"),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    ],
    ids=["header", "body", "chunks", "early hints"],
)
def test_f03_a_dripping_server_meets_the_deadline(
    head: bytes, piece: bytes, certificate: str
) -> None:
    """A byte now and then keeps no request alive: the whole of it has one deadline."""
    play = partial(drip, head=head, piece=piece)
    with serving(play, certificate=certificate) as server:
        with pytest.raises(Unreachable, match="in time"):
            fetched(server.url(), hasty())
    assert len(server.exchanges) == 1


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
def test_f04_a_stalling_server_meets_the_deadline_and_nothing_is_kept(head: bytes) -> None:
    """A server that falls silent, before or in the body, leaves nothing behind."""

    def play(exchange: Exchange) -> Iterable[bytes]:
        yield head
        exchange.stall()

    with serving(play) as server:
        http = hasty()
        with pytest.raises(Unreachable, match="in time"):
            fetched(server.url(), http)


def _bomb(member: bytes, wbits: int) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, wbits)
    return b"".join(packer.compress(member) for _ in range(100)) + packer.flush()


@pytest.mark.parametrize(("name", "wbits"), [("gzip", 31), ("deflate", 15), ("deflate", -15)])
def test_f05_a_bomb_is_refused_at_the_limit(name: str, wbits: int) -> None:
    """A hundred megabytes in half a one: refused at ten, and memory stays small."""
    bomb = _bomb(bytes(MB), wbits)
    with serving(ok(bomb, f"Content-Encoding: {name}")) as server:
        http = client()
        tracemalloc.start()
        with pytest.raises(Unreadable, match="larger than 10 MB"):
            fetched(server.url(), http)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 50 * MB
    assert len(server.exchanges) == 1


@pytest.mark.parametrize(
    "encoding", ["br", "zstd", "gzip, gzip", ", ".join(["gzip"] * 1000), "rot13"]
)
def test_f05_an_encoding_nobody_asked_for_is_refused(encoding: str) -> None:
    """Only gzip is offered; brotli, zstd, and encodings in layers are not unpacked at all."""
    with serving(ok(gzip.compress(gzip.compress(b"x")), f"Content-Encoding: {encoding}")) as server:
        with pytest.raises(Unreadable, match="garbled"):
            fetched(server.url())
    assert server.exchanges[0].header("accept-encoding") == "gzip"


@SECURED
@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
    ],
    ids=["no length", "huge length"],
)
def test_f06_an_endless_body_is_refused_at_the_limit(head: bytes, certificate: str) -> None:
    """However much comes, no more than the limit is taken."""
    with serving(lambda _: endless(head, bytes(65536)), certificate=certificate) as server:
        with pytest.raises(Unreadable, match="larger than 1 MB"):
            fetched(server.url(), client(limits=SMALL))
    assert len(server.exchanges) == 1


def test_f06_gzip_in_members_without_end_is_refused_before_it_costs_time() -> None:
    """An empty member costs as much work as a full one; a thousand are read, no more."""
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    with serving(lambda _: endless(head, gzip.compress(b"") * 2000)) as server:
        with pytest.raises(Unreadable, match="more than 1,000 members"):
            fetched(server.url(), client(limits=SMALL))
    whole = b"".join(gzip.compress(b"a") for _ in range(1000))
    with serving(ok(whole, "Content-Encoding: gzip")) as server:
        assert fetched(server.url()) == b"a" * 1000


def test_f06_endless_chunks_are_refused_at_the_limit() -> None:
    """Chunked or not, the limit is the same."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with serving(lambda _: endless(head, b"1000\r\n" + bytes(4096) + b"\r\n")) as server:
        with pytest.raises(Unreadable, match="larger than 1 MB"):
            fetched(server.url(), client(limits=SMALL))


_PACKED = gzip.compress(RSS)


@pytest.mark.parametrize(
    "reply",
    [
        ok(RSS, length=len(RSS) + 10),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
        ok(_PACKED[:-12], "Content-Encoding: gzip"),
        ok(b"", "Content-Encoding: gzip"),
    ],
    ids=["short of its length", "chunks cut", "gzip cut", "gzip of nothing"],
)
def test_f07_a_truncated_body_is_an_error(reply: bytes) -> None:
    """Half a feed is not a short feed: it is asked for again, then given up."""
    with serving(reply) as server, pytest.raises(Unreachable):
        fetched(server.url())
    assert len(server.exchanges) == 3


def test_f07_a_wrong_checksum_is_an_error() -> None:
    """Gzip's own checksum is believed."""
    wrong = _PACKED[:-8] + bytes(8)
    with serving(ok(wrong, "Content-Encoding: gzip")) as server:
        with pytest.raises(Unreadable, match="garbled"):
            fetched(server.url())


def test_f08_an_encoding_that_lies_is_an_error() -> None:
    """What is called gzip must be gzip, and end where it ends."""
    for body in (RSS, _PACKED + b"more"):
        with serving(ok(body, "Content-Encoding: gzip")) as server:
            with pytest.raises(Unreadable, match="garbled"):
                fetched(server.url())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_f09_redirects_are_followed(status: int) -> None:
    """Every kind of redirect is followed, and a permanent one is told."""

    def play(exchange: Exchange) -> bytes:
        return redirect("/new", status) if exchange.path == "/old" else ok()

    with serving(play) as server:
        got = client().get(server.url("/old"), source="test")
    assert (got.body, got.url) == (b"fine", server.url("/new"))
    assert got.moved == (server.url("/new") if status in (301, 308) else "")


def test_f09_a_feed_that_moved_is_told_to_the_reader() -> None:
    """The note names the new address."""

    def play(exchange: Exchange) -> bytes:
        return redirect("/new", 301) if exchange.path == "/old" else ok(RSS)

    with serving(play) as server:
        got = Feed(name="lab", url=server.url("/old")).fetch(client(), WHEN)
    assert got.notes == (f"its address is {server.url('/new')} now: put it into config.toml",)


def test_f09_a_temporary_redirect_on_the_way_is_no_move() -> None:
    """301 and then 302: nothing has moved for good."""
    chain = {"/a": redirect("/b", 301), "/b": redirect("/c", 302)}
    with serving(lambda exchange: chain.get(exchange.path, ok())) as server:
        assert client().get(server.url("/a"), source="test").moved == ""


def test_f09_more_than_five_redirects_are_an_error() -> None:
    """A loop or a long chain ends at the fifth."""
    with serving(lambda exchange: redirect(f"{exchange.path}x")) as server:
        with pytest.raises(Unreadable, match="more than 5 redirects"):
            fetched(server.url("/"))
    assert len(server.exchanges) == 6


def test_f09_a_redirect_without_a_place_is_an_error() -> None:
    """302 without Location is no answer."""
    with serving(answer(302)) as server, pytest.raises(Unreadable, match="leads nowhere"):
        fetched(server.url())


PUBLIC = "93.184.215.14"
CANARIES = [
    "http://127.0.0.1:{port}/secret",
    "http://2130706433:{port}/secret",
    "http://0x7f.1:{port}/secret",
    "http://[::ffff:127.0.0.1]:{port}/secret",
    "http://localhost:{port}/secret",
    "http://rebound.example:{port}/secret",
]


@pytest.mark.parametrize("canary", CANARIES)
def test_f10_a_public_address_never_leads_into_the_own_network(canary: str) -> None:
    """Judged is the address connected to: written any way, or behind a name that changed its mind.

    A proxy stands in for the internet: it plays the public server that redirects.
    """
    with serving(ok(b"secret")) as inside:
        target = canary.format(port=inside.port)
        with serving(redirect(target)) as proxy:
            http = client(
                proxies={"http": proxy.url(), "no": "127.0.0.1,2130706433,0x7f.1,rebound.example"},
                resolve=lambda host, port: [(2, "127.0.0.1")],
            )
            with pytest.raises(SourceError):
                fetched("http://news.example/feed", http)
    assert inside.exchanges == []
    assert proxy.paths == ["http://news.example/feed"]


@pytest.mark.parametrize(
    "place",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fd00:ec2::254",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
    ],
)
def test_f10_a_public_name_with_a_private_address_is_refused(place: str) -> None:
    """Loopback, private, link-local, metadata: not connected to, and not tried again."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[tuple[int, str]]:
        asked.append(host)
        return [(2, PUBLIC), (2, place)]

    with pytest.raises(Unreachable, match="private network") as caught:
        fetched("http://rebound.example/", client(resolve=resolve))
    assert asked == ["rebound.example"]
    assert "config.toml" in caught.value.hint


def test_f10_an_address_that_is_none_is_not_connected_to() -> None:
    """What cannot be judged is not public."""
    with pytest.raises(Unreachable, match="private network"):
        fetched("http://odd.example/", client(resolve=lambda host, port: [(2, "no address")]))


def test_f10_a_private_address_that_the_config_names_is_read() -> None:
    """The reader's own server, named as such or allowed, is theirs to read."""
    with serving(ok()) as server:
        assert fetched(server.url()) == b"fine"
        assert fetched(server.url(host="localhost")) == b"fine"
        http = client(resolve=lambda host, port: [(2, "127.0.0.1")])
        assert fetched(server.url(host="papers.example"), http, private=True) == b"fine"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "localhost",
        "10.0.0.1",
        "169.254.169.254",
        "[::1]",
        "printer",
        "x.local",
    ],
)
@pytest.mark.parametrize("proxied", [False, True], ids=["direct", "proxied"])
def test_f10_a_feed_cannot_name_an_address_of_the_own_network(host: str, *, proxied: bool) -> None:
    """A config that names one allows it; an address out of a feed is not even looked up."""
    looked_up: list[str] = []

    def resolve(name: str, port: int) -> list[tuple[int, str]]:
        looked_up.append(name)
        return [(2, "127.0.0.1")]

    with serving(ok(b"secret")) as inside:
        http = client(resolve=resolve, proxies={"http": inside.url()} if proxied else {})
        with pytest.raises(Unreachable, match="private network"):
            fetched(f"http://{host}:{inside.port}/secret", http, untrusted=True)
    assert (inside.exchanges, looked_up) == ([], [])


def test_f10_a_private_server_redirects_only_to_itself() -> None:
    """Same host and same port, or the redirect is refused."""
    with serving(ok(b"secret")) as other:
        targets = {"/same": "/there", "/port": other.url(), "/host": "http://localhost/"}

        def play(exchange: Exchange) -> bytes:
            target = targets.get(exchange.path)
            return redirect(target) if target else ok()

        with serving(play) as server:
            assert fetched(server.url("/same")) == b"fine"
            for path in ("/port", "/host"):
                with pytest.raises(Unreadable, match="out of the private network"):
                    fetched(server.url(path))
    assert other.exchanges == []


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "ftp://example.org/x",
        "data:text/plain,x",
        "javascript:alert(1)",
        "http://user:word@example.org/",
        "http://127.0.0.1:99999999/",
        "http://[::1/",
        "http://",
        "http://exa mple\x7f/",
        "//",
        "\udcff",
    ],
)
def test_f11_a_redirect_to_anything_but_the_web_is_an_error(target: str) -> None:
    """No file, no script, no garbage: an error, never a crash."""
    reply = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: "
    with serving(reply + target.encode("utf-8", "surrogateescape") + b"\r\n\r\n") as server:
        with pytest.raises(SourceError):
            fetched(server.url())
    assert len(server.exchanges) >= 1


NO_HOST = ["http://xn--/", "http://xn--a/feed", "http://[::1", "http://[x]/", "http://\u2488.com/"]


@pytest.mark.parametrize("target", NO_HOST)
def test_f11_a_redirect_to_no_address_is_told_once(target: str) -> None:
    """What no resolver could look up is refused in our words, and not asked for three times."""
    reply = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: "
    with serving(reply + target.encode() + b"\r\n\r\n") as server:
        with pytest.raises(Unreadable, match=r"^a redirect to .*, which is refused$"):
            fetched(server.url())
    assert len(server.exchanges) == 1


@pytest.mark.parametrize(
    "url", ["", "file:///x", "no address", "http://", "http://a b/", "ftp://a.example/", *NO_HOST]
)
def test_f11_an_address_that_is_none_is_an_error(url: str) -> None:
    """Also where the config itself holds it."""
    with pytest.raises(SourceError):
        fetched(url)


@pytest.mark.parametrize("url", NO_HOST)
def test_f11_a_proxy_that_is_no_address_is_told(url: str) -> None:
    """It is not gone around."""
    with pytest.raises(Unreachable, match=r"the proxy .* is of a kind that is not supported"):
        client(proxies={"http": url}).get("http://papers.example/", source="s")


def test_f12_https_never_becomes_http() -> None:
    """A downgrade is refused, before anything is sent in the clear."""
    with serving(ok()) as clear:
        with serving(redirect(clear.url()), certificate="localhost") as server:
            with pytest.raises(Unreadable, match="https to http"):
                fetched(server.url())
    assert clear.exchanges == []


@pytest.mark.parametrize(
    ("certificate", "why"),
    [
        ("stranger", "unable to get local issuer"),
        ("expired", "expired"),
        ("elsewhere", "IP address mismatch"),
    ],
)
def test_f13_a_wrong_certificate_is_refused_with_the_reason(certificate: str, why: str) -> None:
    """An unknown authority's, an expired, another's: refused at once and told which."""
    clock = Clock()
    with serving(ok(), certificate=certificate) as server:
        with pytest.raises(Unreachable, match=f"certificate.*{why}"):
            fetched(server.url(), client(clock=clock))
    assert clock.naps == []


def test_f13_a_right_certificate_is_accepted() -> None:
    """The check refuses the wrong ones only."""
    with serving(ok(), certificate="localhost") as server:
        assert fetched(server.url()) == b"fine"


@pytest.mark.parametrize("greeting", [b"HTTP/1.1 400 Plain\r\n\r\n", b"", None])
def test_f13_a_port_without_tls_is_an_error(greeting: bytes | None) -> None:
    """Plain text, a close or silence where TLS should be: bounded, told."""

    def play(exchange: Exchange) -> bytes | None:
        if greeting is None:
            exchange.stall()
        return greeting

    with serving(play) as server, pytest.raises(Unreachable):
        fetched(server.url().replace("http:", "https:"), hasty())


def test_f14_validators_go_back_verbatim() -> None:
    """A weak tag, a bare one, a date: each is sent back as it came; 304 gives the kept body."""
    cache = MemoryCache()
    http = client(cache=cache)

    def play(exchange: Exchange) -> bytes:
        if exchange.header("if-none-match") == 'W/"abc"':
            return answer(304)
        return ok(RSS, 'ETag: W/"abc"', "Last-Modified: yesterday", "Content-Type: text/xml")

    with serving(play) as server:
        first = http.get(server.url(), source="test")
        http.commit()
        second = http.get(server.url(), source="test")
    assert second.body == first.body == RSS
    assert (second.content_type, second.unchanged) == ("text/xml", True)
    assert server.exchanges[1].header("if-modified-since") == "yesterday"


def test_f14_a_304_that_nobody_asked_for_is_an_error() -> None:
    """Not modified since when? There is nothing to fall back on."""
    with serving(answer(304)) as server, pytest.raises(Unreadable, match="304"):
        fetched(server.url())


def test_f14_a_validator_that_cannot_be_sent_back_is_not_kept() -> None:
    """An ETag with letters that no header may hold would break the next request."""
    cache = MemoryCache()
    http = client(cache=cache)
    with serving(ok(RSS, "ETag: \xe9\xe9")) as server:
        fetched(server.url(), http)
        http.commit()
        assert fetched(server.url(), http) == RSS
    assert cache.kept == {}


def test_f15_validators_of_a_body_nobody_could_read_are_not_kept() -> None:
    """Only after the papers are stored is the answer kept: a broken one is asked for anew."""
    cache = MemoryCache()
    http = client(cache=cache)
    bodies = [b"<html>log in</html>", RSS]
    with serving(lambda exchange: ok(bodies[exchange.number], 'ETag: "1"')) as server:
        feed = Feed(url=server.url())
        assert feed.fetch(http, WHEN).state is SourceState.FAILED
        http.commit()
        assert cache.kept == {}
        assert feed.fetch(http, WHEN).state is SourceState.OK
        assert cache.kept == {}
        http.commit()
    assert list(cache.kept) == [server.url()]
    assert server.exchanges[1].header("if-none-match") == ""


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("Tue, 16 Jun 2026 10:00:09 GMT", 9.0),
        ("Tue, 16 Jun 2020 10:00:09 GMT", 1.0),
        ("0", 1.0),
        ("soon", 1.0),
        ("-5", 1.0),
        ("", 1.0),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_f16_retry_after_is_obeyed(status: int, value: str, seconds: float) -> None:
    """Seconds or a date; what makes no sense counts as nothing said."""
    clock = Clock()

    def play(exchange: Exchange) -> bytes:
        return ok() if exchange.number else answer(status, b"wait", f"Retry-After: {value}")

    with serving(play) as server:
        assert fetched(server.url(), client(clock=clock)) == b"fine"
    assert sum(clock.naps) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Retry-After: 100", 100),
        ("Retry-After: 99999999999999999999", 86400),
        ("Retry-After: Fri, 31 Dec 9999 23:59:59 GMT", 86400),
        ('ratelimit: "api";r=0;t=254', 254),
    ],
)
def test_f16_a_long_retry_after_is_not_slept_through(header: str, seconds: int) -> None:
    """Longer than the request may take: given up at once, and the host is left alone until then."""
    clock = Clock()
    http = client(clock=clock)
    with serving(answer(429, b"", header)) as server:
        with pytest.raises(Unreachable) as caught:
            fetched(server.url(), http)
        assert (caught.value.status, caught.value.retry_after) == (429, seconds)
        with pytest.raises(Unreachable, match="no request now") as caught:
            fetched(server.url(), http)
        assert caught.value.retry_after == seconds
    assert len(server.exchanges) == 1
    assert clock.naps == []


def test_f16_a_used_up_quota_is_respected_before_it_is_overdrawn() -> None:
    """A good answer may say that it was the last one for now."""
    clock = Clock()
    http = client(clock=clock)
    with serving(ok(b"x", 'ratelimit: "pages";r=0;t=5')) as server:
        fetched(server.url(), http)
        fetched(server.url(), http)
    assert clock.naps == [5.0]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 451, 501, 505, 999])
def test_f17_a_no_is_a_no(status: int) -> None:
    """A refusal is told with its number and not repeated."""
    with serving(answer(status, b"no")) as server:
        with pytest.raises(Unreachable, match=str(status)) as caught:
            fetched(server.url())
    assert caught.value.status == status
    assert len(server.exchanges) == 1


def test_f17_gone_says_what_to_do() -> None:
    """410 is for good: the reader is told to take the source out."""
    with serving(answer(410)) as server, pytest.raises(Unreachable) as caught:
        fetched(server.url())
    assert "take this source out" in caught.value.hint


@pytest.mark.parametrize("status", [201, 204, 206, 226, 300, 305])
def test_f17_a_success_without_the_whole_is_an_error(status: int) -> None:
    """Only 200 brings what was asked for."""
    with serving(answer(status, b"" if status == 204 else b"part")) as server:
        with pytest.raises(Unreadable, match=str(status)):
            fetched(server.url())


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_f18_what_fails_twice_and_then_works_is_a_success(status: int) -> None:
    """Exactly three requests."""

    def play(exchange: Exchange) -> bytes:
        return ok() if exchange.number == 2 else answer(status)

    with serving(play) as server:
        assert fetched(server.url()) == b"fine"
    assert len(server.exchanges) == 3


@pytest.mark.parametrize("body", [b"<html><body>Log in to the hotel</body></html>", b"hello", b""])
def test_f19_a_portal_is_not_a_day_without_papers(body: bytes) -> None:
    """200 with something else, or with nothing, is a failure of every source that fetches."""
    with serving(ok(body)) as server:
        for source in _sources(server.url("/x")):
            got = source.fetch(client(), WHEN)
            assert (got.state, got.papers) == (SourceState.FAILED, ())
            assert isinstance(got.error, Unreadable)


def test_f20_an_empty_feed_is_no_failure() -> None:
    """Nothing today is an answer."""
    empty = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title></feed>'
    with serving(ok(empty)) as server:
        got = Feed(url=server.url()).fetch(client(), WHEN)
    assert (got.state, got.error) == (SourceState.QUIET, None)


@pytest.mark.parametrize(
    "head",
    [
        b"X-Big: " + b"a" * 200_000,
        b"\r\n".join(b"X-%d: many" % n for n in range(20_000)),
        b"X-Nul: a\x00b",
        b"no colon here",
        b"Content-Length: 4\r\nContent-Length: 5",
        b"Content-Length: -1",
        b"Content-Length: 4\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: gzip, chunked",
        b"Set-Cookie: a=b; Domain=example.org",
        b" leading: space",
        "Content-Length: ٣".encode(),
    ],
)
def test_f21_header_attacks_are_errors_or_harmless(head: bytes) -> None:
    """Huge, many, malformed or conflicting headers: an answer or an error, nothing else."""
    reply = b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\nfine"
    with serving(reply) as server:
        try:
            body = fetched(server.url(), client(limits=Limits(attempts=1)))
        except SourceError as error:
            body = str(error).encode()
    assert len(body) < 1000


@SECURED
def test_f21_a_flood_of_early_hints_is_bounded(certificate: str) -> None:
    """1xx answers for ever: ended by the bytes that one answer may have."""
    hint = b"HTTP/1.1 103 Hints\r\nX: " + b"y" * 20_000 + b"\r\n\r\n"
    with serving(lambda _: endless(b"", hint), certificate=certificate) as server:
        with pytest.raises(Unreadable, match="larger than"):
            fetched(server.url(), client(limits=SMALL))


def test_f21_cookies_are_not_sent_back() -> None:
    """Each request is a stranger's."""
    http = client()
    with serving(ok(b"x", "Set-Cookie: who=me")) as server:
        fetched(server.url(), http)
        fetched(server.url(), http)
    assert server.exchanges[1].header("cookie") == ""


def test_f22_when_all_sources_are_down_each_says_why() -> None:
    """No source raises: each failure is a result with its reason."""
    with serving(answer(500)) as server:
        for source in _sources(server.url("/x")):
            got = source.fetch(client(), WHEN)
            assert got.state is SourceState.FAILED
            assert isinstance(got.error, Unreachable)
            assert got.error.status == 500


def test_f23_one_source_down_leaves_the_others_alone(tmp_path: Path) -> None:
    """What one server does says nothing about another."""
    lines = tmp_path / "papers.jsonl"
    lines.write_text('{"id": "2406.11838", "title": "A paper about sparse attention"}\n')
    http = client()
    with serving(answer(404)) as broken, serving(ok(RSS)) as sound:
        sources: list[Source] = [Feed(url=broken.url()), Feed(url=sound.url()), File(path=lines)]
        states = [source.fetch(http, WHEN).state for source in sources]
    assert states == [SourceState.FAILED, SourceState.OK, SourceState.OK]


def _sources(url: str) -> list[Source]:
    return [
        Feed(url=url),
        HuggingFace(url=url),
        Arxiv(categories=("cs.LG",), url=url),
        Biorxiv(url=url),
    ]

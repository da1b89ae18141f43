"""The client as its callers see it: manners, proxies, what is kept, what is shown."""

from __future__ import annotations

import base64
import ipaddress
import socket
import threading
from datetime import UTC, datetime, timedelta

import httpcore
import httpx
import pytest
from fake_http import NOW, Clock, MemoryCache, client
from http_server import Exchange, answer, certified, ok, redirect, serving

from digest import __version__
from digest.model.errors import Unreachable, Unreadable
from digest.sources.http import Cached, Http, Limits, redact_url
from digest.sources.http.decode import BodyTooLarge, CutShort, Garbled, read
from digest.sources.http.rate_limit import RateLimiter, domain, exhausted, retry_after
from digest.sources.http.transport import Deadline, is_local, is_public, literal, proxy_for, resolve


def test_a_request_says_who_asks() -> None:
    """Program, version and a contact; compressed with gzip or not at all."""
    with serving(ok()) as server:
        got = client(contact="ada@example.org").get(server.url("/x?y=1"), source="s")
    exchange = server.exchanges[0]
    assert got.body == b"fine"
    assert exchange.path == "/x?y=1"
    assert exchange.header("user-agent") == f"daily-paper-digest/{__version__} (+ada@example.org)"
    assert exchange.header("accept-encoding") == "gzip"
    assert exchange.header("authorization") == ""


@pytest.mark.parametrize("contact", ["", "a\r\nX: y", "adä@example.org", "a)b", "x" * 300])
def test_a_contact_that_no_header_can_hold_is_left_out(contact: str) -> None:
    """The request goes out all the same."""
    with serving(ok()) as server:
        client(contact=contact).get(server.url(), source="s")
    assert server.exchanges[0].header("user-agent") == f"daily-paper-digest/{__version__}"


def test_a_login_in_the_address_is_used_and_never_shown() -> None:
    """A private feed may have its password in its address; errors, logs and status must not."""
    with serving(answer(401)) as server:
        url = server.url("/feed?token=t").replace("http://", "http://ada:word@")
        with pytest.raises(Unreachable) as caught:
            client().get(url, source="s")
    expected = base64.b64encode(b"ada:word").decode()
    assert server.exchanges[0].header("authorization") == f"Basic {expected}"
    assert caught.value.url == server.url("/feed?…")
    assert "word" not in str(caught.value)


def test_a_token_is_not_sent_after_a_redirect() -> None:
    """Not even back to where it belongs."""

    def play(exchange: Exchange) -> bytes:
        return redirect("/b") if exchange.path == "/a" else ok()

    with serving(play) as server:
        client(tokens={server.url("")[:-1]: "t"}).get(server.url("/a"), source="s")
        tokens = {server.url("").rstrip("/"): "t"}
        client(tokens=tokens).get(server.url("/a"), source="s")
    sent = [exchange.header("authorization") for exchange in server.exchanges]
    assert sent == ["", "", "Bearer t", ""]


@pytest.mark.parametrize("token", ["", "a\nb", "tökèn"])
def test_a_token_that_no_header_can_hold_is_not_sent(token: str) -> None:
    """It cannot be one, and the error would print it."""
    with serving(ok()) as server:
        client(tokens={server.url("").rstrip("/"): token}).get(server.url(), source="s")
    assert server.exchanges[0].header("authorization") == ""


def test_one_source_has_one_budget() -> None:
    """What its first request waited is gone for the second."""
    clock = Clock()
    http = client(clock=clock, limits=Limits(request=30, source=40))

    def play(exchange: Exchange) -> bytes:
        return answer(503, b"", "Retry-After: 25") if exchange.number in (0, 2) else ok()

    with serving(play) as server, http.visit("s") as visit:
        assert visit.get(server.url()).body == b"fine"
        with pytest.raises(Unreachable) as caught:
            visit.get(server.url())
    assert caught.value.retry_after == 25
    assert clock.naps == [25.0]


def test_a_visit_keeps_nothing_after_a_crash() -> None:
    """Something unforeseen: all its answers are asked for anew."""
    cache = MemoryCache()
    http = client(cache=cache)
    with serving(ok(b"x", 'ETag: "1"')) as server:
        visit = http.visit("s")
        visit.get(server.url())
        visit.__exit__(ZeroDivisionError, ZeroDivisionError(), None)
    http.commit()
    assert cache.kept == {}


def test_without_a_cache_nothing_is_kept() -> None:
    """`digest check` needs no memory."""
    http = client()
    with serving(ok(b"x", "Last-Modified: now")) as server:
        http.get(server.url(), source="s")
        http.commit()
        http.get(server.url(), source="s")
    assert server.exchanges[1].header("if-modified-since") == ""


def test_a_date_alone_is_a_validator() -> None:
    """Some servers know no ETag."""
    cache = MemoryCache()
    http = client(cache=cache)
    with serving(ok(b"x", "Last-Modified: now")) as server:
        http.get(server.url(), source="s")
        http.commit()
        http.get(server.url(), source="s")
    assert cache.kept[server.url()] == Cached(body=b"x", last_modified="now")
    assert server.exchanges[1].header("if-modified-since") == "now"
    assert server.exchanges[1].header("if-none-match") == ""


def test_pauses_grow_and_never_outlast_the_deadline() -> None:
    """No time for another pause: the error comes now, not after it."""
    clock = Clock()
    http = client(clock=clock, limits=Limits(request=2.5, attempts=9))
    with serving(answer(502)) as server, pytest.raises(Unreachable, match="502"):
        http.get(server.url(), source="s")
    assert clock.naps == [1.0]


def test_a_source_without_time_asks_nothing() -> None:
    """Its budget is spent: not one more request."""
    clock = Clock()
    http = client(clock=clock)
    with serving(ok()) as server, http.visit("s") as visit:
        clock.sleep(61)
        with pytest.raises(Unreachable, match="no time left"):
            visit.get(server.url())
    assert server.exchanges == []


@pytest.mark.parametrize("where", ["server", "resolver"])
def test_a_stop_ends_a_request_that_waits(where: str) -> None:
    """SIGTERM while a peer is silent: the request is given up within the second."""
    stop, over = threading.Event(), threading.Event()

    def play(exchange: Exchange) -> None:
        stop.set()
        exchange.stall()

    def hang(host: str, port: int) -> list[tuple[int, str]]:
        stop.set()
        over.wait(60)
        return []

    with serving(play) as server:
        http = Http(
            proxies={},
            sleep=stop.wait,
            stopped=stop.is_set,
            resolve=hang if where == "resolver" else resolve,
        )
        with pytest.raises(Unreachable, match="in time"):
            http.get(server.url(), source="s")
        with pytest.raises(Unreachable, match="no time left"):
            http.get(server.url(), source="s")
    over.set()
    assert len(server.exchanges) == (where == "server")


def test_without_an_attempt_there_is_no_answer() -> None:
    """A limit of none is kept, too: one attempt is the least."""
    with serving(ok()) as server:
        http = client(limits=Limits(attempts=0))
        assert http.get(server.url(), source="s").body == b"fine"


def test_a_proxy_is_used_and_a_spared_host_is_not() -> None:
    """The environment's words; the login for the proxy goes to the proxy alone."""
    with serving(ok(b"by proxy")) as proxy, serving(ok(b"direct")) as server:
        place = f"http://me:secret@127.0.0.1:{proxy.port}"
        http = client(proxies={"http": place, "no": "127.0.0.1"})
        assert http.get("http://far.example/x", source="s").body == b"by proxy"
        assert http.get(server.url(), source="s").body == b"direct"
    assert proxy.paths == ["http://far.example/x"]
    assert proxy.exchanges[0].header("proxy-authorization").startswith("Basic ")


def test_https_goes_through_a_proxy_in_a_tunnel() -> None:
    """The proxy sees a name and a port; the certificate is the server's own and is checked."""

    def play(exchange: Exchange) -> None:
        exchange.wire.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        with certified("localhost").wrap_socket(exchange.wire, server_side=True) as inner:
            inner.recv(65536)
            inner.sendall(ok(b"by tunnel"))

    with serving(play) as proxy:
        http = client(proxies={"https": proxy.url()})
        assert http.get("https://localhost/x", source="s").body == b"by tunnel"
        with pytest.raises(Unreachable, match="certificate"):
            http.get("https://far.example/x", source="s")
    assert proxy.paths[0] == "localhost:443"


@pytest.mark.parametrize("proxy", ["socks5://a:1", "http://", "http://[::1"])
def test_a_proxy_of_another_kind_is_told(proxy: str) -> None:
    """Never silently gone around."""
    with pytest.raises(Unreachable, match="proxy"):
        client(proxies={"all": proxy}).get("http://far.example/", source="s")


@pytest.mark.parametrize(
    ("url", "proxies", "expected"),
    [
        ("http://a.example/", {}, ""),
        ("http://a.example/", {"http": "p:1"}, "http://p:1"),
        ("https://a.example/", {"http": "http://p:1"}, ""),
        ("https://a.example/", {"all": "http://p:1"}, "http://p:1"),
        ("http://a.example/", {"all": "http://p:1", "no": "*"}, ""),
        ("http://a.example/", {"all": "http://p:1", "no": "b.example, .example"}, ""),
        ("http://a.example/", {"all": "http://p:1", "no": "*.example"}, ""),
        ("http://an.example/", {"all": "http://p:1", "no": "n.example, ,"}, "http://p:1"),
    ],
)
def test_which_proxy(url: str, proxies: dict[str, str], expected: str) -> None:
    """By scheme, for all, and none for what no_proxy names."""
    assert proxy_for(httpx.URL(url), proxies) == expected


def test_a_client_is_made_of_nothing() -> None:
    """All that it needs has a default."""
    with serving(ok()) as server:
        assert Http(proxies={}).get(server.url(), source="s").body == b"fine"


def test_certificates_are_read_where_tls_is_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain address needs none; one with TLS is unreachable where they cannot be read."""
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/authorities.pem")
    http = Http(proxies={})
    with serving(ok()) as server:
        assert http.get(server.url(), source="s").body == b"fine"
    with pytest.raises(Unreachable, match="certificates of the authorities") as caught:
        http.get("https://127.0.0.1:1/", source="s", private=True)
    assert "SSL_CERT_FILE" in caught.value.hint


def test_the_environment_names_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is handed in, http_proxy counts."""
    with serving(ok(b"by proxy")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url())
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert Http().get("http://far.example/", source="s").body == b"by proxy"


@pytest.mark.parametrize(
    ("host", "same"),
    [
        ("export.arxiv.org", "arxiv.org"),
        ("RSS.arXiv.org.", "arxiv.org"),
        ("api.biorxiv.org", "biorxiv.org"),
        ("notarxiv.org", "notarxiv.org"),
    ],
)
def test_hosts_of_a_domain_share_its_pause(host: str, same: str) -> None:
    """ArXiv counts all its machines together."""
    assert domain(host) == same


def test_turns_at_arxiv_are_three_seconds_apart() -> None:
    """Whoever asks; a request that comes later than that waits for nothing."""
    turns = RateLimiter()
    assert turns.take("rss.arxiv.org", 100.0) == 0.0
    assert turns.take("export.arxiv.org", 101.0) == 2.0
    assert turns.take("arxiv.org", 101.0) == 5.0
    assert turns.take("huggingface.co", 101.0) == 0.0
    assert turns.take("huggingface.co", 101.0) == 0.0
    assert turns.take("arxiv.org", 200.0) == 0.0


def test_a_host_at_rest_is_left_alone() -> None:
    """A rest is never shortened by a later, smaller one."""
    turns = RateLimiter()
    turns.rest("a.example", 150.0)
    turns.rest("a.example", 120.0)
    assert turns.wait("a.example", 100.0) == 50.0
    assert turns.wait("b.example", 100.0) == 0.0


def test_the_pause_of_a_domain_is_slept() -> None:
    """Two requests to one arXiv host: three seconds between them."""
    clock = Clock()
    with serving(ok()) as proxy:
        http = client(clock=clock, proxies={"http": proxy.url()})
        http.get("http://rss.arxiv.org/a", source="s")
        http.get("http://export.arxiv.org/b", source="s")
    assert clock.naps == [3.0]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"ratelimit": '"api";r=498;t=224'}, None),
        ({"ratelimit": '"api";r=0;t=224'}, 224.0),
        ({"ratelimit": '"a";r=0;t=5, "b";r=0;t=30, "c";r=1;t=99'}, 30.0),
        ({"ratelimit": '"api";r=0'}, None),
        ({"ratelimit": '"api";r=0;t=999999999'}, 86_400.0),
        ({"ratelimit": "nonsense"}, None),
        ({}, None),
    ],
)
def test_quotas_are_understood(headers: dict[str, str], seconds: float | None) -> None:
    """R is what remains, t the seconds until it is renewed."""
    assert exhausted(headers) == seconds
    assert retry_after(headers, NOW) == seconds


def test_a_date_without_a_zone_is_utc() -> None:
    """The zone "-0000" says that none is known."""
    at = datetime(2026, 6, 16, 10, 0, 30, tzinfo=UTC)
    value = f"{at:%a, %d %b %Y %H:%M:%S} -0000"
    assert retry_after({"retry-after": value}, at - timedelta(seconds=30)) == 30.0


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("nas", True),
        ("nas.local", True),
        ("rss.home.arpa.", True),
        ("127.1", True),
        ("192.168.0.9", True),
        ("[::1]", True),
        ("fe80::1%eth0", True),
        ("93.184.215.14", False),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", False),
        ("arxiv.org", False),
        ("localhost.example", False),
    ],
)
def test_local_names_are_those_no_outsider_can_own(host: str, *, local: bool) -> None:
    """An address of this network, a bare name, a zone that is never delegated."""
    assert is_local(host) is local


@pytest.mark.parametrize(
    "network",
    [
        # IANA's registry of special IPv4 addresses, but for those of the open internet.
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4"),
        *("224.0.0.0/4", "255.255.255.255/32", "168.63.129.16/32"),
        # The registry of IPv6, what older standards reserved, and what nobody was ever given.
        *("::/128", "::1/128", "::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "100::/64"),
        *("100:0:0:1::/64", "2001::/23", "2001::/32", "2001:2::/48", "2001:10::/28"),
        *("2001:20::/28", "2001:30::/28", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7"),
        *("fe80::/10", "fec0::/10", "ff00::/8", "200::/7", "4000::/3", "e000::/4"),
        # Private IPv4 addresses in every wrapping that has a way to them.
        *("::ffff:10.0.0.0/104", "::ffff:127.0.0.0/104", "64:ff9b::10.0.0.0/104"),
        *("64:ff9b::127.0.0.0/104", "2002:a00::/24", "2002:7f00::/24", "2002:a9fe::/32"),
    ],
)
def test_a_special_network_is_not_the_open_internet(network: str) -> None:
    """From its first address to its last."""
    whole = ipaddress.ip_network(network)
    places = {whole[0], whole[-1], whole[whole.num_addresses // 2]}

    assert [str(place) for place in places if is_public(place)] == []


@pytest.mark.parametrize(
    "place",
    [
        *("1.1.1.1", "93.184.215.14", "192.31.196.1", "223.255.255.1", "2606:2800:21f::1"),
        *("2a00:1450:4001::5e", "2620:4f:8000::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"),
        "2002:808:808::1",
    ],
)
def test_the_open_internet_is_open(place: str) -> None:
    """What anybody can reach is not refused, whichever way it is written."""
    assert is_public(ipaddress.ip_address(place))


def test_an_address_is_known_however_it_is_spelt() -> None:
    """Whatever a resolver would take for one."""
    spelt = ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"]
    assert {str(literal(host)) for host in spelt} == {"127.0.0.1"}
    assert literal("a.example") is None
    assert literal("a\udcffb") is None
    public = literal("64:ff9b::808:808")
    assert public is not None
    assert is_public(public)


def test_a_name_that_is_none_does_not_resolve() -> None:
    """Labels that are too long or empty are an OSError like all others."""
    with pytest.raises(OSError, match="no host name"):
        resolve("a" * 70 + ".example", 80)
    assert ("127.0.0.1") in {place for _, place in resolve("127.0.0.1", 80)}


def test_a_deadline_that_is_over_allows_no_step() -> None:
    """What is left is given to each step, and nothing is an error."""
    clock = Clock()
    deadline = Deadline(clock, 1010.0)
    assert deadline.cap(None, httpcore.ReadTimeout) == 10.0
    assert deadline.cap(3.0, httpcore.ReadTimeout) == 3.0
    clock.sleep(11.0)
    with pytest.raises(httpcore.ReadTimeout, match="in time"):
        deadline.cap(3.0, httpcore.ReadTimeout)


def test_a_name_without_addresses_is_told() -> None:
    """An empty answer of the resolver is no crash."""
    with pytest.raises(Unreachable, match="no address"):
        client(resolve=lambda host, port: []).get("http://a.example/", source="s")


def test_the_next_address_is_tried() -> None:
    """One of two is down: the other answers."""
    with serving(ok()) as server:
        places = [(2, "127.0.0.99"), (2, "127.0.0.1")]
        http = client(resolve=lambda host, port: places)
        assert http.get(server.url(host="localhost"), source="s").body == b"fine"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ("https://me:word@a.example:8/x?key=1#y", "https://a.example:8/x?…"),
        ("", "://"),
    ],
)
def test_what_is_shown_of_an_address(url: str, expected: str) -> None:
    """No login, no query: both may hold secrets."""
    assert redact_url(url) == expected


def test_bodies_come_in_pieces() -> None:
    """Bytes cut anywhere are the same bytes; members of gzip follow each other."""
    import gzip
    import zlib

    whole = gzip.compress(b"one, ") + gzip.compress(b"two" * 100_000)
    single = [whole[n : n + 1] for n in range(len(whole))]
    assert read(single, "X-GZIP", 10**6) == b"one, " + b"two" * 100_000
    assert read([b"a", b"", b"b"], "identity", 2) == b"ab"
    assert read([zlib.compress(b"x")], "deflate", 9) == b"x"


def test_bodies_end_where_they_end() -> None:
    """Too many bytes, too few, or others than were promised."""
    import zlib

    with pytest.raises(BodyTooLarge):
        read([b"abc"], "", 2)
    with pytest.raises(CutShort):
        read([], "gzip", 2)
    with pytest.raises(Garbled, match="after the end"):
        read([zlib.compress(b"x") + b"y"], "deflate", 99)


def test_an_odd_answer_is_unreadable_and_a_refusal_unreachable() -> None:
    """The two ways in which a source fails are told apart."""
    with serving(answer(206, b"part")) as odd, serving(answer(403)) as refusing:
        with pytest.raises(Unreadable):
            client().get(odd.url(), source="s")
        with pytest.raises(Unreachable) as caught:
            client().get(refusing.url(), source="s")
    assert caught.value.hint


def test_a_closed_door_is_told_in_words() -> None:
    """Without the number that the system gives it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unreachable) as caught:
        client().get(f"http://127.0.0.1:{port}/", source="s")
    assert str(caught.value) == "127.0.0.1: Connection refused"

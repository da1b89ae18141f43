"""The faults P01 to P18 of parsing: what may stand in an answer that arrived whole."""

from __future__ import annotations

import gzip
import json
import resource
import subprocess
import sys
import unicodedata

import pytest
from fake_http import NOW, client
from http_server import ok, serving
from recordings import entries_of

from digest.model.errors import Unreadable
from digest.model.merging import merge
from digest.model.states import SourceState
from digest.sources import FetchWindow, arxiv, biorxiv, feed, file, huggingface
from digest.sources._entries import Skipped

WHEN = FetchWindow(now=NOW, day=NOW.date())
MB = 1 << 20


def rss(*items: str, head: str = '<?xml version="1.0"?>') -> bytes:
    """Return an RSS feed with these items."""
    inner = "".join(f"<item>{item}</item>" for item in items)
    whole = f'{head}<rss version="2.0"><channel><title>T</title>{inner}</channel></rss>'
    return whole.encode("utf-8", "surrogatepass")


def item(title: str, number: int = 1) -> str:
    """Return the inside of an item."""
    return f"<title>{title}</title><link>https://a.example/{number}</link>"


def titles(body: bytes, content_type: str = "") -> list[str]:
    """Return the titles of a feed, read in this process."""
    found = entries_of(body, content_type)
    return [paper.title for paper in feed.papers_of(found, "test", NOW, Skipped("test"))]


def outcome(body: bytes) -> tuple[list[str], str]:
    """Return the titles that the child gives, or none and what the one clear error says."""
    try:
        return [paper.title for paper in feed.parse(body, now=NOW)], ""
    except Unreadable as error:
        return [], str(error)


TEXT = rss(item("Größe misst 20 €"), head="")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (TEXT, "text/xml; charset=us-ascii"),
        (TEXT, "text/xml; charset=no-such-thing"),
        (TEXT, "image/png"),
        (TEXT, ""),
        (b"\xef\xbb\xbf\xef\xbb\xbf" + TEXT, ""),
        (TEXT.decode().encode("utf-16"), ""),
        (b'<?xml version="1.0" encoding="ebcdic-lie"?>' + TEXT, ""),
        (b'<?xml version="1.0" encoding="iso-8859-15"?>' + TEXT.decode().encode("iso-8859-15"), ""),
        (TEXT.decode().encode("cp1252"), "application/xml"),
    ],
    ids=[
        "lie",
        "unknown",
        "wrong type",
        "no type",
        "two marks",
        "utf-16",
        "unknown in xml",
        "latin",
        "undeclared",
    ],
)
def test_p01_a_wrong_charset_costs_nothing(body: bytes, content_type: str) -> None:
    """The paper is there, whatever the header or the declaration claims."""
    assert titles(body, content_type) == ["Größe misst 20 €"]


@pytest.mark.parametrize(
    "reference",
    ["&#xD800;", "&#x110000;", "&#99999999999;", "&#0;", "&#xDFFF;&#xD800;", "&#xFFFFFFFFFFFF;"],
)
def test_p02_references_outside_unicode_are_cleaned(reference: str) -> None:
    """Feedparser raises on them; here they are gone and the rest is whole."""
    assert titles(rss(item(f"Left {reference}and right"))) == ["Left and right"]


def test_p03_what_makes_feedparser_raise_is_caught() -> None:
    """A backslash in a DOCTYPE, a GML name without a number: papers or one clear error."""
    doctype = '<!DOCTYPE rss [<!ENTITY x "a\\1b">]>'
    gml = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:gml="http://www.opengis.net/gml" '
        'xmlns:georss="http://www.georss.org/georss"><title>T</title><entry><title>A</title>'
        '<georss:where><gml:Point srsName="none"><gml:pos>1 2</gml:pos></gml:Point></georss:where>'
        "</entry></feed>"
    )
    for body in (rss(item("A &x; B"), head=doctype), gml.encode()):
        found, complaint = outcome(body)
        assert len(found) == 1 or "cannot be read" in complaint


def test_p04_entities_open_no_file_and_no_door() -> None:
    """No local file, no address and no billion laughs come out of a DOCTYPE."""
    with serving(ok(b"canary")) as canary:
        for system in ("file:///etc/hostname", canary.url("/canary")):
            head = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{system}">]>'
            assert "canary" not in str(titles(rss(item("A &x; B"), head=head)))
        head = f'<!DOCTYPE rss SYSTEM "{canary.url("/dtd")}">'
        assert titles(rss(item("A"), head=head)) == ["A"]
    assert canary.exchanges == []


def test_p04_a_billion_laughs_stay_unheard() -> None:
    """Entities in entities are not unfolded."""
    layers = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<!DOCTYPE rss [<!ENTITY l0 "lol">{layers}]>'
    found, _ = outcome(rss(item("A &l9;"), head=head))
    assert len(str(found)) < 1000


@pytest.mark.process
@pytest.mark.parametrize(
    "body",
    [
        rss(item("A"), head="<a " + " ".join(f'x{n}="1"' for n in range(40_000)) + "/>"),
        b"<rss " + b" ".join(b'xmlns:n%d="u:%d"' % (n, n) for n in range(50_000)) + b"/>",
        rss("<b>" * 200_000),
    ],
    ids=["attributes", "namespaces", "nesting"],
)
def test_p05_quadratic_feeds_end_by_the_kernels_limits(body: bytes) -> None:
    """Ten seconds of processor time and a gigabyte: then the child is gone and we are not."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    found, _ = outcome(body)
    assert len(found) <= 1
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 15


@pytest.mark.process
@pytest.mark.parametrize("inner", ["x" * (9 * MB), "&lt;" * MB, "&lt;div&gt;" * (MB // 2)])
def test_p06_long_fields_are_cut(inner: str) -> None:
    """Nine megabytes of title, a flood of brackets, deep HTML: cut at the border, or refused."""
    found, complaint = outcome(
        rss(f"<title>{inner}</title>", f"<description>{inner}</description>")
    )
    assert found or "takes too long" in complaint
    assert all(len(title) <= 500 for title in found)


def test_p06_a_field_of_a_list_is_cut() -> None:
    """JSON is no longer than a feed."""
    long = "word " * 200_000
    paper = {"id": "2606.00001", "title": long, "summary": long, "authors": [{"name": long}] * 3}
    (found,) = huggingface.parse(json.dumps([{"paper": paper}]).encode())
    assert (len(found.title), len(found.authors)) == (500, 1)
    assert len(found.abstract) <= 20_000


def test_p07_of_a_truncated_feed_the_whole_items_are_kept() -> None:
    """The half-filled last one goes, and the source says that its end is missing."""
    whole = rss(*(item(f"Paper {n}", n) for n in range(5)))
    with serving(ok(whole[: whole.index(b"a.example/3")])) as server:
        got = feed.Feed(url=server.url()).fetch(client(), WHEN)
    assert [paper.title for paper in got.papers] == ["Paper 0", "Paper 1", "Paper 2"]
    assert (got.state, got.skipped) == (SourceState.OK, 1)
    assert isinstance(got.error, Unreadable)


NASTY = "A\x00B\x1b[31mC\u202eD\ud800E\u2028F\x85G\u200bH\u2066I\ue000J\nK\r\nL"


def everywhere(text: str) -> list[str]:
    """Return the titles that each source makes of one hostile text."""
    listed = [{"paper": {"id": "2606.00001", "title": text, "summary": text}}]
    line = {"title": text, "abstract": text, "authors": [text], "keywords": [text]}
    preprint = {"doi": "10.1101/1", "title": text, "abstract": text, "authors": text}
    found = [
        *huggingface.parse(json.dumps(listed).encode()),
        *file.parse(json.dumps(line).encode()),
        *biorxiv.parse(json.dumps({"collection": [preprint]}).encode()),
    ]
    return [s for p in found for s in (p.title, p.abstract, *p.authors, *p.keywords) if s]


def test_p08_control_and_bidi_characters_are_gone_at_the_border() -> None:
    """NUL, escape, overrides, surrogates, line separators: never past the border."""
    for text in everywhere(NASTY):
        assert text.startswith("AB")
        assert not [c for c in text if unicodedata.category(c)[0] == "C"]
        text.encode()


def test_p08_the_same_for_feeds() -> None:
    """XML allows fewer of them; what comes through is cleaned, too."""
    (title,) = titles(rss(item("A\u202eB\u2028C&#x1b;D&#x85;E\u0007F")))
    assert not [c for c in title if unicodedata.category(c)[0] == "C"]


def test_p09_a_title_is_one_line() -> None:
    """No header can be injected by what is one line."""
    texts = [*everywhere("A\r\nBcc: x@y.example"), *titles(rss(item("A&#13;&#10;Bcc: x")))]
    assert texts
    assert all("\n" not in text and "\r" not in text for text in texts)


def test_p10_links_are_of_the_web_or_nothing() -> None:
    """No script, data or file address comes past the border."""
    bad = ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://a b/", "//x"]
    for address in bad:
        links = dict.fromkeys(("abstract", "pdf", "discussion", "code", "project"), address)
        line = {"title": "T", "links": links, "thumbnail": address}
        (paper,) = file.parse(json.dumps(line).encode())
        entry = {"id": "2606.00001", "title": "T", "githubRepo": address, "projectPage": address}
        (listed,) = huggingface.parse(json.dumps([{"paper": entry, "thumbnail": address}]).encode())
        assert address not in repr((paper, listed))
    (fed,) = feed.parse(rss("<title>T</title><link>javascript:alert(1)</link>"))
    assert fed.links.abstract == ""


def test_p10_scripts_in_html_leave_no_code() -> None:
    """What a browser would run is not text of a paper."""
    html = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt;fine"
    (paper,) = feed.parse(rss(item("T") + f"<description>{html}</description>"))
    assert paper.abstract == "fine"


def test_p11_template_code_is_literal() -> None:
    """Braces mean nothing here."""
    assert set(everywhere("{{ 7*7 }} {% x %}")) == {"{{ 7*7 }} {% x %}"}


def test_p12_identity_is_the_strongest_that_there_is() -> None:
    """ArXiv id without version, else DOI, else link, else title: whatever is missing or changes."""
    found = feed.parse(
        rss(
            "<title>With a version</title><link>http://arxiv.org/abs/2606.00001v3</link>",
            "<title>By DOI</title><guid>https://doi.org/10.1/X.1</guid>",
            "<title>By link</title><link>https://a.example/1?utm_source=x#top</link><guid>8</guid>",
            "<title>By nothing but its own name</title>",
        )
    )
    ids = [paper.id for paper in found]
    assert ids[0] == "arxiv:2606.00001"
    assert [one.partition(":")[0] for one in ids[1:]] == ["url", "url", "title"]
    again = feed.parse(
        rss("<title>Other</title><link>https://www.a.example/1/</link><guid>9</guid>")
    )
    assert again[0].id == ids[2]


def test_p13_dates_that_cannot_be_are_unknown() -> None:
    """Impossible: unknown. In the future: now."""
    dates = [
        "2024-13-45",
        "1725530400",
        "31/12/2024",
        "gestern",
        "0001-01-01",
        "9999-12-31T23:59:59Z",
    ]
    found = feed.parse(
        rss(*(f"{item(f'T{n}', n)}<pubDate>{d}</pubDate>" for n, d in enumerate(dates))), now=NOW
    )
    assert [paper.published for paper in found] == [None] * 5 + [NOW]
    line = {"title": "T", "published": "9999-99-99", "listed": "2024-02-30"}
    (paper,) = file.parse(json.dumps(line).encode())
    assert (paper.published, paper.listed) == (None, None)


@pytest.mark.parametrize(
    "body",
    [
        *(b"null", b"{}", b'"text"', b"3", b"[null]", b"[[]]"),
        *(b'[{"paper": null}]', b'[{"paper": []}]', b'[{"papers": {"id": "2606.00001"}}]'),
        b'[{"paper": {"id": 26.1, "title": []}}]',
    ],
)
def test_p14_another_shape_is_an_error(body: bytes) -> None:
    """Never "no papers today": nothing recognisable is said as such."""
    for parse in (huggingface.parse, biorxiv.parse):
        with pytest.raises(Unreadable):
            parse(body)


def test_p14_good_entries_among_others_are_kept() -> None:
    """Wrong types in one field cost that field; a broken entry costs itself."""
    odd = {"id": "2606.00001", "title": "T", "upvotes": "many", "authors": {"a": 1}, "summary": 3}
    skip = Skipped("huggingface")
    found = huggingface.parse(json.dumps([{"paper": odd}, 7, {"x": []}]).encode(), skip=skip)
    assert [(p.title, p.upvotes, p.authors, p.abstract) for p in found] == [("T", None, (), "")]
    assert skip.count == 2


@pytest.mark.parametrize(
    "value", ["NaN", "-Infinity", "1" * 5000, "1e999", str(2**70), "-3", "true"]
)
def test_p15_numbers_that_are_none_cost_the_number(value: str) -> None:
    """NaN, infinity, five thousand digits, more than 64 bits: unknown, and the paper stays."""
    body = f'[{{"paper": {{"id": "2606.00001", "title": "T", "upvotes": {value}}}}}]'
    assert [paper.upvotes for paper in huggingface.parse(body.encode())] == [None]


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a":' * 100_000, b"", b"\xff\xfe[", b"[1,", b"'x'", b"[1] [2]"]
)
def test_p15_what_is_not_json_is_an_error(body: bytes) -> None:
    """Nested without end, cut off, or something else."""
    with pytest.raises(Unreadable):
        huggingface.parse(body)


def test_p15_marks_and_doubled_keys_are_forgiven() -> None:
    """A byte order mark is no letter; of two keys the last counts."""
    body = b'\xef\xbb\xbf[{"paper": {"id": "2606.00001", "title": "A", "title": "B"}}]'
    assert [paper.title for paper in huggingface.parse(body)] == ["B"]


def test_p16_one_paper_from_three_sources_is_one() -> None:
    """Whatever each calls it, it is one paper that knows all three."""
    listed = json.dumps([{"paper": {"id": "2606.01001", "title": "Sparse 2.7times"}}]).encode()
    fed = rss("<title>Sparse</title><link>https://arxiv.org/abs/2606.01001v2?utm_source=x</link>")
    atom = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry>'
        b"<id>oai:arXiv.org:2606.01001v1</id><title>Sparse $2.7\\times$</title></entry></feed>"
    )
    found = [*huggingface.parse(listed), *feed.parse(fed), *arxiv.parse(atom), *feed.parse(fed)]
    (paper,) = merge(found)
    assert (paper.id, paper.title) == ("arxiv:2606.01001", r"Sparse $2.7\times$")
    assert paper.sources == ("arxiv", "feed", "huggingface")


@pytest.mark.process
def test_p17_a_whole_archive_at_once_is_bounded() -> None:
    """Twenty thousand items: no more than the first five thousand, or refused."""
    body = rss(*(item(f"Paper {n}", n) for n in range(20_000)))
    found, complaint = outcome(body)
    assert len(found) == 5000 or "takes too long" in complaint


def test_p17_a_long_file_is_read_whole() -> None:
    """Twenty thousand lines are a reader's own choice."""
    lines = b"\n".join(b'{"title": "Paper number %d of many"}' % n for n in range(2000))
    assert len(file.parse(lines)) == 2000


def test_p18_nothing_is_a_list_too() -> None:
    """The empty list, the empty collection, the empty file: no papers, no error."""
    assert huggingface.parse(b"[]") == ()
    assert biorxiv.parse(b'{"collection": []}') == ()
    assert file.parse(b"") == ()


@pytest.mark.process
def test_f05_a_bomb_leaves_the_process_small() -> None:
    """The peak of a whole process that meets a bomb is that of one that does not, plus 50 MB."""
    script = (
        "import sys, resource, gzip\n"
        "from digest.sources.http import Http\nfrom digest.model.errors import SourceError\n"
        "http = Http(proxies={})\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    http.get(sys.argv[1], source='bomb')\nexcept SourceError as e:\n    print(e)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    bomb = gzip.compress(bytes(400 * MB), 9)
    with serving(ok(bomb, "Content-Encoding: gzip")) as server:
        done = subprocess.run(
            [sys.executable, "-c", script, server.url()],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    told, grown = done.stdout.splitlines()
    assert "larger than 10 MB" in told
    assert int(grown) < 50 * 1024

"""The laws of our email, each a function from a whole message to what breaks it ("" if nothing)."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING

import html5lib
import tinycss2

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage, MIMEPart
    from xml.etree.ElementTree import Element

UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffd\ue000-\uf8ff]"
)
FORBIDDEN = {
    "script",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "button",
    "link",
    "base",
    "svg",
}


@dataclass(frozen=True)
class Mail:
    """One message, taken apart."""

    raw: bytes

    @cached_property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @cached_property
    def head(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[0]

    @cached_property
    def parts(self) -> list[MIMEPart]:
        return [part for part in self.message.iter_parts() if part.get_content_maintype() == "text"]

    def part(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        return str(body.get_content()).replace("\r\n", "\n") if body else ""

    @cached_property
    def html(self) -> str:
        return self.part("html")

    @cached_property
    def text(self) -> str:
        return self.part("plain")

    @cached_property
    def document(self) -> Element:
        tree: Element = html5lib.parse(self.html, namespaceHTMLElements=False)
        return tree

    @cached_property
    def elements(self) -> list[Element]:
        return [element for element in self.document.iter() if isinstance(element.tag, str)]

    def named(self, pattern: str) -> list[Element]:
        return [element for element in self.elements if re.fullmatch(pattern, element.tag)]

    @cached_property
    def styles(self) -> str:
        return "; ".join(element.get("style", "") for element in self.elements)


def said(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _name(link: Element) -> str:
    return link.get("aria-label") or said(link)


def seven_bit_lines(mail: Mail) -> str:
    """ASCII, CRLF only, body lines up to 76."""
    body = mail.raw.partition(b"\r\n\r\n")[2]
    bare = mail.raw.replace(b"\r\n", b"")
    sound = mail.raw.isascii() and b"\n" not in bare and b"\r" not in bare
    longest = max(map(len, body.split(b"\r\n")))
    return "" if sound and longest <= 76 else f"longest line {longest}"


def header_lines(mail: Mail) -> str:
    """Header lines are up to 78 long."""
    return str([line for line in mail.head.split(b"\r\n") if len(line) > 78] or "")


def one_of_each(mail: Mail) -> str:
    """What must be there once is there once."""
    names = ("Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "List-Id")
    return str([n for n in names if len(mail.message.get_all(n) or []) != 1] or "")


def dated(mail: Mail) -> str:
    """The date has an offset."""
    day = mail.message["Date"]
    return "" if day and parsedate_to_datetime(str(day)).tzinfo else "no offset"


def identified(mail: Mail) -> str:
    """The Message-ID stands under From's domain."""
    domain = mail.message["From"].addresses[0].domain
    found = re.fullmatch(rf"<[\w.]+@{re.escape(domain)}>", str(mail.message["Message-ID"]))
    return "" if found else str(mail.message["Message-ID"])


def list_headers(mail: Mail) -> str:
    """Unsubscribing is a plain URI of at most 74 characters; machines are told not to answer."""
    leaving = str(mail.message["List-Unsubscribe"] or "<mailto:->").strip()
    uri = re.fullmatch(r"<(mailto:\S{1,67})>", leaving)
    quiet = mail.message["Auto-Submitted"] == "auto-generated"
    listed = re.search(r"<[\w.-]+\.[\w.-]+>$", str(mail.message["List-Id"]))
    return "" if uri and quiet and listed and b"List-Unsubscribe: =?" not in mail.head else "list"


def subject_is_sober(mail: Mail) -> str:
    """Dated, no shouting, no joined encoded words, 20 to 70 characters."""
    subject = str(mail.message["Subject"])
    bad = "!" in subject or re.match(r"(?i)(re|fwd?|aw):", subject) or UNSEEN.search(subject)
    sound = 20 <= len(subject) <= 70 and re.search(r"\d", subject) and b"?==?" not in mail.head
    return "" if sound and not bad else subject


def two_parts(mail: Mail) -> str:
    """Plain first, then HTML, both UTF-8 in quoted-printable, both with their language."""
    types = [part.get_content_type() for part in mail.parts]
    coded = all(
        part.get_content_charset() == "utf-8"
        and part["Content-Transfer-Encoding"] == "quoted-printable"
        and part["Content-Language"]
        for part in mail.parts
    )
    return "" if types == ["text/plain", "text/html"] and coded else str(types)


def small(mail: Mail) -> str:
    """At most 80 kB of HTML, 100 kB in all."""
    size = len(mail.html.encode())
    return "" if size <= 80_000 and len(mail.raw) <= 100_000 else f"{size} of {len(mail.raw)}"


def nothing_unseen(mail: Mail) -> str:
    """No control, bidi, private-use or replacement characters."""
    return str({hex(ord(c)) for c in UNSEEN.findall(mail.text + mail.html)} or "")


def flowed(mail: Mail) -> str:
    """The plain part is format=flowed, its lines up to 78 but for web addresses."""
    plain = mail.message.get_body(("plain",))
    format_ = plain["Content-Type"].params.get("format") if plain else ""
    long = [x for x in mail.text.split("\n") if len(x) > 78 and "://" not in x]
    return "" if format_ == "flowed" and not long else f"{format_} {long}"


def same_in_both(mail: Mail) -> str:
    """Every link and heading of the HTML is in the plain part."""
    text = "".join(mail.text.split())
    hrefs = [a.get("href", "") for a in mail.named("a")]
    heads = ["".join(said(h).split()) for h in mail.named("h[1-6]")]
    return str([x for x in (*hrefs, *heads) if x not in text] or "")


def well_formed(mail: Mail) -> str:
    """The HTML parses without an error."""
    parser = html5lib.HTMLParser()
    parser.parse(mail.html)
    return str(parser.errors or "")


def head_is_whole(mail: Mail) -> str:
    """Language and direction twice, title, character set first, viewport, colour schemes."""
    body = mail.document.find("body")
    wrapper = body[0] if body is not None and len(body) else None
    both = (mail.document, wrapper)
    directed = all(e is not None and e.get("lang") and e.get("dir") for e in both)
    title = mail.document.findtext("head/title") == str(mail.message["Subject"])
    metas = {meta.get("name"): meta.get("content") for meta in mail.named("meta")}
    sound = "viewport" in metas and metas.get("color-scheme") == "light dark"
    first = '<meta charset="utf-8">' in mail.html[:120]
    return "" if directed and title and sound and first else f"{directed} {title} {sound} {first}"


def nothing_active(mail: Mail) -> str:
    """No script, form or frame, no event handler; only https: and mailto:."""
    tags = {e.tag for e in mail.elements} & FORBIDDEN
    handlers = {key for e in mail.elements for key in e.attrib if key.startswith("on")}
    targets = [e.get("href") or e.get("action") or "https:" for e in mail.elements]
    schemes = {target.partition(":")[0] for target in targets} - {"https", "mailto"}
    return str(tags | handlers | schemes or "")


def nothing_remote(mail: Mail) -> str:
    """Nothing is fetched when the letter is opened."""
    fetched = [
        e.get("src") for e in mail.elements if not (e.get("src") or "cid:").startswith("cid:")
    ]
    return str(fetched or re.findall(r"url\(|@import|background=", mail.html) or "")


def style_is_optional(mail: Mail) -> str:
    """The style blocks are small and hold no @ within @, which Gmail drops."""
    blocks = [style.text or "" for style in mail.named("style")]
    nested = [
        rule
        for block in blocks
        for outer in tinycss2.parse_stylesheet(block)
        if outer.type == "at-rule" and outer.content
        for rule in tinycss2.parse_rule_list(outer.content)
        if rule.type == "at-rule"
    ]
    return "" if not nested and sum(map(len, blocks)) <= 8_000 else str(nested)


def tables_are_layout(mail: Mail) -> str:
    """No table claims to hold data."""
    roles = {table.get("role") for table in mail.named("table")}
    return "" if roles == {"presentation"} else str(roles)


def headings_in_order(mail: Mail) -> str:
    """One h1, first; no level skipped."""
    levels = [int(h.tag[1]) for h in mail.named("h[1-6]")]
    jumps = [b for a, b in itertools.pairwise(levels) if b - a > 1]
    return "" if levels[0] == 1 and levels.count(1) == 1 and not jumps else str(levels)


def legible(mail: Mail) -> str:
    """No text under 14 px, no line height under 120 %, nothing hidden or justified."""
    sizes = [float(size) for size in re.findall(r"font-size:([\d.]+)px", mail.styles)]
    heights = [float(height) for height in re.findall(r"line-height:([\d.]+)%", mail.styles)]
    hidden = re.findall(r"display:\s*none|visibility|opacity|justify|max-height", mail.styles)
    return "" if min(sizes) >= 14 and min(heights) >= 120 and not hidden else f"{sizes} {hidden}"


def links_have_names(mail: Mail) -> str:
    """There are links, each with a name that begins with its words; same name, same target."""
    targets: dict[str, set[str]] = {}
    for link in mail.named("a"):
        targets.setdefault(_name(link).lower(), set()).add(link.get("href", ""))
    unlike = [a for a in mail.named("a") if not _name(a).lower().startswith(said(a).lower())]
    twice = [name for name, hrefs in targets.items() if len(hrefs) > 1 or not name]
    return str(twice or [_name(link) for link in unlike] or ("" if targets else "none"))


def words_stay_apart(mail: Mail) -> str:
    """No two inline elements touch."""
    return str(re.findall(r"</a><a|</span><span|</p><p", mail.html) or "")


def pictures_are_told(mail: Mail) -> str:
    """Every picture has words."""
    return str([e.get("src") for e in mail.named("img") if not e.get("alt")] or "")


def begins_with_the_day(mail: Mail) -> str:
    """The first words are a sentence of 40 to 140 characters."""
    body = mail.document.find("body")
    texts = (e.text.strip() for e in (body.iter() if body is not None else ()) if e.text)
    first = next((text for text in texts if text and not text.startswith("[if")), "")
    return "" if 40 <= len(first) <= 140 and first[-1] in ".!?" else f"{len(first)}: {first}"


def _papers(mail: Mail) -> dict[str, Element]:
    """Return the table row of each paper by the number in its heading."""
    rows = {h: row for row in mail.named("tr") for h in row.iter("h3")}
    return {said(heading).partition(".")[0]: row for heading, row in rows.items()}


def _bare(text: str) -> str:
    return "".join(text.split())


def same_papers_in_both(mail: Mail) -> str:
    """Both parts have the same papers, each with the same sentences and the same first link."""
    rest, wrong = _bare(mail.text), []
    heads = [_bare(said(h)) for h in mail.named("h3")]
    for row, following in zip(_papers(mail).values(), [*heads[1:], ""], strict=False):
        (heading,) = row.iter("h3")
        _, found, rest = rest.partition(_bare(said(heading)))
        block = rest.partition(following)[0] if following else rest
        words = [_bare(said(p)) for p in row.iter("p") if "ink" in p.get("class", "")]
        links = [a.get("href", "") for a in heading.iter("a")]
        first = block.find("https://")
        wrong += [said(heading)] if not found else []
        wrong += [text for text in words if text not in block]
        wrong += [url for url in links if not block[first:].startswith(url)]
    return str(wrong or "")


def verbs_do_what_they_say(mail: Mail) -> str:
    """More, less, pause and stop open a mail of that verb, the paper being the row's own."""
    verbs = {"More like this": "more", "Less": "less", "Pause for a week": "pause"}
    verbs |= {"Mehr davon": "more", "Weniger": "less", "Eine Woche Pause": "pause"}
    verbs |= {"多推荐类似的": "more", "少推荐": "less", "暂停一周": "pause"}
    verbs |= {"Stop for good": "stop", "Ganz abbestellen": "stop", "永久停止": "stop"}
    wrong = [
        said(a)
        for a in mail.named("a")
        if (href := a.get("href", "")).startswith("mailto:")
        and f"subject={verbs.get(said(a), '?')}-" not in href
    ]
    wrong += [
        number
        for number, row in _papers(mail).items()
        if len({_about(a) for a in row.iter("a") if _about(a)}) > 1
    ]
    return str(wrong or "")


def _about(link: Element) -> str:
    """Return the paper that a feedback link is about, "" for another link."""
    found = re.search(r"subject=(?:more|less)-(\S+)-\w{1,4}-[\w-]{12}$", link.get("href", ""))
    return found[1] if found else ""


def counts_are_true(mail: Mail) -> str:
    """Numbers run from 1 through all papers."""
    numbers = [int(number) for number in _papers(mail)]
    return "" if numbers == list(range(1, len(numbers) + 1)) else str(numbers)


def no_redirector(mail: Mail) -> str:
    """No link leads through another site that counts clicks."""
    hrefs = [a.get("href", "") for a in mail.named("a")]
    return str([u for u in hrefs if re.search(r"https?(?::|%3A)", u[8:], re.IGNORECASE)] or "")


def easy_to_hit(mail: Mail) -> str:
    """A link in a line of links has at least 24 pixels (WCAG 2.5.8): 14 px text, 10 px padding."""
    tight = [
        said(a)
        for a in mail.named("a")
        if "link" in a.get("class", "") and "padding:10px" not in a.get("style", "")
    ]
    return str(tight or "")


LAWS: tuple[Callable[[Mail], str], ...] = (
    *(seven_bit_lines, header_lines, one_of_each, dated, identified, list_headers),
    *(subject_is_sober, two_parts, small, nothing_unseen, flowed, same_in_both, well_formed),
    *(head_is_whole, nothing_active, nothing_remote, style_is_optional, tables_are_layout),
    *(headings_in_order, legible, links_have_names, words_stay_apart, pictures_are_told),
    *(begins_with_the_day, same_papers_in_both, verbs_do_what_they_say, counts_are_true),
    *(no_redirector, easy_to_hit),
)


def broken(raw: bytes) -> dict[str, str]:
    """Return every law that a message breaks and how."""
    mail = Mail(raw)
    return {law.__name__: how for law in LAWS if (how := law(mail))}

"""Issues and contexts for the tests of the email: one by hand, and any that can be made."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from digest.email.context import MessageContext
from digest.email.feedback import sign
from digest.email.issue.compose import display_title
from digest.model.issue import EmptyReason, Entry, Issue, Section, SectionKind, SourceReport
from digest.model.paper import Links, Paper
from digest.model.ranked import Ranked, Reason
from digest.model.states import SourceState
from digest.model.text import clean, http_url

if TYPE_CHECKING:
    from digest.email.feedback import Verb

KEY = b"the key of these tests"
DAY = date(2026, 11, 21)


def token(verb: Verb, paper: str) -> str:
    return sign(KEY, reader="ada", verb=verb, day=DAY, paper=paper)


HEAD = MessageContext(
    to=("Ada Lovelace <ada@example.org>",),
    sender="digest@example.org",
    zone=ZoneInfo("Europe/Berlin"),
    next=datetime(2026, 11, 22, 6, 30, tzinfo=UTC),
    interests=("Optimizers", "Alignment"),
    lists=(
        ("Hugging Face", "https://huggingface.co/papers"),
        ("arXiv cs.LG", "https://arxiv.org/list/cs.LG/new"),
    ),
)
FEEDBACK = MessageContext(
    to=HEAD.to,
    sender=HEAD.sender,
    zone=HEAD.zone,
    next=HEAD.next,
    interests=HEAD.interests,
    lists=HEAD.lists,
    feedback="digest@example.org",
    token=token,
)


def links(name: str, *, code: str = "", project: str = "") -> Links:
    return Links(
        abstract=f"https://arxiv.org/abs/{name}",
        pdf=f"https://arxiv.org/pdf/{name}",
        discussion=f"https://huggingface.co/papers/{name}",
        code=code,
        project=project,
    )


def entry(*, number: int, summary: str, ranked: Ranked) -> Entry:
    return Entry(number=number, title=display_title(ranked.paper), summary=summary, ranked=ranked)


def with_paper(shown: Entry, paper: Paper) -> Entry:
    return replace(shown, ranked=replace(shown.ranked, paper=paper), title=display_title(paper))


LION = entry(
    number=1,
    summary="A search over programs finds an optimizer that keeps only the momentum. It needs less "
    "memory than Adam, and 2% more of ImageNet is right.",
    ranked=Ranked(
        paper=Paper(
            id="arxiv:2302.06675",
            title="Symbolic Discovery of Optimization Algorithms",
            authors=("Xiangning Chen", "Chen Liang", "Da Huang", "Esteban Real", "Quoc V. Le"),
            published=datetime(2023, 2, 13, tzinfo=UTC),
            upvotes=54,
            comments=3,
            code_stars=6321,
            links=links("2302.06675", code="https://github.com/google/automl"),
        ),
        score=71.4,
        interest="Optimizers",
        reasons=(Reason(term="optimizer", weight=50), Reason(term="momentum", weight=21.4)),
        followed=("Quoc V. Le",),
        uncertain=("Quoc V. Le",),
    ),
)
SCALING = entry(
    number=2,
    summary="The optimum under KL(φ ‖ p) ≤ Δ has a closed form & one free parameter.",
    ranked=Ranked(
        paper=Paper(
            id="arxiv:2404.01730",
            title="BoN: Asymptotics of <Language> Model Alignment",
            authors=("Joy Qiping Yang", "Salman Salamatian", "Ziteng Sun", "Ahmad Beirami"),
            published=datetime(2024, 4, 2, tzinfo=UTC),
            upvotes=1,
            links=links("2404.01730", project="http://example.org/it's?a=1&b=2"),
        ),
        score=33,
        interest="Alignment",
        reasons=(Reason(term="alignment", weight=38), Reason(term="survey", weight=-5)),
        missing=("preference data",),
        like="Lion Secretly Solves Constrained Optimization",
    ),
)
POPULAR = entry(
    number=3,
    summary="Learns what to ask next.",
    ranked=Ranked(
        paper=Paper(
            id="doi:10.1101/2026.01.01.1",
            title="Learning to Actively Learn",
            listed=date(2026, 11, 20),
            upvotes=1204,
        ),
        score=4,
    ),
)
ISSUE = Issue(
    reader="ada",
    day=DAY,
    now=datetime(2026, 11, 21, 6, 0, tzinfo=UTC),
    sections=(
        Section(kind=SectionKind.BEST, entries=(LION,)),
        Section(kind=SectionKind.CLOSE, entries=(SCALING,)),
        Section(kind=SectionKind.TRENDING, entries=(POPULAR,)),
    ),
    read=143,
    left_out=140,
    too_old=2,
    minutes=2,
    sources=(
        SourceReport(name="Hugging Face", state=SourceState.OK, papers=31),
        SourceReport(name="arXiv cs.LG", state=SourceState.QUIET),
        SourceReport(name="medRxiv", state=SourceState.STALE),
        SourceReport(name="BAIR", state=SourceState.FAILED, error="404 Not Found."),
    ),
)
QUIET = Issue(
    reader="ada",
    day=DAY,
    now=ISSUE.now,
    read=18,
    left_out=18,
    sources=ISSUE.sources,
    empty=EmptyReason.LOW,
    best=21,
    min_score=25,
    short_note=True,
)

# Any text that passes the border (digest.text.clean) may stand in a paper.
_any = st.text(max_size=60)
_scripts = st.sampled_from(
    [
        "深層学習の最適化" * 12,
        "تعلم عميق للغات",
        "למידה עמוקה",
        "🧑‍🔬🚀 rocket",
        "ﬁ µ Å",
        "> From x",
        "-- ",
    ]
)
words = st.one_of(_any, _scripts).map(clean)
titles = words.map(lambda text: text or "Untitled")
_urls = st.one_of(
    st.just(""),
    st.text("abcXYZ019/-_.~%&=?#'()!", max_size=40).map(
        lambda tail: http_url(f"http://example.org/{tail}")
    ),
    st.just("https://example.org/" + "x" * 700),
)


@st.composite
def entries(draw: st.DrawFn, number: int) -> Entry:
    """Draw one paper with whatever a source may give."""
    authors = draw(st.one_of(st.just(()), st.lists(titles, max_size=5).map(tuple)))
    if draw(st.integers(0, 15)) == 0:
        authors = tuple(f"Author {n}" for n in range(600))
    terms = draw(st.lists(st.tuples(titles, st.floats(-20, 60)), max_size=3))
    paper = Paper(
        id=draw(st.sampled_from(["arxiv:2401.{:05d}", "doi:10.1101/2026.{:02d}"])).format(number),
        title=draw(titles),
        authors=authors,
        published=draw(st.sampled_from([None, ISSUE.now])),
        upvotes=draw(st.sampled_from([None, 0, 1, 99_999])),
        links=Links(abstract=draw(_urls), pdf=draw(_urls), code=draw(_urls)),
        code_stars=draw(st.sampled_from([None, 1, 12])),
    )
    return entry(
        number=number,
        summary=draw(words) * draw(st.sampled_from([1, 1, 30])),
        ranked=Ranked(
            paper=paper,
            score=draw(st.floats(0, 100)),
            interest=draw(st.sampled_from(["", "Optimizers", "量子"])),
            reasons=tuple(Reason(term=term, weight=weight) for term, weight in terms),
            missing=tuple(draw(st.lists(titles, max_size=2))),
            like=draw(words),
            followed=authors[-1:],
        ),
    )


@st.composite
def issues(draw: st.DrawFn) -> Issue:
    """Draw an issue of up to 60 papers in any sections."""
    total = draw(st.one_of(st.integers(0, 4), st.sampled_from([12, 60])))
    drawn = [draw(entries(number)) for number in range(1, min(total, 6) + 1)]
    every = [
        entry(number=n + 1, summary=e.summary, ranked=e.ranked) for n, e in _cycled(drawn, total)
    ]
    kinds = draw(st.lists(st.sampled_from(SectionKind), min_size=1, max_size=4, unique=True))
    parts = [every[start :: len(kinds)] for start in range(len(kinds))]
    numbered = [Section(kind=k, entries=tuple(p)) for k, p in zip(kinds, parts, strict=True) if p]
    return Issue(
        reader="ada",
        day=DAY,
        now=ISSUE.now,
        sections=_renumbered(numbered),
        read=draw(st.integers(total, 5_000)),
        covers=draw(st.sampled_from([None, (date(2026, 11, 18), DAY)])),
        sources=ISSUE.sources,
        empty=None if total else draw(st.sampled_from(EmptyReason)),
    )


def _cycled(drawn: list[Entry], total: int) -> list[tuple[int, Entry]]:
    return [(n, drawn[n % len(drawn)]) for n in range(total)]


def _renumbered(sections: list[Section]) -> tuple[Section, ...]:
    numbers = iter(range(1, 100))
    return tuple(
        Section(
            kind=section.kind,
            entries=tuple(
                entry(number=next(numbers), summary=e.summary, ranked=e.ranked)
                for e in section.entries
            ),
        )
        for section in sections
    )


contexts = st.builds(
    MessageContext,
    to=st.just(HEAD.to),
    sender=st.sampled_from(["digest@example.org", "Mein Digest <d@bücher.example>"]),
    language=st.sampled_from(["en", "de"]),
    interests=st.sampled_from([(), ("Optimizers",), ("Optimizers", "量子")]),
    lists=st.just(HEAD.lists),
    weekly=st.booleans(),
    feedback=st.sampled_from(["", "digest@example.org"]),
    token=st.just(token),
    test=st.booleans(),
)

"""The sample is whole, true in its facts, and in our own words."""

from __future__ import annotations

import gzip
import json
import os
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import pytest

from digest.app.sample import CONFIG, sample_config, sample_day
from digest.email.latex.normalize import readable
from digest.model.identity import arxiv_id
from digest.model.sentences import split
from digest.sources.file import read_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

CORPORA = Path(os.environ.get("DIGEST_DATA") or Path(__file__).parents[3] / "shared" / "data")
PAPERS = 40
WORDS_IN_ALL = 6
"""Words in a row that two texts hardly share by chance."""

needs_corpora = pytest.mark.skipif(
    not (CORPORA / "corpus").is_dir(), reason="the corpora are not here"
)


class Line(TypedDict):
    id: str
    title: str
    abstract: str
    summary: str
    authors: list[str]
    published: str
    upvotes: int
    links: dict[str, str]


def lines() -> list[Line]:
    """Return the sample as it lies in its file."""
    text = CONFIG.with_name("sample.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@cache
def theirs() -> tuple[tuple[str, str, str], ...]:
    """Return id, title and abstract of the sample's papers as the corpora hold them, read once."""
    return tuple(_theirs())


def _theirs() -> Iterator[tuple[str, str, str]]:
    named = re.compile("|".join(map(re.escape, NUMBERS)))
    for name in ("huggingface_daily_2024_2026", "arxiv_2025_2026"):
        path = CORPORA / "corpus" / f"{name}.jsonl.gz"
        with gzip.open(path, "rt", encoding="utf-8") as packed:
            for line in packed:
                if named.search(line, 0, 40):
                    paper = json.loads(line)
                    yield paper["id"], paper["title"], paper["abstract"]
    for path in (CORPORA / "captures" / "huggingface").glob("daily_papers_date_2026-06-16.json"):
        for item in json.loads(path.read_text(encoding="utf-8")):
            yield item["paper"]["id"], item["paper"]["title"], item["paper"]["summary"]


NUMBERS = frozenset(line["id"] for line in lines())


def runs(text: str) -> set[tuple[str, ...]]:
    """Return all runs of words in `text`."""
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[i : i + WORDS_IN_ALL]) for i in range(len(words) - WORDS_IN_ALL + 1)}


def test_every_line_is_a_paper() -> None:
    """The source that reads the file reads all of it."""
    papers, skipped = read_lines(CONFIG.with_name("sample.jsonl").read_bytes())

    assert (len(papers), skipped) == (PAPERS, 0)
    assert len({paper.id for paper in papers}) == PAPERS


@pytest.mark.parametrize("line", lines(), ids=lambda line: str(line["id"]))
def test_every_paper_is_whole(line: Line) -> None:
    """Facts are there and sound, texts as long as real ones and free of markup."""
    published = date.fromisoformat(line["published"])

    assert arxiv_id(line["id"]) == line["id"]
    assert date(2025, 1, 1) <= published <= date(2026, 6, 16)
    assert line["authors"]
    assert all(link.startswith("https://") for link in line["links"].values())
    assert 90 <= len(line["abstract"].split()) <= 160
    assert 4 <= len(split(line["abstract"])) <= 7
    assert len(split(line["summary"])) == 1
    plain = line["abstract"].replace("SP^3", "SP³").replace("GD^2PO", "GD²PO")
    assert readable(line["abstract"]) == plain


def test_the_config_of_the_sample_is_sound(tmp_path: Path) -> None:
    """Three interests, a followed author, one source, and the day of the newest papers."""
    config = sample_config(tmp_path)

    assert CONFIG.is_file()
    assert [len(reader.interests) for reader in config.readers] == [3]
    assert [len(reader.taste.authors) for reader in config.readers] == [1]
    assert sample_day(config) == date(2026, 6, 16)


@needs_corpora
def test_the_facts_are_facts() -> None:
    """Every paper is one of the corpora, under its own title."""
    titles = {number: " ".join(title.split()) for number, title, _ in theirs()}

    assert {line["id"]: line["title"] for line in lines()} == {
        number: titles.get(number) for number in NUMBERS
    }


@needs_corpora
def test_the_words_are_our_own() -> None:
    """No six words in a row come from the abstract of any of these papers."""
    known = {run for _, _, abstract in theirs() for run in runs(abstract)}

    for line in lines():
        ours = runs(f"{line['summary']} {line['abstract']}")
        assert ours & known == set(), line["id"]

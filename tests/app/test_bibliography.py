"""Libraries of papers, as reference managers export them."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.app.bibliography import Library, read_library
from digest.model.errors import DigestError
from digest.model.paper import Paper

BIB = r"""
@article{one,
  title = {Schr{\"o}dinger {Bridges} at {$O(n^2)$} Cost},
  author = {M{\"u}ller, J{\'e}r{\^o}me and Ada Lovelace},
  abstract = {We cross bridges.},
  eprint = {2406.11838}, archivePrefix = {arXiv}, doi = {10.1000/XYZ}, year = 2024,
  keywords = {bridges; transport},
}
@misc{two, title = "Hidden in the
  Journal", journal = {arXiv preprint arXiv:2301.00001v2}, year = {2023}}
@inproceedings{three, title = {By its Link}, url = {http://arxiv.org/abs/cs/0112017v1}}
@book{four, title = {Only a Title, but Long Enough}, eprint = {123}, eprinttype = {jstor}}
@misc{five, note = {no title at all}}
@article{again, title = {The Same}, eprint = {2406.11838}}
"""

RIS = """\
TY  - JOUR
TI  - A Title
AU  - Lovelace, Ada
AB  - Some text.
DO  - 10.1000/xyz
PY  - 2020
UR  - https://example.org/a
KW  - engines
ER  -
TY  - RPRT
TI  - Another
UR  - https://arxiv.org/abs/2406.11838
ER  -
"""

CSL = [
    {
        "title": "A Title",
        "author": [{"family": "Lovelace", "given": "Ada"}, {"literal": "The Engines"}],
        "DOI": "10.1000/xyz",
        "issued": {"date-parts": [[2020, 5, 1]]},
        "keyword": "engines, wheels",
    },
    {"title": "Another", "number": "arXiv:2406.11838", "issued": {"date-parts": []}},
    3,
]

ZOTERO: list[dict[str, Any]] = [
    {
        "data": {
            "itemType": "preprint",
            "title": "A Title",
            "abstractNote": "Some text.",
            "creators": [{"firstName": "Ada", "lastName": "Lovelace"}, {"name": "Engines"}],
            "date": "2020-05",
            "archiveID": "arXiv:2406.11838",
            "tags": [{"tag": "engines"}],
        }
    },
    {"data": {"itemType": "attachment", "title": ""}},
    {"data": 3},
]


def library(folder: Path, name: str, content: str | bytes) -> tuple[Paper, ...]:
    """Return the papers of a library with this content."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_library(path).papers


BROKEN = """\
@article{a, title = {One}}
@comment{jabref-meta: x;}

@article{b, title = {Two unclosed, year = 2002

@misc{untitled, year = 2000}
@article{c title = {Three}}
@article{d, title = {Four}}
"""


def test_what_is_left_out_is_told_with_its_lines(tmp_path: Path) -> None:
    """Entries that cannot be read, or have no title, do not vanish; remarks are no entries."""
    path = tmp_path / "mine.bib"
    path.write_text(BROKEN)

    found = read_library(path)

    assert [paper.title for paper in found.papers] == ["One", "Four"]
    assert (found.left_out, found.lines) == (3, (4, 6, 7))
    assert found.message == "read 2 papers, 3 entries left out (line 4, 6, 7)"


def test_few_lines_of_many_are_named() -> None:
    """One paper, one entry, no line, very many: each in its words."""
    paper = Paper(id="doi:10.1000/a", title="A")
    assert Library(papers=(paper,)).message == "read 1 paper"
    assert (
        Library(papers=(), left_out=1).message == "read 0 papers, 1 entry left out, without a title"
    )
    many = Library(papers=(paper, paper), left_out=9, lines=tuple(range(1, 10))).message
    assert many == "read 2 papers, 9 entries left out (line 1, 2, 3, 4, 5, …)"


def test_zotero_s_attachments_are_no_papers(tmp_path: Path) -> None:
    """A file or a note beside a paper has a title, too."""
    items = [
        {"itemType": "journalArticle", "title": "A Paper"},
        {"itemType": "attachment", "title": "Full Text PDF"},
        {"itemType": "note", "note": "read it"},
    ]
    path = tmp_path / "zotero.json"
    path.write_text(json.dumps(items))
    assert read_library(path).message == "read 1 paper"


def test_bibtex_is_read(tmp_path: Path) -> None:
    """Accents and mathematics become letters; ids are found wherever they hide; each paper once."""
    papers = library(tmp_path, "mine.bib", BIB)

    assert [paper.id.split(":")[0] for paper in papers] == ["arxiv", "arxiv", "arxiv", "title"]
    assert [paper.id for paper in papers[:3]] == [
        "arxiv:2406.11838",
        "arxiv:2301.00001",
        "arxiv:cs/0112017",
    ]
    assert papers[1].title == "Hidden in the Journal"


def test_a_bibtex_entry_keeps_its_facts(tmp_path: Path) -> None:
    """Names in their natural order, year, keywords, the DOI as a second identity."""
    one = library(tmp_path, "mine.BIB", BIB.replace("@article{again", "@comment{again"))[0]

    assert one.title == "Schrödinger Bridges at O(n²) Cost"
    assert one.authors == ("Jérôme Müller", "Ada Lovelace")
    assert one.published == datetime(2024, 1, 1, tzinfo=UTC)
    assert one.keywords == ("bridges", "transport")
    assert "doi:10.1000/xyz" in one.aliases
    assert one.links.abstract == "https://arxiv.org/abs/2406.11838"


def test_ris_is_read(tmp_path: Path) -> None:
    """Titles, texts, names and ids."""
    one, two = library(tmp_path, "mine.ris", RIS)

    assert (one.id, one.title, one.abstract) == ("doi:10.1000/xyz", "A Title", "Some text.")
    assert (one.authors, one.keywords) == (("Ada Lovelace",), ("engines",))
    assert (two.id, two.published) == ("arxiv:2406.11838", None)


def test_csl_json_is_read(tmp_path: Path) -> None:
    """What Zotero, Mendeley and pandoc share."""
    one, two = library(tmp_path, "mine.json", json.dumps(CSL))

    assert (one.id, one.authors) == ("doi:10.1000/xyz", ("Ada Lovelace", "The Engines"))
    assert one.published == datetime(2020, 5, 1, tzinfo=UTC)
    assert one.links.abstract == "https://doi.org/10.1000/xyz"
    assert two.id == "arxiv:2406.11838"


@pytest.mark.parametrize(
    "loaded", [ZOTERO, {"items": [item["data"] for item in ZOTERO]}], ids=["api", "better-bibtex"]
)
def test_zotero_json_is_read(tmp_path: Path, loaded: object) -> None:
    """The API's answer and Better BibTeX's export; attachments are passed over."""
    (one,) = library(tmp_path, "mine.json", json.dumps(loaded))

    assert (one.id, one.authors) == ("arxiv:2406.11838", ("Ada Lovelace", "Engines"))
    assert (one.abstract, one.keywords) == ("Some text.", ("engines",))


def test_old_encodings_are_read(tmp_path: Path) -> None:
    """A Latin-1 export and one with a byte order mark."""
    latin = library(
        tmp_path, "a.bib", "@misc{a, title={Über alles und nichts genau}}".encode("latin-1")
    )
    marked = library(tmp_path, "b.ris", b"\xef\xbb\xbf" + RIS.encode())

    assert latin[0].title == "Über alles und nichts genau"
    assert len(marked) == 2


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("mine.pdf", "x", "not a library"),
        ("mine.bib", "just words", "no bib file: it has no entry"),
        ("mine.ris", "just words", "no ris file"),
        ("mine.json", "{", "no json file"),
        ("mine.json", "{}", "no json file: expected a list"),
    ],
)
def test_what_is_no_library_is_told(tmp_path: Path, name: str, content: str, message: str) -> None:
    """One line with the file and what to do."""
    with pytest.raises(DigestError, match=message) as caught:
        library(tmp_path, name, content)
    assert caught.value.hint


@pytest.mark.parametrize(("module", "name"), [("rispy", "x.ris")])
def test_a_parser_that_is_not_installed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, name: str
) -> None:
    """The extra to install is named."""
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(DigestError, match=f"{module} is missing") as caught:
        library(tmp_path, name, "x")
    assert "'.[library]'" in caught.value.hint


def test_a_missing_library_is_told(tmp_path: Path) -> None:
    """The file's name and the system's reason."""
    with pytest.raises(DigestError, match=r"none\.bib: cannot be read"):
        read_library(tmp_path / "none.bib")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    """Nobody's library is larger than 100 MB of text."""
    path = tmp_path / "huge.bib"
    with path.open("wb") as file:
        file.truncate(100_000_001)

    with pytest.raises(DigestError, match="too large"):
        read_library(path)


TEXTS = st.text(st.sampled_from('@{}=",\\$ab1\n-TYER:[]'), max_size=60)
VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["title", "author", "issued", "date-parts", "data", "items", "itemType"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([".bib", ".ris"]), TEXTS)
def test_any_text_is_read_or_told(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, text: str
) -> None:
    """No text raises anything but DigestError."""
    path = tmp_path_factory.mktemp("library") / f"x{suffix}"
    path.write_text(text)
    try:
        papers = read_library(path).papers
    except DigestError as error:
        told = [error.hint]
    else:
        told = [paper.title for paper in papers]
    assert all(told)


@settings(deadline=None, max_examples=100)
@given(VALUES)
def test_any_json_is_read_or_told(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    """JSON of any shape is a library or no library, never a traceback."""
    path = tmp_path_factory.mktemp("library") / "x.json"
    path.write_text(json.dumps(value))
    try:
        papers = read_library(path).papers
    except DigestError as error:
        told = [error.hint]
    else:
        told = [paper.title for paper in papers]
    assert all(told)


def test_B8_an_undefined_abbreviation_costs_nothing(tmp_path: Path) -> None:
    """It stands for itself; a defined one for its text, also joined at #."""
    bib = """@string{conf = "Conference on " # nets}
    @article{a, title={Diffusion One}, journal=jmlr, year=2001}
    @article{b, title="Diffusion " # {Two} # 3, journal=conf # " in " # may, year=2002}
    @article{c, title=undefined # { Three}, month=dec, year={2003}}"""
    one, two, three = library(tmp_path, "x.bib", bib)
    assert [one.title, two.title, three.title] == [
        "Diffusion One",
        "Diffusion Two3",
        "undefined Three",
    ]
    assert three.published == datetime(2003, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "field", ["//doi={10.1000/x}", "a/b:c = 3", "x-y={z}", "OPTurl={}", "k={},,"]
)
def test_B8_a_strange_field_costs_nothing(tmp_path: Path, field: str) -> None:
    """BibTeX reads any name; nothing asks for it."""
    bib = f"@article{{a, title={{Diffusion One}}, {field}, year=2001}}\n@misc{{b, title={{Two}}}}"
    assert [paper.title for paper in library(tmp_path, "x.bib", bib)] == ["Diffusion One", "Two"]


@pytest.mark.parametrize(
    "fields",
    [
        "journal={CoRR}, volume={abs/1706.03762}",
        "journal={ArXiv}, volume={abs/1706.03762}, url={https://api.semanticscholar.org/x}",
        "journal={arXiv e-prints}, eid={arXiv:1706.03762}",
        "number={arXiv:1706.03762}, publisher={arXiv}",
        r"howpublished={\url{https://arxiv.org/abs/1706.03762}}",
        "journaltitle={arXiv:1706.03762 [cs]}",
        "eprint={1706.03762v5}, eprinttype={arXiv}",
        "journal={arXiv preprint arXiv:1706.03762}",
        "url={https://arxiv.org/pdf/1706.03762v2}",
        "doi={10.48550/arXiv.1706.03762}",
        "pages={arXiv:1706.03762}",
    ],
)
def test_B8_an_arxiv_id_is_found_wherever_people_put_it(tmp_path: Path, fields: str) -> None:
    """CoRR's volume, ADS's eid, DBLP, Zotero, Semantic Scholar, biber."""
    (paper,) = library(tmp_path, "x.bib", f"@article{{a, title={{Diffusion}}, {fields}}}")
    assert paper.id == "arxiv:1706.03762"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (
            r"The \emph{Gap} and top-\emph{k} for {$\mathcal{O}(n)$} Diffusion",
            "The Gap and top-k for O(n) Diffusion",
        ),
        (r"{BERT}s and {\textbf{GPT}} in {\"U}bersee", "BERTs and GPT in Übersee"),
        (r"A Function of <i>Xenopus</i> H<sub>2</sub>O", "A Function of Xenopus H₂O"),
        (r"Rock \& Roll at 5\% and $10^{6}$ Cells", "Rock & Roll at 5% and 10⁶ Cells"),
        (r"{{Twice Braced}: A {S}tudy}", "Twice Braced: A Study"),
    ],
)
def test_B8_a_title_reads_as_it_is_printed(tmp_path: Path, title: str, expected: str) -> None:
    """Macros, mathematics, braces and Zotero's HTML."""
    (paper,) = library(tmp_path, "x.bib", f"@article{{a, title={{{title}}}}}")
    assert paper.title == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("Doe, J AND Roe, R and others", ("J Doe", "R Roe")),
        (
            "van der Berg, Jr., Anna and {The ATLAS Collaboration}",
            ("Anna van der Berg, Jr.", "The ATLAS Collaboration"),
        ),
        (r"M{\"u}ller, J{\'e}r{\^o}me and Jos\'e Mar\'ia", ("Jérôme Müller", "José María")),
        ("{Barnes and Noble} and Ada Lovelace", ("Barnes and Noble", "Ada Lovelace")),
        (
            "family=Doe, given=Jane and family=Berg, given=Anna, prefix=van der",
            ("Jane Doe", "Anna van der Berg"),
        ),
    ],
)
def test_B8_authors_are_read_as_bibtex_does(
    tmp_path: Path, names: str, expected: tuple[str, ...]
) -> None:
    """In order, given names first; "others" is no person, a name in braces is whole."""
    (paper,) = library(tmp_path, "x.bib", f"@article{{a, title={{X}}, author={{{names}}}}}")
    assert paper.authors == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_B8_every_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    """Windows saves libraries in cp1252 or UTF-16, with or without a mark."""
    text = "@article{q, title={It’s “new” – diffusion}}"
    (paper,) = library(tmp_path, "x.bib", text.encode(encoding))
    assert paper.title == "It’s “new” – diffusion"


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"@string{{a{n + 1} = a{n} # a{n}}}\n" for n in range(2000))
        + "@misc{x, title=a1999}",
        "@string{a0 = {" + "x" * 10**6 + "}}\n" + "@misc{x, title=a0" + " # a0" * 10**5 + "}",
        "@misc{x, title={A}, note={" + "arxiv:" * 10**5 + "}}",
        "@misc{x, title={A}, note" + " " * 10**6 + "}",
        "@misc{" * 10**5,
        "@misc{a, title={\n" * 10**4,
        "@misc{x, title={A}, author={" + " and" * 10**5 + "}}",
    ],
    ids=["doubling", "concatenation", "arxiv", "blanks", "openings", "unclosed", "ands"],
)
def test_E3_a_hostile_library_is_read_in_linear_time(tmp_path: Path, text: str) -> None:
    """Expansion has a limit, and no pattern looks twice at the rest."""
    assert len(library(tmp_path, "x.bib", text)) <= 1


FIELD = Path(os.environ.get("DIGEST_DATA", "../shared/data")) / "field"
in_the_field = pytest.mark.skipif(not FIELD.is_dir(), reason="the reported inputs are not here")


@in_the_field
@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("lib-12-bib-undefined-string/in.bib", ["Diffusion One", "Diffusion Two"]),
        ("lib-13-bib-slash-field/in.bib", ["Diffusion One", "Diffusion Two"]),
        ("lib-15-bib-macros/in.bib", ["The Gap and top-k for O(n) Diffusion"]),
        ("lib-15-bib-macros/cp1252.bib", ["It’s “new” – diffusion"]),
        ("lib-15-bib-macros/in.json", ["A Function of Xenopus H₂O"]),
        (
            "09-doi-brackets/lib.bib",
            ["Sleep trials with many arms", "Bayesian maps of quiet whales"],
        ),
    ],
)
def test_B8_a_reported_library_is_read(name: str, titles: list[str]) -> None:
    """Each paper with its title, none lost and none merged."""
    assert [paper.title for paper in read_library(FIELD / name).papers] == titles


@in_the_field
def test_B8_reported_arxiv_ids_are_found() -> None:
    """One id for each entry."""
    found = read_library(FIELD / "lib-14-bib-arxiv-corr/in.bib").papers
    assert [paper.id for paper in found] == [f"arxiv:1706.0376{n}" for n in range(2, 8)]

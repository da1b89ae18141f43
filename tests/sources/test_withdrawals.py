"""A paper is withdrawn only where its authors say so of it."""

from __future__ import annotations

import pytest

from digest.sources._withdrawals import is_withdrawn


@pytest.mark.parametrize(
    ("title", "abstract", "comment"),
    [
        ("Slow waves", "This paper has been withdrawn by the author due to an error.", ""),
        ("Slow waves", "We study waves.", "Withdrawn"),
        ("Slow waves", "We study waves.", "withdrawn by the authors; superseded by arXiv:2406.1"),
        ("Slow waves", "This submission has been withdrawn by arXiv administrators.", ""),
        ("Slow waves", "The authors have withdrawn this manuscript owing to a mistake.", ""),
        ("WITHDRAWN: Slow waves", "We study waves.", ""),
        ("Slow waves", "We study waves.", "12 pages. This paper is withdrawn: Lemma 2 is wrong"),
        ("Slow waves", "We study waves.", "Paper withdrawn"),
        ("Slow waves", "This article (v2) has been temporarily withdrawn.", ""),
    ],
)
def test_A9_a_withdrawn_paper_is_one(title: str, abstract: str, comment: str) -> None:
    """In title, abstract or comment, in capitals or not."""
    assert is_withdrawn(title, abstract, comment)


@pytest.mark.parametrize(
    ("abstract", "comment"),
    [
        ("We study drugs that were withdrawn from the market.", ""),
        ("We ask why a paper has been withdrawn, and by whom.", ""),
        ("When the paper was withdrawn, citations went on.", ""),
        ("We study waves.", "An earlier version of this paper was withdrawn"),
        ("We study waves.", "replaces the withdrawn arXiv:2401.00001"),
        ("We study waves.", "v1 was withdrawn; this version corrects Lemma 2"),
        ("We study waves.", "withdrawn from NeurIPS 2025"),
        ("We study waves.", "This submission was withdrawn from ICLR; new experiments"),
        ("We study waves.", "Dataset of withdrawn consent forms"),
        ("The troops were withdrawn. The paper has been a model since.", ""),
    ],
)
def test_A9_a_paper_about_something_withdrawn_is_none(abstract: str, comment: str) -> None:
    """Drugs, earlier versions, other papers and conferences do not count."""
    assert not is_withdrawn("Slow waves", abstract, comment)

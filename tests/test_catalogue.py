"""The list of faults is whole, and each of them has a test."""

from __future__ import annotations

from catalogue import HERE, readme, shown_by, titles

COUNTS = {"S": 29, "M": 44, "F": 23, "P": 21, "D": 12, "C": 11, "O": 6}


def test_every_fault_is_listed() -> None:
    """146 of them, numbered without a gap."""
    wanted = [f"{kind}{n:02}" for kind, last in COUNTS.items() for n in range(1, last + 1)]
    assert list(titles()) == wanted
    assert len(wanted) == 146


def test_every_fault_has_a_test() -> None:
    """And no test claims a fault that is not listed."""
    assert set(titles()) == set(shown_by())


def test_the_readme_is_current() -> None:
    """After a change: python tests/catalogue.py > tests/README.md."""
    assert (HERE / "README.md").read_text("utf-8") == readme()

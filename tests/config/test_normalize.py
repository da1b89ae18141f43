"""Short forms and old names."""

from __future__ import annotations

import pytest
import tomli

from digest.config.normalize import RENAMED, normalize
from digest.config.positions import Document, scan
from digest.config.schema import EmailTable
from digest.config.validate import table_keys


def document(text: str) -> Document:
    """Return the document of this text."""
    return Document(file="c.toml", text=text, tree=tomli.loads(text), places=scan(text))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('email.to = "x"', {"email": {"to": ["x"]}}),
        ('schedule.days = "mon"', {"schedule": {"days": ["mon"]}}),
        ("schedule.at = 07:30:00", {"schedule": {"at": "07:30"}}),
        ('schedule.at = "07:30"', {"schedule": {"at": "07:30"}}),
        (
            'interests = [{ phrases = ["a", { phrase = "b" }, 3] }, 4]',
            {"interests": [{"phrases": [{"phrase": "a"}, {"phrase": "b"}, {"phrase": 3}]}, 4]},
        ),
        ("interests = 3\nemail = 3\nschedule = 3", {"interests": 3, "email": 3, "schedule": 3}),
        ('readers = ""\nschedule.timezone = ""', {"schedule": {}}),
        ("interests = [{ phrases = 3 }]", {"interests": [{"phrases": 3}]}),
    ],
)
def test_short_forms_become_long(text: str, tree: object) -> None:
    """One form for each thing; what has another shape is left for the check to tell."""
    assert normalize(document(text))[0].tree == tree


def test_an_old_name_becomes_the_new_one_in_its_place() -> None:
    """A wrong value under the old name is shown where it stands."""
    new, warnings = normalize(document('[email]\ngist = "x"'))

    assert new.tree == {"email": {"summary": "x"}}
    assert new.problem(("email", "summary"), "no").where == "c.toml:2:8"
    assert warnings[0].hint == "rename it; the old name works until version 0.2"


def test_the_new_name_counts_beside_the_old() -> None:
    """Both at once: the old one is to be deleted."""
    new, warnings = normalize(document("[email]\ngist = 1\nsummary = 2"))

    assert new.tree == {"email": {"summary": 2}}
    assert warnings[0].hint == "delete it; `summary` is set too and is used"


def test_every_rename_leads_to_a_key_that_exists() -> None:
    """No old name leads into the void."""
    assert {rename.new for rename in RENAMED if rename.table == "email"} <= set(
        table_keys(EmailTable)
    )


def test_the_document_handed_in_stays_as_it_was() -> None:
    """Shaping copies."""
    old = document('email.to = "x"')
    normalize(old)

    assert old.tree == {"email": {"to": "x"}}

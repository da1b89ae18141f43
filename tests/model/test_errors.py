"""Every error says who must act, by its exit code, and how to mend it, by its hint."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module

import pytest

import digest
from digest.email.feedback import FeedbackRejected
from digest.model.errors import (
    AlreadyRunning,
    ConfigError,
    DeliveryError,
    DigestError,
    Problem,
    SourceError,
    StateError,
    TemplateError,
    TransportUnavailable,
    Unreachable,
    Unreadable,
)


def family(root: type[DigestError]) -> list[type[DigestError]]:
    """Return an error and all that descend from it, once each."""
    below = [inner for child in root.__subclasses__() for inner in family(child)]
    return list(dict.fromkeys([root, *below]))


def every_error() -> list[type[DigestError]]:
    """Return all the house's errors, wherever a room keeps its own."""
    for module in pkgutil.walk_packages(digest.__path__, "digest."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    return [kind for kind in family(DigestError) if kind.__module__.startswith("digest.")]


ALL = every_error()
EXIT_CODES = {ConfigError: 2, TemplateError: 2, AlreadyRunning: 75, FeedbackRejected: 0}


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_an_error_is_its_message_and_a_hint(kind: type[DigestError]) -> None:
    """`str` is what happened, `hint` how to mend it; there may be none."""
    if kind is ConfigError:
        return  # made of problems, which have hints of their own: see below
    assert str(kind("it broke")) == "it broke"
    assert kind("it broke").hint == ""
    assert kind("it broke", hint="mend it").hint == "mend it"


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_the_exit_code_says_who_must_act(kind: type[DigestError]) -> None:
    """2: the reader's texts, 75: come back later, 0: mail that is not ours, 1: all else."""
    expected = next((code for k, code in EXIT_CODES.items() if issubclass(kind, k)), 1)
    assert kind.exit_code == expected


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_error_is_explained(kind: type[DigestError]) -> None:
    """A sentence says when it is raised, not the one of its parent."""
    assert kind.__doc__
    assert inspect.getdoc(kind.__bases__[0]) != kind.__doc__


def test_a_config_error_lists_every_problem() -> None:
    """All of them at once, with a line between."""
    error = ConfigError([Problem(message="no `to`"), Problem(message="no host", hint="name one")])
    assert str(error) == "no `to`\n\nno host\n  = name one"
    assert [problem.message for problem in error.problems] == ["no `to`", "no host"]


def test_what_a_source_s_error_knows() -> None:
    """Which source, at which address, and what its server answered and asked for."""
    error = Unreachable("busy", source="arxiv", url="https://a.test/", status=429, retry_after=9.0)
    assert isinstance(error, SourceError)
    assert (error.source, error.url) == ("arxiv", "https://a.test/")
    assert (error.status, error.retry_after) == (429, 9.0)
    assert (Unreachable("gone").status, Unreachable("gone").retry_after) == (0, None)
    assert issubclass(Unreadable, SourceError)


def test_what_a_delivery_error_knows() -> None:
    """Whether trying again is of use, and whether the mail may have gone out."""
    plain = DeliveryError("no")
    whole = TransportUnavailable("no", permanent=True, uncertain=True, hold=True)
    assert (plain.permanent, plain.uncertain, plain.hold, plain.code) == (False, False, False, 0)
    assert (whole.permanent, whole.uncertain, whole.hold) == (True, True, True)
    assert DeliveryError("no", code=550).code == 550
    assert not issubclass(StateError, DeliveryError)


def test_what_a_template_s_error_knows() -> None:
    """The file and its line."""
    error = TemplateError("no such name", file="digest.html", line=7)
    assert (error.file, error.line) == ("digest.html", 7)


def test_a_problem_shows_its_place_with_carets() -> None:
    """The line as it stands, the word underlined, the cure last; the margin fits the number."""
    problem = Problem(
        message="unknown key `weigth`",
        file="config.toml",
        line=14,
        column=5,
        length=6,
        source="  { weigth = 2 },",
        hint="did you mean `weight`?",
    )
    assert str(problem).splitlines() == [
        "config.toml:14:5: unknown key `weigth`",
        "   |",
        "14 |   { weigth = 2 },",
        "   |     ^^^^^^",
        "   = did you mean `weight`?",
    ]


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem(message="no mail server"), "no mail server"),
        (Problem(message="no mail server", file="c.toml"), "c.toml: no mail server"),
        (Problem(message="none", file="c.toml", hint="name one"), "c.toml: none\n  = name one"),
        (
            Problem(message="empty", file="c", line=1, column=1, length=0),
            "c:1:1: empty\n  |\n1 | \n  | ^",
        ),
    ],
)
def test_a_problem_without_a_place_is_told_all_the_same(problem: Problem, text: str) -> None:
    """As much as is known; one caret at least where there is a line."""
    assert str(problem) == text

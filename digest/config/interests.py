"""Interests of one reader, checked and cut to what the ranker can use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from digest.config import schema
from digest.config.hints import phrase_syntax
from digest.config.validate import Layers, validate_table

if TYPE_CHECKING:
    from digest.config.positions import KeyPath
    from digest.model.errors import Problem

MAX_INTERESTS = 100
MAX_PHRASES = 500
MAX_ABOUT_CHARS = 20_000


def build_interests(
    layers: Layers, problems: list[Problem], warnings: list[Problem]
) -> tuple[schema.InterestTable, ...]:
    """Return the interests of `[[interests]]`; add what is wrong to the two lists."""
    listed = layers.tables("interests", problems)
    made: list[schema.InterestTable] = []
    for index in range(len(listed)):
        path = ("interests", index)
        interest = validate_table(schema.InterestTable, layers, path, problems)
        if interest is None:
            continue
        if not (interest.phrases or interest.about.strip() or interest.liked):
            message = "interest has no phrases or description; ignored"
            hint = "add phrases, a description (about) or liked papers"
            warnings.append(layers.problem(path, message, hint=hint))
            continue
        if any(interest.name and interest.name == other.name for other in made):
            message = f"two interests are called {interest.name}"
            hint = "`digest like --interest` cannot tell them apart"
            warnings.append(layers.problem((*path, "name"), message, hint=hint))
        made.append(_bounded(interest, layers, path, warnings))
    if len(made) > MAX_INTERESTS:
        message = f"only the first {MAX_INTERESTS} interests are used"
        warnings.append(layers.problem(("interests", MAX_INTERESTS), message))
    return tuple(made[:MAX_INTERESTS])


def _bounded(
    interest: schema.InterestTable, layers: Layers, path: KeyPath, warnings: list[Problem]
) -> schema.InterestTable:
    """Return `interest` within the limits; add a warning where something is cut or misread."""
    if len(interest.phrases) > MAX_PHRASES:
        message = f"only the first {MAX_PHRASES} phrases are used"
        warnings.append(layers.problem((*path, "phrases", MAX_PHRASES), message))
    if len(interest.about) > MAX_ABOUT_CHARS:
        message = f"only the first {MAX_ABOUT_CHARS:,} characters of this text are used"
        warnings.append(layers.problem((*path, "about"), message))
    phrases = interest.phrases[:MAX_PHRASES]
    for index, entry in enumerate(phrases):
        if hint := phrase_syntax(entry.phrase):
            message = "phrases are plain words, without search operators"
            warnings.append(layers.problem((*path, "phrases", index), message, hint=hint))
    return replace(interest, phrases=phrases, about=interest.about[:MAX_ABOUT_CHARS])

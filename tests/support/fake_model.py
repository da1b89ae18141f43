"""A stand-in for the package sentence-transformers, which is large and optional."""

from __future__ import annotations

from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class SentenceTransformer:
    """A model with as many dimensions as its name has letters; "nowhere" does not exist."""

    def __init__(self, name: str) -> None:
        if name == "nowhere":
            raise OSError("no such model")
        self.name = name

    def encode(self, texts: list[str], **options: bool) -> NDArray[np.floating]:
        """Return vectors of ones."""
        assert options == {"normalize_embeddings": True, "show_progress_bar": False}
        return np.ones((len(texts), len(self.name)))


def package() -> ModuleType:
    """Return the package, to be put into `sys.modules`."""
    made = ModuleType("sentence_transformers")
    made.__spec__ = ModuleSpec(made.__name__, None)
    made.__dict__["SentenceTransformer"] = SentenceTransformer
    return made

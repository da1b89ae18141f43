"""A small background of made-up papers on three topics, and papers to rank against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_papers import paper, texts

from digest.ranking.background import Background
from digest.ranking.build_background import pack
from digest.ranking.ranker import Ranker

if TYPE_CHECKING:
    from digest.model.paper import Paper


@pytest.fixture(scope="session")
def known() -> Background:
    """A background of 1,200 made-up papers."""
    return Background.read(pack(texts(), 1_200, made="2026-11-22", origin="made up"))


@pytest.fixture(scope="session")
def ranker(known: Background) -> Ranker:
    """A ranker on the made-up background."""
    return Ranker(known)


@pytest.fixture(scope="session")
def papers() -> list[Paper]:
    """Six papers: two on each topic."""
    return [
        paper("Video Diffusion with Camera Motion", "Each frame of a clip follows the camera."),
        paper("Temporal Scenes", "A clip is a scene in motion; every frame has its place."),
        paper("Evicting the KV Cache", "Attention needs memory for each token; eviction helps."),
        paper("Prompt Decoding in Language Models", "A token follows a token, from memory."),
        paper("Protein Expression in Tissue", "A mutation of the genome changes an enzyme."),
        paper("Cell Sequences", "The genome of one cell, its mutation and its expression."),
    ]

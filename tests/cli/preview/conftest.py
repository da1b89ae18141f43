"""The fixtures of the preview's tests: a target, its session, its drawing, its address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from preview_scene import Served, scene_at, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from preview_scene import PreviewTarget

    from digest.cli.preview.session import PreviewSession
    from digest.cli.preview.state import PageState


@pytest.fixture
def target(tmp_path: Path) -> Iterator[PreviewTarget]:
    made = scene_at(tmp_path)
    with made.closing:
        yield made


@pytest.fixture
def session(target: PreviewTarget) -> PreviewSession:
    return target.session()


@pytest.fixture
def state(session: PreviewSession) -> PageState:
    return session.state()


@pytest.fixture
def served(target: PreviewTarget, session: PreviewSession) -> Iterator[Served]:
    with serving(target, session) as made:
        yield made


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A preview that a whole module changes at and does not change."""
    made = scene_at(tmp_path_factory.mktemp("looked-at"))
    with made.closing, serving(made, made.session()) as served:
        yield served

"""The fixtures of the preview's tests: a scene, its studio, its drawing, its address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from preview_scene import Served, scene_at, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from preview_scene import Scene

    from digest.cli.preview.session import Studio
    from digest.cli.preview.state import Drawing


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = scene_at(tmp_path)
    with made.closing:
        yield made


@pytest.fixture
def studio(scene: Scene) -> Studio:
    return scene.studio()


@pytest.fixture
def drawing(studio: Studio) -> Drawing:
    return studio.drawing()


@pytest.fixture
def served(scene: Scene, studio: Studio) -> Iterator[Served]:
    with serving(scene, studio) as made:
        yield made


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A preview that a whole module looks at and does not change."""
    made = scene_at(tmp_path_factory.mktemp("looked-at"))
    with made.closing, serving(made, made.studio()) as served:
        yield served

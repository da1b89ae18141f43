"""The fixtures of the preview's tests: a scene, its studio, its drawing, its address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from preview_scene import PAPERS, Scene, Served, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.preview.drawing import Drawing
    from digest.preview.studio import Studio


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(folder=tmp_path)
    made.write()
    made.papers(*PAPERS)
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

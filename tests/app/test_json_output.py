"""The JSON that scripts read: its keys, and values that no surprise in a paper can break."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fakes import TODAY, broken, fetch_in, house, video

from digest.app.json_output import check_json, preview_json, rank_json
from digest.app.pipeline.pipeline import draft
from digest.model.errors import Problem
from digest.model.ranked import Ranked, Reason

if TYPE_CHECKING:
    from pathlib import Path


def test_a_rank_line() -> None:
    """Id, score, interest and reasons, rounded to a tenth."""
    ranked = Ranked(
        paper=video(1),
        score=71.25001,
        interest="Video",
        reasons=(Reason(term="video diffusion", weight=70.04), Reason(term="Kamera", weight=1.21)),
    )
    assert rank_json(ranked) == {
        "id": "arxiv:2606.00001",
        "score": 71.3,
        "interest": "Video",
        "reasons": [{"term": "video diffusion", "weight": 70.0}, {"term": "Kamera", "weight": 1.2}],
    }


def test_a_preview(tmp_path: Path) -> None:
    """Papers in their order with their section; every source, the failed one with its error."""
    with house(tmp_path, papers=[video(1)]) as home:
        home.with_sources(home.source, broken("gone", "no route"))
        made = draft(home.request(), fetch_in(home), home.config, home.runtime)
        page = preview_json(made.issue, made.message.subject)
    assert json.loads(json.dumps(page)) == page
    assert (page["day"], page["reader"], page["left_out"]) == (str(TODAY), "me", 0)
    assert page["subject"] == made.message.subject
    papers = page["papers"]
    assert isinstance(papers, list)
    assert isinstance(papers[0], dict)
    assert papers[0]["title"] == video(1).title
    assert papers[0]["sources"] == ["list"]
    assert papers[0]["section"] in ("best", "close")
    assert page["sources"] == [
        {"name": "list", "state": "ok", "papers": 1, "error": ""},
        {"name": "gone", "state": "failed", "papers": 0, "error": "no route"},
    ]


def test_an_empty_preview_says_why(tmp_path: Path) -> None:
    """The reason stands beside the empty list."""
    with house(tmp_path, papers=[]) as home:
        made = draft(home.request(), fetch_in(home), home.config, home.runtime)
        page = preview_json(made.issue, made.message.subject)
    assert page["papers"] == []
    assert str(page["empty"]).startswith("Your sources listed no new papers")


def test_check_is_ok_where_there_is_no_problem() -> None:
    """And lists each problem with place and cure where there are some."""
    assert check_json([]) == {"ok": True, "problems": []}
    problem = Problem(message="no such zone", file="config.toml", line=3, column=1, hint="UTC?")
    assert check_json([problem]) == {
        "ok": False,
        "problems": [{"where": "config.toml:3:1", "message": "no such zone", "hint": "UTC?"}],
    }

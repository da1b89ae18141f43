from __future__ import annotations

import json
from email import message_from_bytes
from typing import TYPE_CHECKING

import httpx
import pytest
from preview_scene import HOSTILE, TOKEN, Fickle, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preview_scene import PreviewTarget, Served

    from digest.cli.preview.session import PreviewSession

MINE = {"X-Digest-Token": TOKEN}


@pytest.fixture(scope="module")
def looker(looked_at: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=looked_at.address, timeout=20, trust_env=False) as made:
        yield made


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.address, timeout=20, trust_env=False) as made:
        yield made


def vote(client: httpx.Client, paper: str, verb: str) -> httpx.Response:
    asked = {"reader": "me", "paper": paper, "verb": verb}
    return client.post("/vote", json=asked, headers=MINE)


def test_the_page_shows_papers_scores_terms_and_cut_off(looker: httpx.Client) -> None:
    """All that the reader has to judge a day by is in the first answer."""
    page = looker.get("/").text

    assert "3 papers from 1 source · 1 chosen" in page
    assert "Caches of Long Prompts" in page
    assert "No. 1 in the email" in page
    assert "below 25 points" in page
    assert '<path class="cut" d="M100.0 4V84"/>' in page


def test_text_of_feeds_is_escaped(looker: httpx.Client) -> None:
    """A title that holds markup is shown as it is written, never obeyed."""
    page = looker.get("/").text

    assert HOSTILE not in page
    assert "&lt;script&gt;document.title" in page


def test_state_is_json_for_scripts(looker: httpx.Client) -> None:
    """`/state` holds what `preview --json` prints, all other papers, and what is wrong."""
    state = looker.get("/state").json()

    assert [paper["id"] for paper in state["digest"]["papers"]] == ["arxiv:2606.00001"]
    assert [row["number"] for row in state["all"]] == [1, 0, 0]
    assert state["problem"] == ""
    assert state["readers"] == ["me"]


@pytest.mark.parametrize(("scheme", "rule"), [("dark", "min-width"), ("light", "max-width")])
def test_the_letter_comes_in_the_colours_asked_for(
    looker: httpx.Client, scheme: str, rule: str
) -> None:
    """The email's own dark rules hold or not, as the viewer chose; no script may run in it."""
    answer = looker.get("/letter", params={"scheme": scheme})

    assert f"@media ({rule}: 0px) {{" in answer.text
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]


def test_the_message_can_be_taken_away(looker: httpx.Client) -> None:
    """The download is the message as it would be sent."""
    answer = looker.get("/letter.eml")

    message = message_from_bytes(answer.content)
    assert message["To"] == "ada@example.org"
    assert message.is_multipart()


def test_votes_teach_and_are_shown(client: httpx.Client, session: PreviewSession) -> None:
    """A like is kept in the store, marks its button, and can be taken back."""
    assert vote(client, "arxiv:2606.00002", "like").status_code == 204

    page = client.get("/").text
    assert "You liked <q>Caches of Long Prompts</q>" in page
    assert 'id="like:arxiv:2606.00002"' in page
    assert page.count('aria-pressed="true"') == 1

    assert vote(client, "arxiv:2606.00002", "").status_code == 204
    assert session.state().votes == ()


def test_a_vote_on_what_is_not_shown_is_refused(looker: httpx.Client) -> None:
    """Only papers of the day can be judged here."""
    answer = vote(looker, "arxiv:9999.99999", "like")

    assert (answer.status_code, answer.text) == (
        409,
        "arxiv:9999.99999 is not among the papers of the day\n",
    )


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"reader": "me"}', '"x"'])
def test_a_vote_that_says_nothing_is_refused(looker: httpx.Client, body: str) -> None:
    """A body in another shape gets a word about the right one."""
    answer = looker.post("/vote", content=body, headers=MINE)

    assert (answer.status_code, answer.text) == (
        400,
        "expected JSON with reader, paper and verb\n",
    )


def test_fetch_again_reads_the_sources(
    client: httpx.Client, target: PreviewTarget, session: PreviewSession
) -> None:
    """The button brings what a source has got since."""
    target.papers({"id": "2606.00009", "title": "Flow Matching Again"})

    assert client.post("/fetch", headers=MINE).status_code == 202

    session.reload().result()
    assert [row["id"] for row in client.get("/state").json()["all"]] == ["arxiv:2606.00009"]


@pytest.mark.parametrize("name", ["page.css", "page.js", "icon.svg"])
def test_nothing_comes_from_elsewhere(looker: httpx.Client, name: str) -> None:
    """Style, script and icon are shipped, and name no other host."""
    answer = looker.get(f"/{name}")

    assert answer.status_code == 200
    assert "http" not in answer.text.replace("http://www.w3.org/2000/svg", "")


def test_news_tells_the_epoch_at_once_and_each_change(served: Served) -> None:
    """Whoever listens hears where things stand, then of every change; none can be missed."""
    with httpx.stream("GET", f"{served.address}/events", timeout=10) as answer:
        lines = (line for line in answer.iter_lines() if line)
        first = json.loads(next(lines).removeprefix("data: "))
        served.session.reload()
        second = json.loads(next(lines).removeprefix("data: "))

    assert second["epoch"] > first["epoch"]
    assert second["server"] == first["server"]


def test_the_end_of_the_server_ends_the_news(
    target: PreviewTarget, session: PreviewSession
) -> None:
    """An open page does not keep the preview from ending."""
    with serving(target, session) as served:
        stream = httpx.Client(timeout=10).stream("GET", f"{served.address}/events")
        answer = stream.__enter__()
        lines = answer.iter_lines()
        next(lines)
    assert list(lines) == [""]
    stream.__exit__(None, None, None)


def test_a_page_without_a_digest_says_why(target: PreviewTarget) -> None:
    """Before anything could be drawn the page tells the problem, and there is no email."""
    ranker = Fickle()
    ranker.broken = True
    with serving(target, target.session(ranker=ranker)) as served:
        page = httpx.get(f"{served.address}/", trust_env=False)
        letter = httpx.get(f"{served.address}/letter", trust_env=False)

    assert "No digest yet" in page.text
    assert "digest itself failed" in page.text
    assert (letter.status_code, letter.text) == (404, "There is no email yet.\n")

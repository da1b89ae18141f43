from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from preview_scene import INTERESTS, NOON, REST, Fickle

from digest.cli.preview.session import NotShown
from digest.store import Store

if TYPE_CHECKING:
    from datetime import date

    from preview_scene import Scene

    from digest.cli.preview.session import Studio

CACHES = INTERESTS.replace("flow matching", "long prompts")
BROKEN = INTERESTS.replace('"Flow"', "12")


def day_of(studio: Studio) -> date | None:
    draft = studio.drawing().draft
    return draft.request.day if draft else None


def chosen(studio: Studio, name: str = "") -> list[str]:
    draft = studio.drawing(name).draft
    return [paper.id for paper in draft.message.papers] if draft else []


def test_editing_interests_costs_no_fetch(scene: Scene, studio: Studio) -> None:
    """What was fetched is kept: other interests choose from it although the source is gone."""
    (scene.folder / "papers.jsonl").unlink()
    scene.write(CACHES)

    studio.reload()

    assert chosen(studio) == ["arxiv:2606.00002"]


def test_other_sources_are_fetched(scene: Scene, studio: Studio) -> None:
    """A changed [[sources]] is read at once."""
    (scene.folder / "other.jsonl").write_text('{"id": "2606.00007", "title": "Flow Matching II"}')
    scene.write(rest=REST.replace("papers.jsonl", "other.jsonl"))

    studio.reload().result()

    assert [row.ranked.paper.id for row in studio.drawing().rows] == ["arxiv:2606.00007"]


def test_sources_changed_twice_are_read_as_they_are_at_last(scene: Scene, studio: Studio) -> None:
    """What was wanted for a moment is not fetched after all; the first sources are still here."""
    scene.write(rest=REST.replace("papers.jsonl", "other.jsonl"))
    studio.reload()
    scene.write()
    studio.reload().result()

    assert len(studio.drawing().rows) == 3


def test_midnight_does_not_empty_the_page(scene: Scene, studio: Studio) -> None:
    """The day stays that of the last fetch; the next fetch brings the new one."""
    scene.clock.append(NOON + timedelta(days=1))
    studio.reload()
    assert [row.ranked.paper.listed for row in studio.drawing().rows] == [NOON.date()] * 3
    assert day_of(studio) == NOON.date()

    studio.fetch()

    assert day_of(studio) == NOON.date() + timedelta(days=1)
    assert len(studio.drawing().rows) == 3


def test_a_broken_config_is_told_beside_the_last_good_digest(scene: Scene, studio: Studio) -> None:
    """The problem comes with its caret; the digest stays until the file is mended."""
    before = chosen(studio)
    scene.write(BROKEN)

    studio.reload()

    broken = studio.drawing()
    assert "^^" in broken.problem
    assert "config.toml:3:8" in broken.problem
    assert chosen(studio) == before
    scene.write()
    studio.reload()
    assert studio.drawing().problem == ""


def test_a_broken_template_is_told_beside_the_last_good_digest(scene: Scene) -> None:
    """A template's error names its line; the letter made before it stays."""
    folder = scene.folder / "templates"
    folder.mkdir()
    scene.write(rest=REST.replace("[maildir]", 'templates = "templates"\n[maildir]'))
    (folder / "digest.txt").write_text("good: {{ subject }}")
    studio = scene.studio()
    assert studio.drawing().problem == ""

    (folder / "digest.txt").write_text("bad: {{ sujet }}")
    studio.reload()

    drawing = studio.drawing()
    assert "digest.txt:1" in drawing.problem
    assert drawing.draft is not None
    assert drawing.draft.message.text.startswith("good: ")


def test_a_template_broken_from_the_start_shows_ours(scene: Scene) -> None:
    """Where there is no good digest yet, there is what would really be sent."""
    (scene.folder / "digest.txt").write_text("{{ sujet }}")
    scene.write(rest=REST.replace("[maildir]", 'templates = "."\n[maildir]'))

    drawing = scene.studio().drawing()

    assert "sujet" in drawing.problem
    assert drawing.draft is not None
    assert "sujet" not in drawing.draft.message.text.partition("Best")[2]


def test_one_drawing_serves_all_who_ask(studio: Studio) -> None:
    """Nothing is drawn twice while nothing has changed."""
    assert studio.drawing() is studio.drawing("me")


def test_each_reader_has_a_drawing(scene: Scene) -> None:
    """Readers are told apart by name; a name that is gone gives way to the first."""
    people = scene.folder / "people"
    people.mkdir()
    for name, phrase in (("ada", "long prompts"), ("bo", "proteins")):
        text = f'[email]\nto = "{name}@example.org"\n[[interests]]\nphrases = ["{phrase}"]\n'
        (people / f"{name}.toml").write_text(text)
    scene.write('readers = "people/*.toml"\n', REST.replace('to = "ada@example.org"\n', ""))
    studio = scene.studio(first="bo")

    assert studio.drawing().reader == "bo"
    assert chosen(studio, "ada") == ["arxiv:2606.00002"]
    assert studio.drawing("carl").reader == "ada"
    assert studio.drawing("ada").readers == ("ada", "bo")


def test_likes_change_the_ranking(studio: Studio) -> None:
    """What is taught counts at the next drawing, and no longer once it is taken back."""
    studio.teach("me", "arxiv:2606.00003", "like")
    assert "arxiv:2606.00003" in chosen(studio)

    studio.teach("me", "arxiv:2606.00003", "")
    assert "arxiv:2606.00003" not in chosen(studio)


def test_a_judgement_can_be_taken_back_after_its_day(scene: Scene, studio: Studio) -> None:
    """Undo works on a paper that is not shown any more."""
    studio.teach("me", "arxiv:2606.00003", "dislike")
    scene.papers({"id": "2606.00008", "title": "Flow Matching Alone"})
    studio.fetch()

    studio.teach("me", "arxiv:2606.00003", "")

    assert studio.drawing().votes == ()


def test_what_is_not_shown_cannot_be_judged(studio: Studio) -> None:
    """A paper from nowhere teaches nothing."""
    with pytest.raises(NotShown, match="not among the papers of the day"):
        studio.teach("me", "arxiv:9999.99999", "like")


def test_a_lost_state_folder_is_told(scene: Scene, studio: Studio) -> None:
    """Where nothing can be remembered the page says so and shows what it had."""
    before = chosen(studio)
    (scene.folder / "state" / "digest.db").unlink()

    studio.fetch()

    assert "digest.db: the database was removed" in studio.drawing().problem
    assert chosen(studio) == before


def test_a_fault_of_ours_does_not_end_the_preview(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever goes wrong in drawing is told on the page, logged, and the last digest stays."""
    ranker = Fickle()
    studio = scene.studio(ranker=ranker)
    before = chosen(studio)
    ranker.broken = True

    studio.reload()

    assert studio.drawing().problem == "digest itself failed: ZeroDivisionError: of ours"
    assert (chosen(studio), "event=preview-failed" in caplog.text) == (before, True)


def test_nothing_is_fetched_once_it_should_end(scene: Scene, studio: Studio) -> None:
    """A save at the very end begins no fetch that nobody would see."""
    epoch = studio.drawing().epoch
    scene.write(rest=REST.replace("papers.jsonl", "other.jsonl"))
    studio.stop()

    studio.reload().result()

    assert studio.bell.epoch == epoch + 1


def test_a_template_error_is_told_once_with_its_line(scene: Scene) -> None:
    """Beside the last good digest there is no word of another one, and no path twice."""
    mine = scene.folder / "mine"
    mine.mkdir()
    (mine / "digest.txt").write_text("{{ subject }}")
    scene.write(rest=REST.replace("[maildir]", 'templates = "mine"\n[maildir]'))
    studio = scene.studio()
    good = studio.drawing().draft
    (mine / "digest.txt").write_text("{% if a b %}")
    studio.reload()
    shown = studio.drawing()
    assert shown.draft is good
    assert shown.problem.startswith(f"{mine / 'digest.txt'}:1:")
    assert shown.problem.count(str(mine)) == 1


def test_what_is_taught_elsewhere_is_drawn(scene: Scene, studio: Studio) -> None:
    """`digest like --undo` in a terminal reaches an open page; what changes no taste does not."""
    row = studio.drawing().rows[0]
    studio.teach("", row.ranked.paper.id, "like")
    assert studio.drawing().votes
    studio.look()
    before = studio.bell.epoch
    with Store.open(scene.config().storage, now=lambda: NOON) as other:
        other.keyvalue.put("a", "b")
        studio.look()
        assert studio.bell.epoch == before
        other.votes.take_back(studio.drawing().reader, row.ranked.paper)
    studio.look()
    assert studio.bell.epoch == before + 1
    assert studio.drawing().votes == ()


def test_a_state_that_is_gone_does_not_end_the_watch(scene: Scene, studio: Studio) -> None:
    """A look that fails is no news."""
    before = studio.bell.epoch
    scene.closing.close()
    studio.look()
    assert studio.bell.epoch == before


def test_without_an_address_the_page_is_drawn(scene: Scene) -> None:
    """With a word about it: nothing could be sent."""
    scene.write(rest=REST.replace('to = "ada@example.org"', ""))
    shown = scene.studio().drawing()
    assert (shown.problem, len(shown.notes)) == ("", 1)
    assert 'add to = "you@example.org" under [email]' in shown.notes[0]
    assert shown.draft is not None

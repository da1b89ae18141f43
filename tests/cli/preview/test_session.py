from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from preview_scene import INTERESTS, NOON, REST, Fickle

from digest.cli.preview.session import UnknownPaper
from digest.store import Store

if TYPE_CHECKING:
    from datetime import date

    from preview_scene import PreviewTarget

    from digest.cli.preview.session import PreviewSession

CACHES = INTERESTS.replace("flow matching", "long prompts")
BROKEN = INTERESTS.replace('"Flow"', "12")


def day_of(session: PreviewSession) -> date | None:
    draft = session.state().draft
    return draft.request.day if draft else None


def chosen(session: PreviewSession, name: str = "") -> list[str]:
    draft = session.state(name).draft
    return [paper.id for paper in draft.message.papers] if draft else []


def test_editing_interests_costs_no_fetch(target: PreviewTarget, session: PreviewSession) -> None:
    """What was fetched is kept: other interests choose from it although the source is gone."""
    (target.folder / "papers.jsonl").unlink()
    target.write(CACHES)

    session.reload()

    assert chosen(session) == ["arxiv:2606.00002"]


def test_other_sources_are_fetched(target: PreviewTarget, session: PreviewSession) -> None:
    """A changed [[sources]] is read at once."""
    (target.folder / "other.jsonl").write_text('{"id": "2606.00007", "title": "Flow Matching II"}')
    target.write(rest=REST.replace("papers.jsonl", "other.jsonl"))

    session.reload().result()

    assert [row.ranked.paper.id for row in session.state().rows] == ["arxiv:2606.00007"]


def test_sources_changed_twice_are_read_as_they_are_at_last(
    target: PreviewTarget, session: PreviewSession
) -> None:
    """What was wanted for a moment is not fetched after all; the first sources are still here."""
    target.write(rest=REST.replace("papers.jsonl", "other.jsonl"))
    session.reload()
    target.write()
    session.reload().result()

    assert len(session.state().rows) == 3


def test_midnight_does_not_empty_the_page(target: PreviewTarget, session: PreviewSession) -> None:
    """The day stays that of the last fetch; the next fetch brings the new one."""
    target.clock.append(NOON + timedelta(days=1))
    session.reload()
    assert [row.ranked.paper.listed for row in session.state().rows] == [NOON.date()] * 3
    assert day_of(session) == NOON.date()

    session.fetch()

    assert day_of(session) == NOON.date() + timedelta(days=1)
    assert len(session.state().rows) == 3


def test_a_broken_config_is_told_beside_the_last_good_digest(
    target: PreviewTarget, session: PreviewSession
) -> None:
    """The problem comes with its caret; the digest stays until the file is mended."""
    before = chosen(session)
    target.write(BROKEN)

    session.reload()

    broken = session.state()
    assert "^^" in broken.problem
    assert "config.toml:3:8" in broken.problem
    assert chosen(session) == before
    target.write()
    session.reload()
    assert session.state().problem == ""


def test_a_broken_template_is_told_beside_the_last_good_digest(target: PreviewTarget) -> None:
    """A template's error names its line; the letter made before it stays."""
    folder = target.folder / "templates"
    folder.mkdir()
    target.write(rest=REST.replace("[maildir]", 'templates = "templates"\n[maildir]'))
    (folder / "digest.txt").write_text("good: {{ subject }}")
    session = target.session()
    assert session.state().problem == ""

    (folder / "digest.txt").write_text("bad: {{ sujet }}")
    session.reload()

    drawing = session.state()
    assert "digest.txt:1" in drawing.problem
    assert drawing.draft is not None
    assert drawing.draft.message.text.startswith("good: ")


def test_a_template_broken_from_the_start_shows_ours(target: PreviewTarget) -> None:
    """Where there is no good digest yet, there is what would really be sent."""
    (target.folder / "digest.txt").write_text("{{ sujet }}")
    target.write(rest=REST.replace("[maildir]", 'templates = "."\n[maildir]'))

    drawing = target.session().state()

    assert "sujet" in drawing.problem
    assert drawing.draft is not None
    assert "sujet" not in drawing.draft.message.text.partition("Best")[2]


def test_one_drawing_serves_all_who_ask(session: PreviewSession) -> None:
    """Nothing is drawn twice while nothing has changed."""
    assert session.state() is session.state("me")


def test_each_reader_has_a_drawing(target: PreviewTarget) -> None:
    """Readers are told apart by name; a name that is gone gives way to the first."""
    people = target.folder / "people"
    people.mkdir()
    for name, phrase in (("ada", "long prompts"), ("bo", "proteins")):
        text = f'[email]\nto = "{name}@example.org"\n[[interests]]\nphrases = ["{phrase}"]\n'
        (people / f"{name}.toml").write_text(text)
    target.write('readers = "people/*.toml"\n', REST.replace('to = "ada@example.org"\n', ""))
    session = target.session(first="bo")

    assert session.state().reader == "bo"
    assert chosen(session, "ada") == ["arxiv:2606.00002"]
    assert session.state("carl").reader == "ada"
    assert session.state("ada").readers == ("ada", "bo")


def test_likes_change_the_ranking(session: PreviewSession) -> None:
    """What is taught counts at the next drawing, and no longer once it is taken back."""
    session.teach("me", "arxiv:2606.00003", "like")
    assert "arxiv:2606.00003" in chosen(session)

    session.teach("me", "arxiv:2606.00003", "")
    assert "arxiv:2606.00003" not in chosen(session)


def test_a_judgement_can_be_taken_back_after_its_day(
    target: PreviewTarget, session: PreviewSession
) -> None:
    """Undo works on a paper that is not shown any more."""
    session.teach("me", "arxiv:2606.00003", "dislike")
    target.papers({"id": "2606.00008", "title": "Flow Matching Alone"})
    session.fetch()

    session.teach("me", "arxiv:2606.00003", "")

    assert session.state().votes == ()


def test_what_is_not_shown_cannot_be_judged(session: PreviewSession) -> None:
    """A paper from nowhere teaches nothing."""
    with pytest.raises(UnknownPaper, match="not among the papers of the day"):
        session.teach("me", "arxiv:9999.99999", "like")


def test_a_lost_state_folder_is_told(target: PreviewTarget, session: PreviewSession) -> None:
    """Where nothing can be remembered the page says so and shows what it had."""
    before = chosen(session)
    (target.folder / "state" / "digest.db").unlink()

    session.fetch()

    assert "digest.db: the database was removed" in session.state().problem
    assert chosen(session) == before


def test_a_fault_of_ours_does_not_end_the_preview(
    target: PreviewTarget, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever goes wrong in drawing is told on the page, logged, and the last digest stays."""
    ranker = Fickle()
    session = target.session(ranker=ranker)
    before = chosen(session)
    ranker.broken = True

    session.reload()

    assert session.state().problem == "digest itself failed: ZeroDivisionError: of ours"
    assert (chosen(session), "event=preview-failed" in caplog.text) == (before, True)


def test_nothing_is_fetched_once_it_should_end(
    target: PreviewTarget, session: PreviewSession
) -> None:
    """A save at the very end begins no fetch that nobody would see."""
    epoch = session.state().epoch
    target.write(rest=REST.replace("papers.jsonl", "other.jsonl"))
    session.stop()

    session.reload().result()

    assert session.broadcast.epoch == epoch + 1


def test_a_template_error_is_told_once_with_its_line(target: PreviewTarget) -> None:
    """Beside the last good digest there is no word of another one, and no path twice."""
    mine = target.folder / "mine"
    mine.mkdir()
    (mine / "digest.txt").write_text("{{ subject }}")
    target.write(rest=REST.replace("[maildir]", 'templates = "mine"\n[maildir]'))
    session = target.session()
    good = session.state().draft
    (mine / "digest.txt").write_text("{% if a b %}")
    session.reload()
    shown = session.state()
    assert shown.draft is good
    assert shown.problem.startswith(f"{mine / 'digest.txt'}:1:")
    assert shown.problem.count(str(mine)) == 1


def test_what_is_taught_elsewhere_is_drawn(target: PreviewTarget, session: PreviewSession) -> None:
    """`digest like --undo` in a terminal reaches an open page; what changes no taste does not."""
    row = session.state().rows[0]
    session.teach("", row.ranked.paper.id, "like")
    assert session.state().votes
    session.look()
    before = session.broadcast.epoch
    with Store.open(target.config().storage, now=lambda: NOON) as other:
        other.keyvalue.put("a", "b")
        session.look()
        assert session.broadcast.epoch == before
        other.votes.take_back(session.state().reader, row.ranked.paper)
    session.look()
    assert session.broadcast.epoch == before + 1
    assert session.state().votes == ()


def test_a_state_that_is_gone_does_not_end_the_watch(
    target: PreviewTarget, session: PreviewSession
) -> None:
    """A look that fails is no news."""
    before = session.broadcast.epoch
    target.closing.close()
    session.look()
    assert session.broadcast.epoch == before


def test_without_an_address_the_page_is_drawn(target: PreviewTarget) -> None:
    """With a word about it: nothing could be sent."""
    target.write(rest=REST.replace('to = "ada@example.org"', ""))
    shown = target.session().state()
    assert (shown.problem, len(shown.notes)) == ("", 1)
    assert 'add to = "you@example.org" under [email]' in shown.notes[0]
    assert shown.draft is not None

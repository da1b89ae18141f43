"""Teaching: likes and dislikes that count, papers by any name, returned mails that are obeyed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from fakes import TODAY, fetch_in, house, other, video

from digest.app.paper_lookup import PaperNotFound, look_up
from digest.app.preferences import apply, profile_of, seen, undo, undo_last, vote
from digest.email.feedback import FeedbackRejected, Verb, sign
from digest.model.paper import Paper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakes import House


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A house that has read three papers."""
    with house(tmp_path, papers=[video(1), video(2), other(1)]) as built:
        fetch_in(built)
        yield built


def test_a_judgement_is_taken_back_by_what_names_its_paper(home: House) -> None:
    """An id or a part of one title; nothing is taken where one of them is unclear."""
    reader = home.config.readers[0]
    vote(reader, [look_up("2606.00001", home.runtime)], Verb.MORE, home.runtime)
    vote(reader, [look_up("2606.00002", home.runtime)], Verb.LESS, home.runtime)
    with pytest.raises(PaperNotFound, match="part of 2 titles"):
        undo(reader, ["2606.00001", "Video"], home.runtime)
    assert len(home.store.votes.of(reader.name)) == 2
    (taken,) = undo(reader, ["2606.00001", "Motion Gesture"], home.runtime)
    assert (taken.verb, taken.paper.id) == ("like", "arxiv:2606.00001")
    assert [v.verb for v in home.store.votes.of(reader.name)] == ["dislike"]
    with pytest.raises(PaperNotFound, match="nothing was said"):
        undo(reader, ["2606.00001"], home.runtime)


def test_likes_count_for_the_reader_or_for_one_interest(home: House) -> None:
    """One for an interest that is no more counts for the reader."""
    first, second, third = video(1), video(2), other(1)
    vote(home.reader, [first], Verb.MORE, home.runtime, interest="Video")
    vote(home.reader, [second], Verb.MORE, home.runtime, interest="gone")
    vote(home.reader, [third], Verb.LESS, home.runtime)
    profile = profile_of(home.reader, home.runtime)
    (interest,) = profile.interests
    assert [paper.id for paper in interest.liked] == [first.id]
    assert [paper.id for paper in profile.liked] == [second.id]
    assert [paper.id for paper in profile.disliked] == [third.id]


def test_a_judgement_is_new_once(home: House) -> None:
    """The last word counts."""
    results = [
        vote(home.reader, [video(1)], verb, home.runtime)[0]
        for verb in (Verb.MORE, Verb.MORE, Verb.LESS)
    ]
    assert [(r.verb, r.new) for r in results] == [
        ("like", True),
        ("like", False),
        ("dislike", True),
    ]
    assert profile_of(home.reader, home.runtime).liked == ()


def returned(home: House, verb: Verb, paper: str = "") -> bytes:
    """Return the mail that a link of the reader's letter opens."""
    key = home.store.keyvalue.secret()
    return f"Subject: {sign(key, reader='me', verb=verb, day=TODAY, paper=paper)}\r\n\r\n".encode()


def test_a_returned_mail_is_a_judgement(home: House) -> None:
    """More or less like this paper."""
    said = apply(
        returned(home, Verb.MORE, "arxiv:2606.00001"), home.config.readers, home.runtime, TODAY
    )
    assert said == f"me wants more like {video(1).title}"
    assert [vote.verb for vote in home.store.votes.of("me")] == ["like"]


def test_D5_a_stop_stays_until_it_is_resumed(home: House) -> None:
    """No other link of an old digest revives a reader who stopped; a pause ends by more."""
    readers, runtime = home.config.readers, home.runtime
    assert "until 2026-06-23" in apply(returned(home, Verb.PAUSE), readers, runtime, TODAY)
    assert home.store.votes.paused("me", TODAY + timedelta(days=6))
    assert not home.store.votes.paused("me", TODAY + timedelta(days=7))
    assert "any more" in apply(returned(home, Verb.STOP), readers, runtime, TODAY)
    assert home.store.votes.paused("me", TODAY + timedelta(days=999))
    apply(returned(home, Verb.LESS, "arxiv:2606.00001"), readers, runtime, TODAY)
    assert home.store.votes.paused("me", TODAY)
    apply(returned(home, Verb.MORE, "arxiv:2606.00002"), readers, runtime, TODAY)
    assert "stopped already" in apply(returned(home, Verb.PAUSE), readers, runtime, TODAY)
    assert home.store.votes.paused_until("me") == date.max
    home.store.votes.resume("me")
    apply(returned(home, Verb.PAUSE), readers, runtime, TODAY)
    apply(returned(home, Verb.MORE, "arxiv:2606.00001"), readers, runtime, TODAY)
    assert not home.store.votes.paused("me", TODAY)


def test_D5_a_link_of_a_renamed_reader_is_theirs(home: House) -> None:
    """A stop link in a digest of before the renaming stops the reader under the new name."""
    mail = returned(home, Verb.STOP)
    renamed = replace(home.reader, name="lovelace")
    home.store.readers.rename("me", "lovelace")

    apply(mail, [renamed], home.runtime, TODAY)

    assert home.store.votes.paused_until("lovelace") == date.max


def test_a_forged_mail_is_refused(home: House) -> None:
    """Nothing is learnt from it."""
    mail = returned(home, Verb.STOP)[:-8] + b"xxxx\r\n\r\n"
    with pytest.raises(FeedbackRejected):
        apply(mail, home.config.readers, home.runtime, TODAY)
    assert not home.store.votes.paused("me", TODAY)


def test_undo_takes_back_what_the_last_command_did(home: House) -> None:
    """An import that repeats an earlier one changes nothing, and that is all there is to undo."""
    library = [Paper(id=f"doi:10.1/{n}", title=f"Paper {n}") for n in range(3)]
    for _ in range(2):
        vote(home.reader, library, Verb.MORE, home.runtime)
    assert undo_last(home.reader, home.runtime) == ()
    assert len(home.store.votes.of("me")) == 3
    assert len(undo_last(home.reader, home.runtime)) == 3
    assert home.store.votes.of("me") == ()


def test_a_paper_imported_today_is_not_in_todays_digest(home: House) -> None:
    """The reader knows it; one liked where it was found today stays."""
    (found,) = home.store.papers.find("2606.00001")
    imported = Paper(id="arxiv:2606.00002", title=video(2).title)
    vote(home.reader, [imported, found], Verb.MORE, home.runtime)
    known = seen(home.reader, TODAY, home.runtime)
    assert "arxiv:2606.00002" in known
    assert "arxiv:2606.00001" not in known

"""The line: what is made of an order, what is not, and what one fault leaves standing."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import pytest
from fakes import MORNING, PLAIN, TODAY, FakeSource, broken, house, other, video

from digest.app.pipeline.fetch import fetch
from digest.app.pipeline.pipeline import BATCH, draft, rehearse, send
from digest.app.pipeline.request import DigestResult, Draft
from digest.cli.formatting import result_line
from digest.model.errors import ConfigError, DeliveryError, StateError, TransportUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fakes import House

    from digest.app.pipeline.request import DigestRequest
    from digest.delivery import Envelope
    from digest.model.ranked import Ranked
    from digest.ranking.ranker import Ranker
    from digest.store.votes import Verb


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A house with one paper that its reader wants, and one that others like."""
    with house(tmp_path, papers=[video(1), other(1, upvotes=30), other(2)]) as built:
        yield built


def text_of(envelope: Envelope) -> str:
    """Return the text part of a message."""
    body = message_from_bytes(envelope.message, policy=default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_one_order_is_one_mail(home: House) -> None:
    """What fits and what is popular goes to the reader's address, and the day is taken."""
    (result,) = send([home.request()], home.config, home.runtime)
    (envelope,) = home.transport.sent
    assert (result.state, result.papers, result.read) == ("sent", 2, 3)
    assert envelope.recipient == "ada@reader.test"
    assert envelope.sender == "digest@sender.test"
    assert "Video Diffusion" in text_of(envelope)
    assert home.store.digests.latest("me")[0].state == "sent"


def test_a_second_order_sends_nothing(home: House) -> None:
    """The day has its digest: nothing is read and nothing sent."""
    send([home.request()], home.config, home.runtime)
    (result,) = send([home.request()], home.config, home.runtime)
    assert result.state == "already"
    assert result.text == "sent, made at 07:30 UTC"
    assert len(home.transport.sent) == 1
    assert len(home.source.asked) == 1


def test_again_is_a_further_edition(home: House) -> None:
    """Made again on purpose: the same papers under another Message-ID."""
    send([home.request()], home.config, home.runtime)
    (result,) = send([home.request(new_edition=True)], home.config, home.runtime)
    assert result.state == "sent"
    one, two = home.transport.sent
    assert one.message_id != two.message_id
    assert home.store.digests.edition("me", TODAY) == 2


def test_a_test_is_sent_and_forgotten(home: House) -> None:
    """It goes past the outbox, is marked, and leaves the day free."""
    (result,) = send([home.request(test=True, to=("bo@reader.test",))], home.config, home.runtime)
    assert (result.state, result.text) == ("sent", "250 taken")
    assert home.transport.sent[0].recipient == "bo@reader.test"
    assert "[test]" in str(
        message_from_bytes(home.transport.sent[0].message, policy=default)["Subject"]
    )
    assert home.store.digests.edition("me", TODAY) == 0


def test_a_test_that_is_refused_says_why(home: House) -> None:
    """The answer of the mail server is the result."""
    home.transport.refusal = DeliveryError("550 nobody here", permanent=True)
    (result,) = send([home.request(test=True)], home.config, home.runtime)
    assert (result.state, result.text) == ("failed", "550 nobody here")


def test_nothing_that_fits_is_no_mail(home: House) -> None:
    """The reason is kept; asked again by hand, it is looked for again."""
    home.source.papers = [other(1)]
    (result,) = send([home.request()], home.config, home.runtime)
    assert result.state == "empty"
    assert result.message_id == ""
    assert home.transport.sent == []
    assert home.store.digests.latest("me")[0].reason == result.text
    home.source.papers = [video(1)]
    assert send([home.request()], home.config, home.runtime)[0].state == "sent"


def test_an_empty_day_is_not_looked_at_again_by_the_daemon(home: House) -> None:
    """On schedule, a day that was found empty is done."""
    home.source.papers = []
    request = home.request(due_at=MORNING)
    send([request], home.config, home.runtime)
    (result,) = send([request], home.config, home.runtime)
    assert result.state == "already"
    assert result.text.startswith("looked for: Your sources listed no new papers")


def test_a_mail_that_cannot_leave_waits(home: House) -> None:
    """The digest stays in the outbox and is said to be there, also when asked for again."""
    home.transport.refusal = TransportUnavailable("the mail server is down")
    (first,) = send([home.request()], home.config, home.runtime)
    (second,) = send([home.request()], home.config, home.runtime)
    assert (first.state, second.state) == ("queued", "queued")
    assert second.text == first.text == "the mail server is down"
    home.transport.refusal = None
    (third,) = send([home.request()], home.config, home.runtime, retry=True)
    assert third.state == "sent"
    assert len(home.transport.sent) == 1


def test_a_mail_that_was_given_up_is_told(home: House) -> None:
    """Asked again, it says why there is none."""
    home.transport.refusal = DeliveryError("550 nobody here", permanent=True)
    assert send([home.request()], home.config, home.runtime)[0].state == "failed"
    (result,) = send([home.request()], home.config, home.runtime)
    assert (result.state, result.text) == ("failed", "given up: 550 nobody here")


def test_no_paper_twice(home: House) -> None:
    """Not the next day, not as v2, not from another source."""
    send([home.request()], home.config, home.runtime)
    home.clock.forward(days=1)
    home.with_sources(
        FakeSource(papers=[video(1, listed=TODAY + timedelta(days=1))], name="another"),
        FakeSource(papers=[video(2, listed=TODAY + timedelta(days=1))]),
    )
    send([home.request(TODAY + timedelta(days=1))], home.config, home.runtime)
    assert "Video Diffusion for Motion" not in text_of(home.transport.sent[1])
    assert "Video Diffusion for Weather" in text_of(home.transport.sent[1])


@pytest.mark.parametrize(
    ("verb", "days_ago", "comes"), [("like", 1, 0), ("like", 0, 1), ("dislike", 0, 0)]
)
def test_what_the_reader_knows_does_not_come(
    home: House, verb: Verb, days_ago: int, comes: int
) -> None:
    """A library's paper needs no mail, nor a disliked one; today's likes stay where they are."""
    seen = replace(other(1), id="doi:10.1/1", aliases=(other(1).id,), sources=("list",))
    home.clock.forward(days=-days_ago)
    home.store.votes.vote_on([seen], "me", verb)[0]
    home.clock.forward(days=days_ago)
    fetched = fetch(home.config.sources, home.runtime, TODAY)
    made = draft(home.request(), fetched, home.config, home.runtime)
    assert [paper.id for paper in made.message.papers].count(other(1).id) == comes


def test_what_a_source_no_longer_shows_is_not_lost(home: House) -> None:
    """A paper read since the last digest stays a candidate."""
    send([home.request()], home.config, home.runtime)
    home.clock.forward(hours=8)
    home.source.papers = [video(3)]
    fetch(home.config.sources, home.runtime, TODAY)
    home.clock.forward(hours=16)
    home.source.papers = []
    (result,) = send([home.request(TODAY + timedelta(days=1))], home.config, home.runtime)
    assert (result.state, result.papers) == ("sent", 1)


def test_an_old_day_takes_what_was_listed_then(home: House) -> None:
    """`--day` asks the sources for it and leaves out what is of other days."""
    day = date(2026, 6, 2)
    home.source.papers = [video(1, listed=day), video(2)]
    (result,) = send([home.request(day, explicit_day=True)], home.config, home.runtime)
    assert (result.state, result.papers) == ("sent", 1)
    assert home.source.asked[0].asked
    assert home.source.asked[0].day == day
    assert home.store.sources.all() == {}


def test_F23_one_of_three_sources_is_down(home: House) -> None:
    """The digest comes from the others, with an honest line."""
    home.with_sources(home.source, broken("gone", "the server answered 500"))
    assert send([home.request()], home.config, home.runtime)[0].state == "sent"
    assert "gone" in text_of(home.transport.sent[0])


def test_F22_every_source_is_down(home: House) -> None:
    """No empty digest; the day stays open, and the result names each of them."""
    home.with_sources(broken("one", "no route"), broken("two", "no answer"))
    (result,) = send([home.request()], home.config, home.runtime)
    assert result.state == "failed"
    assert result.text == "every source failed: one: no route; two: no answer"
    assert home.store.digests.edition("me", TODAY) == 0


def test_a_source_of_others_may_raise_anything(home: House) -> None:
    """The line goes on without it."""
    home.with_sources(home.source, FakeSource(name="odd", raises=ZeroDivisionError("by me")))
    assert send([home.request()], home.config, home.runtime)[0].state == "sent"
    assert home.store.sources.all()["odd"].error == "ZeroDivisionError: by me"


def test_S18_what_was_not_begun_is_not_begun(home: House) -> None:
    """Told to stop, the line makes no further digest; the day stays open."""
    home.runtime.stop.set()
    (result,) = send([home.request()], home.config, home.runtime)
    assert result.state == "waiting"
    assert home.store.digests.edition("me", TODAY) == 0


LAB = {
    "readers/ada.toml": '[email]\nto = "ada@reader.test"\n',
    "readers/bo.toml": '[email]\nto = "bo@reader.test"\n[[interests]]\nphrases = ["enzyme"]\n',
}


def test_each_reader_has_a_digest_of_their_own(tmp_path: Path) -> None:
    """Papers, address and Message-ID are the reader's; the sources are read once for all."""
    text = 'readers = "readers/*.toml"\n' + PLAIN.replace('to = "ada@reader.test"\n', "")
    with house(tmp_path, text, papers=[video(1), other(1)], files=LAB) as home:
        requests = [replace(home.request(), reader=reader) for reader in home.config.readers]
        results = send(requests, home.config, home.runtime)
        assert [result.state for result in results] == ["sent", "sent"]
        mails = {envelope.recipient: text_of(envelope) for envelope in home.transport.sent}
        assert "Video" in mails["ada@reader.test"]
        assert "Enzymes" in mails["bo@reader.test"]
        assert "Enzymes" not in mails["ada@reader.test"]
        assert len(home.source.asked) == 1


def test_one_readers_fault_stops_no_others_digest(tmp_path: Path) -> None:
    """Whatever breaks while one digest is made is that digest's result."""
    text = 'readers = "readers/*.toml"\n' + PLAIN.replace('to = "ada@reader.test"\n', "")
    with house(tmp_path, text, papers=[video(1), other(1)], files=LAB) as home:
        ada, bo = home.config.readers
        faulty = replace(ada, email=replace(ada.email, language="tlh"))
        results = send(
            [replace(home.request(), reader=reader) for reader in (faulty, bo)],
            home.config,
            home.runtime,
        )
        assert [result.state for result in results] == ["failed", "sent"]
        assert results[0].text


def test_D01_nothing_is_sent_that_cannot_be_remembered(home: House) -> None:
    """A store that cannot be written ends the round before any mail leaves."""
    home.store.close()
    with pytest.raises(StateError):
        send([home.request()], home.config, home.runtime)
    assert home.transport.sent == []


def test_D01_a_disk_that_is_full_by_then_is_no_readers_fault(home: House) -> None:
    """What cannot be remembered while a digest is made ends the round, not one digest of it."""
    runtime = replace(home.runtime, ranker=cast("Ranker", Full()))
    with pytest.raises(StateError):
        send([home.request()], home.config, runtime)
    assert home.transport.sent == []


class Full:
    """A ranker at the moment at which the disk is full."""

    def rank(self, papers: object, profile: object) -> list[Ranked]:
        raise StateError("the disk is full")


def test_no_way_of_delivery_is_an_error_of_the_config(home: House) -> None:
    """It is said before anything is read."""
    with pytest.raises(ConfigError, match="no delivery is set up"):
        send([home.request()], replace(home.config, transport=None), home.runtime)
    assert home.source.asked == []


def test_a_reader_without_interests_gets_what_is_popular(tmp_path: Path) -> None:
    """Trending papers rather than nothing for ever, and a word about it."""
    text = PLAIN[PLAIN.index("[email]") :]
    with house(tmp_path, text, papers=[video(1, upvotes=12), other(1, upvotes=30)]) as home:
        made = draft(
            home.request(), fetch((home.source,), home.runtime, TODAY), home.config, home.runtime
        )
        assert [p.id for p in made.issue.papers] == ["arxiv:2605.00001", "arxiv:2606.00001"]
        text = " ".join(made.message.text.split())
        assert "You named no interests yet" in text
        assert "Trending today" in text
        assert "elsewhere" not in text
        assert "outside your interests" not in text


def test_a_weekly_digest_holds_its_week(tmp_path: Path) -> None:
    """The very first and one that was asked for hold seven days, a daily one its own alone."""
    weekly = PLAIN.replace("[schedule]\n", '[schedule]\nevery = "week"\ndays = ["tue"]\n')
    week = [video(n, listed=TODAY - timedelta(days=n)) for n in range(9)]
    papers: dict[tuple[bool, bool], int] = {}
    for asked in (False, True):
        for whole in (False, True):
            folder = tmp_path / f"{asked}{whole}"
            with house(folder, weekly if whole else PLAIN, papers=week) as home:
                (made,) = rehearse([home.request(explicit_day=asked)], home.config, home.runtime)
                assert isinstance(made, Draft)
                papers[asked, whole] = made.issue.read
    assert papers == {(False, False): 1, (False, True): 7, (True, False): 1, (True, True): 7}


def test_P19_a_broken_template_falls_back_and_is_told(tmp_path: Path) -> None:
    """The digest goes out in our own dress, says so, and status knows until it is mended."""
    text = PLAIN.replace("[maildir]", 'templates = "mine"\n[maildir]')
    files = {"mine/digest.html": "{{ nothing.of.the.kind }"}
    with house(tmp_path, text, files=files) as home:
        assert send([home.request()], home.config, home.runtime)[0].state == "sent"
        assert "template:me" in home.store.alerts.active()
        assert home.store.alerts.unnotified() == {}
        (tmp_path / "mine" / "digest.html").write_text('{% extends "default/digest.html" %}')
        send([home.request(new_edition=True)], home.config, home.runtime)
        assert home.store.alerts.active() == {}


def test_an_alert_is_told_once(home: House) -> None:
    """By the next mail, not by the one after it."""
    home.store.alerts.add("source:blog", "blog cannot be read since 12 Jun")
    send([home.request()], home.config, home.runtime)
    send([home.request(new_edition=True)], home.config, home.runtime)
    told = ["blog cannot be read since 12 Jun" in text_of(mail) for mail in home.transport.sent]
    assert told == [True, False]
    assert "source:blog" in home.store.alerts.active()


def test_O02_the_next_mail_tells_of_the_silence(home: House) -> None:
    """After days without a digest the next one says so; a daily one says nothing."""
    send([home.request()], home.config, home.runtime)
    home.clock.forward(days=3)
    day = TODAY + timedelta(days=3)
    home.source.papers = [video(2, listed=day)]
    send([home.request(day, due_at=home.clock())], home.config, home.runtime)
    texts = [" ".join(text_of(mail).split()) for mail in home.transport.sent]
    silence = "No digest could be made since 16 Jun 2026"
    assert [silence in text for text in texts] == [False, True]


def test_a_preview_before_and_after_is_the_same(home: House) -> None:
    """A draft takes no day, and today's digest does not hide its own papers."""
    fetched = fetch(home.config.sources, home.runtime, TODAY)
    before = draft(home.request(), fetched, home.config, home.runtime)
    send([home.request()], home.config, home.runtime)
    after = draft(home.request(), fetched, home.config, home.runtime)
    assert before.message.papers == after.message.papers
    assert before.edition == after.edition == 1


def test_a_clock_far_ahead_does_not_block_the_days_after(home: House) -> None:
    """S13: a digest of 2099 is one of that date; today's is made all the same."""
    home.clock.moment = datetime(2099, 1, 1, 8, tzinfo=UTC)
    send([home.request(date(2099, 1, 1))], home.config, home.runtime)
    home.clock.moment = MORNING
    home.source.papers = [video(2)]
    assert send([home.request(due_at=MORNING)], home.config, home.runtime)[0].state == "sent"


def test_an_archive_does_not_come_on_the_second_morning(tmp_path: Path) -> None:
    """What a feed showed beside its last day is no news the day after."""
    old = [video(n, listed=TODAY - timedelta(days=100 * n)) for n in (1, 2, 3)]
    with house(tmp_path, papers=[video(0), *old]) as home:
        send([home.request()], home.config, home.runtime)
        home.clock.forward(days=1)
        (result,) = send([home.request(day=TODAY + timedelta(days=1))], home.config, home.runtime)
        assert result.state == "empty"
        assert len(home.transport.sent) == 1


def test_a_lost_mail_can_be_made_again_days_later(home: House) -> None:
    """What came after it takes nothing from it."""
    send([home.request()], home.config, home.runtime)
    home.clock.forward(days=1)
    send([home.request(day=TODAY + timedelta(days=1))], home.config, home.runtime)
    (again,) = send([home.request(new_edition=True, explicit_day=True)], home.config, home.runtime)
    assert (again.state, again.papers) == ("sent", 2)


def test_a_copy_for_somebody_else_leaves_the_reader_their_digest(home: House) -> None:
    """It is not marked, takes no day, and bears a Message-ID of its own."""
    (copy,) = send([home.request(to=("bo@reader.test",))], home.config, home.runtime)
    (own,) = send([home.request()], home.config, home.runtime)
    assert (copy.state, own.state) == ("sent", "sent")
    assert [e.recipient for e in home.transport.sent] == ["bo@reader.test", "ada@reader.test"]
    assert copy.message_id != own.message_id


def test_nothing_is_copied_where_there_is_nothing(tmp_path: Path) -> None:
    """Somebody else is not written to without a paper."""
    with house(tmp_path, papers=[other(1)]) as home:
        (copy,) = send([home.request(to=("bo@reader.test",))], home.config, home.runtime)
        assert copy.state == "empty"
        assert home.transport.sent == []


def test_a_rehearsal_promises_what_would_happen(home: House) -> None:
    """A digest where one would go out, else the very result that `send` would give."""
    (before,) = rehearse([home.request()], home.config, home.runtime)
    send([home.request()], home.config, home.runtime)
    (after,) = rehearse([home.request()], home.config, home.runtime)
    assert isinstance(before, Draft)
    assert isinstance(after, DigestResult)
    assert (after.state, after.read) == ("already", 3)
    assert len(home.transport.sent) == 1


def test_a_rehearsal_fails_where_every_source_does(tmp_path: Path) -> None:
    """No digest of nothing is promised."""
    with house(tmp_path, papers=[]) as home:
        config = replace(home.config, sources=(broken("list"),))
        (result,) = rehearse([home.request()], config, home.runtime)
        assert isinstance(result, DigestResult)
        assert result.state == "failed"


def two_recipients(home: House) -> None:
    """Give the reader a second address, which the server refuses."""
    email = replace(home.reader.email, to=("ada@reader.test", "gone@reader.test"))
    home.config = replace(home.config, readers=(replace(home.reader, email=email),))
    deliver = home.transport.deliver

    def refuse_one(envelope: Envelope) -> str:
        if envelope.recipient == "gone@reader.test":
            raise DeliveryError("550 5.1.1 no such user", permanent=True)
        return deliver(envelope)

    home.transport = cast("Any", Scripted(refuse_one))
    home.config = replace(home.config, transport=home.transport)


@dataclass
class Scripted:
    """A transport whose answers are a function of the envelope."""

    answer: Callable[[Envelope], str]
    kind: str = "fake"
    connections: int = 1
    per_minute: int = 0

    @contextmanager
    def session(self) -> Iterator[Scripted]:
        """Open it."""
        yield self

    def deliver(self, envelope: Envelope) -> str:
        """Answer."""
        return self.answer(envelope)


@pytest.mark.parametrize("copy", [False, True])
def test_C6_of_two_recipients_each_result_is_reported(home: House, *, copy: bool) -> None:
    """One was reached, the other refused: the result names both."""
    two_recipients(home)
    (result,) = send([home.request(test=copy)], home.config, home.runtime)
    assert result.state == "failed"
    assert result.reached == ("ada@reader.test",)
    assert result.text == "gone@reader.test: 550 5.1.1 no such user"
    line = result_line(result)
    assert line.startswith("Sent 2 papers of 3 to ada@reader.test; not to gone@reader.test: ")


def test_C5_a_future_day_is_refused(home: House) -> None:
    """Made now, it would take the place of that day's digest."""
    tomorrow = TODAY + timedelta(days=1)
    for more in ({}, {"test": True}, {"to": ("bo@reader.test",)}):
        request = home.request(tomorrow, explicit_day=True, **more)
        (result,) = send([request], home.config, home.runtime)
        assert result.state == "failed"
        assert "2026-06-17 is in the future" in result.text
    assert home.store.digests.edition("me", tomorrow) == 0
    assert home.transport.sent == []


def test_C5_today_of_the_readers_zone_is_no_future(home: House) -> None:
    """The date counts where the reader is: in Kiritimati it is tomorrow already."""
    schedule = replace(home.reader.schedule, zone=ZoneInfo("Pacific/Kiritimati"))
    reader = replace(home.reader, schedule=schedule)
    home.clock.moment = MORNING + timedelta(hours=4)
    request = home.request(TODAY + timedelta(days=1), reader=reader, explicit_day=True)
    assert "future" not in send([request], home.config, home.runtime)[0].text


def readers_of(home: House, number: int) -> list[DigestRequest]:
    """Return requests for so many readers."""
    return [home.request(reader=replace(home.reader, name=f"r{n}")) for n in range(number)]


def test_D8_a_digest_leaves_before_the_last_one_is_made(home: House) -> None:
    """Batches: when the first message is sent, only one batch has been made."""
    made: list[int] = []

    def count() -> None:
        (row,) = home.store.database.rows("SELECT count(*) AS made FROM digest")
        made.append(row["made"])

    home.transport.meanwhile = count
    results = send(readers_of(home, BATCH * 2 + 1), home.config, home.runtime)
    assert {result.state for result in results} == {"sent"}
    assert made[0] == BATCH
    assert len(made) == BATCH * 2 + 1
    assert len(home.source.asked) == 1


def test_D8_a_server_that_is_down_is_not_tried_for_each_batch(home: House) -> None:
    """The first batch finds out; the rest is tried once, at the end."""
    sessions: list[int] = []

    def unavailable(_envelope: Envelope) -> str:
        sessions.append(1)
        raise TransportUnavailable("the mail server is down")

    home.config = replace(home.config, transport=cast("Any", Scripted(unavailable)))
    results = send(readers_of(home, BATCH * 3), home.config, home.runtime)
    assert {result.state for result in results} == {"queued"}
    assert len(sessions) == 2

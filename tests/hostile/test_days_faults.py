"""The catalogue of faults that only days show: refused for a week, no sources, deaths in a row."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

import pytest
from fakes import MORNING, PLAIN, TODAY, broken, house, other, video

from digest.app.alerts import HANG, WORK, raise_alert
from digest.app.daemon.daemon import DIED_OFTEN, REFUSED_OFTEN, REST, Daemon
from digest.app.pipeline.pipeline import send
from digest.model.errors import DeliveryError, TransportUnavailable
from digest.store import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakes import House

    from digest.app.pipeline.request import DigestResult
    from digest.delivery import Envelope
    from digest.model.paper import Paper

REFUSED = DeliveryError("550 no such user", permanent=True, code=550)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A house at the time of the digest of a Tuesday; the reader had one on Monday."""
    with house(tmp_path, at=MORNING - timedelta(days=1)) as built:
        send([built.request(TODAY - timedelta(days=1))], built.config, built.runtime)
        built.clock.moment = MORNING
        built.source.papers = [video(2)]
        yield built


LETTERS = str.maketrans("0123456789", "bcdfghjklm")


def daemon_in(home: House) -> Daemon:
    """Return a daemon that follows the house's config, as one that was just started."""
    return Daemon(runtime=home.runtime, config=lambda: home.config)


def live(home: House, daemon: Daemon, days: int) -> None:
    """Let days pass with a new paper each, and a beat at the time of the digest."""
    for _ in range(days):
        number = home.clock.moment.toordinal()
        home.source.papers = [video(number, listed=home.clock.moment.date())]
        daemon.beat()
        home.clock.forward(days=1)


def test_M19_after_five_refusals_nothing_more_is_sent_on_schedule(home: House) -> None:
    """An address that is gone is not written to for years; status says so and how to go on."""
    daemon = daemon_in(home)
    home.transport.refusal = REFUSED
    live(home, daemon, 9)
    made = home.store.digests.days("me", TODAY)
    alert = home.store.alerts.active()["suspended:me"]

    assert len(made - {TODAY - timedelta(days=1)}) == REFUSED_OFTEN
    assert "nothing more is sent to ada@reader.test on schedule" in alert
    assert "digest send --reader me" in alert


def test_M19_a_mail_that_arrives_ends_the_suspension(home: House) -> None:
    """Sent by hand, once the address works again."""
    daemon = daemon_in(home)
    home.transport.refusal = REFUSED
    live(home, daemon, 7)
    home.transport.refusal = None
    send([home.request(home.clock.moment.date())], home.config, home.runtime)
    home.clock.forward(days=1)
    before = len(home.transport.sent)
    live(home, daemon, 2)

    assert len(home.transport.sent) == before + 2
    assert home.store.alerts.active() == {}


def test_M19_a_mended_address_ends_the_suspension(home: House) -> None:
    """The new address has refused nothing."""
    daemon = daemon_in(home)
    home.transport.refusal = REFUSED
    live(home, daemon, 7)
    home.transport.refusal = None
    email = replace(home.reader.email, to=("ada@new.test",))
    home.config = replace(home.config, readers=(replace(home.reader, email=email),))
    live(home, daemon, 2)

    assert [envelope.recipient for envelope in home.transport.sent[-2:]] == ["ada@new.test"] * 2
    assert home.store.alerts.active() == {}


def test_M42_what_waited_for_days_arrives_as_one_mail_that_says_so(home: House) -> None:
    """Four days without a server: one digest holds the papers of all five, and tells of it."""
    daemon = daemon_in(home)
    home.transport.refusal = TransportUnavailable("mail.test does not answer")
    live(home, daemon, 4)
    (row,) = home.store.outbox.waiting()
    told = home.store.alerts.active()["outbox"]
    home.transport.refusal = None
    live(home, daemon, 1)
    home.clock.forward(hours=3)
    daemon.beat()
    (mail,) = home.transport.sent[1:]

    assert (row.day, row.since) == (TODAY + timedelta(days=3), TODAY)
    assert told.startswith("mail waits since 2026-06-16: mail.test does not answer")
    assert b"mail waits since 2026-06-16" in mail.message
    assert brought(home, 4) == [0, 1, 2, 3, 4]
    assert home.store.digests.of_day("me", TODAY)[0].reason == (
        "no mail could leave; its papers went into the digest of 2026-06-17"
    )
    assert home.store.alerts.active() == {}


def text_of(envelope: Envelope) -> str:
    """Return the text part of a mail, on one line."""
    body = message_from_bytes(envelope.message, policy=default).get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def brought(home: House, days: int) -> list[int]:
    """Return how many days after the first each paper in the mail of a day was listed."""
    day = f"{TODAY + timedelta(days=days)}"
    rows = home.store.database.rows("SELECT keys FROM sent WHERE day = ?", (day,))
    numbers = re.findall(r"arxiv:2606\.(\d+)", " ".join(row["keys"] for row in rows))
    return sorted(int(number) - TODAY.toordinal() for number in numbers)


def test_M42_a_mail_in_doubt_is_not_made_again(home: House) -> None:
    """What a server may have taken keeps its papers; only what came after it is merged."""
    daemon = daemon_in(home)
    home.transport.refusal = TransportUnavailable("broken off", uncertain=True)
    live(home, daemon, 1)
    home.transport.refusal = TransportUnavailable("down")
    live(home, daemon, 3)

    assert [(row.day, row.since) for row in home.store.outbox.waiting()] == [
        (TODAY, TODAY),
        (TODAY + timedelta(days=3), TODAY + timedelta(days=1)),
    ]


def test_M42_a_month_without_a_server_merges_a_week_at_a_time(home: House) -> None:
    """No merger drops a paper: a mail that reaches a week back is left as it is, and tried on."""
    daemon = daemon_in(home)
    home.transport.refusal = TransportUnavailable("down")
    live(home, daemon, 30)
    kept = [(row.since - TODAY, row.day - TODAY) for row in home.store.outbox.waiting()]
    home.transport.refusal = None
    live(home, daemon, 1)

    assert [(first.days, last.days) for first, last in kept] == [
        (0, 6),
        (7, 13),
        (14, 20),
        (21, 27),
        (28, 29),
    ]
    assert [brought(home, days) for days in (6, 30)] == [list(range(7)), [28, 29, 30]]
    assert len(home.transport.sent) == 6
    assert home.store.outbox.waiting() == ()


def test_M42_a_weekly_mail_that_waits_is_never_dropped_by_the_next(tmp_path: Path) -> None:
    """Down on one Tuesday, up on the next: both mails arrive, each with the papers of its week."""
    weekly = PLAIN.replace("timezone", 'days = ["tue"]\ntimezone')
    with house(tmp_path, weekly, at=MORNING - timedelta(days=7)) as home:
        for week, refusal in ((-1, None), (0, TransportUnavailable("down")), (1, None)):
            day = TODAY + timedelta(days=7 * week)
            listed = [day - timedelta(days=days) for days in range(7)]
            home.source.papers = [video(one.toordinal(), listed=one) for one in listed]
            home.clock.moment = MORNING + (day - TODAY)
            home.transport.refusal = refusal
            send([home.request(day, due_at=home.clock.moment)], home.config, home.runtime)

        assert len(home.transport.sent) == 3
        assert brought(home, 0) == list(range(-6, 1))
        assert brought(home, 7) == list(range(1, 8))


def unlike(number: int, **more: object) -> Paper:
    """Return a paper that the reader wants and that says nothing any other one says."""
    made_up = " ".join(f"{number:03}{n}".translate(LETTERS) for n in range(4))
    return video(number, title=f"Video Diffusion {made_up}", abstract="", **more)


def test_M42_a_mail_for_several_days_holds_more_and_tells_the_rest(home: House) -> None:
    """As much as the mails would have held that it replaces, 25 at most; the rest is counted."""
    made: list[DigestResult] = []
    for days, refusal in enumerate(
        (TransportUnavailable("down"), TransportUnavailable("down"), None)
    ):
        day = TODAY + timedelta(days=days)
        home.source.papers = [unlike(100 + 10 * days + n, listed=day) for n in range(10)]
        home.clock.moment = MORNING + timedelta(days=days, hours=3)
        home.transport.refusal = refusal
        made += send([home.request(day)], home.config, home.runtime)

    assert [result.papers for result in made] == [10, 20, 25]
    assert "5 more papers of these days suit you but did not fit in" in text_of(
        home.transport.sent[1]
    )


def test_M14_M42_a_merged_mail_tries_a_refused_password_no_sooner(home: House) -> None:
    """What waits for the hour after a 535 hands that hour on to the digest that takes over."""
    home.transport.refusal = TransportUnavailable("535 no", hold=True, code=535)
    home.clock.forward(hours=23.5)
    send([home.request(TODAY)], home.config, home.runtime)
    home.clock.forward(minutes=30)
    home.source.papers = [video(3, listed=TODAY + timedelta(days=1))]
    home.transport.refusal = AssertionError("tried again within the hour")
    request = home.request(TODAY + timedelta(days=1))
    (early,) = send([request], home.config, home.runtime)
    home.transport.refusal = None
    home.clock.forward(minutes=40)
    daemon_in(home).beat()

    assert early.state == "queued"
    assert early.text.startswith("not tried: refused at ")
    assert early.text.endswith("; 535 no")
    assert len(home.transport.sent) == 2
    assert home.store.outbox.waiting() == ()


def test_M42_what_only_a_withdrawn_mail_told_is_told_again(home: House) -> None:
    """An alert that no reader could read yet comes with the mail that does leave, once."""
    daemon = daemon_in(home)
    raise_alert(home.store.alerts, HANG, "a digest hung")
    home.transport.refusal = TransportUnavailable("down")
    live(home, daemon, 3)
    home.transport.refusal = None
    live(home, daemon, 2)

    assert [b"a digest hung" in mail.message for mail in home.transport.sent[1:]] == [True, False]


def test_M42_a_mail_for_several_days_holds_the_popular_ones_of_all(home: House) -> None:
    """Three a day below the threshold, as each of its mails would have shown."""
    made: list[DigestResult] = []
    for days, refusal in enumerate((TransportUnavailable("down"), None)):
        day = TODAY + timedelta(days=days)
        popular = [other(10 * days + n, listed=day, upvotes=20) for n in range(3)]
        home.source.papers = [unlike(100 + days, listed=day), *popular]
        home.clock.moment = MORNING + timedelta(days=days, hours=3)
        home.transport.refusal = refusal
        made += send([home.request(day)], home.config, home.runtime)

    assert [result.papers for result in made] == [4, 8]


def test_M42_a_day_asked_for_by_its_name_takes_nothing_over(home: House) -> None:
    """`--day` is about that day alone: what waits stays in the outbox as it is."""
    home.transport.refusal = TransportUnavailable("down")
    live(home, daemon_in(home), 2)
    day = TODAY + timedelta(days=2)
    home.source.papers = [video(5, listed=day)]
    (result,) = send([home.request(day, explicit_day=True)], home.config, home.runtime)

    assert result.state == "queued"
    assert [(row.since, row.day) for row in home.store.outbox.waiting()] == [
        (TODAY, TODAY + timedelta(days=1)),
        (day, day),
    ]


def test_what_waits_for_a_reader_who_left_the_config_still_leaves(home: House) -> None:
    """It was composed for somebody; nothing new is, and no alert about them stays."""
    daemon = daemon_in(home)
    home.transport.refusal = TransportUnavailable("down")
    live(home, daemon, 2)
    email = replace(home.reader.email, to=("bo@reader.test",))
    home.config = replace(home.config, readers=(replace(home.reader, name="bo", email=email),))
    home.transport.refusal = None
    live(home, daemon, 2)

    assert sorted(envelope.recipient for envelope in home.transport.sent[1:]) == [
        *("ada@reader.test", "bo@reader.test", "bo@reader.test"),
    ]
    assert home.store.outbox.waiting() == ()
    assert home.store.alerts.active() == {}


def test_what_waits_for_a_reader_who_stopped_is_not_sent(home: House) -> None:
    """A click on stop is obeyed though the mail was composed before; a pause is for new ones."""
    daemon = daemon_in(home)
    home.transport.refusal = TransportUnavailable("down")
    live(home, daemon, 1)
    home.store.votes.pause("me", TODAY + timedelta(days=3))
    home.clock.forward(hours=1)
    daemon.beat()
    paused = home.store.outbox.waiting()
    home.store.votes.pause("me", None)
    home.transport.refusal = None
    live(home, daemon, 2)

    assert len(paused) == 1
    assert len(home.transport.sent) == 1
    assert [row.answer for row in home.store.outbox.dead()] == [
        "not sent: the reader wants no more digests"
    ]
    assert home.store.alerts.active() == {}


def test_F22_days_without_any_source_are_no_empty_digests(home: House) -> None:
    """No mail and no day taken; an alert after three days; then one digest, which says so."""
    daemon = daemon_in(home)
    home.with_sources(broken("one"), broken("two"))
    live(home, daemon, 3)
    early = set(home.store.alerts.active())
    live(home, daemon, 1)

    assert len(home.transport.sent) == 1
    assert early == set()
    assert set(home.store.alerts.active()) == {"source:one", "source:two"}
    home.with_sources(home.source)
    live(home, daemon, 1)
    assert len(home.transport.sent) == 2
    assert b"No digest could be made since" in home.transport.sent[-1].message
    assert max(home.store.digests.days("me", TODAY)) == TODAY + timedelta(days=4)


class Killed(BaseException):
    """Stands for a death that leaves no time for a last word."""


def dies(home: House) -> None:
    """Start a daemon that is killed while it works."""
    daemon = daemon_in(home)
    home.source.raises = Killed()
    with pytest.raises(Killed):
        daemon.beat()
    # What the handlers of a living process tidied up, a dead one leaves as it was.
    home.runtime.stop.clear()
    deaths = int(home.store.keyvalue.get("deaths") or 0) + 1
    home.store.keyvalue.put("deaths", str(deaths))
    home.store.keyvalue.put("daemon-at-work", f"{deaths} {home.clock.moment.isoformat()}")


def test_O05_a_daemon_that_dies_at_work_again_and_again_rests(home: House) -> None:
    """Started every five minutes for six hours it tries ten times; status says so."""
    tries = 0
    for _ in range(72):
        daemon = daemon_in(home)
        if daemon._convalescent(home.clock.moment):  # noqa: SLF001  # what a beat asks first
            daemon.beat()
        else:
            dies(home)
            tries += 1
        home.clock.forward(minutes=5)

    assert DIED_OFTEN < tries < 12
    assert "digest died" in home.store.alerts.active()[WORK]


def test_O05_a_rest_ends_and_a_good_round_ends_it_all(home: House) -> None:
    """The fault is gone: the digest goes out after the rest, and nothing is left to tell."""
    for _ in range(DIED_OFTEN):
        dies(home)
    daemon_in(home).beat()
    assert len(home.transport.sent) == 1
    home.source.raises = None
    home.clock.moment += REST
    daemon_in(home).beat()

    assert len(home.transport.sent) == 2
    assert home.store.alerts.active() == {}
    assert home.store.keyvalue.get("daemon-at-work") == ""


def test_O05_a_rest_that_a_wrong_clock_began_does_not_last(home: House) -> None:
    """It died in 2099; set right, the daemon works at once."""
    home.store.keyvalue.put("daemon-at-work", f"9 {(MORNING + timedelta(days=9999)).isoformat()}")
    daemon_in(home).beat()

    assert len(home.transport.sent) == 2


def test_S11_a_digest_is_known_however_many_came_after_it(home: House) -> None:
    """Sixty old days made by hand after today's do not make today due again."""
    daemon = daemon_in(home)
    daemon.beat()
    for back in range(2, 62):
        day = TODAY - timedelta(days=back)
        home.store.digests.record_empty(reader="me", day=day, reason="nothing")

    assert daemon.requests(home.config, MORNING + timedelta(hours=1)) == []
    (again,) = send([home.request()], home.config, home.runtime)
    assert again.state == "already"


@pytest.mark.parametrize("why", ["refused", "in vain", "stopped"])
def test_C3_papers_of_a_digest_that_was_given_up_are_new_again(home: House, why: str) -> None:
    """Refused, five days in vain or withdrawn: the next digest has the papers, and says so once."""
    day = TODAY
    home.transport.refusal = REFUSED if why == "refused" else TransportUnavailable("down")
    send([home.request(day)], home.config, home.runtime)
    (row, *_) = home.store.outbox.waiting() or home.store.outbox.dead()
    if why != "refused":
        home.store.outbox.failed(row, Outcome(due=row.due, code=0, answer="over", dead=True))
    lost = {paper.id for paper in home.source.papers}
    home.transport.refusal = None
    found = []
    for _ in range(2):
        day += timedelta(days=1)
        home.clock.forward(days=1)
        home.source.papers = [video(day.toordinal(), listed=day)]
        (result,) = send([home.request(day)], home.config, home.runtime)
        found.append((result.papers, "could not be delivered" in text_of(home.transport.sent[-1])))

    assert found == [(len(lost) + 1, True), (1, False)]


def test_C3_a_digest_that_may_have_arrived_is_read(home: House) -> None:
    """Given up in doubt: its papers come no second time to a reader who may have them."""
    home.transport.refusal = TransportUnavailable("down")
    send([home.request(TODAY)], home.config, home.runtime)
    (row,) = home.store.outbox.waiting()
    home.store.outbox.failed(
        row, Outcome(due=row.due, code=0, answer="dropped", uncertain=True, dead=True)
    )

    assert home.store.digests.returned("me", TODAY + timedelta(days=1)).papers == ()

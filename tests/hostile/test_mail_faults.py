"""The catalogue of faults, M: what mail servers do, and what has to become of the digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from mail_fixtures import Papers, papers_in
from outbox_world import DAY, Desk, Hasty, desk_in, mail
from smtp_server import (
    Talk,
    both,
    drip,
    drop,
    endless,
    keep,
    mail_server,
    plain_after_starttls,
    reset,
    stall,
)

from digest.delivery.outbox import flush
from digest.delivery.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from smtp_server import Play, Server

    from digest.delivery.queue_run import DeliveryResult

SECRET = Secret(value="open sesame")
WITH_AUTH = b"250-mail.test\r\n250 AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2\r\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with one digest in its outbox."""
    for desk in desk_in(tmp_path):
        desk.write()
        yield desk


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """An authority for this module."""
    return papers_in(tmp_path_factory.mktemp("papers"))


def signing(server: Server, **settings: object) -> Hasty:
    """Return a client that signs in without TLS, which is allowed on this very computer."""
    return Hasty(**{"port": server.port, "username": "ada", "password": SECRET} | settings)  # type: ignore[arg-type]  # settings of the tests


def encrypted(server: Server, papers: Papers, **settings: object) -> Hasty:
    """Return a client that trusts our authority and signs in after STARTTLS."""
    own = {"host": "localhost", "security": "starttls", "ca_file": papers.ca_file}
    return signing(server, **own | settings)


def arrives(desk: Desk, transport: Hasty, **later: float) -> bool:
    """Let time pass and tell whether the one message is then sent."""
    desk.clock.forward(**later)
    return desk.send(transport).state == "sent"


def waits(outcome: DeliveryResult, desk: Desk, *, minutes: float) -> bool:
    """Tell whether a message is tried again after that time, and not thought to be taken."""
    due = desk.clock() + timedelta(minutes=minutes)
    return (outcome.state, outcome.uncertain, outcome.due) == ("waiting", False, due)


def test_M01_connection_refused_is_temporary(desk: Desk) -> None:
    """Where nobody listens the mail waits, a minute first."""
    with mail_server() as gone:
        pass

    outcome = desk.send(Hasty(port=gone.port))

    assert waits(outcome, desk, minutes=1)
    assert "Connection refused" in outcome.text


def test_M02_no_greeting_ends_in_time(desk: Desk) -> None:
    """A server that takes the connection and says nothing is given up after the limit."""
    with mail_server(greeting=stall) as server:
        outcome = desk.send(Hasty(port=server.port))

    assert waits(outcome, desk, minutes=1)
    assert "no answer in time" in outcome.text


def test_M03_greeting_byte_by_byte_ends_in_time(desk: Desk) -> None:
    """The limit is for the whole greeting, not for each byte of it."""
    with mail_server(greeting=drip(b"220 " + b"x" * 500)) as server:
        outcome = desk.send(Hasty(port=server.port))

    assert waits(outcome, desk, minutes=1)


@pytest.mark.parametrize(("code", "minutes", "told"), [(421, 1, False), (554, 60, True)])
def test_M04_refusing_greeting_keeps_the_mail(
    desk: Desk, code: int, minutes: int, *, told: bool
) -> None:
    """421 is tried again soon, 554 once an hour with an alert; the mail is kept in both."""
    with mail_server(greeting=b"%d not today\r\n" % code) as server:
        outcome = desk.send(Hasty(port=server.port))

    assert waits(outcome, desk, minutes=minutes)
    assert f"{code} not today" in outcome.text
    assert told == bool(desk.store.alerts.active())


def test_M05_a_web_server_is_named_for_what_it_is_not(desk: Desk) -> None:
    """The wrong port is not a temporary fault: the reader is told."""
    with mail_server(greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n") as server:
        outcome = desk.send(Hasty(port=server.port))

    assert "not an SMTP server" in outcome.text
    assert waits(outcome, desk, minutes=60)
    assert "not an SMTP server" in desk.store.alerts.active()["outbox"]


@pytest.mark.parametrize("line", [b"220-hello\r\n", b"2"])
@pytest.mark.parametrize("step", ["greeting", "ehlo"])
def test_M06_endless_answers_end(desk: Desk, step: str, line: bytes) -> None:
    """An answer without end is cut at 64 KB, in lines or without."""
    plays: dict[str, Play | list[Play]] = {step: endless(line)}
    with mail_server(None, direct=False, **plays) as server:
        outcome = desk.send(Hasty(port=server.port))

    assert outcome.state == "waiting"
    assert "without end" in outcome.text


def test_M07_helo_only_serves_without_tls(desk: Desk) -> None:
    """A server of the last century will do where the config asks neither for TLS nor for AUTH."""
    with mail_server(ehlo=b"500 what?\r\n") as server:
        assert desk.send(Hasty(port=server.port)).state == "sent"


def test_M07_helo_only_is_refused_where_tls_is_asked_for(desk: Desk) -> None:
    """Without EHLO there is no TLS, and without TLS nothing is sent."""
    with mail_server(ehlo=b"500 what?\r\n") as server:
        outcome = desk.send(Hasty(port=server.port, security="starttls"))

    assert outcome.state == "waiting"
    assert "500 what?" in outcome.text
    assert not server.kept


def test_M08_the_words_of_a_421_are_kept(desk: Desk) -> None:
    """What the server says when it hangs up at EHLO stands in status."""
    with mail_server(ehlo=both(b"421 too many of you\r\n", drop)) as server:
        outcome = desk.send(Hasty(port=server.port))

    assert waits(outcome, desk, minutes=1)
    assert "421 too many of you" in outcome.text


def test_M09_stripped_starttls_is_no_way_in(desk: Desk, papers: Papers) -> None:
    """Where STARTTLS is asked for and not offered, neither password nor mail is sent."""
    with mail_server(ehlo=WITH_AUTH) as server:
        outcome = desk.send(encrypted(server, papers))

    assert "STARTTLS" in outcome.text
    assert waits(outcome, desk, minutes=60)
    assert (server.secrets, server.kept) == ([], [])


@pytest.mark.parametrize("play", [b"454 not now\r\n", stall, drop, both(b"220 go\r\n", stall)])
def test_M10_broken_starttls_never_falls_back(desk: Desk, papers: Papers, play: Play) -> None:
    """Whatever happens in STARTTLS, nothing goes out in clear, and the mail waits."""
    hello = b"250-mail.test\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"
    with mail_server(ehlo=hello, starttls=play) as server:
        outcome = desk.send(encrypted(server, papers))

    assert waits(outcome, desk, minutes=1)
    assert (server.secrets, server.kept) == ([], [])


def test_M11_injected_text_is_not_believed(desk: Desk, papers: Papers) -> None:
    """What was slipped in behind the answer to STARTTLS ends the attempt."""
    with mail_server(papers.server(), starttls=plain_after_starttls) as server:
        outcome = desk.send(encrypted(server, papers))

    assert "between STARTTLS and TLS" in outcome.text
    assert (server.secrets, server.kept) == ([], [])


@pytest.mark.parametrize("direct", [True, False])
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("self-signed", "ca_file"),
        ("expired", "has expired"),
        ("wrong host", "the name on the certificate is not the host's"),
    ],
)
def test_M12_bad_certificates_are_refused_by_name(
    desk: Desk, papers: Papers, fault: str, words: str, *, direct: bool
) -> None:
    """A certificate that cannot be trusted gets neither password nor mail, and its fault told."""
    name = "elsewhere.test" if fault == "wrong host" else "localhost"
    context = papers.server(name, expired=fault == "expired")
    with mail_server(context, direct=direct) as server:
        security = "tls" if direct else "starttls"
        ca_file = "" if fault == "self-signed" else papers.ca_file
        outcome = desk.send(encrypted(server, papers, security=security, ca_file=ca_file))

    assert words in outcome.text
    assert waits(outcome, desk, minutes=60)
    assert (server.secrets, server.kept) == ([], [])


def test_M12_a_certificate_must_name_the_host_of_the_config(desk: Desk, papers: Papers) -> None:
    """One for localhost says nothing of the same server by its address."""
    with mail_server(papers.server("localhost")) as server:
        outcome = desk.send(encrypted(server, papers, host="127.0.0.1"))

    assert "the name on the certificate is not the host's" in outcome.text
    assert (server.secrets, server.kept) == ([], [])


def test_M13_auth_not_offered_is_told_once(desk: Desk) -> None:
    """A username for a server that wants none is a mistake of the config: one alert, mail kept."""
    with mail_server() as server:
        outcome = desk.send(signing(server))
        told = desk.store.alerts.active()["outbox"]
        new = desk.store.alerts.add("outbox", told)

    assert "takes no username" in outcome.text
    assert waits(outcome, desk, minutes=60)
    assert not new


@pytest.mark.parametrize(
    "answer",
    [
        b"535 5.7.8 bad credentials\r\n",
        b"534 5.7.9 app only\r\n",
        b"550 5.7.8 no\r\n",
        b"525 5.7.13 account disabled\r\n",
    ],
)
def test_M14_a_refused_password_is_tried_once_an_hour(desk: Desk, answer: bytes) -> None:
    """The daemon waits an hour, `--retry` tries at once (C4); once mended, the mail goes out."""
    with mail_server(ehlo=WITH_AUTH, auth=[answer, b"235 welcome\r\n"]) as server:
        outcome = desk.send(signing(server))
        tried = len(server.secrets)
        desk.clock.forward(minutes=59)
        early = desk.send(signing(server)).text
        tried_early = len(server.secrets)

        assert waits(outcome, desk, minutes=1)
        assert answer.decode().strip() in desk.store.alerts.active()["outbox"]
        assert (tried, tried_early) == (1, 1)
        assert early.partition(" at ")[0] == "not tried: refused"
        assert desk.send(signing(server), force=True).state == "sent"
        assert not desk.store.alerts.active()


@pytest.mark.parametrize("code", [454, 421])
def test_M15_auth_put_off_is_temporary(desk: Desk, code: int) -> None:
    """4xx while signing in backs off by minutes, with the server's words."""
    with mail_server(ehlo=WITH_AUTH, auth=both(b"%d busy\r\n" % code, drop)) as server:
        outcome = desk.send(signing(server))

    assert waits(outcome, desk, minutes=1)
    assert f"{code} busy" in outcome.text


def refuse_token(talk: Talk) -> None:
    """Tell a failure the way of XOAUTH2: as a challenge, then by the code."""
    talk.server.challenge(talk, b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n")
    talk.say(b"535 5.7.8 token expired\r\n")


def token_that_counts(tmp_path: Path) -> Secret:
    """Return a secret that is another one each time."""
    return Secret(command=f"echo x >> {tmp_path}/n; wc -l < {tmp_path}/n")


def test_M16_an_expired_token_is_fetched_anew_once(desk: Desk, tmp_path: Path) -> None:
    """The first refusal asks the command for another token, and the mail goes out."""
    with mail_server(ehlo=WITH_AUTH, auth=[refuse_token, b"235 welcome\r\n"]) as server:
        transport = signing(server, auth="xoauth2", password=token_that_counts(tmp_path))
        outcome = desk.send(transport)

    assert outcome.state == "sent"
    assert (tmp_path / "n").read_text().count("x") == 2


@pytest.mark.parametrize("second", [refuse_token, drop])
def test_M16_a_token_refused_twice_is_an_alert(desk: Desk, tmp_path: Path, second: Play) -> None:
    """One refresh, one retry, then the reader has to act."""
    with mail_server(ehlo=WITH_AUTH, auth=[refuse_token, second]) as server:
        transport = signing(server, auth="xoauth2", password=token_that_counts(tmp_path))
        outcome = desk.send(transport)

    assert waits(outcome, desk, minutes=60)
    assert "token expired" in outcome.text


def challenges(talk: Talk) -> None:
    """Ask for ever."""
    while talk.server.challenge(talk, b"334 VXNlcm5hbWU6\r\n") is not None:
        pass


@pytest.mark.parametrize("play", [drop, stall, challenges, b"334 A\r\n", b"9\r\n"])
def test_M17_signing_in_ends(desk: Desk, play: Play) -> None:
    """Drops, silence, endless questions and nonsense while signing in cost one attempt."""
    with mail_server(ehlo=WITH_AUTH, auth=play) as server:
        outcome = desk.send(signing(server, auth="login"))

    assert outcome.state == "waiting"
    assert not outcome.uncertain


@pytest.mark.parametrize(
    ("play", "minutes"),
    [(b"451 later\r\n", 5), (b"550 not you\r\n", 60), (drop, 1), (stall, 1)],
)
def test_M18_a_refused_sender_keeps_the_mail(desk: Desk, play: Play, minutes: int) -> None:
    """4xx and silence come again soon; 5xx is a mistake in the config, told and tried hourly."""
    with mail_server(mail=[play, b"250 ok\r\n"]) as server:
        outcome = desk.send(Hasty(port=server.port))

        assert waits(outcome, desk, minutes=minutes)
        assert bool(desk.store.alerts.active()) == (minutes == 60)
        assert arrives(desk, Hasty(port=server.port), minutes=minutes)


def test_M19_a_refused_recipient_is_final(desk: Desk) -> None:
    """550 for the recipient is never tried again, and told with the server's words."""
    with mail_server(rcpt=b"550 5.1.1 no such user\r\n") as server:
        outcome = desk.send(Hasty(port=server.port))
        desk.clock.forward(days=1)
        again = desk.flush(Hasty(port=server.port), force=True)

    assert (outcome.state, again) == ("failed", ())
    assert "no such user" in desk.store.alerts.active()["refused:ada@inbox.test"]
    assert desk.store.digests.refusals("ada", ["ada@inbox.test"]) == 1
    assert [row.code for row in desk.store.outbox.dead()] == [550]


def test_M20_greylisting_ends_with_one_copy(desk: Desk) -> None:
    """Who is put off comes back after five minutes and is served once."""
    with mail_server(rcpt=[b"450 greylisted\r\n", b"250 ok\r\n"]) as server:
        outcome = desk.send(Hasty(port=server.port))
        desk.clock.forward(minutes=4.9)
        early = desk.flush(Hasty(port=server.port))

        assert waits(outcome, desk, minutes=0.1)
        assert early == ()
        assert arrives(desk, Hasty(port=server.port), minutes=0.1)
        assert len(server.kept) == 1


def test_M21_each_recipient_has_a_fate_of_its_own(desk: Desk) -> None:
    """Of one message, one is sent, one refused for good, one put off."""
    desk.write("trio", to=("a@x.test", "b@x.test", "c@x.test"))
    answers: list[Play] = [b"250 ok\r\n", b"250 ok\r\n", b"550 5.1.1 no\r\n", b"451 later\r\n"]
    with mail_server(rcpt=answers) as server:
        outcomes = desk.flush(Hasty(port=server.port))

    assert {o.recipient: o.state for o in outcomes if o.reader == "trio"} == {
        "a@x.test": "sent",
        "b@x.test": "failed",
        "c@x.test": "waiting",
    }


def test_M22_too_many_recipients_puts_off_the_others(desk: Desk) -> None:
    """452 after some recipients loses none of those behind it."""
    desk.write("pair", to=("a@x.test", "b@x.test"))
    ok = b"250 ok\r\n"
    with mail_server(rcpt=[ok, ok, b"452 too many\r\n", ok]) as server:
        outcomes = desk.flush(Hasty(port=server.port))

        assert [o.state for o in outcomes] == ["sent", "sent", "waiting"]
        assert arrives(desk, Hasty(port=server.port), minutes=5)
        assert len(server.kept) == 3


def test_M23_a_421_among_recipients_loses_nobody(desk: Desk) -> None:
    """Who was before it is sent, who was named by it waits, who is behind it gets a new line."""
    for reader in ("bob", "eve"):
        desk.write(reader)
    ok = b"250 ok\r\n"
    with mail_server(rcpt=[ok, both(b"421 closing\r\n", drop), ok]) as server:
        outcomes = desk.flush(Hasty(port=server.port))

        assert [o.state for o in outcomes] == ["sent", "waiting", "sent"]
        assert arrives(desk, Hasty(port=server.port), minutes=5)
        assert sorted(letter.message_id for letter in server.kept) == [
            f"<{reader}.{DAY}@digest.test>" for reader in ("ada", "bob", "eve")
        ]


@pytest.mark.parametrize(
    ("play", "state"),
    [
        (b"451 later\r\n", "waiting"),
        (b"554 no\r\n", "waiting"),
        (b"554 5.1.1 no such user\r\n", "failed"),
        (drop, "waiting"),
        (stall, "waiting"),
    ],
)
def test_M24_data_is_answered_as_the_code_says(desk: Desk, play: Play, state: str) -> None:
    """Before the first byte of the message nothing is uncertain."""
    with mail_server(data=play) as server:
        outcome = desk.send(Hasty(port=server.port))

    assert (outcome.state, outcome.uncertain) == (state, False)


@pytest.mark.parametrize("play", [drop, reset, both(b"552 too much\r\n", drop), stall])
def test_M25_a_break_in_the_body_is_no_acceptance(desk: Desk, play: Play) -> None:
    """A message that was not read to its dot is sent again, and what the server said is told."""
    big = b"Message-ID: <big@digest.test>\r\n\r\n" + b"\r\n" * 4_000_000
    desk.store.digests.record(
        reader="big", day=DAY, mail=replace(mail("big"), message=big), papers=[]
    )
    with mail_server(body=[b"", play], ehlo=b"250 mail.test\r\n") as server:
        *_, outcome = desk.flush(Hasty(port=server.port))

    assert (outcome.state, outcome.uncertain, outcome.reader) == ("waiting", False, "big")
    assert [letter.message_id for letter in server.kept] == [f"<ada.{DAY}@digest.test>"]


@pytest.mark.parametrize(
    ("code", "words", "state"),
    [
        (451, b"content", "waiting"),
        (554, b"content", "waiting"),
        (550, b"5.1.1 content", "failed"),
    ],
)
def test_M26_a_refusal_after_the_dot_counts_as_it_says(
    desk: Desk, code: int, words: bytes, state: str
) -> None:
    """4xx comes again; 5xx to the content is held with an alert, to an unknown user it is final."""
    with mail_server(dot=b"%d %s\r\n" % (code, words)) as server:
        outcome = desk.send(Hasty(port=server.port))

    assert (outcome.state, outcome.uncertain) == (state, False)
    assert bool(desk.store.alerts.active()) == (code != 451)


@pytest.mark.parametrize(
    "play", [drop, reset, b"25", both(b"25", drop), b"999 what\r\n", b"354\r\n"]
)
def test_M27_dropped_after_the_dot_and_not_kept_arrives_once(desk: Desk, play: Play) -> None:
    """An answer that is none says nothing: the same message comes again after half an hour."""
    with mail_server(dot=[play, b"250 ok\r\n"]) as server:
        outcome = desk.send(Hasty(port=server.port))
        desk.clock.forward(minutes=29)
        early = desk.flush(Hasty(port=server.port))

        assert outcome.uncertain
        assert early == ()
        assert arrives(desk, Hasty(port=server.port), minutes=1)
        assert [letter.message_id for letter in server.kept] == [outcome.message_id]


def test_M28_dropped_after_the_dot_and_kept_bears_one_message_id(desk: Desk) -> None:
    """The one extra copy is the same mail by its Message-ID, and counted as uncertain."""
    with mail_server(dot=[both(keep, b"2", drop), b"250 ok\r\n"]) as server:
        desk.send(Hasty(port=server.port))
        counted = [row.uncertain for row in desk.store.outbox.waiting()]

        assert counted == [1]
        assert arrives(desk, Hasty(port=server.port), minutes=30)
        assert len(server.kept) == 2
        assert len({letter.message_id for letter in server.kept}) == 1


def test_M28_a_server_that_never_says_what_it_kept_makes_few_copies(desk: Desk) -> None:
    """One more after half an hour, then one a day, four in all; then it is given up, and told."""
    waited: list[timedelta] = []
    with mail_server(dot=both(keep, drop)) as server:
        while (outcome := desk.send(Hasty(port=server.port))).due:
            waited.append(outcome.due - desk.clock())
            desk.clock.moment = outcome.due
        late = desk.flush(Hasty(port=server.port), force=True)
    (given_up,) = desk.store.outbox.dead()
    (alert,) = desk.store.alerts.active().values()

    assert waited == [timedelta(minutes=30), timedelta(days=1), timedelta(days=1)]
    assert late == ()
    assert len(server.kept) == given_up.uncertain == 4
    assert outcome.state == "failed"
    assert alert.startswith("a digest for ada@inbox.test was given up: ")
    assert alert.endswith("handed over 4 times and may have arrived as often, or never")


def test_M29_the_verdict_has_a_patience_of_its_own(desk: Desk) -> None:
    """A server that thinks longer than any other step may take is waited for."""

    class Patient(Hasty):
        timeouts = type(Hasty.timeouts)(phase=0.3, body=0.3, verdict=5.0)

    def think(talk: Talk) -> None:
        talk.server.over.wait(0.5)

    with mail_server(dot=both(think, keep, b"250 at last\r\n")) as server:
        outcome = desk.send(Patient(port=server.port))

    assert outcome.state == "sent"
    assert Hasty.__mro__[1].timeouts.verdict == 600  # type: ignore[attr-defined]  # Smtp's own


def test_M29_a_verdict_that_never_comes_is_uncertain(desk: Desk) -> None:
    """Patience ends, and then nobody knows."""
    with mail_server(dot=stall) as server:
        assert desk.send(Hasty(port=server.port)).uncertain


@pytest.mark.parametrize("code", [200, 251, 299])
def test_M30_any_2xx_is_success(desk: Desk, code: int) -> None:
    """A message that was taken with another word than 250 is taken."""
    with mail_server(dot=b"%d fine\r\n" % code) as server:
        assert desk.send(Hasty(port=server.port)).state == "sent"
        assert desk.flush(Hasty(port=server.port), force=True) == ()


def test_M31_an_answer_of_many_lines_is_one_answer(desk: Desk) -> None:
    """250 on several lines is success, with all its words."""
    with mail_server(dot=b"250-thank\r\n250 you\r\n") as server:
        outcome = desk.send(Hasty(port=server.port))

    assert (outcome.state, outcome.text) == ("sent", "250 thank you")


@pytest.mark.parametrize("end", [drop, reset])
def test_M32_a_drop_after_250_is_success(desk: Desk, end: Play) -> None:
    """What was accepted stays accepted."""
    with mail_server(dot=both(keep, b"250 ok\r\n", end)) as server:
        assert desk.send(Hasty(port=server.port)).state == "sent"


@pytest.mark.parametrize("play", [b"421 go away\r\n", b"nonsense\r\n", drop])
def test_M33_the_answer_to_quit_is_nobodys_business(desk: Desk, play: Play) -> None:
    """A bad goodbye does not send the mail again."""
    with mail_server(quit=play) as server:
        outcome = desk.send(Hasty(port=server.port))
        again = desk.flush(Hasty(port=server.port), force=True)

    assert (outcome.state, again, len(server.kept)) == ("sent", (), 1)


def test_M34_quit_is_not_waited_for(desk: Desk) -> None:
    """A server that never says goodbye holds us two seconds at most, and the mail is sent."""
    with mail_server(quit=stall) as server:
        assert desk.send(Hasty(port=server.port)).state == "sent"


@pytest.mark.parametrize(
    "second", [drop, b"421 one each\r\n", b"451 4.7.0 too many on this line\r\n", reset]
)
def test_M35_one_message_per_connection_loses_none(desk: Desk, second: Play) -> None:
    """A server that ends the connection after a message gets a new connection for the next."""
    desk.write("bob")
    ok = b"250 ok\r\n"
    with mail_server(mail=[ok, second, ok]) as server:
        outcomes = desk.flush(Hasty(port=server.port))

    assert [o.state for o in outcomes] == ["sent", "sent"]
    assert (len(server.kept), server.connections) == (2, 2)


def test_M36_an_idle_connection_that_was_closed_is_renewed(desk: Desk) -> None:
    """The connection is found closed at the next message, and replaced."""
    desk.write("bob")
    with mail_server(dot=[both(keep, b"250 ok\r\n", drop), b"250 ok\r\n"]) as server:
        outcomes = desk.flush(Hasty(port=server.port))

    assert [o.state for o in outcomes] == ["sent", "sent"]
    assert len(server.kept) == 2


def test_M37_a_rate_limit_slows_down(desk: Desk) -> None:
    """451 for the rate is tried again after minutes, not at once."""
    with mail_server(dot=b"451 4.7.1 slow down\r\n") as server:
        assert waits(desk.send(Hasty(port=server.port)), desk, minutes=5)


def test_M37_a_quota_waits_though_it_is_a_5xx(desk: Desk) -> None:
    """A used-up quota is tried hourly and told; the mail is not given up."""
    with mail_server(rcpt=b"550 5.4.5 daily quota exceeded\r\n") as server:
        outcome = desk.send(Hasty(port=server.port))

    assert waits(outcome, desk, minutes=60)
    assert "quota" in desk.store.alerts.active()["outbox"]


def test_M38_too_many_connections_means_fewer(desk: Desk) -> None:
    """Where only one connection of three is let in, it carries everything."""
    for number in range(29):
        desk.write(f"reader{number}")
    with mail_server(greeting=[b"220 in\r\n", b"421 too many connections\r\n"]) as server:
        outcomes = desk.flush(Hasty(port=server.port, connections=3))

    assert [o.state for o in outcomes] == ["sent"] * 30
    assert server.connections > 1


def test_a_way_that_is_closed_is_tried_by_one_connection(desk: Desk) -> None:
    """A password that is wrong is tried once an hour, not by every connection of a pool."""
    for number in range(29):
        desk.write(f"reader{number}")
    with mail_server(greeting=b"554 not you\r\n") as server:
        outcomes = desk.flush(Hasty(port=server.port, connections=3))

    assert [o.state for o in outcomes] == ["waiting"] * 30
    assert server.connections == 1


def test_a_few_letters_need_one_connection(desk: Desk) -> None:
    """Another one is opened for each ten that wait, up to as many as there may be."""
    for number in range(9):
        desk.write(f"reader{number}")
    with mail_server() as server:
        desk.flush(Hasty(port=server.port))

    assert (server.connections, len(server.kept)) == (1, 10)


def test_M39_a_message_too_large_is_held_and_says_why(desk: Desk) -> None:
    """The server's SIZE is heeded before anything is sent; fewer papers mend it."""
    with mail_server(ehlo=b"250-mail.test\r\n250 SIZE 20\r\n") as server:
        outcome = desk.send(Hasty(port=server.port))

    assert outcome.state == "waiting"
    assert "lower [email] papers" in outcome.text
    assert "outbox" in desk.store.alerts.active()
    assert not [line for _, line in server.heard if line.startswith(b"MAIL")]


@pytest.mark.parametrize(
    ("domain", "sent"), [("bücher.example", "xn--bcher-kva"), ("straße.example", "xn--strae-oqa")]
)
def test_M40_an_international_domain_goes_as_dns_knows_it(
    desk: Desk, domain: str, sent: str
) -> None:
    """No SMTPUTF8 is needed for a domain, and ß stays what it is."""
    desk.write("umlaut", to=(f"ada@{domain}",))
    with mail_server() as server:
        outcomes = desk.flush(Hasty(port=server.port))

    assert [o.state for o in outcomes] == ["sent", "sent"]
    assert server.kept[1].recipients == [f"ada@{sent}.example"]


def test_M40_a_non_ascii_name_is_held_for_that_reader_alone(desk: Desk) -> None:
    """Without SMTPUTF8 one recipient is refused, the next served on the same connection."""
    desk.write("accent", to=("josé@x.test",))
    desk.write("bob")
    with mail_server() as server:
        outcomes = desk.flush(Hasty(port=server.port))

    assert {o.reader: o.state for o in outcomes} == {
        "ada": "sent",
        "accent": "waiting",
        "bob": "sent",
    }


def test_M40_smtputf8_is_used_where_it_is_offered(desk: Desk) -> None:
    """A server that knows international names gets them."""
    desk.write("accent", to=("josé@x.test",))
    with mail_server(ehlo=b"250-mail.test\r\n250 SMTPUTF8\r\n") as server:
        desk.flush(Hasty(port=server.port))

    assert [letter.recipients for letter in server.kept] == [["ada@inbox.test"], ["josé@x.test"]]


@pytest.mark.parametrize(
    "address",
    ["a@b.c>\r\nDATA", "a b@c.test", "", "nobody", "a@b@c.test", "<a@b.c>", "a@\x7f.test", "a@..é"],
)
def test_M41_what_is_no_address_never_reaches_the_server(desk: Desk, address: str) -> None:
    """A recipient that could smuggle a command fails alone."""
    desk.write("bad", to=(address,))
    with mail_server() as server:
        outcomes = desk.flush(Hasty(port=server.port))

    assert {o.reader: o.state for o in outcomes} == {"ada": "sent", "bad": "failed"}
    assert [letter.recipients for letter in server.kept] == [["ada@inbox.test"]]


def test_M42_six_days_without_a_server_give_up_after_five(desk: Desk) -> None:
    """Tries come at 1, 5, 15, 30, 60 minutes, then every two hours; after five days it is over."""
    with mail_server() as gone:
        pass
    transport, waited, told = Hasty(port=gone.port), [], []
    while (outcome := desk.send(transport)).due:
        waited.append(round((outcome.due - desk.clock()) / timedelta(minutes=1)))
        told.append("outbox" in desk.store.alerts.active())
        desk.clock.moment = outcome.due

    assert waited[:7] == [1, 5, 15, 30, 60, 120, 120]
    assert outcome.state == "failed"
    assert sum(waited) == pytest.approx(5 * 24 * 60, abs=120)
    assert told.index(True) == pytest.approx(16, abs=2)
    assert list(desk.store.alerts.active()) == ["refused:ada@inbox.test"]


def test_M42_digests_of_later_days_wait_beside_the_first(desk: Desk) -> None:
    """When the server is back after four days, every day's digest arrives, once."""
    with mail_server() as server:
        pass
    for later in range(1, 5):
        desk.flush(Hasty(port=server.port))
        desk.clock.forward(days=1)
        desk.write(day=DAY + timedelta(days=later))
    with mail_server() as back:
        outcomes = desk.flush(Hasty(port=back.port), force=True)

    assert [o.state for o in outcomes] == ["sent"] * 5
    assert len({letter.message_id for letter in back.kept}) == 5


def test_M43_a_network_that_comes_up_later_is_used(desk: Desk) -> None:
    """A name that cannot be looked up at boot is looked up again, without a restart."""
    outcome = desk.send(Hasty(host="x" * 64 + ".test", port=25))

    assert waits(outcome, desk, minutes=1)
    assert "cannot be looked up" in outcome.text
    with mail_server() as server:
        assert arrives(desk, Hasty(port=server.port), minutes=1)


def test_three_failures_in_a_row_end_the_round(desk: Desk) -> None:
    """A server that fails everyone is not asked for a hundred readers, a minute each."""
    for number in range(5):
        desk.write(f"reader{number}")
    with mail_server(data=drop) as server:
        outcomes = desk.flush(Hasty(port=server.port))

    assert [o.state for o in outcomes] == ["waiting"] * 6
    assert server.times["data"] == 3


def test_a_stopped_round_begins_nothing_new(desk: Desk) -> None:
    """What was not begun when the stop came is left as it was."""
    desk.write("bob")
    with mail_server() as server:
        outcomes = flush(
            desk.store,
            Hasty(port=server.port),
            now=desk.clock,
            stop=lambda: bool(server.kept),
        )

    assert len(outcomes) == 1
    assert [row.attempts for row in desk.store.outbox.waiting()] == [0]

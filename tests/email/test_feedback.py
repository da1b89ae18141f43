from __future__ import annotations

import contextlib
from datetime import date, timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.email.feedback import (
    FeedbackCommand,
    FeedbackRejected,
    Verb,
    read_mail,
    read_subject,
    reference,
    sign,
    verify,
)
from digest.model.identity import title_key
from digest.model.paper import Paper

KEY = b"a key of this test"
DAY = date(2026, 11, 21)
LONG = "Sleep and memory in the old"
PAPERS = st.sampled_from(
    [
        *("arxiv:2302.06675", "arxiv:math/0211159", "doi:10.1101/2026.01-a-b", "url:0123abc"),
        *("title:ff", "url:0123456789abcdef", "title:ffffffffffffffff", "u:AAAAAAAAAAA-", "t:x"),
    ]
)


def returned(subject: str, **headers: str) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("")
    return mail.as_bytes()


@given(
    verb=st.sampled_from(Verb),
    paper=PAPERS,
    day=st.dates(date(2020, 1, 1), date(2090, 1, 1)),
    reader=st.text(max_size=20),
)
def test_what_was_signed_is_read_and_believed(
    verb: Verb, paper: str, day: date, reader: str
) -> None:
    """The mail that a link opens says verb, paper, day and reader."""
    about = paper if verb in (Verb.MORE, Verb.LESS) else ""

    command = read_mail(returned(sign(KEY, reader=reader, verb=verb, day=day, paper=about)))

    assert (command.verb, command.paper, command.day) == (verb, about, day)
    assert verify(command, KEY, readers=["other", reader], today=day) == reader


def test_the_subject_is_short() -> None:
    """A link fits a line of plain text, a header line, and an eye."""
    subject = sign(KEY, reader="ada", verb=Verb.MORE, day=DAY, paper="arxiv:2302.06675")
    assert subject.startswith("more-2302.06675-")
    assert len(subject) <= 34


@pytest.mark.parametrize(
    ("paper", "said"),
    [
        (Paper(id="arxiv:2302.06675", title="T" * 30, aliases=("url:0" * 3,)), "arxiv:2302.06675"),
        (Paper(id="doi:10.1101/1", title="A", aliases=(f"url:{'0' * 16}",)), f"url:{'0' * 16}"),
        (Paper(id="doi:10.1101/1", title=LONG), title_key(LONG)),
        (Paper(id="doi:10.1101/1", title="Editorial"), "doi:10.1101/1"),
    ],
)
def test_the_subject_of_any_paper_is_short(paper: Paper, said: str) -> None:
    """A paper without an arXiv id is named by the hash of its link or title, in 13 characters."""
    subject = sign(KEY, reader="ada", verb=Verb.MORE, day=DAY, paper=reference(paper))
    assert read_subject(subject).paper == said
    assert len(subject) <= 35


@pytest.mark.parametrize(
    "change",
    [
        {"verb": Verb.LESS},
        {"paper": "arxiv:2302.06676"},
        {"day": DAY + timedelta(days=1)},
        {"mac": "AAAAAAAAAAAA"},
        {"mac": ""},
    ],
)
def test_a_forged_or_swapped_command_is_refused(change: dict[str, object]) -> None:
    """Verb, paper, day and signature belong together."""
    subject = sign(KEY, reader="ada", verb=Verb.MORE, day=DAY, paper="arxiv:2302.06675")
    whole = read_subject(subject)
    said: dict[str, object] = {
        "verb": whole.verb,
        "paper": whole.paper,
        "day": whole.day,
        "mac": whole.mac,
    }

    forged = FeedbackCommand(**(said | change))  # type: ignore[arg-type] # one of its fields, changed

    with pytest.raises(FeedbackRejected, match="invalid signature"):
        verify(forged, KEY, readers=["ada"], today=DAY)


def test_another_readers_command_is_refused() -> None:
    """What one reader may say says nothing for another, nor under another key."""
    command = read_subject(sign(KEY, reader="ada", verb=Verb.STOP, day=DAY))
    with pytest.raises(FeedbackRejected, match="invalid signature"):
        verify(command, KEY, readers=["bob"], today=DAY)
    with pytest.raises(FeedbackRejected, match="invalid signature"):
        verify(command, b"another key", readers=["ada"], today=DAY)


@pytest.mark.parametrize(("age", "good"), [(-2, False), (-1, True), (90, True), (91, False)])
def test_a_command_runs_out(age: int, *, good: bool) -> None:
    """A link is good for 90 days, and not before its day (a day's grace for time zones)."""
    command = read_subject(sign(KEY, reader="ada", verb=Verb.PAUSE, day=DAY))
    today = DAY + timedelta(days=age)
    if good:
        assert verify(command, KEY, readers=["ada"], today=today) == "ada"
    else:
        with pytest.raises(FeedbackRejected, match="out of date"):
            verify(command, KEY, readers=["ada"], today=today)


@pytest.mark.parametrize("before", ["", "Re: ", "AW: Fwd: ", "Re:\t"])
def test_a_reply_mark_does_no_harm(before: str) -> None:
    """Mail programs put words before a subject."""
    subject = sign(KEY, reader="ada", verb=Verb.STOP, day=DAY)
    assert read_subject(before + subject).verb is Verb.STOP


def test_an_encoded_subject_is_read() -> None:
    """Some mail programs encode what needs no encoding."""
    subject = sign(KEY, reader="ada", verb=Verb.STOP, day=DAY)
    raw = b"Subject: =?utf-8?q?" + subject.replace("-", "=2D").encode() + b"?=\r\n\r\n"
    assert read_mail(raw).verb is Verb.STOP


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: 8 papers for you\r\n\r\n",
        b"Subject: =?utf-8?b?!?=\r\n\r\n",
        b"Subject: =?nonsense?q?x?=\r\n\r\n",
        b"Subject: more-2302.06675-1xw\r\n\r\n",
        b"Subject: stop-1xw-short\r\n\r\n",
        b"Subject: nonstop-1xw-abcdefghijkl\r\n\r\n",
    ],
)
def test_other_mail_is_refused(raw: bytes) -> None:
    """A mail that holds no command says so and says what to do."""
    with pytest.raises(FeedbackRejected, match="no feedback") as caught:
        read_mail(raw)
    assert "unchanged" in caught.value.hint


def test_machines_are_not_listened_to() -> None:
    """An absence note that repeats our subject rates nothing."""
    subject = sign(KEY, reader="ada", verb=Verb.STOP, day=DAY)
    with pytest.raises(FeedbackRejected, match="automatic"):
        read_mail(returned(subject, Auto_Submitted="auto-replied"))
    assert read_mail(returned(subject, Auto_Submitted="no")).verb is Verb.STOP


@pytest.mark.parametrize("said", ["no; owner-email=a@example.org", " No ; x", "no;"])
def test_what_else_a_hand_written_mail_says_is_no_matter(said: str) -> None:
    """Parameters after "no" make no machine of a reader."""
    subject = sign(KEY, reader="ada", verb=Verb.STOP, day=DAY)
    assert read_mail(returned(subject, Auto_Submitted=said)).verb is Verb.STOP


@given(raw=st.binary(max_size=300))
def test_no_mail_breaks_the_reader(raw: bytes) -> None:
    """Any bytes are either a command or refused."""
    try:
        command = read_mail(b"Subject: " + raw)
    except FeedbackRejected:
        return
    assert isinstance(command.verb, Verb)


def test_the_first_day_has_a_number() -> None:
    """The day from which days are counted is a day like others."""
    first = date(2020, 1, 1)
    assert read_subject(sign(KEY, reader="ada", verb=Verb.STOP, day=first)).day == first


@pytest.mark.parametrize(
    "subject",
    [
        b"=?utf-8?b?YQ=a?=",
        b"=?nonsense?q?more?=",
        b"=?utf-8?q?=00=?=",
        b"=?utf-16?b?2A==?=",
        b"=?\xff?q?x?=",
        b"=?utf-8?b?" + b"A" * 5000,
        b"more-" * 20_000,
        b"=?=" * 20_000,
    ],
)
def test_E2_a_malformed_subject_is_refused(subject: bytes) -> None:
    """No subject ends in a traceback, however its encoded words are broken."""
    with pytest.raises(FeedbackRejected):
        read_mail(b"Subject: " + subject + b"\r\n\r\n")


def test_E2_only_the_headers_are_read() -> None:
    """A thousand nested parts cost nothing: they are never parsed."""
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(990)
    )
    subject = sign(KEY, reader="ada", verb=Verb.PAUSE, day=date(2026, 6, 12)).encode()
    assert read_mail(b"Subject: " + subject + b"\r\n" + nested).verb is Verb.PAUSE


def test_E2_what_is_not_ours_is_no_fault_of_the_mail_server() -> None:
    """A forged mail must not be bounced to the innocent person in its From."""
    assert FeedbackRejected.exit_code == 0


@given(raw=st.binary(max_size=300))
def test_E2_any_bytes_are_feedback_or_refused(raw: bytes) -> None:
    """Whatever arrives, the answer is a command or FeedbackRejected."""
    with contextlib.suppress(FeedbackRejected):
        assert read_mail(b"Subject: " + raw).verb

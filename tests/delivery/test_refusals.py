"""Real replies of mail servers, each with its source, and who must act on them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.delivery.refusal_rules import RULES, Action, Stage
from digest.delivery.refusals import diagnose, diagnose_exit

AUTH, SENDER, TO, BODY = Stage.AUTH, Stage.SENDER, Stage.RECIPIENT, Stage.MESSAGE
GREETING = Stage.CONNECT
SENT, RETRY, HOLD, FINAL = Action.SENT, Action.RETRY, Action.HOLD, Action.FINAL

REPLIES = tuple(
    line.split("\t")
    for line in Path(__file__).with_name("replies.tsv").read_text().splitlines()[1:]
)
"""Stage, code, reply, action, key and the source of each."""


@pytest.mark.parametrize(("stage", "code", "reply", "action", "key", "_source"), REPLIES)
def test_C2_stage_code_and_text_say_who_must_act(
    stage: str, code: str, reply: str, action: str, key: str, _source: str
) -> None:
    """Only an unknown recipient is final; sender, account and policy hold, the moment waits."""
    found = diagnose(Stage(stage), int(code), reply.replace("\\n", "\n"))

    assert (found.action, found.key) == (action, key)
    assert bool(found.hint) == (action == HOLD)


def test_every_reply_has_a_source() -> None:
    """A reader of the table can look each up."""
    assert all(source.startswith("https://") for *_, source in REPLIES)


@pytest.mark.parametrize("code", [550, 551, 552, 553, 554])
@pytest.mark.parametrize("stage", [SENDER, TO, BODY])
def test_C2_a_refusal_without_a_reason_is_held(stage: Stage, code: int) -> None:
    """A bare 5xx does not say that the recipient does not exist."""
    assert diagnose(stage, code, "no").action is HOLD


@pytest.mark.parametrize(
    "recipient", ["user.unknown@x.test", "spam@quota.test", "no.such.user@x.test"]
)
def test_C2_the_address_in_a_reply_decides_nothing(recipient: str) -> None:
    """Servers repeat the recipient, whose name may be anything."""
    assert diagnose(TO, 550, f"<{recipient}> 5.1.1 user unknown").action is FINAL
    assert diagnose(TO, 550, f"5.7.1 <{recipient}>: not today").action is HOLD
    assert diagnose(BODY, 554, f"{recipient} refused").action is HOLD


@given(
    stage=st.sampled_from([stage for stage in Stage if stage is not Stage.COMMAND]),
    code=st.integers(200, 599),
    text=st.text(max_size=200),
)
def test_C2_every_reply_has_a_row(stage: Stage, code: int, text: str) -> None:
    """2xx is sent; nothing before RCPT is final, and no 4xx ever."""
    action = diagnose(stage, code, text).action

    assert (action is SENT) == (code < 300)
    if action is FINAL:
        assert code >= 500
        assert stage in (TO, BODY)


def test_every_row_of_the_table_is_needed() -> None:
    """Each is the first that applies to some reply or exit status."""
    cases = [(Stage(stage), int(code), text) for stage, code, text, *_ in REPLIES]
    cases += [(Stage.COMMAND, status, "") for status in range(128)]
    cases += [(AUTH, 504, ""), (Stage.CONNECT, 421, ""), (SENDER, 538, ""), (GREETING, 554, "no")]
    cases += [(SENDER, 535, ""), (SENDER, 552, ""), (SENDER, 550, "no"), (TO, 552, "no")]
    cases += [(TO, 550, "no"), (TO, 550, "5.7.1 no"), (TO, 550, "no, later")]
    used = {diagnose(*case).hint for case in cases}

    assert {rule.then.hint for rule in RULES} <= used | {""}


@pytest.mark.parametrize(
    ("status", "printed", "action"),
    [
        (64, "", FINAL),
        (65, "", FINAL),
        (67, "", FINAL),
        *[(status, "", RETRY) for status in (1, 2, 66, 68, 69, 70, 71, 72, 73, 74, 75, 76, 255)],
        *[(status, "", HOLD) for status in (77, 78, 126, 127)],
        (68, "msmtp: cannot locate host mail.test: Name or service not known", RETRY),
        (69, "msmtp: the server does not support TLS via the STARTTLS command", RETRY),
        (65, "msmtp: server message: 450 4.2.0 <x>: Greylisted", RETRY),
        (65, "msmtp: server message: 550 5.1.1 <x>: User unknown", FINAL),
        (69, "msmtp: server message: 550 5.7.60 Client may not send as this sender", HOLD),
        (65, "msmtp: server message: 553 5.7.1 <x>: Sender address rejected", HOLD),
        (69, "msmtp: server message: 550 5.1.1 <x>: User unknown", RETRY),
    ],
)
def test_C1_an_exit_status_says_who_must_act(status: int, printed: str, action: Action) -> None:
    """Only 64, 65 and 67 are final: all other statuses concern the moment or the set-up."""
    assert diagnose_exit(status, printed).action is action


def test_C1_wrong_arguments_are_explained() -> None:
    """64 is a mistake in [command] argv, and the hint shows how it is written."""
    found = diagnose_exit(64, "usage: msmtp ...")

    assert found.key == "argv"
    assert "{recipient}" in found.hint


@pytest.mark.parametrize(
    ("code", "text", "host", "words"),
    [
        (535, "5.7.8 not accepted", "smtp.gmail.com", "apppasswords"),
        (534, "5.7.9", "smtp.googlemail.com", "apppasswords"),
        (534, "", "smtp.mail.yahoo.com", "app password"),
        (535, "", "smtp.mail.me.com", "app-specific"),
        (535, "", "smtp.fastmail.com", "app password"),
        (535, "Login Fail", "smtp.qq.com", "authorization code"),
        (550, "User has no permission", "smtp.163.com", "authorization code"),
        (535, "5.7.139", "SMTP.office365.com", "xoauth2"),
        (535, "5.7.139 basic authentication is disabled", "mail.uni.test", "xoauth2"),
        (550, "5.7.30 Basic authentication is not supported", "mail.uni.test", "xoauth2"),
        (535, "5.7.139 SmtpClientAuthentication is disabled for the Tenant", "", "administrator"),
        (535, "5.7.139 the request did not meet the criteria to be authenticated", "", "rules"),
        (535, "5.7.139 the user credentials were incorrect", "", "username or the password"),
        (535, "", "mail.test", "username or the password"),
        (530, "", "mail.test", "wants a username and a password"),
        (538, "", "mail.test", "security"),
        (534, "5.7.9 see our site", "mail.uni.test", "app password"),
        (535, "Application-specific password required", "mail.uni.test", "app password"),
        (530, "5.7.0 Must issue a STARTTLS command first", "mail.test", "encrypted"),
    ],
)
def test_field_C12_a_refused_login_names_its_cure(
    code: int, text: str, host: str, words: str
) -> None:
    """Provider, kind of password or administrator: the hint is the next step."""
    assert words in diagnose(AUTH, code, text, host).hint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("5.2.2 mailbox full", "mailbox is full"),
        ("5.2.2 The email account that you tried to reach is over quota", "mailbox is full"),
        ("message size exceeds the limit", "lower [email] papers"),
        ("", "lower [email] papers"),
    ],
)
def test_field_C12_552_is_a_full_mailbox_or_a_large_email(text: str, words: str) -> None:
    """Fewer papers do not empty a mailbox."""
    assert words in diagnose(TO, 552, text).hint

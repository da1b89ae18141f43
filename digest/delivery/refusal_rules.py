"""Table of refusals: replies of mail servers and exit statuses, in the order they are tried.

Replies are facts of their providers; tests/delivery/test_refusals.py names a source for each.
A refusal is final only where it says that this recipient does not exist (RFC 3463, 5.1.x) or
where a program's exit status says so. Everything else concerns the sender, the account, a policy
or the moment: the message stays in the outbox, because time or a change of the config mends it.
"""

from __future__ import annotations

import os
import re
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Point of the SMTP session at which a reply was received."""

    CONNECT = "connect"
    """Greeting, EHLO and STARTTLS."""
    AUTH = "auth"
    SENDER = "sender"
    """MAIL FROM."""
    RECIPIENT = "recipient"
    """RCPT TO."""
    MESSAGE = "message"
    """DATA, and the reply after the final dot."""
    COMMAND = "command"
    """Exit status of a program such as msmtp (sysexits.h)."""


class Action(StrEnum):
    """Consequence of a reply for the message."""

    SENT = "sent"
    RETRY = "retry"
    """Try again later; nobody need act."""
    HOLD = "hold"
    """The operator must act; one try an hour meanwhile."""
    FINAL = "final"
    """This recipient does not exist; trying again is useless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Consequence of one reply, and the way to mend it."""

    action: Action
    hint: str = ""
    key: str = ""
    """Key of the config that mends it, "" where none does."""
    ask_provider: bool = False
    """The provider's own hint, where its host is known, is better than `hint`."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Row of the table: it applies where all its conditions hold."""

    stages: tuple[Stage, ...]
    then: Diagnosis
    _: KW_ONLY
    codes: tuple[int, ...] = (4, 5)
    """Reply codes, or their first digits; exit statuses at `Stage.COMMAND`."""
    status: str = ""
    """Pattern of the whole enhanced status code (RFC 3463); an alternative to `text`."""
    text: str = ""
    """Pattern searched for in the reply, in lower case and without addresses."""

    def applies(self, stage: Stage, code: int, status: str, text: str) -> bool:
        """Return whether stage, code, and either status or text are those of the row."""
        if stage not in self.stages or not {code, code // 100} & {*self.codes}:
            return False
        if not (self.status or self.text):
            return True
        by_status = bool(self.status and re.fullmatch(self.status, status))
        return by_status or bool(self.text and re.search(self.text, text))


_ANY = tuple(stage for stage in Stage if stage is not Stage.COMMAND)
_MAIL = (Stage.SENDER, Stage.RECIPIENT, Stage.MESSAGE)
_AUTH = (Stage.AUTH,)
_CONNECT = (Stage.CONNECT,)
_SENDER = (Stage.SENDER,)
_COMMAND = (Stage.COMMAND,)


def _any(*patterns: str) -> str:
    return "|".join(patterns)


def _hold(key: str, hint: str, *, ask_provider: bool = False) -> Diagnosis:
    return Diagnosis(action=Action.HOLD, hint=hint, key=key, ask_provider=ask_provider)


RETRY = Diagnosis(action=Action.RETRY)
UNKNOWN = Diagnosis(action=Action.FINAL, key="to")
USAGE = Diagnosis(
    action=Action.FINAL,
    hint="the program does not understand its arguments: check [command] argv, such as "
    '["msmtp", "-f", "{sender}", "--", "{recipient}"]',
    key="argv",
)
OWN_CONFIG = _hold("argv", "check the program's own configuration, by running it by hand")
NO_PASSWORDS = _hold(
    "auth",
    'this server takes no passwords any more: set auth = "xoauth2" and a password command that '
    "prints a token, or send through another account",
)
SMTP_AUTH_OFF = _hold(
    "username",
    "the administrator has switched SMTP AUTH off for this account: ask for it to be switched on "
    "(https://aka.ms/smtp_auth_disabled), or send through another account",
)
CONDITIONS = _hold(
    "auth",
    "the organisation's sign-in rules (security defaults, conditional access) refuse passwords: "
    'ask its administrator, or set auth = "xoauth2" with a command that prints a token',
)
APP_LOGIN = _hold(
    "password",
    "this server wants an app password, not the account's: make one where the account's security "
    "is set",
    ask_provider=True,
)
BAD_LOGIN = _hold(
    "password",
    "the username or the password is wrong: check both under [smtp], and for a typing slip",
    ask_provider=True,
)
OTHER_AUTH = _hold("auth", 'this server offers another way to sign in: set auth = "auto"')
WANTS_LOGIN = _hold(
    "username", "this server wants a username and a password: [smtp] username, password"
)
WANTS_TLS = _hold(
    "security", 'this server wants an encrypted connection: security = "starttls" or "tls"'
)
BLOCKED = _hold(
    "host",
    "this server takes no mail from this computer's IP address: send through your provider's "
    "server for submission, port 587 or 465, with username and password",
)
SEND_AS = _hold(
    "from",
    "this account may not send as that address: set [email] from to the account's own address, or "
    "add the address to the account as an alias",
)
UNSIGNED = _hold(
    "from",
    "the domain of [email] from does not vouch for this server (SPF, DKIM, DMARC): send through "
    "the provider of that domain, or set [email] from to an address of this account",
)
RELAY = _hold(
    "username",
    "this server takes mail for other domains only after a login: set [smtp] username and "
    "password, and the port for submission, 587 or 465",
)
LIMIT = _hold(
    "", "the account's sending limit or quota is used up; digest tries again once an hour"
)
FULL = _hold("to", "the recipient's mailbox is full: make room in it")
LARGE = _hold("papers", "the email is too large for this server: lower [email] papers")
SPAM = _hold(
    "host",
    "the server's policy or spam filter refuses this message or this computer: send through the "
    "provider of [email] from, and see the server's reply for its reason",
)
DENIED = _hold(
    "to",
    "the recipient may not exist, be closed, or take no mail from this sender: check [email] to",
)
UNCLEAR = _hold("", "see the server's reply for its reason; digest tries again once an hour")
FAR_SERVER = _hold("host", UNCLEAR.hint)

_FOUND_APP_LOGIN = r"app(lication)?[- ](specific )?password"
_FOUND_LIMIT = _any(
    r"(send|daily|hourly|outbound|outgoing|relay)\w*\W.{0,40}(limit|quota)",
    r"(rate|frequency|message|recipient) ?limit",
    r"limit.{0,30}(reached|exceeded)",
    r"too many (recipients|emails|mails|messages (from|sent|per))",
    r"unusual (sending|rate|activity|amount)",
)
_FOUND_FULL = _any(
    r"over ?quota",
    r"quota exceeded",
    r"mailbox full",
    r"too many messages on server",
    r"(mailbox|user|recipient|account|storage).{0,30}(full\b|over|quota|storage allocation)",
)
_FOUND_LARGE = _any(
    r"too (large|big|long)",
    r"(message|mail|maximum|max)\w* size",
    r"size (limit|exceed)",
    "mailsize",
)
_FOUND_UNSIGNED = _any(r"\b(dmarc|spf|dkim)\b", r"unauthenticated (mail|email|sender)")
_FOUND_SENDER = _any(
    r"send ?as\b",
    "sendasdenied",
    "not owned by",
    "mail from",
    "mailfrom",
    "must be (the )?same|must (equal|match)",
    "unauthori[sz]ed sender",
    r"not (allowed|authori[sz]ed|permitted) to (send|use)",
    r"(from|sender|header) (header |address )",
    "relaying disallowed as",
    "(of|not) your addresses",
    "local user only",
    "sender (verify|verification|denied|rejected|is|not)",
    "denies the sender",
)
_FOUND_RELAY = _any("relay", "authenticat", "log ?in first", "not logged in", "rcpthosts")
_FOUND_POLICY = _any(
    "spam|junk|unsolicited|abuse",
    "policy|policies|restrict|prohibited|banned",
    r"block|black|\brbl\b|reputation",
    "virus|malware|phish",
    "(mail|message|its) content|content.{0,20}(denied|rejected)|suspicious|suspected",
)
_PERSON = "(user|mailbox|recipient|address|alias|account|person|domain|host)"
_FOUND_UNKNOWN = _any(
    f"(unknown|no such|invalid|unrouteable|unroutable|illegal|bad|non-?existent).{{0,30}}{_PERSON}",
    f"{_PERSON}.{{0,30}}(unknown|unavailable|invalid|non-?existent|unrouteable)",
    f"{_PERSON}.{{0,30}}(not (be )?(found|exist|known)|n[o']t (have|exist))",
    "no mailbox",
    r"not (a )?(known |valid )?(local )?(user|recipient|mailbox)",
    "(does|do)(n't| not) (exist|have a)",
)

RULES = (
    # Exit statuses of sysexits.h, as sendmail, msmtp and Postfix give them; 126 and 127 are the
    # shell's, for a program that is not executable or not found.
    Rule(_COMMAND, USAGE, codes=(os.EX_USAGE,)),
    Rule(_COMMAND, UNKNOWN, codes=(os.EX_DATAERR, os.EX_NOUSER)),
    Rule(_COMMAND, OWN_CONFIG, codes=(os.EX_NOPERM, os.EX_CONFIG, 126, 127)),
    Rule(_COMMAND, RETRY, codes=tuple(range(256))),
    # The account and the connection, at whatever stage a server mentions them.
    Rule(_ANY, WANTS_TLS, codes=(530,), text="starttls|encrypt|tls"),
    Rule(_ANY, WANTS_TLS, codes=(538,)),
    Rule(_ANY, SMTP_AUTH_OFF, codes=(5,), text="smtpclientauth"),
    Rule(_ANY, CONDITIONS, codes=(5,), text="criteria to be auth|security default|conditional"),
    Rule(_ANY, BAD_LOGIN, codes=(5,), text="credentials were incorrect|account (is|was) locked"),
    Rule(_ANY, NO_PASSWORDS, codes=(5,), status=r"5\.7\.(30|139)", text="basic auth"),
    Rule(_ANY, WANTS_LOGIN, codes=(530,)),
    Rule(_AUTH, APP_LOGIN, codes=(5,), status=r"5\.7\.9", text=_FOUND_APP_LOGIN),
    Rule(_AUTH, OTHER_AUTH, codes=(504,)),
    Rule(_AUTH, BAD_LOGIN, codes=(5,)),
    Rule(_ANY, BAD_LOGIN, codes=(534, 535)),
    # Postfix refuses to relay with a 4xx by default (smtpd_relay_restrictions): time mends nothing.
    Rule(_MAIL, RELAY, codes=(4,), text="relay(ing)? (access )?denied"),
    Rule(_ANY, RETRY, codes=(3, 4)),
    Rule(_CONNECT, BLOCKED, text="block|black|rbl|spam|reputation|dynamic|ptr|reverse"),
    Rule(_CONNECT, FAR_SERVER),
    # Limits and sizes.
    Rule(_MAIL, LIMIT, status=r"5\.(4\.5|1\.90|7\.28)", text=_FOUND_LIMIT),
    Rule(_MAIL, FULL, status=r"5\.2\.2", text=_FOUND_FULL),
    Rule(_MAIL, LARGE, status=r"5\.(2\.3|3\.4)", text=_FOUND_LARGE),
    # The sender.
    Rule(_MAIL, UNSIGNED, status=r"5\.7\.2\d", text=_FOUND_UNSIGNED),
    Rule(_MAIL, SEND_AS, status=r"5\.(1\.([789]|20)|7\.60|2\.252)", text=_FOUND_SENDER),
    Rule(_MAIL, RELAY, text=_FOUND_RELAY),
    # Policies of the server.
    Rule(_MAIL, SPAM, status=r"5\.7\.(9|[57]\d\d|60\d)", text=_FOUND_POLICY),
    Rule(_SENDER, LARGE, codes=(552,)),
    Rule(_SENDER, SEND_AS),
    Rule(_MAIL, DENIED, text=r"access denied|\bsender\b|not accepting"),
    Rule(_MAIL, UNCLEAR, text="try again|temporar|later"),
    # The recipient.
    Rule(_MAIL, UNKNOWN, status=r"5\.1\.([0-46]|10)"),
    Rule(_MAIL, DENIED, status=r"5\.2\.1"),
    Rule(_MAIL, UNCLEAR, status=r"5\.[2367]\.\d+"),
    Rule(_MAIL, UNKNOWN, text=_FOUND_UNKNOWN),
    Rule(_MAIL, LARGE, codes=(552,)),
    Rule(_ANY, UNCLEAR),
)
"""Rules in the order in which they are tried; the first that applies decides."""

"""Classifier of replies: who must act after a refusal, and on which setting."""

from __future__ import annotations

import re
from dataclasses import replace

from digest.delivery.providers import provider_of
from digest.delivery.refusal_rules import RULES, UNCLEAR, Action, Diagnosis, Stage

_ENHANCED = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_ADDRESS = re.compile(r"<[^<>\s]*>|\S+@\S+|https?://\S+", re.IGNORECASE)
"""Parts of a reply that repeat what was sent, or are links: they decide nothing."""
_QUOTED = re.compile(r"\b([45]\d\d)[ -](.*)", re.DOTALL)
"""An SMTP reply in the output of a program."""
_ACCEPTED = range(200, 300)
_ABOUT_MAIL = frozenset({"from", "to", "papers", ""})
"""Keys that mean the same for every transport."""


def diagnose(stage: Stage, code: int, text: str, host: str = "") -> Diagnosis:
    """Return what a reply means for the message; `host` is that of the server."""
    if stage is not Stage.COMMAND and code in _ACCEPTED:
        return Diagnosis(action=Action.SENT)
    status = _ENHANCED.search(text)
    words = " ".join(_ENHANCED.sub(" ", _ADDRESS.sub(" ", text)).lower().split())
    found = next(
        rule.then for rule in RULES if rule.applies(stage, code, status[0] if status else "", words)
    )
    own = provider_of(f"@{_domain(host)}").hint if found.ask_provider else ""
    return replace(found, hint=own or found.hint)


def diagnose_exit(status: int, printed: str) -> Diagnosis:
    """Return what the exit status of a program means, and the SMTP reply that it printed.

    msmtp exits with the same status for every kind of refusal: the reply that it prints says
    more. It never makes an exit status final that is not.
    """
    found = diagnose(Stage.COMMAND, status, printed)
    if quoted := _QUOTED.search(printed):
        inner = diagnose(Stage.MESSAGE, int(quoted[1]), quoted[2])
        is_known = inner.action is Action.HOLD and inner.hint != UNCLEAR.hint
        if is_known or (inner.action is Action.RETRY and found.action is Action.FINAL):
            return inner if inner.key in _ABOUT_MAIL else Diagnosis(action=inner.action)
    return found


def _domain(host: str) -> str:
    """Return the last two labels of a host: the domain by which providers are known."""
    return ".".join(host.lower().split(".")[-2:])

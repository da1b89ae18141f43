"""The faults that digest has to survive, and the tests that show it does.

    python tests/support/catalogue.py > tests/README.md

A test belongs to a fault when its name bears the fault's number: `test_S10_a_clock_set_back…`.
"""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from pathlib import Path

HERE = Path(__file__).parents[1]

FAULTS = {
    "Schedule, clocks and the process": """
        S01 the time lies in the hour that the clock skips in spring
        S02 the time comes twice in autumn
        S03 shortly after midnight, the day after the clock went forward
        S04 a zone that skips midnight itself
        S05 a zone that skips a whole date
        S06 the computer lives in UTC, the reader does not
        S07 a zone that nobody knows; a computer without a table of zones
        S08 the computer sleeps across the time
        S09 the computer sleeps for three days
        S10 the clock is set back after the digest went out
        S11 the clock is set back, and the daemon starts anew
        S12 the board wakes up in 1970, then learns the time
        S13 the clock shows 2099 for a while
        S14 the daemon is down at the time and comes up later
        S15 a digest hangs for ever
        S16 a digest raises anything at all
        S17 SIGTERM while nothing is going on
        S18 SIGTERM in the middle of a delivery
        S19 SIGTERM while somebody on the other side is silent
        S20 kill -9 at any instant
        S21 the process is stopped for a while and goes on
        S22 two daemons at once
        S23 the lock of a dead process
        S24 a digest by hand beside the daemon
        S25 too few files, no threads
        S26 too little memory
        S27 five years of days
        S28 stdout and stderr closed, full or unread
        S29 no home, no locale, a folder that cannot be written
    """,
    "Mail": """
        M01 the connection is refused
        M02 no greeting
        M03 a greeting byte by byte
        M04 a greeting that refuses
        M05 a web server where mail should be
        M06 answers without an end
        M07 EHLO is not known
        M08 EHLO is answered 421
        M09 STARTTLS is not offered
        M10 STARTTLS is refused, silent, broken or garbage
        M11 plain text slipped in behind STARTTLS
        M12 a certificate that is self-signed, expired, or another's
        M13 nobody may sign in
        M14 the password is refused
        M15 signing in is put off
        M16 the token has expired
        M17 signing in breaks, stalls or never ends
        M18 the sender is refused
        M19 every recipient is refused, for good and again
        M20 greylisting
        M21 one recipient taken, one refused, one put off
        M22 too many recipients
        M23 421 among the recipients
        M24 DATA is refused, breaks or stalls
        M25 the connection breaks within the message
        M26 the message is refused after the dot
        M27 a break after the dot, the message is lost
        M28 a break after the dot, the message was taken
        M29 the answer to the dot is late, or never comes
        M30 a success that is not 250
        M31 an answer of many lines
        M32 a break after the 250
        M33 421 to QUIT
        M34 no answer to QUIT
        M35 a few messages per connection, no more
        M36 an idle connection was closed
        M37 a rate limit, a quota for the day
        M38 too many connections
        M39 the message is too large
        M40 international domains and names
        M41 what is no address
        M42 no server for six days
        M43 no network when the computer starts
        M44 a program that delivers fails, hangs or is gone
    """,
    "Fetching": """
        F01 a name that cannot be looked up
        F02 connections refused, reset and closed
        F03 an answer byte by byte
        F04 an answer that stops
        F05 bombs of compression
        F06 an answer without an end
        F07 an answer that is cut short
        F08 an encoding that lies
        F09 redirects, loops of them, moved for good
        F10 a redirect into the own network
        F11 a redirect to what is not the web
        F12 from https to http
        F13 certificates and broken TLS
        F14 304 and what it hangs on
        F15 validators of what could not be read
        F16 Retry-After in every form
        F17 every status that is no success
        F18 it fails twice, then works
        F19 a portal's page instead of a feed
        F20 a feed without entries
        F21 headers as a weapon
        F22 every source is down
        F23 one source of three is down
    """,
    "Parsing and the letter": """
        P01 charsets that lie
        P02 characters that do not exist
        P03 what makes the parser raise
        P04 entities that explode or reach out
        P05 quadratic feeds
        P06 fields without an end
        P07 a feed that was cut short
        P08 characters that nobody sees
        P09 line ends in a title
        P10 scripts and links to them
        P11 the template's own language in a title
        P12 papers without an id, or with another each day
        P13 dates that cannot be
        P14 JSON of another shape
        P15 numbers that are none
        P16 the same paper three times
        P17 a whole archive at once
        P18 nothing to compare, nothing to compare with
        P19 a template that the reader broke
        P20 a long address to unsubscribe
        P21 odd lines
    """,
    "State": """
        D01 the disk is full before the mail is sent
        D02 the disk is full after the mail was sent
        D03 the database is deleted or empty
        D04 the database is damaged
        D05 the database is copied without its log
        D06 the folder cannot be used
        D07 another program holds the database
        D08 the power fails after a mail was sent
        D09 the database is newer than the program
        D10 killed in the middle of a migration
        D11 the state lies on another computer
        D12 ten years of state
    """,
    "Config": """
        C01 a mistake, made while it runs
        C02 a file that is read while it is written
        C03 all readers are gone
        C04 renamed into place, linked, touched
        C05 bytes that are no TOML
        C06 keys and values that are none
        C07 a password that others can read
        C08 a password that is not there
        C09 a password that changes while it runs
        C10 interests that say nothing, or a megabyte
        C11 what editors leave behind
    """,
    "Operation": """
        O01 the heartbeat's service is down, slow or hostile
        O02 no digest for more than a day
        O03 the loop is stuck
        O04 logs: floods, secrets, control characters
        O05 it crashes again and again
        O06 another Python, another scikit-learn
    """,
}
"""Titles by number, in our own words, by what the fault concerns."""

_ID = re.compile(r"(?<=_)(?<!FIELD_)[SMFPDCO]\d\d(?=_)")
_TEST = re.compile(r"^def (test_\w+)", re.MULTILINE)


def titles() -> dict[str, str]:
    """Return the title of each fault by its number."""
    lines = (line.strip() for lines in FAULTS.values() for line in lines.strip().splitlines())
    return dict(line.split(" ", 1) for line in lines)


@cache
def shown_by() -> dict[str, list[str]]:
    """Return the tests of each fault, as `path::name`; the long ones end in ` (chaos)`."""
    found: dict[str, list[str]] = {}
    for path in sorted(HERE.rglob("test_*.py")):
        text = path.read_text("utf-8")
        if not any(_ID.search(f"{name.upper()}_") for name in _TEST.findall(text)):
            continue  # taking it apart takes a hundred times as long
        body = ast.parse(text).body
        all_chaos = any(ast.unparse(node) == "pytestmark = pytest.mark.chaos" for node in body)
        for node in body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                chaos = all_chaos or any(_decorator(d) == "mark.chaos" for d in node.decorator_list)
                for fault in _ID.findall(node.name.upper() + "_"):
                    line = f"{path.relative_to(HERE)}::{node.name}{' (chaos)' if chaos else ''}"
                    found.setdefault(fault, []).append(line)
    return found


def _decorator(node: ast.expr) -> str:
    return ast.unparse(node).removeprefix("pytest.")


def readme() -> str:
    """Return tests/README.md."""
    by_fault = shown_by()
    known = titles()
    ticked = sum(fault in by_fault for fault in known)
    lines = [
        "# Catalogue of faults, and their tests",
        "",
        "Written by `python tests/support/catalogue.py > tests/README.md`.",
        "",
        "`make test-all` runs them all but those marked (chaos); `make chaos` runs these: kills,",
        "clock jumps, five years of days, with their figures.",
        "",
        "Misbehaving servers: `support/http_server.py` and `support/smtp_server.py`, over real",
        "sockets on loopback; the process that is killed: `hostile/kill`.",
        "",
        f"{ticked} of {len(known)} faults have their tests.",
    ]
    for concern, rows in FAULTS.items():
        lines += ["", f"## {concern}", ""]
        for row in rows.strip().splitlines():
            fault, title = row.strip().split(" ", 1)
            lines.append(f"- [{'x' if fault in by_fault else ' '}] **{fault}** {title}")
            lines += [f"  - `{test}`" for test in by_fault.get(fault, ())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(readme())

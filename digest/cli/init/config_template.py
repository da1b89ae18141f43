"""Commented example config, and the same text with a reader's answers filled in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "config.example.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestAnswer:
    """One interest, as answered."""

    name: str
    phrases: tuple[str, ...]
    about: str = ""
    library: Path | None = None
    """File that it was made of."""
    told: str = ""
    """Summary of what was read from that file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InitAnswers:
    """Answers to the questions of `digest init`."""

    interests: tuple[InterestAnswer, ...]
    to: str
    host: str
    """Empty for this computer's sendmail."""
    port: int = 587
    security: str = "starttls"
    username: str = ""
    """Empty for the digest's own address."""
    auth: str = "auto"
    secret: Mapping[str, str] = field(default_factory=dict)
    at: time = time(7, 30)
    zone: str = ""
    answered: bool = True
    """False with --defaults: then the text says what to change first."""


_UNANSWERED = (
    "# Change the address under [email] and the mail server under [smtp]; the rest works as it "
    "stands."
)
_ANSWERED = "# Your answers are in it, and everything else there is to set stands beside them."
PACKAGE = Path(__file__).parent


def example(package: Path = PACKAGE) -> str:
    """Return config.example.toml, from the package or from the checkout around it."""
    inside = package / NAME
    outside = package.parents[2] / NAME
    return (inside if inside.is_file() else outside).read_text(encoding="utf-8")


def filled(settings: InitAnswers) -> str:
    """Return the example with `settings` in place of what it shows."""
    text = _with_interests(example(), settings.interests)
    if settings.answered:
        text = text.replace(_UNANSWERED, _ANSWERED)
    text = _set(text, "email", "to", settings.to)
    text = _set(text, "schedule", "at", f"{settings.at:%H:%M}")
    text = _set(text, "schedule", "timezone", settings.zone)
    if not settings.host:
        return _through_sendmail(text)
    text = _set(text, "smtp", "host", settings.host)
    signed = {
        "username": settings.username or settings.to,
        "password": settings.secret,
        "auth": settings.auth,
    }
    default = {"port": 587, "security": "starttls", "auth": "auto"}
    values = {"port": settings.port, "security": settings.security}
    for key, value in (values | (signed if settings.secret else {})).items():
        if value != default.get(key):
            text = _set(text, "smtp", key, value)
    return text if settings.secret else _without_account(text)


def _without_account(text: str) -> str:
    """Take the account out of force: this computer's own server asks for none."""
    text = text.replace('\nusername = "you@example.org"\n', '\n#username = ""\n')
    return re.sub(r"^password = .*\n", "", text, count=1, flags=re.MULTILINE)


def _toml(value: object) -> str:
    """Return `value` as TOML; JSON's texts and numbers are TOML's."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _set(text: str, table: str, key: str, value: object) -> str:
    """Return `text` with the line of `key` under `[table]`, in force or not, set to `value`."""
    begin = text.index(f"\n[{table}]\n")
    head, tail = text[:begin], text[begin:]
    line = f"{key} = {_toml(value)}"
    shown = re.compile(rf"^#?{key} = .*?(  +# .*)?$", re.MULTILINE)
    return head + shown.sub(lambda found: line + (found[1] or ""), tail, count=1)


def _with_interests(text: str, interests: tuple[InterestAnswer, ...]) -> str:
    """Put `interests` in place of the example's; the first keeps the remarks on all it may hold."""
    begin = text.index("\n[[interests]]\n") + 1
    second = text.index("\n[[interests]]\n", begin) + 1
    end = text.index("# What counts for all your interests.")
    whole = [_first(text[begin:second].rstrip(), one) for one in interests[:1]]
    blocks = whole + [_short(one) for one in interests[1:]]
    return text[:begin] + "\n\n".join([*blocks, "\n"]) + text[end:]


def _first(shown: str, interest: InterestAnswer) -> str:
    """Return the example's interest with another's words; what those leave open is a remark."""
    phrases = "".join(f"  {_toml(phrase)},\n" for phrase in interest.phrases)
    weighted = "".join(re.findall(r"^  (\{.*\},)$", shown, re.MULTILINE)[:1])
    about = _about(interest) or '# Or, and, in your own words.\n#about = ""'
    shown = _put(shown, r"name = .*", f"name = {_toml(interest.name)}")
    listed = f"phrases = [\n{phrases}  #{weighted}\n]"
    shown = _put(shown, r"phrases = \[\n(?:  .*\n)*\]", listed)
    return _put(shown, r'about = """\n[\s\S]*?"""', about)


def _put(text: str, pattern: str, words: str) -> str:
    """Put `words` in place of the first whole lines that match, whatever stands in them."""
    return re.sub(f"^{pattern}$", lambda _: words, text, count=1, flags=re.MULTILINE)


def _short(interest: InterestAnswer) -> str:
    lines = ["[[interests]]", f"name = {_toml(interest.name)}"]
    if interest.phrases or not interest.about:
        lines.append(f"phrases = [{', '.join(_toml(phrase) for phrase in interest.phrases)}]")
    return "\n".join([*lines, *([_about(interest)] if interest.about else [])])


def _about(interest: InterestAnswer) -> str:
    about = interest.about.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'about = """\n{about}\n"""' if about else ""


def _through_sendmail(text: str) -> str:
    """Put [command] in force and take [smtp] out of it."""
    begin = text.index("\n[smtp]\n") + 1
    end = text.index("# Into a folder on this computer")
    smtp = re.sub(r"^(?=[a-z\[])", "#", text[begin:end], flags=re.MULTILINE)
    tail = text[end:].replace("#[command]\n#argv", "[command]\nargv", 1)
    return text[:begin] + smtp + tail

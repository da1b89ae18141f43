"""Localisation: texts of the digest from gettext catalogues; dates, lists and numbers by Babel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

CATALOGUES = Path(__file__).parent / "locale"
_CATALOGUE = "LC_MESSAGES/digest.po"
LANGUAGES = tuple(sorted(path.parents[1].name for path in CATALOGUES.glob(f"*/{_CATALOGUE}")))
"""Allowed values of `email.language`: every language that has a catalogue."""

_FORMATS = {"long": "full", "weekday": "EEEE"}
_SKELETONS = {"short": "MMMEd", "plain": "yMMMd", "next": "MMMMEEEEd"}
"""Shapes of a day as skeletons of the CLDR, which orders their parts by locale."""


@dataclass(frozen=True, slots=True)
class Language:
    """Texts and formats in one language; `code` is one of LANGUAGES."""

    code: str

    def __call__(self, key: str, **values: object) -> str:
        """Return the text named `key` with `values` put in; raise KeyError for an unknown key."""
        return self._text(key).format(**values)

    def has(self, key: str) -> bool:
        """Return whether there is a text of that name."""
        return _catalogue(self.code).gettext(key) != key

    def count(self, key: str, n: int, **values: object) -> str:
        """Return the text named `key` in the plural form for `n`, with {n} and {spelled} put in."""
        text = _catalogue(self.code).ngettext(key, key, n)
        form = text if text != key else self._text(key)
        return form.format(n=self.number(n), spelled=self.spelled(n), **values)

    def spelled(self, n: int) -> str:
        """Return `n` as a word up to twelve, in digits beyond."""
        words = self("spelled").split()
        return words[n] if 0 <= n < len(words) else self.number(n)

    def number(self, n: int) -> str:
        """Return `n` in digits, grouped."""
        return _number(self.code, n)

    def listed(self, items: Sequence[str]) -> str:
        """Return `items` as a list within a sentence: "a, b and c"."""
        return str(format_list(list(items), locale=self._locale)) if items else ""

    def day(self, day: date, shape: str = "plain") -> str:
        """Return `day` as long (with weekday and year), short, plain, next or its weekday."""
        if format_ := _FORMATS.get(shape):
            return str(format_date(day, format_, locale=self._locale))
        return str(format_skeleton(_SKELETONS[shape], day, locale=self._locale))

    def days(self, first: date, last: date) -> str:
        """Return the days from `first` to `last`: "24–30 Nov"."""
        days = str(format_interval(first, last, "MMMd", locale=self._locale))
        return days.replace("\u2009", "")  # thin spaces would make a subject an encoded word

    def time(self, moment: datetime) -> str:
        """Return hour and minute of `moment` in its own zone."""
        return str(format_time(moment, "HH:mm", tzinfo=moment.tzinfo, locale=self._locale))

    def _text(self, key: str) -> str:
        text = _catalogue(self.code).gettext(key)
        if text == key:
            raise KeyError(key)
        return text

    @property
    def _locale(self) -> Locale:
        return _locale(self.code)


@cache
def _catalogue(code: str) -> GNUTranslations:
    """Return the catalogue, compiled in memory: a checkout then needs no build step."""
    compiled = BytesIO()
    with (CATALOGUES / code / _CATALOGUE).open("rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(_catalogue(code).info()["language"])


@lru_cache(maxsize=4096)
def _number(code: str, n: int) -> str:
    return str(format_decimal(n, locale=_locale(code)))


def capitalised(text: str) -> str:
    """Return `text` with its first character in upper case, the rest unchanged."""
    return text[:1].upper() + text[1:]

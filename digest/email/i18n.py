"""The words of the email, in one place for every language; dates and numbers by Babel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_decimal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

_ENGLISH: dict[str, str | tuple[str, str]] = {
    "spelled": "no one two three four five six seven eight nine ten eleven twelve",
    "day.long": "EEEE d MMMM y",
    "day.short": "EEE d MMM",
    "day.plain": "d MMM y",
    "day.next": "EEEE d MMMM",
    "heading": ("{spelled} paper for you", "{spelled} papers for you"),
    "heading.none": "Nothing for you today",
    "heading.none.past": "Nothing for you",
    "read": ("{n} new paper read", "{n} new papers read"),
    "minutes": ("about a minute", "about {n} minutes"),
    "covers": "covers {first} to {last}",
    "when.day": "today",
    "when.week": "this week",
    "when.days": "over these days",
    "when.on": "on {day}",
    "papers": ("{n} paper", "{n} papers"),
    "part.first": ("{spelled} paper on {interest}", "{spelled} papers on {interest}"),
    "part.next": ("{spelled} on {interest}", "{spelled} on {interest}"),
    "part.rest": ("{spelled} more", "{spelled} more"),
    "part.plain": ("{spelled} paper for you", "{spelled} papers for you"),
    "part.authors": (
        "{spelled} paper by people you follow",
        "{spelled} papers by people you follow",
    ),
    "part.trending": (
        "{spelled} popular paper",
        "{spelled} popular papers",
    ),
    "summary": ("{parts} {when}: “{title}”", "{parts} {when}, led by “{title}”"),
    "summary.of": (", picked from {n} new one", ", picked from {n} new ones"),
    "empty.no-source": "None of your sources could be read {when}, so there are no papers.",
    "empty.no-papers": "Your sources listed no new papers {when}, so there is nothing to read.",
    "empty.seen": "Everything your sources listed {when} was in an earlier digest already.",
    "empty.muted": (
        "The one new paper {when} holds words that you mute, so it is left out.",
        "All {n} new papers {when} hold words that you mute, so they are left out.",
    ),
    "empty.low": (
        "The one new paper {when} has {best} of the {asked} points you ask for.",
        (
            "Nothing {when} reached the {asked} points you ask for: the best of {n} new papers "
            "has {best}."
        ),
    ),
    "lists": "To look through the lists yourself:",
    "subject": "{papers} for you: {names} · {date}",
    "subject.bare": "{papers} for you · {date}",
    "subject.none.no-source": "No source could be read · {date}",
    "subject.none.no-papers": "No new papers · {date}",
    "subject.none.seen": "Nothing new · {date}",
    "subject.none.muted": "Nothing but what you mute · {date}",
    "subject.none.low": "No papers close enough to your interests · {date}",
    "subject.more": "{names} and {n} more",
    "subject.test": "[test]",
    "section.best": "Best matches",
    "section.close": "Also close",
    "section.authors": "By authors you follow",
    "section.trending": "Trending elsewhere",
    "section.trending.all": "Trending today",
    "section.trending.lead": "Popular, outside your interests.",
    "section.now-trending": "Popular since",
    "section.now-trending.lead": "Passed over when they appeared, much read since.",
    "section.other": "Other papers",
    "authors.more": ("{names} and\u00a0{n}\u00a0more", "{names} and\u00a0{n}\u00a0more"),
    "authors.follow": "{name} (you follow)",
    "upvotes": ("{n} upvote", "{n} upvotes"),
    "comments": ("{n} comment", "{n} comments"),
    "stars": ("code with {n} star", "code with {n} stars"),
    "why.match": "Match {score}",
    "why.interest": "{interest} {score}",
    "why.missing": "not in it: {terms}",
    "why.lowered": "lowered by: {terms}",
    "why.like": "close to “{title}”, which you liked",
    "why.uncertain": "{names} may be another person of that name",
    "link.abstract": "Abstract",
    "link.pdf": "PDF",
    "link.discussion": "Discussion",
    "link.code": "Code",
    "link.project": "Project",
    "link.more": "More like this",
    "link.less": "Less",
    "link.of": "{link} of paper {number}",
    "link.taste": "{link}: paper {number}",
    "text.more": "More",
    "text.less": "Less",
    "link.pause": "Pause for a week",
    "link.stop": "Stop for good",
    "picture": "Thumbnail of paper {number}",
    "sources": "Sources: {sources}.",
    "source.ok": ("{name} ({n} paper)", "{name} ({n} papers)"),
    "source.quiet": "{name} (nothing due today)",
    "source.stale": "{name} (still the list of last time)",
    "source.failed": "{name} (failed{why})",
    "left_out": (
        "{n} other new paper was read and left out.",
        "{n} other new papers were read and left out.",
    ),
    "too_old": (
        "{n} paper listed more than a week ago was passed over.",
        "{n} papers listed more than a week ago were passed over.",
    ),
    "why": "You get this because your own digest looks for {interests} on your behalf.",
    "why.score": "The number under a paper says how well it fits, out of 100.",
    "why.plain": "You get this because your own digest looks for new papers on your behalf.",
    "next": "Next issue: {day}, {time}.",
    "stop": "To pause it or change its days, edit [schedule] in {config}; "
    "to end it, stop “digest run” or its service.",
    "stop.mail": "To change its days, edit [schedule] in {config}. To pause or end it:",
    "title": "Paper digest",
    "note.unguided": "You named no interests yet, so these are the papers that others liked most.",
    "note.crowded": (
        "{n} more paper of these days suits you and found no room here.",
        "{n} more papers of these days suit you and found no room here.",
    ),
    "note.silence": "No digest could be made since {day}: digest did not run, or read nothing.",
    "alert": "{text}",
    "alert.config": "{text}",
    "alert.hang": "{text}",
    "alert.moved": "{text}",
    "alert.opened": "{text}",
    "alert.refused": "{text}",
    "alert.source": "{text}",
    "alert.suspended": "{text}",
    "alert.work": "{text}",
    "note.subject": "Your own subject line could not be used, so this is the built-in one.",
    "note.template": "Your own template could not be used, so this is the built-in one: {error}",
    "note.cut": (
        "{n} paper did not fit into this email.",
        "{n} papers did not fit into this email.",
    ),
}

_GERMAN: dict[str, str | tuple[str, str]] = {
    "spelled": "kein ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "day.long": "EEEE, d. MMMM y",
    "day.short": "EEE d. MMM",
    "day.plain": "d. MMM y",
    "day.next": "EEEE, d. MMMM",
    "heading": ("{spelled} Paper für dich", "{spelled} Paper für dich"),
    "heading.none": "Heute nichts für dich",
    "heading.none.past": "Nichts für dich",
    "read": ("{n} neues Paper gelesen", "{n} neue Paper gelesen"),
    "minutes": ("etwa eine Minute", "etwa {n} Minuten"),
    "covers": "umfasst {first} bis {last}",
    "when.day": "heute",
    "when.week": "diese Woche",
    "when.days": "in diesen Tagen",
    "when.on": "am {day}",
    "papers": ("{n} Paper", "{n} Paper"),
    "part.first": ("{spelled} Paper zu {interest}", "{spelled} Paper zu {interest}"),
    "part.next": ("eins zu {interest}", "{spelled} zu {interest}"),
    "part.rest": ("ein weiteres", "{spelled} weitere"),
    "part.plain": ("{spelled} Paper für dich", "{spelled} Paper für dich"),
    "part.authors": (
        "{spelled} Paper von Leuten, denen du folgst",
        "{spelled} Paper von Leuten, denen du folgst",
    ),
    "part.trending": (
        "{spelled} beliebtes Paper",
        "{spelled} beliebte Paper",
    ),
    "summary": ("{when}: {parts}, nämlich „{title}“", "{when}: {parts}, allen voran „{title}“"),
    "summary.of": (", ausgewählt aus {n} neuen", ", ausgewählt aus {n} neuen"),
    "empty.no-source": "{when} war keine deiner Quellen erreichbar, also gibt es keine Paper.",
    "empty.no-papers": "{when} nannten deine Quellen keine neuen Paper: nichts zu lesen.",
    "empty.seen": "Was deine Quellen {when} nannten, stand schon in einer früheren Ausgabe.",
    "empty.muted": (
        "{when} enthält das eine neue Paper Wörter, die du ausblendest.",
        "{when} enthalten alle {n} neuen Paper Wörter, die du ausblendest.",
    ),
    "empty.low": (
        "{when} hat das eine neue Paper {best} der {asked} Punkte, die du verlangst.",
        (
            "{when} erreichte nichts die {asked} Punkte, die du verlangst: "
            "Das beste von {n} neuen Papern hat {best}."
        ),
    ),
    "lists": "Falls du die Listen selbst durchsehen magst:",
    "subject": "{papers} für dich: {names} · {date}",
    "subject.bare": "{papers} für dich · {date}",
    "subject.none.no-source": "Keine Quelle erreichbar · {date}",
    "subject.none.no-papers": "Keine neuen Paper · {date}",
    "subject.none.seen": "Nichts Neues · {date}",
    "subject.none.muted": "Nur Ausgeblendetes · {date}",
    "subject.none.low": "Nichts nah genug an deinen Themen · {date}",
    "subject.more": "{names} und {n} weitere",
    "subject.test": "[Test]",
    "section.best": "Beste Treffer",
    "section.close": "Auch passend",
    "section.authors": "Von Leuten, denen du folgst",
    "section.trending": "Anderswo beliebt",
    "section.trending.all": "Heute beliebt",
    "section.trending.lead": "Viel gelesen, außerhalb deiner Themen.",
    "section.now-trending": "Inzwischen beliebt",
    "section.now-trending.lead": "Damals übergangen, seither viel gelesen.",
    "section.other": "Weitere Paper",
    "authors.more": (
        "{names} und\u00a0{n}\u00a0weitere Person",
        "{names} und\u00a0{n}\u00a0weitere",
    ),
    "authors.follow": "{name} (du folgst)",
    "upvotes": ("{n} Stimme", "{n} Stimmen"),
    "comments": ("{n} Kommentar", "{n} Kommentare"),
    "stars": ("Code mit {n} Stern", "Code mit {n} Sternen"),
    "why.match": "Treffer {score}",
    "why.interest": "{interest} {score}",
    "why.missing": "fehlt: {terms}",
    "why.lowered": "gemindert durch: {terms}",
    "why.like": "nahe an „{title}“, das dir gefiel",
    "why.uncertain": "{names} kann eine andere Person dieses Namens sein",
    "link.abstract": "Kurzfassung",
    "link.pdf": "PDF",
    "link.discussion": "Diskussion",
    "link.code": "Code",
    "link.project": "Projekt",
    "link.more": "Mehr davon",
    "link.less": "Weniger",
    "link.of": "{link} zu Paper {number}",
    "link.taste": "{link}: Paper {number}",
    "text.more": "Mehr",
    "text.less": "Weniger",
    "link.pause": "Eine Woche Pause",
    "link.stop": "Ganz abbestellen",
    "picture": "Vorschaubild zu Paper {number}",
    "sources": "Quellen: {sources}.",
    "source.ok": ("{name} ({n} Paper)", "{name} ({n} Paper)"),
    "source.quiet": "{name} (heute nichts zu erwarten)",
    "source.stale": "{name} (noch die Liste vom letzten Mal)",
    "source.failed": "{name} (ausgefallen{why})",
    "left_out": (
        "{n} weiteres neues Paper wurde gelesen und weggelassen.",
        "{n} weitere neue Paper wurden gelesen und weggelassen.",
    ),
    "too_old": (
        "{n} Paper, vor über einer Woche gelistet, wurde übergangen.",
        "{n} Paper, vor über einer Woche gelistet, wurden übergangen.",
    ),
    "why": "Du bekommst dies, weil dein eigener Digest für dich nach {interests} sucht.",
    "why.score": "Die Zahl unter einem Paper sagt, wie gut es passt: 100 ist am besten.",
    "why.plain": "Du bekommst dies, weil dein eigener Digest für dich nach neuen Papern sucht.",
    "next": "Nächste Ausgabe: {day}, {time}.",
    "stop": "Pausieren oder andere Tage wählen: [schedule] in {config}; "
    "beenden: „digest run“ oder seinen Dienst anhalten.",
    "stop.mail": "Andere Tage wählen: [schedule] in {config}. Pausieren oder beenden:",
    "title": "Paper-Digest",
    "note.unguided": "Du hast noch keine Themen genannt, also kommt, was anderen am besten gefiel.",
    "note.crowded": (
        "{n} weiteres Paper dieser Tage passt zu dir und fand hier keinen Platz.",
        "{n} weitere Paper dieser Tage passen zu dir und fanden hier keinen Platz.",
    ),
    "note.silence": "Seit dem {day} gab es keinen Digest: er lief nicht oder fand nichts zu lesen.",
    "alert": "Ein Hinweis von digest: „{text}“",
    "alert.config": "Die geänderte Konfiguration gilt noch nicht: „{text}“",
    "alert.hang": "digest hing fest und wurde neu gestartet: „{text}“",
    "alert.moved": "Eine Quelle ist umgezogen: „{text}“",
    "alert.opened": "Mit dem Gedächtnis von digest war etwas: „{text}“",
    "alert.refused": "Eine Adresse wurde abgewiesen: „{text}“",
    "alert.source": "Eine Quelle ist seit Tagen nicht zu lesen: „{text}“",
    "alert.suspended": "Ein Versand ruht, weil er immer abgewiesen wurde: „{text}“",
    "alert.work": "digest kam nicht zu seiner Arbeit: „{text}“",
    "note.subject": "Deine eigene Betreffzeile war nicht zu gebrauchen, dies ist unsere.",
    "note.template": "Deine eigene Vorlage war nicht zu gebrauchen, dies ist unsere: {error}",
    "note.cut": (
        "{n} Paper passte nicht mehr in diese Mail.",
        "{n} Paper passten nicht mehr in diese Mail.",
    ),
}

WORDS: Mapping[str, Mapping[str, str | tuple[str, str]]] = {"en": _ENGLISH, "de": _GERMAN}
_LOCALES = {"en": "en_GB", "de": "de_DE"}
LANGUAGES = tuple(WORDS)
"""What `email.language` may be."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the email; `code` is one of LANGUAGES."""

    code: str

    def __call__(self, key: str, **values: object) -> str:
        """Return the text named `key` with `values` put in."""
        text = WORDS[self.code][key]
        return (text if isinstance(text, str) else text[1]).format(**values)

    def has(self, key: str) -> bool:
        """Tell whether there is a text of that name."""
        return key in WORDS[self.code]

    def count(self, key: str, n: int, **values: object) -> str:
        """Return the text named `key` in the singular or plural, with {n} and {spelled} put in."""
        text = WORDS[self.code][key]
        form = text if isinstance(text, str) else text[n != 1]
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
        """Return `day` as long (with weekday and year), short, plain or next."""
        return str(format_date(day, self(f"day.{shape}"), locale=self._locale))

    def time(self, moment: datetime) -> str:
        """Return hour and minute of `moment` in its own zone."""
        return str(format_time(moment, "HH:mm", tzinfo=moment.tzinfo, locale=self._locale))

    @property
    def _locale(self) -> Locale:
        return _locale(self.code)


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(_LOCALES[code])


@lru_cache(maxsize=4096)
def _number(code: str, n: int) -> str:
    return str(format_decimal(n, locale=_locale(code)))


def capitalised(text: str) -> str:
    """Return `text` with its first letter large and the rest as it is."""
    return text[:1].upper() + text[1:]

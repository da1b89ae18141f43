from __future__ import annotations

from dataclasses import replace

import pytest

from digest.cli.preview.iframe import POLICY, framed
from digest.model.message import Picture, RenderedMessage

LETTER = RenderedMessage(
    message_id="<1@example.org>",
    sender="digest@example.org",
    recipients=(),
    headers=(),
    subject="One paper",
    html="",
    text="",
    language="en",
)
DARK = "@media (prefers-color-scheme: dark) { .ink { color: white } }"


def shown(html: str, scheme: str = "dark", *pictures: Picture) -> str:
    return framed(replace(LETTER, html=html, pictures=pictures), scheme)


@pytest.mark.parametrize(
    ("scheme", "dark", "light"),
    [("dark", "min-width", "max-width"), ("light", "max-width", "min-width")],
)
def test_the_rules_of_the_chosen_scheme_hold(scheme: str, dark: str, light: str) -> None:
    """Rules for the scheme always hold, those for the other one never, whatever the system is."""
    rules = f"<style>{DARK} @media (Prefers-Color-Scheme : light) and (width > 1px) {{}}</style>"

    html = shown(f"<head>{rules}</head>", scheme)

    assert f"@media ({dark}: 0px) {{ .ink" in html
    assert f"@media ({light}: 0px) and (width > 1px)" in html
    assert f"color-scheme:only {scheme}" in html


def test_pictures_for_a_scheme_are_chosen_too() -> None:
    """A `media` attribute is a media query as well."""
    html = shown('<source media="(prefers-color-scheme: dark)" srcset="x">')
    assert '<source media="(min-width: 0px)" srcset="x">' in html


def test_words_about_schemes_stay() -> None:
    """A paper that writes of media queries keeps its words."""
    words = "<p>We study (prefers-color-scheme: dark).</p>"
    assert words in shown(words)


def test_another_scheme_is_light() -> None:
    """What the address asks for is never written into the email."""
    assert "only light" in shown("<head></head>", "</style><b>")


def test_pictures_come_inside_the_email() -> None:
    """A picture that travels in the letter needs no request; one that is missing is none."""
    picture = Picture(cid="a@x", subtype="png", data=b"PNG")

    html = shown('<img src="cid:a@x"><img src="cid:b@x">', "light", picture)

    assert 'src="data:image/png;base64,UE5H"' in html
    assert 'src="cid:b@x"' in html


def test_links_open_elsewhere() -> None:
    """A link in the email leaves the preview where it is, with a head or without."""
    assert shown("<head><title>x</title></head>").count('<base target="_blank">') == 1
    assert shown("<p>bare</p>").startswith('<base target="_blank">')


def test_nothing_can_run_or_be_fetched() -> None:
    """The frame's policy allows no script and no request."""
    assert "default-src 'none'" in POLICY
    assert "allow-scripts" not in POLICY

"""What Chromium makes of the email: narrow and wide, by day and by night, without styles."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from browser import chromium, needs_chromium
from letters import FEEDBACK, ISSUE, LION, QUIET
from PIL import Image

from digest.email.render import render
from digest.email.templates import Templates
from digest.model.issue import Section, SectionKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from browser import Page

pytestmark = [pytest.mark.browser, pytest.mark.process, needs_chromium]

_paper = replace(
    LION.ranked.paper,
    title="Donaudampfschifffahrtsgesellschaftskapitän " + "深層学習" * 40 + " تعلم عميق",
    authors=("Wolfeschlegelsteinhausenbergerdorff " * 3,) * 8,
)
HARD = replace(
    ISSUE,
    sections=(
        *ISSUE.sections,
        Section(
            kind=SectionKind.NOW_TRENDING,
            entries=(replace(LION, number=4, ranked=replace(LION.ranked, paper=_paper)),),
        ),
    ),
)
PAGES = {
    "day": render(ISSUE, Templates(), FEEDBACK).html,
    "hard": render(HARD, Templates(), FEEDBACK).html,
    "quiet": render(QUIET, Templates(), FEEDBACK).html,
}
LUMINANCE = """
const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(v => v / 255)
  .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b; };
const ground = e => { for (; e; e = e.parentElement) {
  const c = getComputedStyle(e).backgroundColor;
  if (!/, 0\\)$/.test(c)) return c; } return 'rgb(255, 255, 255)'; };
const texts = [...document.querySelectorAll('body *:not(script)')].filter(e =>
  [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
"""
CONTRAST = (
    "(() => {" + LUMINANCE + "return Math.min(...texts.map(e => { const pair = "
    "[light(getComputedStyle(e).color), light(ground(e))].sort((a, b) => b - a);"
    "return (pair[0] + .05) / (pair[1] + .05); })); })()"
)
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
TARGETS = (
    "[...document.querySelectorAll('a')].filter(a => { const box = a.getBoundingClientRect();"
    "return box.width < 24 || box.height < 24; }).length"
)
LETTERS = (
    "Math.min(...[...document.querySelectorAll('body *')].filter(e => e.innerText?.trim())"
    ".map(e => parseFloat(getComputedStyle(e).fontSize)))"
)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with chromium(tmp_path_factory.mktemp("chromium")) as browser:
        from browser import Page

        yield Page(browser)


def show(page: Page, folder: Path, html: str, width: int, scheme: str) -> None:
    path = folder / "mail.html"
    drawn = html.replace(
        "</body>", "<script>document.documentElement.dataset.drawn=1</script></body>"
    )
    path.write_text(drawn, "utf-8")
    page.look(width, scheme=scheme)
    page.open(path.as_uri())


@pytest.mark.parametrize("scheme", ["light", "dark", "forced"])
@pytest.mark.parametrize("width", [320, 375, 700])
@pytest.mark.parametrize("styled", [True, False], ids=["styled", "bare"])
@pytest.mark.parametrize("name", PAGES)
def test_the_email_fits_and_can_be_read(
    page: Page, tmp_path: Path, name: str, width: int, scheme: str, *, styled: bool
) -> None:
    """With styles or without: no scrolling, contrast of 7, text of 14 px, targets of 24 px."""
    html = PAGES[name]
    if not styled:
        html = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)

    show(page, tmp_path, html, width, scheme)

    assert page.value(SIDEWAYS) == 0
    assert page.value(CONTRAST) >= 7
    assert page.value(LETTERS) >= 14
    assert page.value(TARGETS) == 0


APART = (
    "[...document.querySelectorAll('a[href*=more]')].filter(more => {"
    "const less = more.nextElementSibling, box = more.getBoundingClientRect();"
    "return less?.getBoundingClientRect().top !== box.top; }).length"
)


@pytest.mark.parametrize("language", ["en", "de"])
def test_more_and_less_stand_on_one_line(page: Page, tmp_path: Path, language: str) -> None:
    """A "less" that stands alone on its line says nothing, however wide the screen is."""
    html = render(ISSUE, Templates(), replace(FEEDBACK, language=language)).html
    for width in range(320, 540, 10):
        show(page, tmp_path, html, width, "light")
        assert page.value("document.querySelectorAll('a[href*=more]').length") == 3
        assert page.value(APART) == 0, width


def seen(page: Page, folder: Path) -> list[float]:
    """Return how light each pixel of a picture of the page is, sorted, from 0 to 1."""
    page.picture(folder / "seen.png")
    with Image.open(folder / "seen.png") as picture:
        return sorted(value / 255 for value in picture.convert("L").tobytes())


WITHOUT_HEAD = re.sub(
    r"<style>.*?</style>|<meta name=.color-scheme.[^>]*>", "", PAGES["day"], flags=re.DOTALL
)


@pytest.mark.parametrize("width", [320, 375, 700])
@pytest.mark.parametrize("html", [PAGES["day"], WITHOUT_HEAD], ids=["styled", "bare"])
def test_a_client_that_forces_the_dark_gets_it(
    page: Page, tmp_path: Path, width: int, html: str
) -> None:
    """Some apps darken what they are given: the ground is dark then, and the words are light."""
    show(page, tmp_path, html, width, "light")
    pixels = seen(page, tmp_path)
    assert pixels[len(pixels) // 2] > 0.8
    show(page, tmp_path, html, width, "forced")
    pixels = seen(page, tmp_path)
    assert pixels[len(pixels) // 2] < 0.2
    assert pixels[-len(pixels) // 100] > 0.6


def test_the_measures_notice(page: Page, tmp_path: Path) -> None:
    """Pale, tiny, wide and narrow things are found."""
    faults = (
        '<p style="color:#999">pale</p><p style="font-size:9px">tiny</p>'
        '<p style="width:900px">wide</p><a href="https://a" style="font-size:14px">i</a></body>'
    )

    show(page, tmp_path, PAGES["day"].replace("</body>", faults), 375, "light")

    assert page.value(SIDEWAYS) > 0
    assert page.value(CONTRAST) < 7
    assert page.value(LETTERS) < 14
    assert page.value(TARGETS) == 1

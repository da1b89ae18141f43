"""The page in a real browser: what people see, click and type."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser import Page, chromium, needs_chromium
from preview_scene import INTERESTS, REST, following

from digest.cli.preview.file_watch import config_stamps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from browser import Browser
    from preview_scene import Served

pytestmark = [pytest.mark.browser, pytest.mark.unmeasured, needs_chromium]

FRAME = "document.querySelector('#device iframe').contentDocument"
CACHES = INTERESTS.replace("flow matching", "long prompts")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium")) as made:
        yield made


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A tab with the preview in it; each has its own port, and so its own settings."""
    made = Page(browser)
    made.look(1360)
    made.open(served.address)
    yield made
    made.close()


def pick(page: Page, group: str, value: str) -> None:
    page.value(f"document.querySelector('input[name={group}][value=\"{value}\"]').click()")


def text(page: Page, selector: str) -> str:
    return str(page.value(f"document.querySelector('{selector}').innerText"))


def test_the_email_is_there_and_nothing_was_blocked(page: Page) -> None:
    """The email stands in its frame, whole, and the browser complains of nothing."""
    assert "paper" in page.value(f"{FRAME}.querySelector('h1').innerText")
    assert page.value(
        f"{FRAME}.documentElement.scrollHeight <= {FRAME}.defaultView.innerHeight + 1"
    )
    assert page.value("document.title").endswith("– preview")
    assert page.complaints == []


def test_no_script_runs_from_a_title(page: Page) -> None:
    """Markup in a paper's title is text, on the page and in the email."""
    assert page.value("document.title") != "stolen"
    assert "<script>document.title" in text(page, "#papers h3")
    assert page.value(f"{FRAME}.scripts.length") == 0


def test_a_saved_interest_redraws_the_page(page: Page, served: Served) -> None:
    """The email and the list change without a click, where the reader stands."""
    served.target.write(CACHES)
    served.session.reload()

    page.until(f"{FRAME}?.body?.innerText.includes('Caches of Long Prompts')")
    page.until("document.querySelectorAll('#device iframe').length === 1")
    assert "Caches" in text(page, "#papers .chosen h3")


def test_a_save_is_enough(page: Page, served: Served) -> None:
    """From the file on disk to the page nobody has to do anything."""
    config = served.target.config()
    with following(lambda: config, served.session.reload, since=config_stamps(config)):
        served.target.write(CACHES)
        page.until(f"{FRAME}?.body?.innerText.includes('Caches of Long Prompts')")
    assert served.session.state().problem == ""


def test_a_broken_config_is_shown_over_the_last_digest(page: Page, served: Served) -> None:
    """The caret stands in the page, the digest dimmed behind it, until the file is mended."""
    served.target.write(rest=REST.replace("[maildir]", 'papers = "12"\n[maildir]'))
    served.session.reload()
    page.until("document.querySelector('.problem')")
    assert "^^^^" in text(page, ".problem pre")
    assert "remove the quotes" in text(page, ".problem pre")
    assert page.value("document.body.className") == "stale"

    served.target.write()
    served.session.reload()

    page.until("!document.querySelector('.problem')")
    page.until("document.body.className === ''")


def test_a_like_teaches_and_undo_takes_it_back(page: Page, served: Served) -> None:
    """The button is pressed, the store knows it, the page is redrawn, and back again."""
    like = "document.getElementById('like:arxiv:2606.00003')"
    page.value(f"{like}.click()")
    page.until(f"{like}.getAttribute('aria-pressed') === 'true'")
    assert [vote.verb for vote in served.session.state().votes] == ["like"]

    page.value("document.querySelector('#undo').click()")

    page.until(f"{like}.getAttribute('aria-pressed') === 'false'")
    assert served.session.state().votes == ()


def test_a_pressed_like_is_released_by_the_keyboard(page: Page, served: Served) -> None:
    """The space bar works, and the focus stays on the button through the redraw."""
    like = "document.getElementById('like:arxiv:2606.00001')"
    page.value(f"{like}.focus()")
    page.press(" ")
    page.until(f"{like}.getAttribute('aria-pressed') === 'true'")
    assert page.value(f"document.activeElement === {like}")

    page.press(" ")

    page.until(f"{like}.getAttribute('aria-pressed') === 'false'")
    assert served.session.state().votes == ()


def test_width_and_colours_are_those_of_a_device(page: Page) -> None:
    """The frame is as wide as a phone, and dark rules hold although the system is light."""
    pick(page, "width", "375")
    pick(page, "scheme", "dark")

    page.until(f"{FRAME}?.defaultView.innerWidth === 375")
    page.until(
        f"{FRAME}?.body && getComputedStyle({FRAME}.body).backgroundColor !== 'rgb(244, 241, 234)'"
    )
    assert page.value("getComputedStyle(document.body).backgroundColor") == "rgb(244, 241, 234)"


def test_light_holds_on_a_dark_system(page: Page, served: Served) -> None:
    """The page follows the system; the email follows the reader's choice."""
    page.look(1360, scheme="dark")
    page.open(served.address)
    pick(page, "scheme", "light")

    paper = "'rgb(244, 241, 234)'"
    page.until(f"{FRAME}?.body && getComputedStyle({FRAME}.body).backgroundColor === {paper}")
    assert page.value("getComputedStyle(document.body).backgroundColor") != "rgb(244, 241, 234)"


def test_arrow_keys_change_the_view(page: Page) -> None:
    """Email, text and headers are one group of the keyboard."""
    page.value("document.querySelector('input[name=view]').focus()")

    page.press("ArrowRight")
    assert "One paper on Flow" in text(page, "#text-view")
    assert not page.value("document.querySelector('#text-view').hidden")
    page.press("ArrowRight")

    assert "Message-ID" in text(page, "#headers-view")
    assert page.value("document.querySelector('#html-view').hidden")


def test_choices_outlive_a_reload(page: Page, served: Served) -> None:
    """Who changes at the phone in the text's view finds it so again."""
    pick(page, "width", "375")
    pick(page, "view", "text")

    page.open(served.address)

    assert page.value("document.querySelector('#device').dataset.width") == "375"
    assert not page.value("document.querySelector('#text-view').hidden")


def test_finding_hides_what_does_not_match(page: Page) -> None:
    """Words of a title or a term narrow the list; nothing found is said."""
    find = "document.querySelector('#find')"
    seen = "[...document.querySelectorAll('#papers .paper')].filter((p) => !p.hidden).length"

    def typed(words: str) -> None:
        page.value(f"{find}.value = '{words}'; {find}.dispatchEvent(new Event('input'))")

    typed("proteins FOLD")
    assert page.value(seen) == 1
    typed("zebra")
    assert page.value(seen) == 0
    assert text(page, "#none").startswith("No paper matches")
    typed("")
    assert page.value(seen) == 3


def test_fetch_again_brings_new_papers(page: Page, served: Served) -> None:
    """The button reads the sources, and the page shows what came."""
    served.target.papers({"id": "2606.00009", "title": "Flow Matching Arrives Late"})

    page.value("document.querySelector('#fetch').click()")

    page.until("document.querySelector('#papers').innerText.includes('Arrives Late')")
    assert page.value("document.querySelectorAll('#papers .paper').length") == 1


def test_nothing_is_wider_than_a_phone(page: Page, served: Served) -> None:
    """On a small screen nobody scrolls sideways, and the phone's width comes first."""
    page.value("localStorage.clear()")
    page.look(390, 844)
    page.open(served.address)

    assert page.value("document.documentElement.scrollWidth") == 390
    assert page.value("document.querySelector('#device').dataset.width") == "375"


def test_everything_has_a_name(page: Page) -> None:
    """A screen reader finds a name at every control and picture, and one order of headings."""
    tree = page.ask("Accessibility.getFullAXTree")["nodes"]
    wanted = {"button", "radio", "searchbox", "link", "img", "image", "combobox", "Iframe"}
    nameless = [
        node["role"]["value"]
        for node in tree
        if not node.get("ignored") and node["role"]["value"] in wanted
        if not node.get("name", {}).get("value")
    ]
    assert nameless == []


def test_the_end_of_the_preview_is_told(browser: Browser, served: Served) -> None:
    """A page whose server has ended says so, and does not look alive."""
    page = Page(browser)
    page.open(served.address)

    served.session.broadcast.close()

    page.until("!document.querySelector('#lost').hidden")
    assert "Start digest preview again" in text(page, "#lost")


def test_another_cut_off_can_be_tried(page: Page, served: Served) -> None:
    """It says how many papers would reach it and the line to write; the config stays as it is."""
    before = served.target.path.read_text()
    points = "[...document.querySelectorAll('#papers .paper')].map((p) => +p.dataset.points)"
    best = page.value(f"Math.max(...{points})")
    assert "1 of 3 papers have at least 25 points." in text(page, "#tried")

    def try_out(cut: int) -> str:
        page.value(
            f"(() => {{ const cut = document.querySelector('#cut'); cut.value = {cut};"
            " cut.dispatchEvent(new Event('input')); })()"
        )
        return text(page, "#tried")

    assert try_out(0).startswith("3 of 3 papers have at least 0 points.")
    assert "write min_score = 0 " in try_out(0)
    assert try_out(best + 1).startswith(f"0 of 3 papers have at least {best + 1} points.")
    assert page.value("document.querySelector('.tried').getAttribute('d')").startswith("M")
    assert served.target.path.read_text() == before
    served.target.write(CACHES)
    served.session.reload()
    page.until(f"{FRAME}?.body?.innerText.includes('Caches of Long Prompts')")
    assert f"at least {best + 1} points" in text(page, "#tried")
    served.target.write(rest=REST.replace("[email]", "[email]\nmin_score = 7"))
    served.session.reload()
    page.until("document.querySelector('#tried').innerText.includes(' 7 points.')")


def test_that_the_preview_has_ended_is_seen_from_everywhere(page: Page) -> None:
    """The word stays in sight however far down somebody reads."""
    page.look(700, 400)
    page.value("document.querySelector('#lost').hidden = false")
    page.value("scrollTo(0, 400)")
    top = page.value("document.querySelector('#lost').getBoundingClientRect().top")
    assert page.value("scrollY") > 100
    assert 0 <= top < 100

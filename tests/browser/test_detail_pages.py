"""Pages that one reads, with sections edited in place, and how forms are laid out, in a real Chromium."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect

from tests.browser.keyboard import Make
from tests.sources import ROOT

STYLES = ROOT / "static" / "css"
LINE = """<div class="field-line"><div class="field"><label><input type="checkbox"> {0}</label>
<div class="hint">{1}</div></div></div>"""
TEXT = '<div class="field-line"><div class="field"><label>Name</label><input></div></div>'
TOPS = "[...document.querySelectorAll('[type=checkbox]')].map((each) => each.getBoundingClientRect().top)"


def family_photo(visitor: Make) -> Any:
    """Open a session as the organiser."""
    organiser = visitor()
    organiser.sign_in("organiser@summit.example")
    page = organiser.open("/admin/agenda/session/?q=Family+photo")
    page.get_by_role("link", name="Family photo", exact=True).click()
    return page


def test_a_section_is_edited_where_it_is(visitor: Make) -> None:
    page = family_photo(visitor)
    address = page.url
    for value, words in (("open", "open to the media"), ("closed", "closed to the media")):
        page.locator("#media").get_by_role("link", name="Edit").click()
        page.locator("#section-form select[name=media]").select_option(value)
        page.get_by_role("button", name="Save: Media and sign-up").click()
        expect(page.locator("#media")).to_contain_text(words)
        expect(page.locator("#section-form")).to_have_count(0)
        assert page.url.partition("#")[0] == address


def test_which_rooms_are_free_follows_the_times(visitor: Make) -> None:
    page = family_photo(visitor)
    page.locator("#time-and-room").get_by_role("link", name="Edit").click()
    start, end = page.locator("[name=starts_at_1]"), page.locator("[name=ends_at_1]")
    # What was put into the page listens once it has settled.
    expect(start).to_be_visible()
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)
    start.fill("1530")
    # The end moves with the start, and the rooms are those of the new times.
    end.focus()
    expect(end).to_have_value("15:45")
    expect(page.locator("#free-rooms")).to_contain_text("15:30–15:45")
    expect(start).to_have_value("1530")


def test_checkboxes_side_by_side_begin_at_one_height_whatever_their_hints(browser: Browser, tmp_path: Path) -> None:
    sheets = "".join(
        f'<link rel="stylesheet" href="{STYLES / name}.css">' for name in ("summit", "components", "desk")
    )
    boxes = LINE.format("Required", "A long hint. " * 20) + LINE.format("For delegations", "A short one.")
    fields = f'<fieldset class="fields">{TEXT}{TEXT}{boxes}</fieldset>'
    file = tmp_path / "form.html"
    file.write_text(f'<!doctype html>{sheets}<body class="desk"><main>{fields}</main>')
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(file.as_uri())
    first, second = page.evaluate(TOPS)
    page.close()
    assert first == second

"""Pages that one reads, with sections edited in place, in a real Chromium."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser
Make = Callable[..., Visitor]


def test_a_section_is_edited_where_it_is(visitor: Make) -> None:
    organiser = visitor()
    organiser.sign_in("organiser@summit.example")
    page: Any = organiser.open("/admin/agenda/session/?q=Family+photo")
    page.get_by_role("link", name="Family photo", exact=True).click()
    address = page.url
    for value, words in (("open", "open to the media"), ("closed", "closed to the media")):
        page.locator("#media").get_by_role("link", name="Edit").click()
        page.locator("#section-form select[name=media]").select_option(value)
        page.get_by_role("button", name="Save: Media and sign-up").click()
        expect(page.locator("#media")).to_contain_text(words)
        expect(page.locator("#section-form")).to_have_count(0)
        assert page.url.partition("#")[0] == address


def test_which_rooms_are_free_follows_the_times(visitor: Make) -> None:
    organiser = visitor()
    organiser.sign_in("organiser@summit.example")
    page: Any = organiser.open("/admin/agenda/session/?q=Family+photo")
    page.get_by_role("link", name="Family photo", exact=True).click()
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

"""A public page that is open on the summit's days follows what changes, whatever its reader is doing."""

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.keyboard import Make

AGENDA = "/border-security-2025/agenda/"


class Agenda:
    """The page of an agenda as on one of its days, with what the test has in its main part."""

    def __init__(self, page: Page) -> None:
        self.before, self.after = re.split(r"(?s)(?<=tabindex=\"-1\">).*(?=</main>)", page.content(), maxsplit=1)
        self.version = "first"
        page.route(f"**{AGENDA}", self.answer)

    def answer(self, route: Route) -> None:
        main = f'''<h1>Agenda</h1><details><summary>Filter agenda</summary></details>
            <p id="version">{self.version}</p><span data-live-page="{self.version}" hidden></span>'''
        route.fulfill(body=f"{self.before}{main}{self.after}", content_type="text/html")


def test_a_page_that_changes_before_it_is_first_compared_is_shown_anew(visitor: Make) -> None:
    page = visitor().open(AGENDA)
    agenda = Agenda(page)
    page.clock.install()
    page.reload()
    agenda.version = "second"
    page.clock.run_for(1500)
    expect(page.locator("#version")).to_have_text("second")
    # Whoever stands at a filter goes on there.
    page.locator("main summary").first.focus()
    agenda.version = "third"
    page.clock.run_for(4500)
    expect(page.locator("#version")).to_have_text("third")
    expect(page.locator("main summary").first).to_be_focused()
    # So does whoever goes back to the page as they left it.
    agenda.version = "fourth"
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(page.locator("#version")).to_have_text("fourth")
    # Nobody loses what they have selected.
    page.evaluate("getSelection().selectAllChildren(document.querySelector('h1'))")
    agenda.version = "fifth"
    page.clock.run_for(9000)
    expect(page.locator("#version")).to_have_text("fourth")

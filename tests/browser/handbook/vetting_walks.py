"""Walks of the vetting desk and of viewers, once delegations have entered what is decided on."""

from tests.browser.handbook.desks import Desks, Walks
from tests.browser.handbook.programme_walks import open_session

walks = Walks()


@walks
def enter_a_passport(desks: Desks) -> None:
    walk = desks.walk("enter-a-passport", "vetting", "/admin/")
    walk.press()
    walk.open("/admin/summit/person/?q=Deputy+Minister")
    walk.row("Deputy Minister")
    walk.press()
    walk.fill("Exemple, Claude")
    walk.fill("21AB34567")
    walk.fill("01/05/2031")
    walk.press()
    walk.done()


@walks
def decide_on_a_declaration(desks: Desks) -> None:
    walk = desks.walk("decide-on-a-declaration", "vetting", "/admin/")
    walk.press()
    walk.press()
    walk.row("Close Protection Officer")
    walk.press()
    walk.press()
    walk.done()


@walks
def approve_a_data_export(desks: Desks) -> None:
    page = desks.visitor("organiser").open("/admin/summit/person/?lang=en&q=Deputy+Minister")
    page.get_by_role("link", name="Deputy Minister").last.click()
    desks.visitor("organiser").open(f"{page.url.split('?')[0]}data/?lang=en")
    page.get_by_role("button", name="Request approval").click()
    walk = desks.walk("approve-a-data-export", "vetting", "/admin/summit/summit/")
    walk.press()
    walk.press()
    walk.see()
    walk.press()
    walk.done()


@walks
def follow_the_preparations(desks: Desks) -> None:
    walk = desks.walk("follow-the-preparations", "viewer", "/admin/summit/summit/")
    walk.press()
    open_session(walk, "Opening")
    walk.see()
    walk.press()
    walk.press()
    walk.done()


@walks
def find_anything(desks: Desks) -> None:
    walk = desks.walk("find-anything", "viewer", "/admin/")
    walk.fill("plenary")
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")
    walk.see()
    walk.row("Plenary")
    walk.done()

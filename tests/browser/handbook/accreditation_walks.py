"""Walks of the accreditation desk."""

from tests.browser.handbook.desks import Desks, Walks

walks = Walks()


@walks
def confirm_people(desks: Desks) -> None:
    walk = desks.walk("confirm-people", "organiser", "/admin/")
    walk.press()
    walk.open("/admin/delegations/party/?q=Sweden")
    walk.row("S")
    walk.see()
    walk.press()
    walk.open("/admin/delegations/party/?q=Norway")
    walk.row("No")
    walk.press()
    walk.done()


@walks
def issue_badges(desks: Desks) -> None:
    walk = desks.walk("issue-badges", "organiser", "/admin/")
    walk.press()
    walk.press()
    walk.press()
    walk.see()
    walk.press()
    walk.press()
    walk.see()
    walk.done()

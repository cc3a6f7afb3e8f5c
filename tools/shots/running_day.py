"""The part of the tour in which the day runs: new times, who is there, screens, bilateral meetings and sign-ups."""

from tools.shots.people import Walker

SLUG = "border-security-2025"
ROOM = "Grand Hall"


def run(organiser: Walker, focal: Walker) -> None:
    """Take the desk's pages of the day, two screens, and a delegation's meetings."""
    page = organiser.take("day", "/admin/agenda/session/day/")
    retime = page.locator("main a[href*='/retime/']").first.get_attribute("href")
    organiser.take("retime", f"{retime}?way=longer&by=25")
    organiser.take("presence", f"/admin/agenda/session/presence/{SLUG}/")
    focal.take("screen-foyer", _screen(organiser, "Foyer"))
    focal.take("screen-door", _screen(organiser, ROOM, ROOM))
    focal.open("/portal/")
    delegation = focal.press("Open delegation: France").url.partition("?")[0]
    focal.take("bilaterals", f"{delegation}bilaterals/")
    focal.take("bilateral-ask", f"{delegation}bilaterals/ask/")
    organiser.take("bilaterals-desk", "/admin/agenda/bilateral/")
    organiser.first("/admin/agenda/session/?sign_up__exact=1")
    organiser.press("places taken", exact=False)
    organiser.take("sign-ups")


def _screen(organiser: Walker, name: str, room: str = "") -> str:
    """Add a screen in the foyer, or at the door of a room, and return its address."""
    page = organiser.open("/admin/agenda/screen/add/")
    page.locator("[name=name]").fill(name)
    if room:
        page.locator("[name=room]").select_option(
            label=next(
                label for label in page.locator("[name=room] option").all_inner_texts() if label.startswith(room)
            )
        )
    organiser.press("Save")
    organiser.press("Create address")
    return page.locator("code.secret").inner_text()

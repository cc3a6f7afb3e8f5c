"""Walks on the day: of conference officers, and of media."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.browser.handbook.desks import SUMMIT, Desks, Walks

# The demonstration's sessions have their hours. At whatever hour one walks, these are in progress.
IN_PROGRESS = """
from datetime import timedelta
from sessions.agenda.selectors.release_scopes import Placement
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from summit.core.database_clock import db_now
from summit.users.models import User

titles = ("Supply chains and enablers", "Plenary: reports from the working sessions")
rows = list(Session.objects.select_related("summit", "room__venue").filter(title__in=titles))
now = db_now().astimezone(rows[0].summit.zone).replace(second=0, microsecond=0)
began = max(now - timedelta(minutes=5), now.replace(hour=0, minute=0))
end, rooms = now + timedelta(minutes=55), {row.pk: row.room for row in rows}
places = {key: (room.public_id, room.name, room.venue.name) for key, room in rooms.items()}
moved = {key: Placement(began, end, *place) for key, place in places.items()}
releases.retime(summit=rows[0].summit, by=User.objects.get(email="organiser@summit.example"), placements=moved)
"""

walks = Walks()


@walks
def announce_a_delay(desks: Desks) -> None:
    walk = desks.walk("announce-a-delay", "organiser", "/admin/summit/user/")
    walk.press()
    walk.press()
    walk.press()
    walk.see()
    walk.done()


@walks
def give_new_times(desks: Desks) -> None:
    walk = desks.walk("give-new-times", "organiser", "/admin/summit/user/")
    walk.press()
    walk.press()
    walk.press(of="Supply chains")
    walk.press()
    walk.press()
    walk.see()
    for box in walk.page.locator("main [name=accept]").all():
        box.check()
    walk.fill("The roundtable takes longer.")
    walk.press()
    walk.done()


@walks
def tick_presence(desks: Desks) -> None:
    walk = desks.walk("tick-presence", "organiser", "/admin/summit/user/")
    walk.press()
    walk.press()
    walk.press(of="Supply chains")
    walk.press()
    walk.press()
    walk.done()


@walks
def record_a_representative(desks: Desks) -> None:
    walk = desks.walk("record-a-representative", "conference", "/admin/agenda/session/")
    walk.press()
    walk.press()
    walk.press(of="Supply chains")
    walk.press(last=True)
    walk.page.locator(".presence-people button").first.click()
    walk.see()
    walk.done()


@walks
def run_the_speakers_list(desks: Desks) -> None:
    walk = desks.walk("run-the-speakers-list", "conference", "/admin/agenda/session/")
    walk.press()
    walk.press()
    walk.press(of="Plenary")
    walk.press(of="Minister")
    for _step in range(3):
        walk.press()
    for _speaker in range(2):
        walk.press(of="Minister")
        walk.press()
    walk.done()


@walks
def split_a_session(desks: Desks) -> None:
    walk = desks.walk("split-a-session", "conference", "/admin/agenda/session/")
    walk.press()
    walk.press()
    walk.press(of="Supply chains")
    walk.press()
    for minutes in (3, 6, 16):
        walk.fill(f"{datetime.now(ZoneInfo('Europe/London')) + timedelta(minutes=minutes):%H:%M}")
    walk.press()
    walk.see()
    for box in walk.page.locator("main [name=accept]").all():
        box.check()
    walk.press()
    walk.done()


@walks
def telephone_the_unreached(desks: Desks) -> None:
    walk = desks.walk("telephone-the-unreached", "conference", "/admin/agenda/session/")
    for _link in range(4):
        walk.press()
    walk.press()
    walk.done()


@walks
def follow_the_texts(desks: Desks) -> None:
    walk = desks.walk("follow-the-texts", "", f"/{SUMMIT}/")
    walk.press()
    walk.fill("reporter@paper.example")
    walk.press()
    walk.open(desks.mail("reporter@paper.example", r"http://\S+/subscription/\S+/"))
    walk.press()
    walk.see()
    walk.done()


@walks
def quote_a_text(desks: Desks) -> None:
    walk = desks.walk("quote-a-text", "", f"/{SUMMIT}/")
    walk.press()
    walk.row("Opening address by the Prime Minister")
    walk.see()
    walk.see()
    walk.press()
    walk.done()

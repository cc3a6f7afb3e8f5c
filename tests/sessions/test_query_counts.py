"""However much there is to tell, pages, lists and functions ask the database as often."""

from collections.abc import Callable, Sized
from datetime import time
from typing import Any

import pytest
from django.test import Client

from sessions.agenda.selectors.draft_snapshots import draft
from sessions.calendars import services as calendars_services
from sessions.conflicts.selectors import warnings
from sessions.draft.models.participants import FloorRequest
from sessions.draft.models.sessions import Session
from sessions.overview.admin import long_rows
from sessions.releases.services import releases
from sessions.speakers.services import line_up_in_protocol_order
from summit.core.process_cache import forget_all
from summit.permissions.models import Role
from summit.public_base.page_cache import PAGES
from tests import factories as f
from tests.clients import read, signed_in
from tests.delegations.helpers import queries
from tests.sessions.api.conftest import Land
from tests.sessions.api.test_release_workflow import DESK
from tests.sessions.conftest import fill, session
from tests.sessions.public.test_views import paths
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
ADMIN = "/admin/agenda"


class World:
    """An agenda that grows, and whoever reads it: a desk, a delegation, their programs, and everybody."""

    def __init__(self) -> None:
        self.summit = f.SummitFactory(slug="here", public_changes=True)
        self.by = f.UserFactory.with_role(Role.ORGANISER, self.summit)
        self.desk, self.program = signed_in(self.by), program(self.by)
        self.own = Land(self.summit, "Ownland")
        self.focal = program(self.own.focal)
        self.feed = calendars_services.make(by=self.own.user, person=self.own.head)[1]
        self.room = f.RoomFactory(
            venue__summit=self.summit, venue__opens_at=time(10), venue__closes_at=time(18), capacity=1
        )
        self.row = session(self.summit, self.own.party, visibility="public", title="Of ports")
        self.release()

    def grow(self) -> None:
        """Make two more of everything, of which most can't be right."""
        for _number in range(2):
            member = f.MembershipFactory(party=f.PartyFactory(summit=self.summit), code="head")
            made = session(
                self.summit, self.own.party, room=self.room, custom_kind=f.CustomKindFactory(summit=self.summit)
            )
            made.texts.create(language="fr", title="Des ports")
            made.interpretation.create(source="en", target="fr")
            for more in ({"party": member.party}, {"person": member.person}, {"category": member.category}):
                f.ParticipantFactory(session=made, **more)
            f.SignUpFactory(session=made, person=member.person)
            f.ParticipantFactory(session=self.row, party=member.party)
            for row in (made, self.row):
                slot = f.SlotFactory(session=row, party=member.party, speaker=member.person)
                f.DocumentFactory(session=row)
                asked = {"party": member.party, "speaker": member.person}
                FloorRequest.objects.create(session=row, slot=slot, state="withdrawn", **asked)
            asks = f.BilateralFactory(party=member.party, counterpart=self.own.party)
            asks.unavailable.create(party=member.party, starts_at=f.START, ends_at=made.ends_at)
            f.InvitationFactory(party=member.party, occasion=made.public_id)
            f.ScheduleImportFileFactory(summit=self.summit, uploaded_by=f.UserFactory())
        fill(self.summit, 2, self.own.party)
        self.release()

    def release(self) -> None:
        releases.release(summit=self.summit, by=self.by)
        Session.objects.update(title=f"Of ports {Session.objects.count()}")


def listed(who: Program, what: str) -> list[Any]:
    return who.told("get", f"{DESK}{what}/?page_size=100")["results"]


def cost(ask: Callable[[World], Sized], world: World) -> tuple[int, int]:
    """Return how many queries something takes, of which nothing is kept from before, and how much it tells."""
    PAGES.clear()
    forget_all()
    found: list[Sized] = []
    asked = queries(lambda: found.append(ask(world)))
    return asked, len(found[0])


LISTS = (
    *("sessions", "slots", "session-participants", "session-texts", "interpretation", "session-documents"),
    *("session-kinds", "floor-requests", "bilaterals", "sign-ups", "releases", "schedules"),
)
ASKED: dict[str, Callable[[World], Sized]] = {
    "list of sessions": lambda w: read(w.desk, f"{ADMIN}/session/"),
    "search of sessions": lambda w: read(w.desk, f"{ADMIN}/session/?q=ports&kind=working_session"),
    "session at the desk": lambda w: read(w.desk, f"{ADMIN}/session/{w.row.pk}/change/"),
    "page of a session": lambda w: read(w.desk, f"{ADMIN}/session/{w.row.pk}/"),
    "presence in a session": lambda w: read(w.desk, f"{ADMIN}/session/{w.row.pk}/presence/"),
    "presence of a day": lambda w: read(w.desk, f"{ADMIN}/session/presence/here/"),
    "speakers at the desk": lambda w: read(w.desk, f"{ADMIN}/session/{w.row.pk}/speakers/"),
    "speakers while a session runs": lambda w: read(w.desk, f"{ADMIN}/session/{w.row.pk}/speaking/"),
    "documents at the desk": lambda w: read(w.desk, f"{ADMIN}/session/{w.row.pk}/documents/"),
    "queue of bilateral meetings": lambda w: read(w.desk, f"{ADMIN}/bilateral/"),
    "list of sign-ups": lambda w: read(w.desk, f"{ADMIN}/signup/"),
    "preview of a release": lambda w: read(w.desk, f"{ADMIN}/release/prepare/here/"),
    "home of the desk": lambda w: read(w.desk, "/admin/"),
    "list of invitations": lambda w: read(w.desk, "/admin/delegations/invitation/"),
    **{
        f"public page {number}": lambda w, number=number: read(Client(), paths(w.summit)[number])  # type: ignore[misc]
        for number in range(9)
    },
    "calendar": lambda w: read(Client(), f"/calendar/{w.feed}.ics"),
    **{f"API list of {what}": lambda w, what=what: listed(w.program, what) for what in LISTS},  # type: ignore[misc]
    "agenda of a delegation": lambda w: listed(w.focal, "agenda"),
    "changes for a delegation": lambda w: w.focal.told("post", f"{DESK}agenda/changes/", {})["releases"],
    "warnings": lambda w: warnings.warnings(w.summit, draft(w.summit)),
    "speakers in protocol order": lambda w: line_up_in_protocol_order.preview(session=w.row).entries,
}


@pytest.mark.broad("it opens every page, list and calendar of an agenda, of a small one and of a larger one")
def test_queries_do_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    # The form would leave out the rows of the larger agenda, and ask less for it.
    monkeypatch.setattr(long_rows, "ROWS_IN_FORM", 1000)
    world = World()
    found: list[dict[str, tuple[int, int]]] = []
    for _time in range(3):
        world.grow()
        found.append({name: cost(ask, world) for name, ask in ASKED.items()})
    # The first time it is recorded who sees people, and when a program came last.
    _first, few, many = found
    assert {name: few[name][0] for name in ASKED} == {name: many[name][0] for name in ASKED}
    assert {name for name in ASKED if few[name][1] >= many[name][1]} <= {"home of the desk"}

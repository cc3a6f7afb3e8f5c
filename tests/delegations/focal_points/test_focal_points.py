"""Who acts for a party: made, taken off, leaving; and what opened the portal ends with it."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from delegations.focal_points import messages as focal_points_messages
from delegations.focal_points.services import focal_points
from delegations.focal_points.services.focal_points import ActingRefused
from delegations.invitations.models.invitations import InvitationLink
from delegations.members.models.focal_points import FocalPoint
from delegations.members.permissions import can_act
from delegations.parties.models.parties import Party
from delegations.portal_access.models import PortalSession
from summit.audit.models import AuditEntry
from summit.audit.services import Link, Mailbox
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses

pytestmark = pytest.mark.django_db
ACTION = "delegations.ask_focal_point"


@pytest.fixture
def party(summit: Summit) -> Party:
    """A party with two focal points: Fay and Gus."""
    found = f.PartyFactory(summit=summit, name="Aland", mission_email="mission@land.example")
    for name in ("Fay", "Gus"):
        about = {"person__name": name, "person__office": "", "person__email": f"{name.lower()}@land.example"}
        f.FocalPointFactory(party=found, **about)
    return found


def point(party: Party, name: str = "Fay") -> FocalPoint:
    return FocalPoint.objects.select_related("party__summit", "person").get(party=party, person__name=name)


def link(party: Party, address: str = "fay@land.example", **kwargs: Any) -> InvitationLink:
    invitation = party.invitations.first() or f.InvitationFactory(party=party, sent=True)
    return f.InvitationLinkFactory(invitation=invitation, address=address, **kwargs)


def browser(row: FocalPoint) -> PortalSession:
    return PortalSession.objects.create(person=row.person, mailbox=row.person.email)


class TestName:
    def test_once_in_their_summit_and_by_whom(self, party: Party, protocol: User) -> None:
        fay = point(party).person
        there = r"^Fay is already a focal point for Aland\.$"
        for person, said in ((fay, there), (f.PersonFactory(), "belongs to another summit")):
            refuses(ActingRefused, focal_points.name, match=said, party=party, person=person, by=protocol)
        programme, person = (
            f.UserFactory.with_role(Role.PROGRAMME, party.summit),
            f.PersonFactory(summit=party.summit),
        )
        refuses(PermissionDenied, focal_points.name, party=party, person=person, by=programme)
        refuses(PermissionDenied, focal_points.remove, point=point(party), by=programme)
        assert party.focal_points.count() == 2


class TestTold:
    """Whom a desk makes a focal point, or takes off, is told."""

    def told(self) -> list[tuple[str, str, str, bool]]:
        rows = Message.objects.filter(kind="focal_point").order_by("pk")
        assert focal_points_messages.untrue(list(rows)) == {}
        return [(row.address, row.facts["what"], row.language, row.facts["account"]) for row in rows]

    def test_whom_a_desk_takes_off(self, party: Party, protocol: User) -> None:
        focal_points.remove(point=point(party), by=protocol)
        assert self.told() == [("fay@land.example", "taken off", "en", False)]
        mail = focal_points_messages.FOCAL_POINT.render(Message.objects.get())
        assert mail.subject == "You are no longer a focal point for Aland"
        assert "as decided by protocol." in mail.text
        # Made one again before it was sent: that is told instead.
        focal_points.name(party=party, person=Person.objects.get(name="Fay"), by=protocol)
        rows = list(Message.objects.order_by("pk"))
        assert list(focal_points_messages.untrue(rows)) == [rows[0].pk]


class TestRemove:
    def test_what_opened_the_portal_ends(self, party: Party, protocol: User) -> None:
        row, opened, theirs = point(party), link(party), browser(point(party))
        ways = (Link(opened.public_id), Mailbox(theirs.public_id))
        assert [can_act(by, ACTION, party) for by in ways] == [True, True]
        focal_points.remove(point=row, by=protocol)
        assert [each.person.name for each in party.focal_points.all()] == ["Gus"]
        assert [can_act(by, ACTION, party) for by in ways] == [False, False]
        theirs.refresh_from_db()
        assert theirs.ended_at is not None
        actions = {"delegations.focalpoint.remove", "delegations.revoke_link", "delegations.sign_out"}
        assert set(AuditEntry.objects.values_list("action", flat=True)) == actions
        gone = r"^Fay is no longer a focal point for Aland\.$"
        refuses(ActingRefused, focal_points.remove, match=gone, point=row, by=protocol)
        focal_points.remove(point=point(party, "Gus"), by=protocol)
        assert not party.focal_points.exists()

    def test_control_the_link_goes_on(self, party: Party, protocol: User, monkeypatch: pytest.MonkeyPatch) -> None:
        opened = link(party)
        monkeypatch.setattr(focal_points, "close", lambda *args: None)
        focal_points.remove(point=point(party), by=protocol)
        assert can_act(Link(opened.public_id), ACTION, party)

    def test_what_others_read_stays(self, party: Party, protocol: User) -> None:
        f.FocalPointFactory(party=party, person__name="Twin", person__email="FAY@land.example")
        shared, mission, gus = link(party), link(party, "mission@land.example"), link(party, "gus@land.example")
        elsewhere = link(f.PartyFactory(summit=party.summit))
        focal_points.remove(point=point(party), by=protocol)
        assert set(InvitationLink.objects.live()) == {shared, mission, gus, elsewhere}

    def test_a_browser_stays_where_the_person_is_still_somebody(self, party: Party, protocol: User) -> None:
        row = point(party)
        opened = browser(row)
        f.FocalPointFactory(party=f.PartyFactory(summit=party.summit), person=row.person)
        focal_points.remove(point=row, by=protocol)
        opened.refresh_from_db()
        assert opened.ended_at is None
        assert not can_act(Mailbox(opened.public_id), ACTION, party)


class TestLeave:
    @pytest.mark.parametrize("way", ["account", "link", "code"])
    def test_each_way(self, party: Party, way: str) -> None:
        row = point(party)
        if way == "account":
            row.person.user = f.UserFactory()
            row.person.save()
        by: Any = {
            "account": lambda: row.person.user,
            "link": lambda: Link(link(party).public_id),
            "code": lambda: Mailbox(browser(row).public_id),
        }[way]()
        assert focal_points.own(party, by) == row
        focal_points.leave(party=party, by=by)
        assert [each.person.name for each in party.focal_points.all()] == ["Gus"]

    def test_the_only_one_stays_and_others_leave_nothing(self, party: Party) -> None:
        mission = Link(link(party, "mission@land.example").public_id)
        refuses(
            ActingRefused, focal_points.leave, match="You are not a focal point for Aland", party=party, by=mission
        )
        stranger = Link(link(f.PartyFactory(summit=party.summit)).public_id)
        refuses(PermissionDenied, focal_points.leave, party=party, by=stranger)
        point(party, "Gus").delete()
        only, by = r"^You are the only focal point for Aland\. Request a replacement", browser(point(party))
        refuses(ActingRefused, focal_points.leave, match=only, party=party, by=Mailbox(by.public_id))
        assert party.focal_points.count() == 1

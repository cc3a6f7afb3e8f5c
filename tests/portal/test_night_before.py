"""A head is replaced at 22:00, the night before the summit."""

from datetime import timedelta

import pytest
from django.test import Client

from delegations.domain import badge_check, badges, handovers, holdings
from delegations.models import Badge, Membership
from sessions.domain import member, releases
from sessions.models import Members, Visibility
from summit.db.clock import db_now
from summit.models import Person, Role, Summit, User
from tests import factories as f
from tests.portal.delegation.helpers import World, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    found = make(kind="country")
    today = db_now().date()
    Summit.objects.filter(pk=found.party.summit_id).update(starts_on=today, ends_on=today + timedelta(days=2))
    found.party.summit.refresh_from_db()
    return found


def desk(world: World, role: Role) -> User:
    return f.UserFactory.with_role(role, world.party.summit)


def agenda(world: World) -> dict[str, list[str]]:
    """Return who stands in each released session, as the delegation reads it."""
    people = list(Person.objects.filter(membership__party=world.party))
    rows = member.members_agenda(summit=world.party.summit, members=Members.of([world.party], people))
    return {row.title: [place.label for place in row.participants.all()] for row in rows}


def test_a_head_is_replaced_the_night_before(world: World) -> None:
    summit, party = world.party.summit, world.party
    head = world.member("Ada", code="head", position=3)
    begins = db_now() + timedelta(hours=10)
    times = {"summit": summit, "starts_at": begins, "ends_at": begins + timedelta(hours=1)}
    opening = f.SessionFactory(title="Opening", visibility=Visibility.ACCREDITED, **times)
    meeting = f.SessionFactory(title="Italy and Aland", kind="bilateral", **times)
    slot = f.SlotFactory(session=opening, speaker=head.person, party=party)
    f.ParticipantFactory(session=meeting, party=party)
    f.ParticipantFactory(session=meeting, person=head.person)
    releases.release(summit=summit, by=desk(world, Role.ORGANISER))
    accreditation = desk(world, Role.ACCREDITATION)
    (badge,) = badges.issue(members=[head], by=accreditation).done

    # The focal point reads what follows, and puts another in the place.
    address = f"people/{head.person.public_id}/replace/"
    page = world.get(address)
    assert "The badge opens nothing from that moment on." in page
    assert "2 things are the person’s own and wait for protocol" in page
    assert "speech, “Opening”" in page
    assert "bilateral meeting, “Italy and Aland”" in page
    world.post(address, {"name": "Bea", "office": "", "language": "en"})

    # The old badge is dead at once; the place is kept.
    found = badge_check.look(typed=badge.public_id, by=accreditation)
    assert (found.opens, found.why) == (False, "The person left the delegation.")
    assert not Badge.objects.live().exists()
    said = world.get(f"people/{Person.objects.get(name='Bea').public_id}/")
    assert '<bdi lang="">Ada</bdi> is replaced by <bdi lang="">Bea</bdi>.' in said
    assert f"{badge_check.spaced(badge.public_id)}</bdi> is dead from now on." in said
    assert "2 things that were theirs wait for protocol, who passes each on or drops it." in said
    fresh = Membership.objects.get(party=party)
    assert (fresh.person.name, fresh.category.code, fresh.position) == ("Bea", "head", 3)

    # Nobody has taken anything: both items wait, and the delegation reads so.
    assert holdings.held(fresh.person) == []
    page = world.get()
    assert "Protocol decides who takes what was Ada’s: speech, “Opening”" in page
    assert "Protocol decides who takes what was Ada’s: bilateral meeting, “Italy and Aland”" in page
    assert agenda(world)["Opening"] == ["Ada"]

    # Protocol passes the one on and drops the other.
    protocol = Client()
    protocol.force_login(desk(world, Role.PROTOCOL))
    home = protocol.get("/admin/").content.decode()
    assert "2 things that were somebody’s own wait: pass them on or drop them." in home
    speech, bilateral = sorted(handovers.waiting(summit), key=lambda row: row.what != "speech")
    assert (speech.key, speech.taker) == (slot.public_id, fresh.person)
    protocol.post(f"/admin/delegations/handover/{speech.pk}/decide/", {"to": fresh.person_id})
    protocol.post(f"/admin/delegations/handover/{bilateral.pk}/decide/", {"do": "drop"})
    assert handovers.count(summit) == 0
    assert "Protocol decides who takes" not in world.get()

    # The release shows it, and the successor gets a badge.
    assert agenda(world)["Opening"] == ["Ada"]
    releases.release(summit=summit, by=desk(world, Role.ORGANISER))
    assert agenda(world) == {"Opening": ["Bea"], "Italy and Aland": ["Aland"]}
    (another,) = badges.issue(members=[fresh], by=accreditation).done
    assert badge_check.look(typed=another.public_id, by=accreditation).opens

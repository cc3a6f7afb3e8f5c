"""A delegation over its quota, and a head who is replaced the evening before: the time to name people is over."""

from datetime import timedelta

import pytest
from django.test import Client

from delegations.domain import badges, departures, handovers, members, quotas
from delegations.domain.quotas import QuotaProblem
from delegations.models import Badge, Category, Membership, Party, Policy, Quota
from portal.demo import border_security
from sessions.models import Participant, Session, SessionKind, Slot
from summit.db.clock import db_now
from summit.models import AuditEntry, Person, User
from tests import factories as f
from tests.story.helpers import browser, party

pytestmark = pytest.mark.django_db


def account(box: str) -> User:
    return User.objects.get(email=f"{box}@summit.example")


def people(france: Party, rest: str) -> str:
    return f"/portal/delegation/{france.public_id}/people/{rest}"


@pytest.fixture
def france() -> Party:
    border_security.load()
    found = party("France")
    f.InvitationFactory(party=found, state="sent", sent_at=f.START)
    return found


@pytest.fixture
def focal(france: Party) -> Client:
    client = browser("focal")
    assert client.get("/portal/?lang=en").status_code == 200
    return client


def name(focal: Client, france: Party, who: str, status: int) -> str:
    """Let the focal point name an adviser on the page; return what it answers."""
    given = {"category": "adviser", "name": who, "office": "Counsellor", "language": "fr"}
    response = focal.post(people(france, "add/"), given)
    assert response.status_code == status
    return response.content.decode()


def advisers(france: Party) -> list[str]:
    rows = france.memberships.filter(category__code="adviser", person__name__gt="").order_by("position")
    return list(rows.values_list("person__name", flat=True))


def test_over_quota_is_refused_until_an_organiser_raises_it_with_a_reason(france: Party, focal: Client) -> None:
    adviser, organiser = Category.objects.of(france.summit)["adviser"], account("organiser")
    Membership.objects.filter(party=france, category=adviser).delete()
    Quota.objects.filter(party=france).delete()
    Category.objects.filter(pk=adviser.pk).update(quota=1)
    name(focal, france, "Ada Example", 303)
    before = Person.objects.count()
    page = name(focal, france, "Bea Bright", 422)
    assert (
        "The quota of France for “adviser” is 1, and it has named 1. The organisers can raise it: "
        "protocol@summit.example." in page
    )
    # What was typed stays, and nothing is stored.
    assert 'value="Bea Bright"' in page
    assert (Person.objects.count(), advisers(france)) == (before, ["Ada Example"])

    def set_quota(reason: str) -> None:
        quotas.set_quota(party=france, category=adviser, number=2, reason=reason, by=organiser)

    with pytest.raises(QuotaProblem, match="Say why this party has another number"):
        set_quota(" ")
    set_quota("It chairs two working groups.")
    row = Quota.objects.get(party=france, category=adviser)
    assert (row.number, row.reason, row.set_by) == (2, "It chairs two working groups.", organiser)
    entry = AuditEntry.objects.get(action="delegations.raise_quota")
    assert entry.detail == {"number": 2, "before": 1, "category": "adviser"}
    name(focal, france, "Bea Bright", 303)
    assert advisers(france) == ["Ada Example", "Bea Bright"]


class TestTheHeadIsReplaced:
    @pytest.fixture
    def head(self, france: Party) -> Membership:
        """The minister, with a badge, a speech and a bilateral meeting, the evening before."""
        summit = france.summit
        summit.starts_on = (db_now() + timedelta(days=1)).astimezone(summit.zone).date()
        summit.ends_on = summit.starts_on + timedelta(days=1)
        summit.save(update_fields=["starts_on", "ends_on"])
        row = france.memberships.select_related("person").get(capacity="head")
        members.confirm(party=france, people=[row.pk], by=account("protocol"))
        Policy.objects.update_or_create(summit=summit, defaults={"name_by": db_now() - timedelta(days=14)})
        issued = badges.issue(members=[row], by=account("organiser"))
        assert len(issued.done) == 1
        begins = db_now() + timedelta(hours=12)
        plenary, meeting = (
            f.SessionFactory(
                summit=summit, title=title, kind=kind, starts_at=begins, ends_at=begins + timedelta(hours=1)
            )
            for title, kind in (("Plenary", SessionKind.PLENARY), ("Talks", SessionKind.BILATERAL))
        )
        f.SlotFactory(session=plenary, speaker=row.person, party=france)
        f.ParticipantFactory(session=meeting, person=row.person)
        return row

    def replace(self, focal: Client, head: Membership) -> Membership:
        """The focal point puts somebody else in the minister's place, on the page that says what follows."""
        page = people(head.party, f"{head.person.public_id}/replace/")
        assert "The badge opens nothing from that moment on." in focal.get(page).content.decode()
        given = {"name": "Ada Example", "office": "Minister Delegate", "language": "fr"}
        assert focal.post(page, given).status_code == 303
        return head.party.memberships.select_related("person").get(capacity="head")

    def test_the_delegation_keeps_its_place_and_the_old_badge_is_dead_at_once(
        self, france: Party, focal: Client, head: Membership
    ) -> None:
        refused = name(focal, france, "Bea Bright", 422)
        assert "“adviser” was to be named by" in refused
        number = france.memberships.count()
        fresh = self.replace(focal, head)
        assert (fresh.person.name, fresh.position, fresh.category) == ("Ada Example", head.position, head.category)
        assert france.memberships.count() == number
        (badge,) = Badge.objects.filter(party=france)
        assert (badge.person, badge.ended_at is not None) == (head.person, True)
        assert badges.why_words(badge) == "The person left the delegation."

    def test_what_was_the_persons_own_waits_for_protocol_item_by_item(
        self, france: Party, focal: Client, head: Membership
    ) -> None:
        fresh, protocol = self.replace(focal, head), account("protocol")
        speech, meeting = handovers.waiting(france.summit).order_by("what").reverse()
        assert [(row.what, row.giver, row.taker) for row in (speech, meeting)] == [
            ("speech", head.person, fresh.person),
            ("bilateral", head.person, fresh.person),
        ]
        # Rank decides: until protocol has, nobody has taken a place in silence.
        assert Slot.objects.get(public_id=speech.key).speaker == head.person
        handovers.pass_on(handover=speech, to=fresh.person, by=protocol)
        handovers.drop(handover=meeting, by=protocol)
        assert Slot.objects.get(public_id=speech.key).speaker == fresh.person
        assert not Participant.objects.filter(session=Session.objects.get(title="Talks")).exists()
        assert handovers.count(france.summit) == 0

    def test_control_where_nothing_follows_a_departure_the_badge_opens_doors(
        self, france: Party, focal: Client, head: Membership, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(departures, "leave", lambda **said: None)
        self.replace(focal, head)
        assert (Badge.objects.live().get().person, handovers.count(france.summit)) == (head.person, 0)

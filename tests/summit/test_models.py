"""What the ground floor's tables refuse."""

from datetime import date, time
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Now

from summit.models import AuditChain, AuditEntry, Heartbeat, Person, Role, RoleAssignment, Room, Summit, User, Venue
from summit.models.fields import ALPHABET, new_public_id
from summit.models.users import BY_HAND
from tests.factories import PersonFactory, RoomFactory, SummitFactory, UserFactory, VenueFactory

pytestmark = pytest.mark.django_db


def refused(work: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        work()


def constraints(model: type[models.Model]) -> set[str]:
    return {str(constraint.name) for constraint in model._meta.constraints}


def test_every_constraint_has_its_test_here() -> None:
    tested = {
        Summit: {"summit_ends_after_start", "summit_slug_form", "summit_armed_after_disarmed"},
        Venue: {"venue_name_once", "venue_hours_together", "venue_hours_differ"},
        Room: {"room_name_once"},
        User: {"user_email_once"},
        RoleAssignment: {"role_once", "role_by_hand"},
        Person: {"person_has_name_or_office", "person_account_once"},
        AuditEntry: {"audit_chained_whole", "audit_has_actor"},
        AuditChain: {"audit_chain_single"},
        Heartbeat: set(),
    }
    assert {model: constraints(model) for model in tested} == tested


# --- summits --------------------------------------------------------------------------------------------------------
def test_a_summit_ends_after_it_starts() -> None:
    refused(lambda: SummitFactory(starts_on=date(2025, 4, 1), ends_on=date(2025, 3, 31)))
    SummitFactory(starts_on=date(2025, 4, 1), ends_on=date(2025, 4, 1))


def test_slugs_have_their_form() -> None:
    for slug in ("", "Big", "a b", "-a", "a-", "a--b", "a_b", "é", "a/b"):
        refused(lambda slug=slug: SummitFactory(slug=slug))
    for slug in ("a", "0", "border-security-2025", "a-b-c"):
        SummitFactory(slug=slug).full_clean()


def test_a_slug_is_one_summits() -> None:
    SummitFactory(slug="one")
    refused(lambda: SummitFactory(slug="one"))


def test_a_summit_is_known_by_name_and_address_and_the_newest_stands_first() -> None:
    old = SummitFactory(slug="one", name="The one", starts_on=date(2024, 1, 1))
    new = SummitFactory(starts_on=date(2025, 1, 1), public=False)
    assert (str(old), old.get_absolute_url(), old.zone.key) == ("The one", "/one/", "Europe/London")
    assert list(Summit.objects.all()) == [new, old]
    assert list(Summit.objects.open_to_public()) == [old]


# --- places ---------------------------------------------------------------------------------------------------------
def test_a_venue_has_its_name_once_in_a_summit() -> None:
    venue = VenueFactory(name="House")
    refused(lambda: VenueFactory(summit=venue.summit, name="House"))
    assert str(VenueFactory(name="House")) == "House"


def test_a_venue_has_hours_or_none() -> None:
    refused(lambda: VenueFactory(opens_at=time(8)))
    refused(lambda: VenueFactory(closes_at=time(8)))
    refused(lambda: VenueFactory(opens_at=time(8), closes_at=time(8)))
    VenueFactory(opens_at=time(8), closes_at=time(1))
    VenueFactory(opens_at=time(8), closes_at=time(22))


def test_a_room_has_its_name_once_in_a_venue() -> None:
    room = RoomFactory(name="Hall")
    refused(lambda: RoomFactory(venue=room.venue, name="Hall"))
    assert str(RoomFactory(name="Hall")) == "Hall"


def test_seats_are_not_negative() -> None:
    refused(lambda: RoomFactory(capacity=-1))


# --- accounts -------------------------------------------------------------------------------------------------------
def test_an_address_is_one_accounts_whatever_its_case() -> None:
    UserFactory(email="zoe@host.example")
    refused(lambda: UserFactory(email="zoe@host.example"))
    refused(lambda: User.objects.bulk_create([User(email="ZOE@host.example", password="x")]))


def test_addresses_are_kept_small_and_found_in_any_case() -> None:
    user = User.objects.create_user(" Zoe@Host.Example ", "correct horse battery")
    assert user.email == "zoe@host.example"
    assert User.objects.get_by_natural_key("ZOE@host.example") == user
    assert user.check_password("correct horse battery")
    assert not User.objects.create_user("a@host.example").has_usable_password()
    assert User.objects.create_superuser("b@host.example").is_superuser


def test_accounts_are_called_by_name_or_address() -> None:
    assert str(User(email="a@host.example")) == "a@host.example"
    assert str(User(email="a@host.example", name="Zoé")) == "Zoé"


def test_a_role_is_held_once() -> None:
    summit = SummitFactory()
    user = UserFactory.with_role(Role.VIEWER, summit)
    refused(lambda: RoleAssignment.objects.create(user=user, summit=summit, role=Role.VIEWER))
    RoleAssignment.objects.create(user=user, summit=summit, role=Role.PROTOCOL)
    RoleAssignment.objects.create(user=user, summit=SummitFactory(), role=Role.VIEWER)


def test_only_roles_that_are_given_by_hand_are_given() -> None:
    user, summit = UserFactory(), SummitFactory()
    for role in ("emperor", "", "focal_point", "delegate"):
        refused(lambda role=role: RoleAssignment.objects.create(user=user, summit=summit, role=role))
    for role in BY_HAND:
        row = RoleAssignment(user=user, summit=summit, role=role)
        row.full_clean()
        row.save()
        assert row.get_role_display() == role.label


# --- people ---------------------------------------------------------------------------------------------------------
def test_a_person_has_a_name_or_an_office() -> None:
    refused(lambda: PersonFactory(name="", office=""))
    assert str(PersonFactory(name="Zoé", office="")) == "Zoé"
    assert str(PersonFactory(name="", office="Minister")) == "Minister"
    assert str(PersonFactory(name="Zoé", office="Minister")) == "Zoé, Minister"


def test_an_account_is_one_person_in_a_summit() -> None:
    person = PersonFactory(user=UserFactory())
    refused(lambda: PersonFactory(summit=person.summit, user=person.user))
    PersonFactory(user=person.user)
    PersonFactory.create_batch(2, summit=person.summit)


def test_one_mailbox_may_be_several_peoples() -> None:
    summit = SummitFactory()
    PersonFactory.create_batch(2, summit=summit, email="embassy@land.example")
    assert Person.objects.filter(email="embassy@land.example").count() == 2


def test_a_person_outlives_the_account() -> None:
    person = PersonFactory(user=UserFactory())
    User.objects.all().delete()
    person.refresh_from_db()
    assert person.user_id is None


# --- the audit ------------------------------------------------------------------------------------------------------
def entry(**values: Any) -> AuditEntry:
    made: AuditEntry = AuditEntry.objects.create(
        **{"by_label": "system", "action": "a", "object_type": "t", "object_key": "k", **values}
    )
    return made


def test_somebody_did_it() -> None:
    refused(lambda: entry(by_label=""))
    entry(by=UserFactory(), by_label="")


def test_an_entry_is_chained_whole_or_not_at_a_place_of_its_own() -> None:
    for values in ({"position": 1}, {"digest": "d"}):
        refused(lambda values=values: entry(**values))
    entry(position=1, digest="d")
    refused(lambda: entry(position=1, digest="e"))


def test_whoever_acted_stays() -> None:
    user = UserFactory()
    entry(by=user, summit=SummitFactory())
    with pytest.raises(models.ProtectedError):
        user.delete()
    with pytest.raises(models.ProtectedError):
        Summit.objects.all().delete()


def test_the_chain_has_one_end() -> None:
    assert AuditChain.objects.get().pk == 1
    refused(lambda: AuditChain.objects.create(pk=2))


def test_heartbeats_are_by_name() -> None:
    Heartbeat.objects.create(name="sweep")
    refused(lambda: Heartbeat.objects.bulk_create([Heartbeat(name="sweep")]))
    assert Heartbeat.objects.filter(at__lte=Now()).count() == 1


# --- public ids -----------------------------------------------------------------------------------------------------
def test_public_ids_are_long_and_easy_to_read_out() -> None:
    found = {new_public_id() for _ in range(1000)}
    assert len(found) == 1000
    assert {len(one) for one in found} == {16}
    assert set("".join(found)) == set(ALPHABET)
    assert not set("ilou") & set(ALPHABET)


def test_a_public_id_is_one_rows() -> None:
    for factory in (SummitFactory, VenueFactory, RoomFactory, UserFactory, PersonFactory):
        first = factory()
        refused(lambda factory=factory, first=first: factory(public_id=first.public_id))

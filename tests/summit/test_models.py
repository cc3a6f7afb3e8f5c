"""What the ground floor's tables refuse."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Now

from summit.admin_base.models import SavedView
from summit.audit.models import AuditChain, AuditEntry
from summit.core.models import ALPHABET, new_public_id
from summit.maintenance.models import Heartbeat
from summit.people.models import Person
from summit.permissions.models import BY_HAND, Role, RoleAssignment
from summit.summits.models import Room, Summit, Venue
from summit.users.models import User
from tests.factories import PersonFactory, RoomFactory, SummitFactory, UserFactory, VenueFactory
from tests.ratchets import constraints, hold

pytestmark = pytest.mark.django_db
TABLES = (Summit, Venue, Room, User, RoleAssignment, Person, AuditEntry, AuditChain, Heartbeat, SavedView)


def refused(make: Callable[..., object], **values: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make(**values)


def user(**values: Any) -> None:
    # The manager keeps addresses small, this way of writing doesn't.
    User.objects.bulk_create([User(password="x", **values)])


def beat(**values: Any) -> None:
    Heartbeat.objects.bulk_create([Heartbeat(**values)])


def entry(**values: Any) -> AuditEntry:
    return AuditEntry.objects.create(
        **{"by_label": "system", "action": "a", "object_type": "t", "object_key": "k", **values}
    )


give = RoleAssignment.objects.create


def give_viewer(**values: Any) -> RoleAssignment:
    return give(user=UserFactory(), summit=SummitFactory(), role=Role.VIEWER, **values)


NO_SLUGS = ("", "Big", "a b", "-a", "a-", "a--b", "a_b", "é", "a/b")
NOT_BY_HAND = ("emperor", "", "focal_point", "delegate", "liaison_officer")
EIGHT = time(8)
# Of what can't be by itself, by the constraint: how a row is made, and its values.
WRONG: dict[str, tuple[Callable[..., object], list[dict[str, Any]]]] = {
    "summit_ends_after_start": (SummitFactory, [{"starts_on": date(2025, 4, 1), "ends_on": date(2025, 3, 31)}]),
    "summit_agenda_readers_known": (SummitFactory, [{"agenda_readers": "none"}]),
    "summit_slug_form": (SummitFactory, [{"slug": slug} for slug in NO_SLUGS]),
    "summit_resumed_after_paused": (SummitFactory, [{"paused_at": Now(), "resumed_at": "2020-01-01T00:00:00Z"}]),
    "venue_hours_together": (VenueFactory, [{"opens_at": EIGHT}, {"closes_at": EIGHT}]),
    "venue_hours_differ": (VenueFactory, [{"opens_at": EIGHT, "closes_at": EIGHT}]),
    "seats that are negative": (RoomFactory, [{"capacity": -1}]),
    "role_by_hand": (
        lambda **values: give(user=UserFactory(), summit=SummitFactory(), **values),
        [{"role": role} for role in NOT_BY_HAND],
    ),
    "role_by_hand_or_group": (give_viewer, [{"by_hand": False}]),
    "role_by_group_of_provider": (give_viewer, [{"issuer": "https://idp.example"}, {"until": Now()}]),
    "person_has_name_or_office": (PersonFactory, [{"name": "", "office": ""}]),
    "audit_chained_whole": (entry, [{"position": 1}, {"digest": "d"}]),
    "audit_has_actor": (entry, [{"by_label": ""}]),
    "audit_chain_single": (AuditChain.objects.create, [{"pk": 2}]),
}


def once() -> dict[str, tuple[Callable[..., object], dict[str, Any], list[dict[str, Any]]]]:
    """Of what is there once, by the constraint: how a row is made, its values, and how another one may differ."""
    summit, venue, account = SummitFactory(), VenueFactory(), UserFactory()
    role = {"user": account, "summit": summit, "role": Role.VIEWER}
    person = {"user": account, "summit": summit}
    elsewhere = {"summit": venue.summit}
    return {
        "a slug": (SummitFactory, {"slug": "one"}, [{"slug": "another"}]),
        "venue_name_once": (VenueFactory, {"summit": summit, "name": "House"}, [elsewhere]),
        "room_name_once": (RoomFactory, {"venue": venue, "name": "Hall"}, [{"venue": VenueFactory()}]),
        "user_email_once": (user, {"email": "zoe@host.example"}, [{"email": "zoe@other.example"}]),
        "saved_view_once": (
            SavedView.objects.create,
            {"user": account, "label": "summit.room", "name": "Mine"},
            [{"name": "Other"}, {"label": "summit.venue"}, {"user": UserFactory()}],
        ),
        "role_once": (give, role, [{"role": Role.PROTOCOL}, elsewhere]),
        "person_account_once": (PersonFactory, person, [{"user": None}, {"user": None}, elsewhere]),
        "a place in the chain": (entry, {"position": 1, "digest": "d"}, [{"position": 2}]),
        "a heartbeat": (beat, {"name": "sweep"}, [{"name": "other"}]),
    }


@pytest.mark.parametrize("name", WRONG)
def test_what_can_not_be_by_itself(name: str) -> None:
    make, rows = WRONG[name]
    for values in rows:
        refused(make, **values)


def test_what_is_there_once() -> None:
    for make, values, others in once().values():
        make(**values)
        refused(make, **values)
        for other in others:
            make(**{**values, **other})
    refused(user, email="ZOE@host.example")


def test_every_constraint_has_its_row_here() -> None:
    hold(constraints(TABLES, {*WRONG, *once()}, f"{__file__} WRONG"))


def test_what_stands_at_the_edge_of_a_constraint_is_kept() -> None:
    day = date(2025, 4, 1)
    SummitFactory(starts_on=day, ends_on=day)
    for slug in ("a", "0", "border-security-2025", "a-b-c"):
        SummitFactory(slug=slug).full_clean()
    for closes in (time(1), time(22)):
        VenueFactory(opens_at=EIGHT, closes_at=closes)
    entry(by=UserFactory(), by_label="")
    for role in BY_HAND:
        row = RoleAssignment(user=UserFactory(), summit=SummitFactory(), role=role)
        row.full_clean()
        row.save()
        assert row.get_role_display() == role.label
    # An embassy's mailbox is several people's.
    PersonFactory.create_batch(2, summit=SummitFactory(), email="embassy@land.example")
    assert AuditChain.objects.get().pk == 1
    beat(name="sweep")
    assert Heartbeat.objects.filter(at__lte=Now()).count() == 1


# --- names ----------------------------------------------------------------------------------------------------------


def test_addresses_are_kept_small_and_found_in_any_case() -> None:
    user = User.objects.create_user(" Zoe@Host.Example ", "correct horse battery")
    assert user.email == "zoe@host.example"
    assert User.objects.get_by_natural_key("ZOE@host.example") == user
    assert user.check_password("correct horse battery")
    assert not User.objects.create_user("a@host.example").has_usable_password()
    assert User.objects.create_superuser("b@host.example").is_superuser


# --- what stays -----------------------------------------------------------------------------------------------------
def test_a_person_outlives_the_account() -> None:
    person = PersonFactory(user=UserFactory())
    User.objects.all().delete()
    person.refresh_from_db()
    assert person.user_id is None


def test_whoever_acted_stays() -> None:
    user = UserFactory()
    entry(by=user, summit=SummitFactory())
    for rows in (User.objects.filter(pk=user.pk), Summit.objects.all()):
        with pytest.raises(models.ProtectedError):
            rows.delete()


# --- public ids -----------------------------------------------------------------------------------------------------
def test_public_ids_are_long_easy_to_read_out_and_one_rows() -> None:
    found = {new_public_id() for _ in range(1000)}
    assert len(found) == 1000
    assert {len(one) for one in found} == {16}
    assert set("".join(found)) == set(ALPHABET)
    assert not set("ilou") & set(ALPHABET)
    for factory in (SummitFactory, VenueFactory, RoomFactory, UserFactory, PersonFactory):
        refused(factory, public_id=factory().public_id)

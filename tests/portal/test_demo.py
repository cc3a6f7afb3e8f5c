"""The demonstration, the Border Security Summit of 2025: what is loaded, and when it takes place."""

from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest

from delegations.badges.models.transferable_passes import TransferablePassRule
from delegations.contacts.models import Contact
from delegations.invitations.models.invitations import Invitation
from delegations.liaison.models import LiaisonOfficer
from delegations.members.models.categories import Category
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.members.models.quotas import Quota
from delegations.participants.services import revisions
from delegations.parties.models.parties import Party, PartyName
from delegations.parties.models.policy import Policy
from delegations.privacy.models import Retention
from delegations.privacy.services import retention
from delegations.travel.models.declarations import DeclarationKind
from delegations.zones.models import Zone
from portal.demo import accounts, border_security, days, first_day
from press.subscriptions.models import Announcement, Subscriber
from press.texts.models.editions import Edition
from press.texts.models.texts import Text
from press.texts.models.visibility import public_editions
from sessions.agenda.models.releases import Release
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from summit.core.database_clock import db_now
from summit.outbox.models import Message
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User
from tests.module_fixtures import once_a_module

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# Alike whatever the database.


@once_a_module
def summit() -> Summit:
    return border_security.load()


@pytest.mark.broad("it validates every row of the demonstration")
def test_rows_are_valid(summit: Summit) -> None:
    delegations = (
        *(Party, PartyName, Person, Membership, FocalPoint, Policy, Category, Quota, Zone, TransferablePassRule),
        *(DeclarationKind, Particulars, Retention, Contact, LiaisonOfficer),
    )
    for model in (*delegations, Session, Slot, Text, Edition, Subscriber, User):
        for row in model._default_manager.all():
            row.full_clean()


def test_what_is_known_of_people_says_that_it_is_a_specimen_and_is_stored(summit: Summit) -> None:
    found = Particulars.objects.select_related("person")
    assert found.count() > 20
    for row in found:
        assert row.passport_name.startswith("SPECIMEN ")
        assert row.passport_number.startswith("SPEC")
        assert row.entered_for is not None
    # Who has an account is left to enter their own.
    assert not found.filter(person__user__isnull=False).exists()
    assert retention.purge(summit=summit) == {}
    assert found.filter(passport_digest="").count() == 0
    # Nobody has a name, and mailboxes are nobody's.
    assert set(Person.objects.values_list("name", flat=True)) == {""}
    boxes = [
        *Party.objects.values_list("mission_email", flat=True),
        *Person.objects.exclude(email="").values_list("email", flat=True),
        *Subscriber.objects.values_list("address", flat=True),
        *User.objects.values_list("email", flat=True),
    ]
    assert {box.rpartition(".")[2] for box in boxes} == {"example"}
    shared = Party.objects.filter(mission_email="missions@benelux.example").values_list("name", flat=True)
    assert set(shared) == {"Belgium", "Luxembourg"}
    heads = Membership.objects.filter(capacity="head")
    assert heads.count() == 46
    assert heads.get(party__name="France").person.label == "Minister of the Interior, France"
    assert FocalPoint.objects.values("party").distinct().count() == 49


def test_accounts(summit: Summit) -> None:
    roles = {user.email: set(user.roles.values_list("role", flat=True)) for user in User.objects.all()}
    assert roles == {account.email: set(account.roles) for account in accounts.ACCOUNTS}
    assert not User.objects.filter(is_superuser=True).exists()
    assert all(user.check_password(accounts.PASSWORD) for user in User.objects.all())
    focal = FocalPoint.objects.get(person__user__email="focal@summit.example")
    deputy = Membership.objects.get(person__user__email="delegate@summit.example")
    assert (focal.party.name, deputy.party.name, deputy.capacity) == ("France", "France", "alternate")


def test_nothing_is_out_yet_and_every_text_says_that_it_is_a_sample(summit: Summit) -> None:
    assert (Release.objects.count(), Message.objects.count(), public_editions().count()) == (0, 0, 0)
    assert set(Edition.objects.values_list("state", "author__email")) == {("draft", "press@summit.example")}
    assert set(Text.objects.values_list("embargo__moment", "embargo__held_at")) == {(None, None)}
    assert (Subscriber.objects.active().count(), Edition.objects.count()) == (4, 6)
    for edition in Edition.objects.all():
        assert edition.body.startswith("*Sample text, written for this demonstration. Nobody spoke or issued")


# Alike whatever the database.


def test_ahead_it_begins_on_the_monday_after_three_weeks() -> None:
    for loaded, begins in ((date(2026, 11, 29), date(2026, 12, 21)), (date(2026, 11, 30), date(2026, 12, 21))):
        now = datetime.combine(loaded, time(12, 0), days.ZONE)
        assert days.days_of(days.Act.AHEAD, now) == days.Days(begins)


def _in(moment: datetime, clock: str) -> datetime:
    """Return a moment at a clock's time in London, on the day of another."""
    return datetime.combine(moment.astimezone(days.ZONE).date(), time.fromisoformat(clock), days.ZONE)


def test_the_first_day_is_at_this_hour_and_by_night_so_are_its_sessions() -> None:
    for clock in ("00:15", "05:00", "10:30", "12:00", "17:15", "17:16", "21:40", "23:59"):
        now = _in(db_now(), clock)
        found = days.days_of(days.Act.DAY, now)
        assert found.at(0, days.BUSY_FROM) <= now <= found.at(0, days.BUSY_TO), clock
        assert found.later % timedelta(hours=1) == timedelta()
        if days.BUSY_FROM <= now.time() <= days.BUSY_TO:
            assert (found.first, found.later) == (now.date(), timedelta())


@pytest.mark.slow("loads a demonstration of the day")
def test_the_first_day_has_sessions_speeches_and_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """By night, when all of it is later than on other days."""
    now = _in(db_now(), "23:10")
    monkeypatch.setattr(border_security, "db_now", lambda: now)
    summit = border_security.load(days.Act.DAY)
    summit.full_clean()
    running = Session.objects.filter(starts_at__lte=now, ends_at__gt=now)
    assert running.exists()
    assert summit.starts_on <= now.date() <= summit.ends_on
    assert list(Release.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    said = Counter(Invitation.objects.values_list("state", "answer"))
    assert said == {("sent", ""): 2, ("answered", "regrets"): 1, ("answered", "attending"): 45}
    named = revisions.gather(summit)
    assert (len(named["parties"]), revisions.count_omitted(summit).people) == (46, 0)
    # The database's clock says which are out; those that wait do so for the real moments of this act.
    moments = dict(Text.objects.values_list("slug", "embargo__moment"))
    out = {slug for slug, moment in moments.items() if moment <= now}
    assert out == set(first_day.OUT)
    later = {row.version.text.slug: row.number for row in Edition.objects.filter(number__gt=1)}
    assert later == {first_day.CORRECTED: 2}
    # Nobody is written to of what was out before.
    assert Announcement.objects.count() == len(first_day.OUT) + 1
    for row in (*Text.objects.all(), *Session.objects.all()):
        row.full_clean()

"""The demonstration, the Border Security Summit of 2025: what is loaded."""

from datetime import timedelta
from itertools import pairwise

import pytest

from delegations.badges.models.transferable_passes import TransferablePassRule
from delegations.contacts.models import Contact
from delegations.liaison.models import LiaisonOfficer
from delegations.mailboxes import selectors as mailboxes_selectors
from delegations.members.models.categories import Category
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.members.models.quotas import Quota
from delegations.members.selectors import quotas
from delegations.parties.flags import NEUTRAL
from delegations.parties.models.parties import Party, PartyName
from delegations.parties.models.policy import Policy
from delegations.parties.selectors import party_names
from delegations.privacy.models import Retention
from delegations.privacy.services import retention
from delegations.travel.models.declarations import DeclarationKind
from delegations.zones.models import Zone
from portal.demo import accounts, border_security
from press.subscriptions.models import Subscriber
from press.texts.models.editions import Edition
from press.texts.models.texts import Text
from press.texts.models.visibility import public_editions
from sessions.agenda.models.releases import Release
from sessions.documents.models import Document
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.outbox.models import Message
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User
from tests.module_fixtures import once_a_module

# Alike whatever the database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@once_a_module
def summit() -> Summit:
    return border_security.load()


def test_where_and_when(summit: Summit) -> None:
    assert (summit.slug, summit.place, summit.time_zone) == ("border-security-2025", "London", "Europe/London")
    assert (summit.starts_on.weekday(), summit.ends_on) == (0, summit.starts_on + timedelta(days=1))
    assert timedelta(weeks=3) <= summit.starts_on - db_now().astimezone(summit.zone).date() < timedelta(weeks=4)
    assert (summit.public, summit.public_changes, summit.illustrative) == (True, True, True)
    policy = Policy.objects.get(summit=summit)
    until = DeclarationKind.objects.values_list("until", flat=True)[0]
    floor = Session.objects.get(requests_until__isnull=False).requests_until
    deadlines = [summit.answer_by, policy.name_by, policy.confirm_by, until, floor]
    assert [f"{moment.astimezone(summit.zone):%H:%M}" for moment in deadlines if moment] == ["17:00"] * 5
    assert [(summit.starts_on - moment.date()).days for moment in deadlines if moment] == [14, 10, 7, 5, 3]
    summit.full_clean()
    entry = AuditEntry.objects.get(action="demo.load")
    assert (entry.by, entry.by_label, entry.summit, entry.object_key) == (None, "system", summit, summit.public_id)
    assert entry.detail == {"parties": 49, "people": 179, "sessions": 21, "texts": 6, "subscribers": 4}


@pytest.mark.broad("it validates every row of the demonstration")
def test_rows_are_valid(summit: Summit) -> None:
    delegations = (
        *(Party, PartyName, Person, Membership, FocalPoint, Policy, Category, Quota, Zone, TransferablePassRule),
        *(DeclarationKind, Particulars, Retention, Contact, LiaisonOfficer),
    )
    for model in (*delegations, Session, Slot, Text, Edition, Subscriber, User):
        for row in model._default_manager.all():
            row.full_clean()


def test_names_are_in_every_language_and_sorted_as_one_reads(summit: Summit) -> None:
    names = list(Party.objects.values_list("name", flat=True))
    last = ["Switzerland", "Tunisia", "Türkiye", "United Kingdom"]
    assert sorted(last, key=names.index) == last
    for party in Party.objects.prefetch_related("names"):
        assert party.sort_key.isascii()
        # Companies are called alike everywhere.
        assert {row.language for row in party.names.all()} == ({"fr", "ar"} if party.is_delegation else set()), party
        for row in party.names.all():
            assert row.formal_name
            assert row.sort_key
            assert bool(row.footnote) == bool(party.footnote)
    assert PartyName.objects.filter(language="fr", sort_key__regex=r"[^\x00-\x7f]").count() == 0


def test_what_is_no_country_has_a_footnote_and_no_flag_in_every_language(summit: Summit) -> None:
    noted = set(Party.objects.exclude(footnote="").values_list("name", flat=True))
    assert noted == {"Kurdistan Regional Government", "Kosovo"}
    party = Party.objects.get(name="Kurdistan Regional Government")
    assert (party.kind, party.recognised, party.flag, party.iso_code) == ("substate", False, "none", "")
    assert sorted(party_names.as_data(party, policy=Policy.objects.of(summit))["footnotes"]) == ["ar", "en", "fr"]
    # It is written to at its focal point alone.
    assert [box.address for box in mailboxes_selectors.for_letters([party])] == ["protocol@krg.example"]
    kosovo = Party.objects.get(name="Kosovo")
    assert party_names.named(kosovo, policy=Policy.objects.of(summit), language="fr").flag == NEUTRAL


def test_nobody_is_over_a_quota(summit: Summit) -> None:
    for meters in quotas.meters_of(summit.parties.all()).values():
        for meter in meters:
            assert not meter.closed
            assert meter.allowed is None or meter.named <= meter.allowed, (meter.party, meter.label)


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


def test_agenda(summit: Summit) -> None:
    opening = Session.objects.get(title="Opening")
    here = opening.starts_at.astimezone(summit.zone)
    assert (here.date(), f"{here:%H:%M}", opening.visibility) == (summit.starts_on, "09:30", "public")
    assert (opening.slots.count(), opening.media, opening.interpretation.count()) == (2, "pooled", 6)
    assert list(opening.texts.order_by("language").values_list("title", flat=True)) == ["الافتتاح", "Ouverture"]
    assert [bytes(row.content)[:5] for row in Document.objects.all()] == [b"%PDF-"] * 2
    # Nobody is in two places: heads are at the bilateral meetings while nothing else is on for them.
    preview = releases.preview(summit=summit)
    assert (preview.number, preview.sessions, preview.warnings) == (1, 21, [])
    busy = Session.objects.filter(participants__party__name="Tunisia").order_by("starts_at")
    assert all(one.ends_at <= two.starts_at for one, two in pairwise(busy))


def test_nothing_is_out_yet_and_every_text_says_that_it_is_a_sample(summit: Summit) -> None:
    assert (Release.objects.count(), Message.objects.count(), public_editions().count()) == (0, 0, 0)
    assert set(Edition.objects.values_list("state", "author__email")) == {("draft", "press@summit.example")}
    assert set(Text.objects.values_list("embargo__moment", "embargo__held_at")) == {(None, None)}
    assert (Subscriber.objects.active().count(), Edition.objects.count()) == (4, 6)
    for edition in Edition.objects.all():
        assert edition.body.startswith("*Sample text, written for this demonstration. Nobody spoke or issued")

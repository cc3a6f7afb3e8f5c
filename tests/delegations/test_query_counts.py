"""What asks the database as often for many rows as for few: pages of the desk, and what the domain does with many."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count, product

import pytest
from django.contrib.admin.sites import site

from delegations.badges.models.transferable_passes import TransferablePass
from delegations.badges.services import badges, transferable_passes
from delegations.invitations.selectors import letter_facts
from delegations.invitations.services import (
    drafts_and_approval,
    invitations,
    manual_reminders,
    phone_calls,
    reminders,
)
from delegations.mailboxes import selectors as mailboxes_selectors
from delegations.members.models.categories import Category
from delegations.members.models.members import Membership
from delegations.members.selectors import quotas
from delegations.members.services import bulk_changes
from delegations.members.services import members as members_services
from delegations.membership_changes import handover_items
from delegations.membership_changes.services import handovers
from delegations.participants.selectors import photo_sheet
from delegations.participants.services import revisions
from delegations.parties.models.parties import Party
from delegations.parties.services import parties
from delegations.portal_access.services import accounts
from delegations.privacy.models import Retention
from summit.audit.services import SYSTEM
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import queries, queries_of, sign_in
from tests.module_fixtures import once_a_module

pytestmark = pytest.mark.django_db
ADMIN = "/admin/delegations/"
NUMBERS = count(1)


# --- pages ----------------------------------------------------------------------------------------------------------
def add_people(party: Party) -> Person:
    """Add a member of whom everything is entered, and all that hangs on one person."""
    person: Person = f.MembershipFactory(party=party).person
    entered = {"passport_number": "X1", "diet": "vegan", "hotel": "Grand", "arrives_at": f.START}
    f.ParticularsFactory(person=person, entered_for=party, **entered)
    f.PhotoFactory(person=person, entered_for=party)
    f.BadgeFactory(party=party, person=person, issued_by=f.UserFactory())
    f.HandoverFactory(party=party, giver=person)
    for factory in (f.DeclarationFactory, f.VisaLetterFactory):
        factory(party=party, person=person)
    for whose in (person, party.memberships.earliest("pk").person):
        f.FormerMemberFactory(party=party, person=whose)
        f.BadgeFactory(party=party, person=whose, ended_at=f.START, why="replaced")
        f.ExternalIdFactory(party=None, person=whose, system=f"s{next(NUMBERS)}")
        f.DuplicateCandidateFactory(person=whose)
    return person


def add_letters(party: Party) -> None:
    """Add to an invited party, and to another one, letters that came back, calls and answers."""
    for invitation in (f.InvitationFactory(party__summit=party.summit, sent=True), party.invitations.get()):
        f.InvitationLinkFactory(invitation=invitation)
        f.FocalPointFactory(party=invitation.party)
        f.CallNoteFactory(invitation=invitation, note="Said something")
        f.ReplyScanFactory(reply__invitation=invitation, reply__recorded_by=f.UserFactory())
        sent = {"summit": party.summit, "state": "sent", "sent_at": f.START, "created_at": f.START}
        back = {"returned_at": "2099-01-01T00:00Z", "returned_why": "5.1.1 unknown"}
        key = letter_facts.subject_key(invitation)
        f.MessageFactory(kind="invitation", subject_key=key, version=next(NUMBERS), **sent, **back)


def add(party: Party) -> None:
    """Add some of everything to a summit, and to a party that was invited."""
    summit, person = party.summit, add_people(party)
    add_letters(party)
    other = f.QuotaFactory(party__summit=summit, party__mission_contact="Gil", party__iso_code="IT").party
    f.PartyNameFactory(party=other, language="ar")
    f.ExternalIdFactory(party=other)
    f.PartyGroupFactory(summit=summit).parties.add(party, other)
    for factory in (f.FocalPointRequestFactory, f.FocalPointFactory, f.ContactFactory):
        factory(party=party)
    f.LiaisonOfficerFactory(summit=summit).parties.add(party)
    f.MembershipFactory(party__summit=summit, code="head")
    category = f.CategoryFactory(summit=summit, quota=1)
    Retention.objects.create(summit=summit, what="photo", category=category, days=1)
    f.MembershipFactory(party=party, category=category)
    rule = f.TransferablePassRuleFactory(summit=summit)
    for each in (category, rule):
        each.zones.add(f.ZoneFactory(summit=summit))
    TransferablePass.objects.create(rule=rule, party=party, number=1, holder=person.membership)
    f.DelegationImportFileFactory(summit=summit, uploaded_by=f.UserFactory())
    f.SessionFactory(summit=summit, starts_at=f.START, ends_at=f.START + timedelta(hours=1))
    f.InvitationFactory(party__summit=summit, answered=True)
    revisions.freeze(summit=summit, by=f.UserFactory.with_role(Role.PROTOCOL, summit))


@once_a_module
def worlds() -> list[Party]:
    """Make a summit with some of everything and one with twice as much; return a party of each."""
    found = []
    for times in (1, 2):
        party = f.InvitationFactory(sent=True).party
        f.MembershipFactory(party=party)
        for _each in range(times):
            add(party)
        found.append(party)
    return found


# Addresses, where nothing else is said those of the delegations; of a summit and its rows by their keys.
NARROW = ("/admin/", "party/{party}/")
BROAD = [
    *("/admin/summit/person/", "/admin/needs/{slug}/", "retention/summit/{slug}/", "retention/summit/{slug}/record/"),
    *(
        "reply/",
        "category/",
        "party/",
        "party/?quotas=full",
        "invitation/",
        "invitationlink/",
        "transferablepass/",
        "badge/",
    ),
    *("membership/", "delegationimportfile/", "participantlist/", "liaisonofficer/"),
    *("participantlist/prepare/{slug}/", "handover/waiting/"),
    *("names/{slug}/?language=fr", "order/{slug}/", "session/{slug}/", "invitation/calls/"),
    *("party/invite/?summit={slug}", "letters/{slug}/?purpose=delegation&language=en"),
    *(
        "/admin/summit/person/{person}/",
        "party/{party}/change/",
        "invitation/{invitation}/change/",
        "participantlist/{newest}/change/",
    ),
]
opened = pytest.mark.broad("opens every page of the desk, for few rows and for many; two of them are always opened")


@pytest.mark.parametrize("address", [*NARROW, *(pytest.param(page, marks=opened) for page in BROAD)])
@pytest.mark.slow("opens a page four times, for few rows and for many")
def test_a_page_asks_as_much_for_many(address: str, worlds: list[Party]) -> None:
    costs = []
    for party in worlds:
        summit, rows = party.summit, party.memberships.order_by("pk").values_list("pk", "person")
        keys = {
            "slug": summit.slug,
            "party": party.pk,
            "invitation": party.invitations.get().pk,
            "person": rows[0][1],
            "rows": "&".join(f"row={key}" for key, _person in rows),
            "newest": summit.participant_lists.latest("number").pk,
        }
        wanted = address.format(**keys)
        costs.append(queries_of(sign_in(summit), wanted if wanted.startswith("/") else f"{ADMIN}{wanted}"))
    assert costs[0] == costs[1]


def test_a_list_asks_as_much_when_it_has_more_pages(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.get_model_admin(Membership), "list_per_page", 4)
    client, counts = sign_in(party.summit), []
    for _time in range(2):
        f.MembershipFactory.create_batch(6, party=party)
        counts.append(queries_of(client, f"{ADMIN}membership/"))
    assert counts[0] == counts[1]


# --- actions --------------------------------------------------------------------------------------------------------
@dataclass
class Many:
    """So many of each in a summit whose answers are due soon: parties that nobody invited, drafts and invited ones,
    each with a focal point and a member."""

    number: int
    summit: Summit = field(default_factory=lambda: f.SummitFactory(answer_by=db_now() + timedelta(days=5)))
    fresh: list[Party] = field(default_factory=list)
    drafts: list[Party] = field(default_factory=list)
    invited: list[Party] = field(default_factory=list)
    members: list[Membership] = field(default_factory=list)
    unnamed: list[Person] = field(default_factory=list)

    def __post_init__(self) -> None:
        for _each in range(self.number):
            for group, made in ((self.fresh, ""), (self.drafts, "draft"), (self.invited, "sent")):
                party = f.FocalPointFactory(party__summit=self.summit).party
                group.append(party)
                if made:
                    f.InvitationFactory(party=party, state=made, sent_at=f.START if made == "sent" else None)
                self.members.append(f.MembershipFactory(party=party))
            f.HandoverFactory(party=party)
            self.unnamed.append(f.PersonFactory(summit=self.summit))
        f.TransferablePassRuleFactory(summit=self.summit, people=1)
        self.by: User = f.UserFactory.with_role(Role.ORGANISER, self.summit)

    @property
    def people(self) -> list[Person]:
        return [row.person for row in self.members]

    def category(self, code: str) -> Category:
        return Category.objects.get(summit=self.summit, code=code)


@once_a_module
def few_and_many() -> list[Many]:
    return [Many(2), Many(5)]


ACTIONS: dict[str, Callable[[Many], object]] = {
    "prepare": lambda all: drafts_and_approval.prepare(parties=all.fresh, by=all.by),
    "approve": lambda all: drafts_and_approval.approve_many(parties=all.drafts, by=all.by),
    "invite": lambda all: invitations.invite(parties=all.fresh, by=all.by),
    "remind": lambda _all: reminders.remind(),
    "whom to remind": lambda all: manual_reminders.preview(parties=all.invited),
    "settle overpasses": lambda all: transferable_passes.settle_summit(summit=all.summit, by=SYSTEM),
    "issue badges": lambda all: badges.issue(members=all.members, by=all.by),
    "confirm members": lambda all: bulk_changes.confirm(memberships=all.members, by=all.by),
    "move members": lambda all: bulk_changes.move(
        memberships=all.members, category=all.category("adviser"), by=all.by
    ),
    "name members": lambda all: members_services.name_many(
        party=all.fresh[0], people=[*product(all.unnamed, [all.category("delegate")])], by=SYSTEM
    ),
    "meters": lambda all: quotas.meters_of(all.fresh),
    "who takes part": lambda all: revisions.gather(all.summit),
    "who gets an account": lambda all: accounts.preview(people=all.people),
    "mailboxes of letters": lambda all: mailboxes_selectors.for_letters(all.fresh),
    "mailboxes of members": lambda all: mailboxes_selectors.for_members(
        summit=all.summit, party_ids={row.pk for row in all.fresh}, person_ids={row.pk for row in all.people}
    ),
    "whom to call": lambda all: phone_calls.sheet(summit=all.summit, now=db_now(), narrowed=phone_calls.Narrowed()),
    "faces": lambda all: photo_sheet.faces(summit=all.summit, by=all.by, language="en"),
    "add names": lambda all: parties.add_names(
        summit=all.summit, language="fr", names={row.pk: "Pays" for row in all.fresh}, by=all.by
    ),
    "what waits": lambda all: list(
        handovers.with_items(
            handovers.waiting(all.summit), summit=all.summit, reader=handover_items.HandoverDesk(all.by)
        )
    ),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_asks_as_much_for_many(name: str, few_and_many: list[Many]) -> None:
    costs = []
    for rows in few_and_many:
        # Reminders go to all summits whose answers are due.
        Summit.objects.exclude(pk=rows.summit.pk).update(answer_by=None)
        Summit.objects.filter(pk=rows.summit.pk).update(answer_by=rows.summit.answer_by)
        costs.append(queries(lambda rows=rows: ACTIONS[name](rows)))
    assert costs[0] == costs[1]


def test_a_summit_without_transferable_passes_is_asked_once(party: Party) -> None:
    assert queries(lambda: transferable_passes.settle_party(party=party, by=SYSTEM)) == 1

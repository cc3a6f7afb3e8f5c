"""What a delegation has of papers: declarations and visa support letters, in each state; a person's own; and the
categories, zones and groups that desks set."""

from datetime import date
from typing import Any

from django.db.models.functions import Now

from delegations.badges.models.transferable_passes import TransferablePass, TransferablePassRule
from delegations.badges.services import badges, transferable_pass_rules, transferable_passes
from delegations.contacts.models import Contact
from delegations.focal_points.services import requests
from delegations.liaison.models import LiaisonOfficer
from delegations.members.models.duplicates import DuplicateCandidate
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.particulars import Particulars, Photo
from delegations.members.services import categories, photos, quotas
from delegations.membership_changes.models import Handover
from delegations.parties.models.parties import Party
from delegations.parties.services import groups
from delegations.travel.models.declarations import DeclarationKind
from delegations.travel.models.visas import VisaLetter
from delegations.travel.services import declarations, visas
from delegations.zones import services as zones_services
from sessions.bilaterals.models import Bilateral
from sessions.draft.models.participants import Participant
from sessions.draft.models.sessions import Session
from summit.imports import services
from summit.imports.models import ImportFile
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User
from tests.delegations.members.test_photos import picture


def make_categories(summit: Summit, by: User) -> dict[str, Any]:
    """Make zones that a category and a transferable pass open, and a group, and return their keys."""
    inner = zones_services.create(summit=summit, values={"code": "Y", "name": "Conference rooms"}, by=by)
    zones_services.create(summit=summit, values={"code": "Z", "name": "Press centre"}, by=by)
    rule = transferable_pass_rules.create(
        summit=summit, values={"name": "Front rows", "passes": 1, "people": 5, "most": 3, "zones": [inner]}, by=by
    )
    adviser = next(row for row in categories.of(summit) if row.code == "adviser")
    categories.change(category=adviser, values={"quota": 5, "names": {"en": "Advisor"}, "zones": [inner]}, by=by)
    party = Party.objects.filter(summit=summit, memberships__isnull=False).order_by("pk")[0]
    values = {"name": "Friends of the water convention", "parties": list(Party.objects.filter(summit=summit)[:5])}
    group = groups.create(summit=summit, values=values, by=by)
    quota = quotas.set_quota(party=party, category=adviser, number=7, reason="Two working groups", by=by)
    return {
        "pk delegations.membership": party.memberships.order_by("-pk")[0].pk,
        "pk delegations.partygroup": group.pk,
        "pk delegations.quota": quota.pk,
        "pk delegations.zone": inner.pk,
        "pk delegations.transferablepassrule": rule.pk,
        "pk delegations.category": adviser.pk,
    }


def make(party: Party, by: User) -> dict[str, Any]:
    """Make them for the first members of a party, and return what fills addresses."""
    kind = DeclarationKind.objects.get(summit=party.summit, name="Weapons")
    members = list(party.memberships.select_related("person").order_by("position", "pk"))
    for number, row in enumerate(members[:2]):
        Particulars.objects.update_or_create(
            person=row.person,
            defaults={
                "entered_for": party,
                "passport_name": f"PERSON {number}",
                "passport_number": f"X{number}",
                "nationality": "FR",
                "birth_date": date(1970, 1, 1 + number),
                "passport_expiry": date(2040, 1, 1),
            },
        )
    first = members[0].person
    photos.store(person=first, content=picture((480, 600)), by=by)
    Photo.objects.update(entered_for=party)
    said = ("Pistol, 9 mm, 48213", "Radio, 446 MHz", "Pistol, 9 mm, 99120")
    rows = [declarations.declare(party=party, person=first, kind=kind, details=details, by=by) for details in said]
    declarations.permit(declaration=rows[1], by=by)
    declarations.refuse(declaration=rows[2], reason="Two are too many.", by=by)
    letter = visas.ask(party=party, person=first, embassy="Embassy of the host", by=by)
    visas.issue(letters=[letter], by=by)
    for row in members[1:2]:
        visas.ask(party=party, person=row.person, embassy="Consulate of the host", by=by)
    known: dict[str, Any] = {"party": party, "office": "First Secretary", "language": "fr", "by": by}
    waiting = requests.ask(name="Gil Example", email="gil@land.example", **known)
    like = requests.ask(name=first.name or "Gil Example", email="like@land.example", **known)
    no = requests.ask(name="Hal Example", email="hal@land.example", **known)
    requests.refuse(request=no, reason="One is enough.", by=by)
    TransferablePassRule.objects.create(summit=party.summit, name="Leaders’ floor", people=2, most=3)
    transferable_passes.settle_summit(summit=party.summit, by=by)
    carried = TransferablePass.objects.filter(party=party).order_by("number")[0]
    transferable_passes.pass_on(transferable_pass=carried, seen=None, taker=first, by=by)
    members[0].party.memberships.update(confirmed_at=Now())
    issued = badges.issue(members=members[:2], by=by).done
    live = badges.reissue(badge=issued[0], by=by)
    # Whoever is the only focal point can't leave.
    second = Person.objects.create(summit=party.summit, name="Ida Example", email="ida@land.example", language="fr")
    FocalPoint.objects.create(party=party, person=second)
    gone = Person.objects.create(summit=party.summit, name="Somebody who left", office="Former minister")
    session = Session.objects.filter(summit=party.summit, cancelled_at=None).order_by("pk")[0]
    Participant.objects.create(session=session, person=gone)
    waits = Handover.objects.create(party=party, giver=gone, taker=first, what="place", key=session.public_id)
    asks = Party.objects.filter(summit=party.summit).exclude(pk=party.pk).exclude(bilaterals_asked__counterpart=party)
    asked = Bilateral.objects.create(party=asks[0], counterpart=party, purpose="Ports", forwarded_at=Now())
    return {
        "bilateral": asked.public_id,
        "pk delegations.transferablepass": carried.pk,
        "pk delegations.focalpointrequest": waiting.pk,
        "focal_refused": no.pk,
        "focal_like": like.pk,
        "pk delegations.contact": Contact.objects.create(
            party=party, role="press", name="Press desk", phone="+44 1"
        ).pk,
        "pk delegations.liaisonofficer": LiaisonOfficer.objects.filter(summit=party.summit)[0].pk,
        "assisted": LiaisonOfficer.objects.get(person__email="liaison@summit.example").parties.all()[0].public_id,
        "pk delegations.handover": waits.pk,
        "pk delegations.badge": live.pk,
        "badge": live.public_id,
        "badge_dead": issued[0].public_id,
        "desk_party": party.public_id,
        "desk_person": first.public_id,
        "desk_letter": letter.public_id,
        "pk delegations.declaration": rows[0].pk,
        "pk delegations.declarationkind": kind.pk,
        "pk delegations.visaletter": letter.pk,
        "desk_sheet": _sheet(party, by, party).public_id,
        "pk delegations.delegationimportfile": _sheet(party, by, None).pk,
        "visa_asked": VisaLetter.objects.order_by("-pk")[0].pk,
    }


def somebody(summit: Summit) -> Person:
    """Somebody of whom everything is known, and who seems to be entered twice."""
    person = Person.objects.filter(summit=summit, user__isnull=False)[0]
    values = {"passport_number": "C01X00T47", "diet": "No nuts.", "hotel": "A hotel", "arrives_at": Now()}
    Particulars.objects.update_or_create(person=person, defaults=values)
    Photo.objects.update_or_create(person=person, defaults={"image": picture(), "width": 800, "height": 600})
    other = Person.objects.filter(summit=summit).exclude(pk=person.pk)[0]
    DuplicateCandidate.objects.get_or_create(person=person, other=other, why="name")
    return person


def _sheet(party: Party, by: User, own: Party | None) -> ImportFile:
    """Upload a table in which each outcome is."""
    there = party.memberships.select_related("person").order_by("position", "pk")[0].person.name
    text = f"name,category,shoe size\n{there},,1\nNew Person,,2\nOdd Person,wizard,3\n"
    if own is None:
        rows = text.splitlines()
        text = "\n".join([f"party,{rows[0]}", *(f"{party.name},{row}" for row in rows[1:])])
    return services.store(
        summit=party.summit,
        kind="people",
        party_key=own.public_id if own else "",
        filename="people.csv",
        content=text.encode(),
        by=by,
    )

"""The desk's search for parties and people."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from delegations.contacts.models import Contact
from delegations.invitations.admin_urls import ANSWERABLE, answer_step, reminder_step
from delegations.invitations.models.invitations import Invitation, InvitationState
from delegations.invitations.permissions import can_answer_for, can_invite
from delegations.members.models.focal_points import FocalPoint
from delegations.members.permissions import can_raise_quota
from delegations.overview.selectors import phone_numbers
from delegations.parties.models.parties import Party, PartyName
from summit.admin_base.detail_pages import detail_url
from summit.admin_base.next_steps import NextStep
from summit.admin_base.search import SearchHit, Source, register
from summit.audit import access_log
from summit.audit import services as audit
from summit.core.phone_links import tel_uri
from summit.core.text_normalisation import Fold
from summit.people.models import Person
from summit.permissions.rules import allows
from summit.templatetags.text_direction import own
from summit.users.models import User


def _person(row: Person) -> SearchHit:
    membership: Any = getattr(row, "membership", None)
    note = [row.office if row.name else "", membership.party.name if membership else ""]
    return SearchHit(row.name or row.office, " · ".join(part for part in note if part), detail_url(row))


def _in_any_language(word: str) -> Q:
    names = PartyName.objects.alias(folded=Fold("name", "formal_name")).filter(folded__contains=word)
    return Q(pk__in=names.order_by().values("party"))


def _party(row: Party) -> SearchHit:
    return SearchHit(row.name, row.formal_name, detail_url(row))


# So many of the rows that are found get their steps in the palette, and a delegation so many numbers.
WITH_STEPS, NUMBERS = 3, 3
SEE_FOCAL_POINTS, SEE_CONTACTS = "delegations.focalpoint.view", "delegations.contact.view"
Steps = dict[int, tuple[NextStep, ...]]


def _call(name: str, phone: str) -> list[NextStep]:
    """Return the step that calls a number, or none if it has no digits."""
    uri = tel_uri(phone)
    shown = format_html('<bdi class="whole" dir="ltr" translate="no">{}</bdi>', phone)
    parts = {"name": own(name, ""), "phone": shown}
    return [NextStep(uri, SafeString(conditional_escape(gettext("Call %(name)s: %(phone)s")) % parts))] if uri else []


def _log(request: HttpRequest, rows: list[Any], fields: tuple[str, ...]) -> None:
    """Record that the user saw these personal fields of delegations, people or contacts."""
    shown = [(row.party.summit_id if isinstance(row, Contact) else row.summit_id, audit.key_of(row)) for row in rows]
    if shown and isinstance(request.user, User):
        label = rows[0]._meta.label_lower
        access_log.record_list(by=request.user, label=label, rows=shown, fields=fields)


def _steps(request: HttpRequest, rows: list[Party]) -> Steps:
    """Return whom the user can call at the first delegations, and what else to do next. Makes three queries."""
    first = rows[:WITH_STEPS]
    answered = [row for row in first if can_answer_for(request.user, row.summit)]
    invitations = Invitation.objects.filter(party__in=answered, occasion="", state__in=ANSWERABLE)
    steps = _calls(request, first)
    summits = {row.pk: row.summit for row in first}
    for row in invitations:
        steps[row.party_id].append(answer_step(row))
        if row.state == InvitationState.SENT and can_invite(request.user, summits[row.party_id]):
            steps[row.party_id].append(reminder_step(row))
    for party in first[:1]:
        if can_raise_quota(request.user, party.summit):
            url = reverse("admin:delegations_party_quotas", args=[party.pk])
            steps[party.pk].append(NextStep(url, gettext("Quotas")))
    return {key: tuple(found) for key, found in steps.items() if found}


def _calls(request: HttpRequest, parties: list[Party]) -> dict[int, list[NextStep]]:
    """Return the first numbers of each party that the user may see: of focal points, of contacts, of the mission."""
    see_points, see_contacts = (
        [row for row in parties if allows(request.user, action, row.summit)]
        for action in (SEE_FOCAL_POINTS, SEE_CONTACTS)
    )
    numbers = phone_numbers.of_parties(parties, focal_points=see_points, contacts=see_contacts)
    seen = [row for row in parties if any(each.role != phone_numbers.MISSION for each in numbers[row.pk])]
    _log(request, seen, ("focal_points", "contacts"))
    return {
        key: [step for each in found for step in _call(each.label, each.phone)][:NUMBERS]
        for key, found in numbers.items()
    }


def _steps_of_people(request: HttpRequest, rows: list[Person]) -> Steps:
    """Return the numbers of the first people, and the delegations for which they act. Makes one query."""
    first = rows[:WITH_STEPS]
    points = FocalPoint.objects.filter(person__in=first).select_related("party__summit").order_by("pk")
    acts: dict[int, list[NextStep]] = {row.pk: [] for row in first}
    for point in points:
        if allows(request.user, SEE_FOCAL_POINTS, point.party.summit):
            label = gettext("Open delegation: %(name)s") % {"name": point.party.name}
            acts[point.person_id].append(NextStep(detail_url(point.party), label))
    calls = {row.pk: _call(row.label, row.phone) for row in first}
    _log(request, [row for row in first if calls[row.pk]], ("phone",))
    return {row.pk: (*calls[row.pk], *acts[row.pk]) for row in first}


def _contact(row: Contact) -> SearchHit:
    role = row.get_role_display() if row.name or row.office else ""
    return SearchHit(row.label, " · ".join(filter(None, (role, row.party.name))), detail_url(row.party))


def _steps_of_contacts(request: HttpRequest, rows: list[Contact]) -> Steps:
    """Return the numbers of the first contacts."""
    first = [row for row in rows[:WITH_STEPS] if row.phone]
    _log(request, first, ("phone",))
    return {row.pk: tuple(_call(row.label, row.phone)) for row in first}


register(
    10,
    Source(
        model=Party,
        title=gettext_lazy("Delegations"),
        permission="delegations.party.view",
        rows=lambda: Party.objects.select_related("summit"),
        head="name",
        text=("name", "formal_name", "sort_key", "iso_code", "mission_email"),
        also=_in_any_language,
        hit=_party,
        steps=_steps,
    ),
)
register(
    20,
    Source(
        model=Person,
        title=gettext_lazy("People"),
        permission="summit.person.view",
        rows=lambda: Person.objects.select_related("membership__party"),
        head="name",
        text=("name", "office", "email", "membership__party__name"),
        hit=_person,
        personal=("name", "office"),
        steps=_steps_of_people,
    ),
)
register(
    25,
    Source(
        model=Contact,
        title=gettext_lazy("Contacts"),
        permission=SEE_CONTACTS,
        rows=lambda: Contact.objects.select_related("party__summit"),
        head="name",
        text=("name", "office", "email", "party__name"),
        hit=_contact,
        summit_path="party__summit",
        personal=("name", "office"),
        steps=_steps_of_contacts,
        has_list=False,
    ),
)

"""The status page of a delegation: its answer, the numbers of named people, missing items and their deadlines."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.focal_points.models import FocalPointRequest, RequestState
from delegations.invitations.services import answers
from delegations.liaison import selectors as liaison
from delegations.members.models.members import FormerMember, Membership
from delegations.members.selectors import quotas
from delegations.membership_changes import handover_items
from delegations.membership_changes.services import handovers
from delegations.overview.selectors import member_completeness
from delegations.participants.permissions import SET_LISTING
from delegations.participants.selectors.public_list import public_list
from delegations.participants.services import public_listing as public_listing_services
from delegations.parties.models.parties import Party, PartyKind, PublicListing
from delegations.parties.models.policy import Policy
from delegations.travel.models.declarations import Declaration, DeclarationKind, DeclarationState
from delegations.travel.models.visas import VisaLetter, VisaState
from portal.delegation_access import DelegationDesk, delegation_page, saved
from summit.core.database_clock import db_now
from summit.templatetags.moments import day_clock

# The most changes that are shown, the newest first.
CHANGES = 6
WORDS = {
    member_completeness.CONFIRMATION: gettext_lazy("awaiting confirmation"),
    member_completeness.PASSPORT: gettext_lazy("passport"),
    member_completeness.PHOTO: gettext_lazy("photograph"),
    member_completeness.ARRIVAL: gettext_lazy("arrival"),
    member_completeness.VISA: gettext_lazy("visa letter refused: request a new one"),
}
# Where a missing item is entered: the section of the person's page, and the id of the field.
FIELDS = {
    member_completeness.PASSPORT: ("passport", "id_passport_name"),
    member_completeness.PHOTO: ("photo", "id_photo"),
    member_completeness.ARRIVAL: ("travel", "id_arrives_at_0"),
}


class ListingForm(forms.Form):
    """The form by which a delegation says what the public list of delegations shows of it."""

    public_listing = forms.ChoiceField(
        label=gettext_lazy("What the list shows of your delegation"),
        help_text=gettext_lazy(
            "The head is listed by name and office. Only people you have confirmed count, without security and "
            "spouses."
        ),
        choices=[(value, capfirst(label)) for value, label in PublicListing.choices],
        widget=forms.RadioSelect,
    )


@delegation_page("delegations.membership.view")
def standing(request: HttpRequest, delegation: DelegationDesk) -> HttpResponse:
    """Show the status of the delegation: its answer, people, missing items, open decisions and latest changes."""
    return _page(request, delegation, ListingForm(initial={"public_listing": delegation.party.public_listing}))


@delegation_page(SET_LISTING, "POST")
def public_listing(request: HttpRequest, delegation: DelegationDesk) -> HttpResponse:
    """Save what the public list of delegations shows of the delegation (POST)."""
    form = ListingForm(request.POST)
    if not form.is_valid():
        return _page(request, delegation, form, status=422)
    listing = form.cleaned_data["public_listing"]
    party = public_listing_services.set_listing(party=delegation.party, listing=listing, by=delegation.by)
    message = _("Saved: %(what)s.") % {"what": party.get_public_listing_display()}
    return saved(request, f"{message} {_when_public(party)}".strip(), "delegation", party.public_id)


def _when_public(party: Party) -> str:
    """Return a sentence that says from when a party is in the public list, or "" if it isn't listed."""
    if party.public_listing == PublicListing.NONE:
        return ""
    moment = Policy.objects.of(party.summit).parties_public_at
    if moment is None:
        return _("The host has not yet set when the list becomes public.")
    if moment > db_now():
        return _("The list is public from %(moment)s.") % {"moment": day_clock(moment, party.summit)}
    if public_list(party.summit).filter(pk=party.pk).exists():
        return _("The list is public now.")
    return _("The list is public. Your delegation appears in it once it has accepted.")


def _page(
    request: HttpRequest, delegation: DelegationDesk, listing_form: ListingForm, *, status: int = 200
) -> HttpResponse:
    now, policy = db_now(), Policy.objects.of(delegation.summit)
    members = list(member_completeness.roll(delegation.party))
    letters = VisaLetter.objects.filter(party=delegation.party).select_related("person")
    declared = Declaration.objects.filter(party=delegation.party).select_related("person", "kind")
    requests = FocalPointRequest.objects.filter(party=delegation.party)
    records = list(letters), list(declared), list(requests)
    invitations = [
        row for row in delegation.viewer.invitations if row.party_id == delegation.party.pk and not row.occasion
    ]
    answer = {
        "party": delegation.party,
        "invitation": invitations[0] if invitations else None,
        "acts": True,
        "key": "answer",
        "officers": liaison.of_party(delegation.party),
    }
    context = delegation.context(
        now=now,
        policy=policy,
        members=members,
        confirmed=sum(row.confirmed_at is not None for row in members),
        missing=lines(delegation, member_completeness.missing(members, policy, now)),
        kinds=kinds(delegation),
        waiting=[*waiting(*records), *handover_messages(delegation)],
        changes=changes(delegation, members, *records),
        **numbers(delegation),
        rows=[{**answer, "takes": answers.still_open(delegation.summit.pk).exists()}],
        # A single guest is never listed.
        form=None if delegation.party.kind == PartyKind.GUEST else listing_form,
    )
    return render(request, "portal/delegation/status.html", context, status=status)


def numbers(delegation: DelegationDesk) -> dict[str, Any]:
    """Return the template variables `meters`, `offered` and `name_by`.

    `meters` are the meters of categories that have people or a quota. `offered` are the labels of other categories.
    `name_by` is the deadline that most of the meters have, or None if there is none.
    """
    meters = quotas.meters(party=delegation.party)
    listed = [meter for meter in meters if meter.named or meter.allowed is not None]
    deadlines = Counter(meter.name_by for meter in listed if meter.category and meter.name_by)
    return {
        "meters": listed,
        "offered": [meter.label for meter in meters if meter not in listed],
        "name_by": deadlines.most_common(1)[0][0] if deadlines else None,
    }


def lines(delegation: DelegationDesk, missing: list[member_completeness.Missing]) -> dict[str, Any]:
    """Return the template variables `number` and `groups` for the missing items.

    `number` counts the items. There is a group for each deadline, with `until`, `late` and its `rows`. A row is a
    person with the items and their URLs.
    """
    groups: dict[datetime | None, dict[str, Any]] = {}
    for item in missing:
        group = groups.setdefault(item.until, {"until": item.until, "late": item.late, "people": {}})
        row = group["people"].setdefault(item.member.pk, {"person": item.member.person, "things": []})
        row["things"].append((WORDS[item.what], address(delegation, item.member, item.what)))
    for group in groups.values():
        group["rows"] = list(group.pop("people").values())
    return {"number": len(missing), "groups": list(groups.values())}


def address(delegation: DelegationDesk, member: Membership, what: str) -> str:
    """Return the URL of the page on which the missing item `what` of a member is entered."""
    keys = [delegation.party.public_id, member.person.public_id]
    if what == member_completeness.VISA:
        return f"{reverse('portal:visas', args=keys[:1])}?person={keys[1]}#id_embassy"
    if what == member_completeness.CONFIRMATION:
        return f"{reverse('portal:person', args=keys)}#confirm"
    section, field = FIELDS[what]
    return f"{reverse('portal:person_edit', args=[*keys, section])}#{field}"


def kinds(delegation: DelegationDesk) -> list[DeclarationKind]:
    """Return the kinds of declarations, each with the number that the delegation has declared."""
    ours = Count("declarations", filter=Q(declarations__party=delegation.party))
    return list(DeclarationKind.objects.filter(summit=delegation.summit).annotate(declared=ours))


def waiting(
    letters: list[VisaLetter], declared: list[Declaration], requests: list[FocalPointRequest]
) -> Iterator[str]:
    """Yield a sentence for each of the host's decisions for which the delegation waits."""
    for request in requests:
        if request.state == RequestState.OPEN:
            yield _("Protocol decides whether %(person)s becomes a focal point.") % {"person": request.name}
    for letter in letters:
        if letter.state == VisaState.ASKED:
            yield _("Protocol decides on the visa support letter for %(person)s.") % {"person": letter.person.label}
    for row in declared:
        if row.state == DeclarationState.DECLARED and row.kind.permit:
            params = {"person": row.person.label, "kind": row.kind}
            yield _("The host decides on the declaration of %(person)s: %(kind)s.") % params


def handover_messages(delegation: DelegationDesk) -> Iterator[str]:
    """Yield a sentence for each item of a former member that protocol still has to hand over to somebody else.

    The number of queries doesn't grow with the items.
    """
    rows = list(handovers.waiting(delegation.summit).filter(party=delegation.party))
    people = (*delegation.viewer.people, *(row.giver for row in rows))
    reader = handover_items.Delegation(delegation.party, people)
    for row, item in handovers.with_items(rows, summit=delegation.summit, reader=reader):
        params = {"person": row.giver.label, "item": item.words}
        yield _("Protocol decides on the handover from %(person)s: %(item)s.") % params


def changes(
    delegation: DelegationDesk,
    members: list[Membership],
    letters: list[VisaLetter],
    declared: list[Declaration],
    requests: list[FocalPointRequest],
) -> list[tuple[datetime, str]]:
    """Return the latest changes of the delegation, newest first, each as its moment and a sentence."""
    former = FormerMember.objects.filter(party=delegation.party).select_related("person", "successor")[:CHANGES]
    events: list[tuple[datetime | None, str]] = []
    for row in members:
        params = {"person": row.person.label}
        events += [(row.created_at, _("%(person)s was named.") % params)]
        events += [(row.confirmed_at, _("%(person)s was confirmed.") % params)]
    for leaver in former:
        params = {"person": leaver.person.label, "successor": leaver.successor.label if leaver.successor else ""}
        message = (
            _("%(person)s was replaced by %(successor)s.") if leaver.successor else _("%(person)s was withdrawn.")
        )
        events.append((leaver.ended_at, message % params))
    events += [(row.decided_at, _letter_message(row)) for row in letters]
    events += [(row.decided_at, _declaration_message(row)) for row in declared]
    events += [(row.decided_at, _request_message(row)) for row in requests if row.state != RequestState.WITHDRAWN]
    dated = [(at, message) for at, message in events if at is not None]
    return sorted(dated, key=lambda event: event[0], reverse=True)[:CHANGES]


def _letter_message(row: VisaLetter) -> str:
    params = {"person": row.person.label}
    return {
        VisaState.ISSUED.value: _("The visa support letter for %(person)s was issued.") % params,
        VisaState.REFUSED.value: _("The visa support letter for %(person)s was refused.") % params,
    }.get(row.state, _("The visa support letter for %(person)s was cancelled.") % params)


def _declaration_message(row: Declaration) -> str:
    params = {"person": row.person.label, "kind": row.kind}
    if row.state == DeclarationState.PERMITTED:
        return _("The declaration of %(person)s was permitted: %(kind)s.") % params
    return _("The declaration of %(person)s was refused: %(kind)s.") % params


def _request_message(row: FocalPointRequest) -> str:
    if row.state == RequestState.APPROVED:
        return _("%(person)s became a focal point.") % {"person": row.name}
    return _("Protocol refused %(person)s as a focal point.") % {"person": row.name}

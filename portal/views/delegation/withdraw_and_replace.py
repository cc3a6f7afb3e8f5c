"""Withdraw or replace a person of a delegation. The page shows the consequences first."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from delegations.badges.models.badges import Badge
from delegations.badges.selectors import badge_check, badges
from delegations.members.forms import PersonForm
from delegations.members.models.members import FormerMember, Membership
from delegations.members.selectors import naming_rules
from delegations.members.services import members, registration
from delegations.members.services.people import PossibleDuplicate
from delegations.membership_changes import handover_items
from delegations.membership_changes.services import handovers
from delegations.travel.models.declarations import Declaration, DeclarationState
from delegations.travel.models.visas import VisaLetter
from delegations.travel.services import visas
from portal.delegation_access import DelegationDesk, delegation_page, see_other
from portal.views.delegation.people import NAMED_BY, add_errors, mark_expected_fields, offered
from summit.people.models import Person


def follows(delegation: DelegationDesk, member: Membership) -> list[str]:
    """Return sentences about the consequences when a member leaves, for badge, visa letter and declarations.

    Makes three queries.
    """
    consequences = []
    if Badge.objects.live().filter(person=member.person_id).exists():
        consequences.append(_("The badge is cancelled."))
    if VisaLetter.objects.filter(person=member.person_id, state__in=visas.STANDING).exists():
        consequences.append(_("The visa support letter is cancelled."))
    declared = Declaration.objects.filter(party=delegation.party, person=member.person_id)
    if declared.exclude(state=DeclarationState.REFUSED).exists():
        consequences.append(_("Declarations and permits are withdrawn."))
    return consequences


def items_to_hand_over(delegation: DelegationDesk, person: Person) -> list[str]:
    """Return in words the items that protocol has to hand over to somebody else when a person leaves.

    Makes two queries for each kind of item.
    """
    person.summit = delegation.summit
    reader = handover_items.Delegation(delegation.party, (*delegation.viewer.people, person))
    rows = handover_items.items(summit=delegation.summit, keys=handover_items.held(person), reader=reader)
    return [row.words for row in rows]


def add_departure_message(request: HttpRequest, delegation: DelegationDesk, member: Membership) -> None:
    """Add a message for the next page: who left, the void badge, and how many items protocol has to hand over.

    Makes three queries.
    """
    rows = FormerMember.objects.filter(party=delegation.party, person=member.person_id)
    former = rows.select_related("person", "successor").order_by("-pk")[0]
    badge = badges.ended_with(former)
    context = {
        "former": former,
        "badge": badge_check.spaced(badge.public_id) if badge else "",
        "waiting": handovers.still_open(delegation.summit).filter(giver=former.person_id).count(),
    }
    messages.success(
        request,
        SafeString(
            " ".join(
                render_to_string("portal/delegation/withdraw_and_replace/departure_message.html", context).split()
            )
        ),
    )


@delegation_page("delegations.withdraw", "GET POST", row="delegations.membership")
def withdraw(request: HttpRequest, delegation: DelegationDesk, person: str) -> HttpResponse:
    """Show the consequences of withdrawing a person. A POST withdraws the person."""
    member = delegation.member(person)
    refused = ""
    if request.method == "POST":
        try:
            members.withdraw(membership=member, by=delegation.by)
        except naming_rules.NamingRefused as problem:
            refused = str(problem)
        else:
            add_departure_message(request, delegation, member)
            return see_other("people", delegation.party.public_id)
    consequences = {"follows": follows(delegation, member), "left": items_to_hand_over(delegation, member.person)}
    context = delegation.context(member=member, person=member.person, refused=refused, **consequences)
    return render(
        request, "portal/delegation/withdraw_and_replace/withdraw.html", context, status=409 if refused else 200
    )


@delegation_page("delegations.withdraw", "GET POST", row="delegations.membership")
def replace(request: HttpRequest, delegation: DelegationDesk, person: str) -> HttpResponse:
    """Show the form to choose a successor of a person. A POST replaces the person by the successor."""
    member = delegation.member(person)
    if request.method != "POST":
        return _page(request, delegation, member, PersonForm(summit=delegation.summit, fields=NAMED_BY))
    if request.POST.get("member") == "":
        return _page(
            request,
            delegation,
            member,
            PersonForm(summit=delegation.summit, fields=NAMED_BY),
            nobody=True,
            status=422,
        )
    form, hits = PersonForm(request.POST, summit=delegation.summit, fields=NAMED_BY), []
    if form.is_valid() or request.POST.get("known") or request.POST.get("member"):
        try:
            successor = _replace_member(request, delegation, member, form)
        except PossibleDuplicate as seems:
            hits = seems.hits
        except naming_rules.NamingRefused as refused:
            return _page(request, delegation, member, form, refused=str(refused), status=409)
        except (ValidationError, PermissionDenied) as problem:
            add_errors(form, problem)
        else:
            add_departure_message(request, delegation, member)
            return see_other("person", delegation.party.public_id, successor.person.public_id)
    return _page(request, delegation, member, form, known=offered(delegation, hits), status=409 if hits else 422)


def _replace_member(
    request: HttpRequest, delegation: DelegationDesk, member: Membership, form: PersonForm
) -> Membership:
    # An existing person needs no name in the form.
    if request.POST.get("member"):
        return members.replace(
            membership=member, person=delegation.member(request.POST["member"]).person, by=delegation.by
        )
    chosen = request.POST.get("known", "")
    if chosen:
        return members.replace(membership=member, person=delegation.entered(chosen), by=delegation.by)
    values = {name: form.cleaned_data[name] for name in NAMED_BY}
    another = request.POST.getlist("another")
    return registration.create_and_replace(membership=member, values=values, by=delegation.by, another=another)


def _page(
    request: HttpRequest,
    delegation: DelegationDesk,
    member: Membership,
    form: PersonForm,
    *,
    known: list[dict[str, Any]] | None = None,
    refused: str = "",
    nobody: bool = False,
    status: int = 200,
) -> HttpResponse:
    # People whom the delegation has entered, but who aren't named now.
    free = Person.objects.filter(particulars__entered_for=delegation.party, membership__isnull=True).order_by(
        "name", "pk"
    )
    # Members of other categories, such as the alternate head.
    others = Membership.objects.filter(party=delegation.party).exclude(category=member.category)
    mark_expected_fields(form)
    form.initial["language"] = delegation.party.language
    context = delegation.context(
        member=member,
        person=member.person,
        form=form,
        known=known or [],
        free=free,
        others=others.select_related("person", "category").order_by("position", "pk"),
        refused=refused,
        nobody=[("member", "", _("Choose a person."))] if nobody else [],
        follows=follows(delegation, member),
        left=items_to_hand_over(delegation, member.person),
    )
    return render(request, "portal/delegation/withdraw_and_replace/replace.html", context, status=status)

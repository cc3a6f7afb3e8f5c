"""Withdrawing and replacing a person: what follows is said before it is done."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from delegations.badges.models.badges import Badge
from delegations.badges.selectors import badge_check, badges
from delegations.members.forms import PersonForm
from delegations.members.models.members import FormerMember, Membership
from delegations.members.selectors import naming_rules
from delegations.members.services import members, registration
from delegations.members.services.people import SeemsKnown
from delegations.membership_changes import handover_items
from delegations.membership_changes.services import handovers
from delegations.travel.models.declarations import Declaration, DeclarationState
from delegations.travel.models.visas import VisaLetter
from delegations.travel.services import visas
from portal.delegation_access import Desk, desk, see_other
from portal.views.delegation.people import NAMED_BY, asked_for, offered, tell
from summit.people.models import Person


def follows(found: Desk, member: Membership) -> list[str]:
    """Return in sentences what is over when a member leaves. Three queries."""
    said = []
    if Badge.objects.live().filter(person=member.person_id).exists():
        said.append(_("The badge opens nothing from that moment on."))
    if VisaLetter.objects.filter(person=member.person_id, state__in=visas.STANDING).exists():
        said.append(_("The visa support letter is void."))
    declared = Declaration.objects.filter(party=found.party, person=member.person_id)
    if declared.exclude(state=DeclarationState.REFUSED).exists():
        said.append(_("What was declared is taken back, with its permits."))
    return said


def left(found: Desk, person: Person) -> list[str]:
    """Return in words what is somebody's own and waits for protocol when they leave. Two queries a kind of item."""
    person.summit = found.summit
    reader = handover_items.Delegation(found.party, (*found.viewer.people, person))
    rows = handover_items.items(summit=found.summit, keys=handover_items.held(person), reader=reader)
    return [row.words for row in rows]


def say_gone(request: HttpRequest, found: Desk, member: Membership) -> None:
    """Say on the next page who left, that their badge is dead, and how much waits for protocol. Three queries."""
    gone = FormerMember.objects.filter(party=found.party, person=member.person_id)
    former = gone.select_related("person", "successor").order_by("-pk")[0]
    badge = badges.ended_with(former)
    said = {
        "former": former,
        "badge": badge_check.spaced(badge.public_id) if badge else "",
        "waiting": handovers.still_open(found.summit).filter(giver=former.person_id).count(),
    }
    messages.success(request, SafeString(" ".join(render_to_string("portal/delegation/gone.html", said).split())))


@require_http_methods(["GET", "HEAD", "POST"])
@desk("delegations.withdraw")
def withdraw(request: HttpRequest, found: Desk, person: str) -> HttpResponse:
    """Say what follows; a POST withdraws the person."""
    member = found.member(person)
    refused = ""
    if request.method == "POST":
        try:
            members.withdraw(membership=member, by=found.by)
        except naming_rules.NamingRefused as problem:
            refused = str(problem)
        else:
            say_gone(request, found, member)
            return see_other("people", found.party.public_id)
    told = {"follows": follows(found, member), "left": left(found, member.person)}
    context = found.context(member=member, person=member.person, refused=refused, **told)
    return render(request, "portal/delegation/person_withdraw.html", context, status=409 if refused else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk("delegations.withdraw")
def replace(request: HttpRequest, found: Desk, person: str) -> HttpResponse:
    """Ask who comes instead; a POST puts that person in the place."""
    member = found.member(person)
    if request.method != "POST":
        return _page(request, found, member, PersonForm(summit=found.summit, fields=NAMED_BY))
    if request.POST.get("member") == "":
        return _page(
            request, found, member, PersonForm(summit=found.summit, fields=NAMED_BY), nobody=True, status=422
        )
    form, hits = PersonForm(request.POST, summit=found.summit, fields=NAMED_BY), []
    if form.is_valid() or request.POST.get("known") or request.POST.get("member"):
        try:
            fresh = _put(request, found, member, form)
        except SeemsKnown as seems:
            hits = seems.hits
        except naming_rules.NamingRefused as refused:
            return _page(request, found, member, form, refused=str(refused), status=409)
        except (ValidationError, PermissionDenied) as problem:
            tell(form, problem)
        else:
            say_gone(request, found, member)
            return see_other("person", found.party.public_id, fresh.person.public_id)
    return _page(request, found, member, form, known=offered(found, hits), status=409 if hits else 422)


def _put(request: HttpRequest, found: Desk, member: Membership, form: PersonForm) -> Membership:
    # Whoever is chosen needs no name.
    if request.POST.get("member"):
        return members.replace(membership=member, person=found.member(request.POST["member"]).person, by=found.by)
    chosen = request.POST.get("known", "")
    if chosen:
        return members.replace(membership=member, person=found.entered(chosen), by=found.by)
    values = {name: form.cleaned_data[name] for name in NAMED_BY}
    another = request.POST.getlist("another")
    return registration.enter_and_replace(membership=member, values=values, by=found.by, another=another)


def _page(
    request: HttpRequest,
    found: Desk,
    member: Membership,
    form: PersonForm,
    *,
    known: list[dict[str, Any]] | None = None,
    refused: str = "",
    nobody: bool = False,
    status: int = 200,
) -> HttpResponse:
    # Whom the delegation entered and has not named, or not any more.
    free = Person.objects.filter(particulars__entered_for=found.party, membership__isnull=True).order_by("name", "pk")
    # Who comes in another category, such as the alternate head.
    others = Membership.objects.filter(party=found.party).exclude(category=member.category)
    asked_for(form)
    form.initial["language"] = found.party.language
    context = found.context(
        member=member,
        person=member.person,
        form=form,
        known=known or [],
        free=free,
        others=others.select_related("person", "category").order_by("position", "pk"),
        refused=refused,
        nobody=[("member", "", _("Choose a person."))] if nobody else [],
        follows=follows(found, member),
        left=left(found, member.person),
    )
    return render(request, "portal/delegation/person_replace.html", context, status=status)

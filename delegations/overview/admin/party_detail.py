"""The page of a delegation that one reads: its answer, what to do next, people, letters, travel and open points."""

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from delegations.badges.models.badges import Badge
from delegations.badges.permissions import can_issue_badges
from delegations.badges.selectors import badges
from delegations.contacts import selectors as contacts
from delegations.invitations.admin import invite_parties
from delegations.invitations.admin.answers import ReplyColumns, with_scans
from delegations.invitations.admin.state_column import state_word
from delegations.invitations.admin_urls import answer_step, reminder_step
from delegations.invitations.models.invitations import (
    COMING,
    IN_FORCE,
    OVER,
    Answer,
    Invitation,
    InvitationState,
    Reply,
)
from delegations.invitations.permissions import can_answer_for, can_invite
from delegations.invitations.selectors import bounces, invitation_status
from delegations.invitations.selectors.taking_part import has_left
from delegations.liaison import selectors as liaison
from delegations.liaison.models import LiaisonOfficer
from delegations.mailboxes import selectors as mailboxes_selectors
from delegations.members.models.categories import Capacity
from delegations.members.models.particulars import Particulars
from delegations.members.person_field_groups import TRAVEL
from delegations.members.selectors import former_members, quotas
from delegations.membership_changes.services import handovers
from delegations.overview.selectors import completeness, member_completeness
from delegations.parties.models.parties import Level, Party
from delegations.parties.models.policy import Policy
from delegations.travel.models.declarations import Declaration, DeclarationState
from delegations.travel.models.visas import VisaLetter, VisaState
from summit.admin_base.next_steps import NextStep, OpenPoint
from summit.core.database_clock import db_now
from summit.core.punctuation import comma
from summit.permissions.rules import allows

SEE_MEMBERS, NAME = "delegations.membership.view", "delegations.name"


def context(request: HttpRequest, party: Party) -> dict[str, Any]:
    """Return the variables of a delegation's page that the user may see. The number of queries is constant."""
    user, summit = request.user, party.summit
    found: dict[str, Any] = {"state": _state(party), "returned": [], "can_write": can_invite(user, summit)}
    sees_letters = allows(user, "delegations.invitation.view", summit)
    invitations = (
        list(Invitation.objects.filter(party=party).select_related("party__summit").order_by("-pk"))
        if sees_letters
        else []
    )
    if sees_letters:
        found["returned"] = bounces.letters_back(invitations)
        found["invitations"] = [(row, state_word(row.state, row.answer)) for row in invitations]
    if allows(user, "delegations.reply.view", summit):
        columns = ReplyColumns()
        found["replies"] = [
            (reply, columns.word(reply), columns.way(reply))
            for reply in with_scans(Reply.objects.filter(invitation__party=party)).order_by("-pk")
        ]
    if allows(user, "delegations.focalpoint.view", summit):
        found["focal_points"] = contacts.lines(party, contacts=False)
    if allows(user, "delegations.contact.view", summit):
        found["contacts"] = [*found.get("focal_points", []), *contacts.lines(party, focal_points=False)]
    if allows(user, "delegations.liaisonofficer.view", summit):
        found["officers"] = liaison.of_party(party)
    if allows(user, "delegations.liaisonofficer.change", summit):
        found["officers_url"] = reverse("admin:delegations_party_liaison", args=[party.pk])
    members: list[Any] = []
    if allows(user, SEE_MEMBERS, summit):
        members = list(member_completeness.roll(party))
        found |= _people(request, party, members)
    current = next((row for row in invitations if not row.occasion and row.state not in OVER), None)
    found["steps"] = list(_steps(request, party, current, members))
    found["points"] = list(_points(request, party, current, members, found))
    return found


def _state(party: Party) -> Any:
    if party.is_host:
        return _("host")
    row: Any = invitation_status.with_standing(Party.objects.filter(pk=party.pk)).get()
    word = state_word(row.standing, row.replied)
    return format_html("{} · {}", word, Level(row.comes_at).label) if row.comes_at else word


def _people(request: HttpRequest, party: Party, members: list[Any]) -> dict[str, Any]:
    user, summit = request.user, party.summit
    meters = [each for each in quotas.meters(party=party) if each.allowed is not None]
    head = next((row for row in members if row.capacity == Capacity.HEAD), None)
    found: dict[str, Any] = {
        "sees_members": True,
        "members": members,
        "former_members": former_members.of_party(party),
        "head": head,
        "meters": meters,
        "total": _places(meters, members),
        "may_name": allows(user, NAME, summit, party),
    }
    if allows(user, TRAVEL.view, summit):
        people = [row.person_id for row in members]
        journeys = Particulars.objects.filter(person__in=people, arrives_at__isnull=False)
        found["sees_travel"] = True
        found["arrivals"] = list(journeys.select_related("person").order_by("arrives_at", "pk"))
        found["without_arrival"] = len(people) - len(found["arrivals"])
    return found


def _places(meters: list[quotas.Meter], members: list[Any]) -> str:
    """Return a sentence on how many places are taken: in all, and in which categories there is none left.

    It says how many members take none of them, so that the number agrees with the list.
    """
    whole = next((meter for meter in meters if meter.category is None), None)
    full = [meter.label for meter in meters if meter.left == 0 and meter.category is not None]
    sentences = []
    if whole is not None:
        params = {"named": whole.named, "allowed": whole.allowed}
        sentences.append(_("%(named)s of %(allowed)s places taken.") % params)
        if extra := len(members) - whole.named:
            message = ngettext(
                "%(n)d person is in a category outside this total.",
                "%(n)d people are in categories outside this total.",
                extra,
            )
            sentences.append(message % {"n": extra})
    if full:
        sentences.append(_("No places left: %(categories)s.") % {"categories": comma().join(full)})
    return " ".join(sentences) or _("Places left in every category.")


def _steps(
    request: HttpRequest, party: Party, invitation: Invitation | None, members: list[Any]
) -> Iterator[NextStep]:
    """Yield the steps that the user can take now, the most urgent first."""
    user, summit = request.user, party.summit
    invite_step = _invite_step(request, party, invitation)
    if invite_step is not None:
        yield invite_step
        if not mailboxes_selectors.for_letters([party]):
            yield _paper_step(party)
    if not party.is_host and allows(user, "delegations.invitation.view", summit) and can_answer_for(user, summit):
        yield answer_step(invitation or Invitation(party=party))
    if invitation is not None and invitation.state == InvitationState.SENT and can_invite(user, summit):
        yield reminder_step(invitation)
    if allows(user, NAME, summit, party):
        unconfirmed = [row for row in members if row.confirmed_at is None]
        if unconfirmed and not has_left().filter(pk=party.pk).exists():
            number = len(unconfirmed)
            label = ngettext("Confirm %(n)d member", "Confirm %(n)d members", number)
            url, keys = reverse("admin:delegations_membership_confirm"), [row.pk for row in unconfirmed]
            yield NextStep(url, label % {"n": number}, {"row": keys})
        yield NextStep(reverse("admin:delegations_party_name", args=[party.pk]), _("Add a member"))
    if can_issue_badges(user, summit):
        yield from _badge_steps(party)


def _badge_steps(party: Party) -> Iterator[NextStep]:
    """Yield the steps that issue the badges which are due, and print those that are valid."""
    due = badges.able(party.summit, Policy.objects.of(party.summit)).filter(party=party).count()
    if due:
        query = urlencode([("summit", party.summit.slug), ("party", party.pk)])
        url = f"{reverse('admin:delegations_badge_issue')}?{query}"
        yield NextStep(url, ngettext("Issue %(n)d badge", "Issue %(n)d badges", due) % {"n": due})
    valid = Badge.objects.live().filter(party=party).count()
    if valid:
        url = f"{reverse('admin:delegations_badge_paper')}?party={party.pk}"
        yield NextStep(url, ngettext("Print %(n)d badge", "Print %(n)d badges", valid) % {"n": valid})


def _invite_step(request: HttpRequest, party: Party, invitation: Invitation | None) -> NextStep | None:
    """Return the step that leads to a sent invitation, or None if it is sent or the user may not invite."""
    sent = invitation is not None and invitation.state in IN_FORCE
    if sent or party.is_host or not can_invite(request.user, party.summit):
        return None
    label = _("Invite this delegation") if invitation is None else _("Approve or send the invitation")
    return NextStep(invite_parties.address(request, [party]), label)


def _paper_step(party: Party) -> NextStep:
    """Return the step that records an invitation on paper, for a party without an email address."""
    url = reverse("admin:delegations_party_invite_on_paper", args=[party.pk])
    return NextStep(url, _("Record invitation on paper"))


def _points(
    request: HttpRequest,
    party: Party,
    invitation: Invitation | None,
    members: list[Any],
    found: dict[str, Any],
) -> Iterator[OpenPoint]:
    """Yield what is missing and what waits for a decision, as far as the user may see it.

    `found` are the page's variables: it lacks those that the user may not see.
    """
    user, summit = request.user, party.summit
    coming = party.is_host or (invitation is not None and invitation.answer in COMING)
    edit = _edit_url(request, party)
    if not party.is_host and not party.mission_email:
        yield OpenPoint(_("No email address of the mission"), edit("mission"))
    if coming and found.get("focal_points") == []:
        yield OpenPoint(_("No focal point"), edit("focal-points"))
    # A summit without liaison officers has nobody to assign.
    if coming and found.get("officers") == [] and LiaisonOfficer.objects.filter(summit=summit).exists():
        yield OpenPoint(_("No liaison officer"), found.get("officers_url", ""))
    if allows(user, SEE_MEMBERS, summit):
        if (
            coming
            and party.kind not in completeness.WITHOUT_HEAD
            and not any(row.capacity == Capacity.HEAD for row in members)
        ):
            yield OpenPoint(_("No head of delegation"), reverse("admin:delegations_party_name", args=[party.pk]))
        yield from _head_of_old(party, invitation, found.get("head"))
        yield from _missing(party, members)
    yield from _decisions(request, party)


def _head_of_old(party: Party, invitation: Invitation | None, head: Any) -> Iterator[OpenPoint]:
    """Yield the head of delegation who was named before the party answered that it comes at another level than the
    letter asks for, or with another representative."""
    if invitation is None or invitation.answer not in COMING or invitation.answered_at is None or head is None:
        return
    other = invitation.answer == Answer.REPRESENTED or (
        party.level and invitation.level and invitation.level != party.level
    )
    if other and max(head.created_at, head.confirmed_at or head.created_at) < invitation.answered_at:
        answer = invitation.get_level_display() or invitation.get_answer_display()
        sentence = conditional_escape(_("Head of delegation is still %(name)s. The answer says: %(answer)s."))
        params = {"name": format_html('<bdi lang="">{}</bdi>', head.person.label), "answer": answer}
        yield OpenPoint(SafeString(sentence % params), reverse("admin:summit_person_detail", args=[head.person_id]))


def _decisions(request: HttpRequest, party: Party) -> Iterator[OpenPoint]:
    """Yield the numbers of letters, declarations and handovers that wait for a decision of the user's desk."""
    letters = VisaLetter.objects.filter(party=party, state=VisaState.ASKED)
    declarations = Declaration.objects.filter(party=party, state=DeclarationState.DECLARED)
    passed_on = handovers.waiting(party.summit).filter(party=party)
    kinds: list[tuple[str, Any, str, Callable[[int], str]]] = [
        (
            "visaletter",
            letters,
            VisaState.ASKED,
            lambda n: ngettext("%(n)d visa support letter to decide", "%(n)d visa support letters to decide", n),
        ),
        (
            "declaration",
            declarations,
            DeclarationState.DECLARED,
            lambda n: ngettext("%(n)d declaration to decide", "%(n)d declarations to decide", n),
        ),
        ("handover", passed_on, "", lambda n: ngettext("%(n)d handover to decide", "%(n)d handovers to decide", n)),
    ]
    for model, rows, state, sentence in kinds:
        if allows(request.user, f"delegations.{model}.view", party.summit):
            number = rows.count()
            if number:
                yield OpenPoint(sentence(number) % {"n": number}, _list(model, party, state))


def _edit_url(request: HttpRequest, party: Party) -> Any:
    may = allows(request.user, "delegations.party.change", party.summit)
    return lambda section: reverse("admin:delegations_party_edit", args=[party.pk, section]) if may else ""


def _list(model: str, party: Party, state: str) -> str:
    """Return the URL of a list with the party's rows in a state, or in any state for ""."""
    path = "summit" if model == "visaletter" else "party__summit"
    query: dict[str, Any] = {
        f"{path}__id__exact": party.summit_id,
        "q": party.name,
        **({"state__exact": state} if state else {}),
    }
    return f"{reverse(f'admin:delegations_{model}_changelist')}?{urlencode(query)}"


def _missing(party: Party, members: list[Any]) -> Iterator[OpenPoint]:
    sentences: dict[str, Callable[[int], str]] = {
        member_completeness.PASSPORT: lambda n: ngettext(
            "%(n)d person without passport data", "%(n)d people without passport data", n
        ),
        member_completeness.PHOTO: lambda n: ngettext(
            "%(n)d person without a photograph", "%(n)d people without a photograph", n
        ),
        member_completeness.ARRIVAL: lambda n: ngettext(
            "%(n)d person without an arrival", "%(n)d people without an arrival", n
        ),
        member_completeness.VISA: lambda n: ngettext(
            "%(n)d visa support letter refused", "%(n)d visa support letters refused", n
        ),
    }
    items = member_completeness.missing(members, Policy.objects.of(party.summit), db_now())
    for what, sentence in sentences.items():
        rows = [item for item in items if item.what == what]
        if rows:
            late = any(item.late for item in rows)
            yield OpenPoint(sentence(len(rows)) % {"n": len(rows)}, "#members", late=late)

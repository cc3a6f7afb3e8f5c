"""Determines which parties a step of inviting reaches, which it skips, and why. Previews use it, and the step
itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _

from delegations.invitations import invitable_sessions
from delegations.invitations.models.invitations import IN_FORCE, OVER, Invitation, InvitationState
from delegations.mailboxes import selectors as mailboxes_selectors
from delegations.mailboxes.selectors import Mailbox
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from summit.core.punctuation import comma
from summit.permissions.models import Role, RoleAssignment
from summit.summits.models import Summit
from summit.users.models import User

# Up to this number, those who can approve are named one by one; beyond it, by their roles.
NAMED = 3


class InvitationStep(StrEnum):
    """A step that can be taken for several invitations at once."""

    PREPARE = "prepare"
    APPROVE = "approve"
    SEND = "send"


@dataclass
class InvitationTargets:
    """The parties that a step reaches, and those that it skips, each with the reason as a sentence."""

    to: list[Party] = field(default_factory=list)
    skipped: list[tuple[Party, str]] = field(default_factory=list)
    boxes: dict[int, list[Mailbox]] = field(default_factory=dict)

    @property
    def letters(self) -> int:
        """The number of letters: one for each mailbox of each party."""
        return sum(len(self.boxes.get(party.pk, [])) for party in self.to)


@dataclass(frozen=True)
class _Rules:
    """The rules of one summit for one step, which `by` would take."""

    step: InvitationStep
    by: User | None
    second_person: bool
    approvers: tuple[User, ...]
    occasion: str  # Why nobody can be invited to the occasion, or "".

    def who_can(self, invitation: Invitation | None) -> str:
        """Return a phrase that says who can approve an invitation."""
        prepared_by = invitation.prepared_by_id if invitation else None
        others = [user for user in self.approvers if user.pk != prepared_by]
        if not others:
            return _("an organiser or the protocol desk, once another person has that role")
        if len(others) <= NAMED:
            return comma().join(user.name or user.email for user in others)
        return _("organisers and the protocol desk, except the person who prepared it")


def preview(
    *,
    parties: Iterable[Party],
    occasion: str = "",
    step: InvitationStep = InvitationStep.SEND,
    by: User | None = None,
) -> InvitationTargets:
    """Return which parties a step would reach now, and which it would skip and why. `by` is the account that would
    approve.

    The number of queries grows with the number of summits, not with the number of parties.
    """
    rows = list(Party.objects.filter(pk__in=[party.pk for party in parties]).select_related("summit"))
    invitations = Invitation.objects.filter(party__in=rows, occasion=occasion).exclude(state__in=OVER)
    invitation_by_party = {row.party_id: row for row in invitations.select_related("prepared_by")}
    boxes: dict[int, list[Mailbox]] = {}
    rules: dict[int, _Rules] = {}
    for summit in {row.summit for row in rows}:
        rules[summit.pk] = _rules(summit, occasion, step, by)
    for box in mailboxes_selectors.for_letters(rows):
        boxes.setdefault(box.party_id or 0, []).append(box)
    reach = InvitationTargets()
    for row in rows:
        reason = _why_not(row, invitation_by_party.get(row.pk), row.pk in boxes, rules[row.summit_id])
        if reason:
            reach.skipped.append((row, reason))
        else:
            reach.to.append(row)
            reach.boxes[row.pk] = boxes[row.pk]
    return reach


def _rules(summit: Summit, occasion: str, step: InvitationStep, by: User | None) -> _Rules:
    second_person = Policy.objects.of(summit).second_person
    assignments = RoleAssignment.objects.filter(
        summit=summit, role__in=[Role.ORGANISER, Role.PROTOCOL], user__is_active=True
    )
    people: Mapping[int, User] = {}
    if second_person:
        people = {
            row.user_id: row.user for row in assignments.select_related("user").order_by("user__name", "user_id")
        }
    return _Rules(step, by, second_person, tuple(people.values()), _why_no_occasion(summit, occasion))


def _why_no_occasion(summit: Summit, occasion: str) -> str:
    if not occasion:
        return ""
    session = invitable_sessions.find(summit, [occasion]).get(occasion)
    if session is None:
        return _("The session is not in this summit’s agenda. Choose another one.")
    if session.cancelled:
        return _("The session is cancelled. The programme desk can reinstate it.")
    if not session.open:
        return _("Only organisers can see this session. The programme desk can make it visible to others.")
    return ""


def _why_not(party: Party, invitation: Invitation | None, reachable: bool, rules: _Rules) -> str:
    if party.is_host:
        return _("The host cannot be invited to its own summit.")
    if rules.occasion:
        return rules.occasion
    if invitation and invitation.state in IN_FORCE:
        return _("It is already invited.")
    return _why_not_yet(invitation, rules) if reachable else no_mailbox()


def _why_not_yet(invitation: Invitation | None, rules: _Rules) -> str:
    if rules.step == InvitationStep.PREPARE:
        return _("Its invitation is already prepared.") if invitation else ""
    if rules.step == InvitationStep.APPROVE:
        return _why_not_approved(invitation, rules)
    return _why_not_sent(invitation, rules) if rules.second_person else ""


def no_mailbox() -> str:
    """Return the sentence for a party that has no mailbox, which says what to do."""
    return _("It has no email address. Add the mission’s address, or a focal point with an email address.")


def _why_not_approved(invitation: Invitation | None, rules: _Rules) -> str:
    if invitation is None:
        return _("Its invitation is not prepared yet. Prepare it first.")
    if invitation.state == InvitationState.APPROVED:
        return _("Its invitation is already approved.")
    if rules.second_person and rules.by is not None and invitation.prepared_by_id == rules.by.pk:
        message = _(
            "You prepared this invitation, and letters of this summit need a second person. It can be approved by: "
            "%(who)s."
        )
        return message % {"who": rules.who_can(invitation)}
    return ""


def _why_not_sent(invitation: Invitation | None, rules: _Rules) -> str:
    who = {"who": rules.who_can(invitation)}
    if invitation is None:
        return _("Its invitation is not prepared yet. Prepare it, then another person can approve it.")
    if invitation.state == InvitationState.DRAFT:
        return _("Its invitation is not approved yet. It can be approved by: %(who)s.") % who
    if invitation.prepared_by_id and invitation.prepared_by_id == invitation.approved_by_id:
        message = _(
            "The same person prepared and approved it. Return it to draft. It can then be approved by: %(who)s."
        )
        return message % who
    return ""

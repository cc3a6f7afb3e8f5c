"""Prepares, approves and supersedes invitations."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.core.errors import NotNow
from delegations.invitations.models.invitations import Invitation, InvitationLink, InvitationState
from delegations.invitations.permissions import check_can_invite
from delegations.invitations.selectors.eligibility import InvitationStep, InvitationTargets, preview
from delegations.invitations.state_machine import sources
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from summit.audit import services as audit
from summit.audit.actions import AuditAction, audit_action
from summit.summits.models import Summit
from summit.users.models import User

PREPARE = audit_action("delegations.prepare", gettext_lazy("prepared the invitation"))
APPROVE = audit_action("delegations.approve", gettext_lazy("approved the invitation"))
REOPEN = audit_action("delegations.reopen", gettext_lazy("returned the invitation to draft"))
SUPERSEDE = audit_action("delegations.supersede", gettext_lazy("replaced the invitation with a new one"))


def prepare(*, parties: Iterable[Party], by: User, occasion: str = "") -> InvitationTargets:
    """Create a draft for each party that has a mailbox and no invitation. Return which parties got a draft and which
    were skipped.

    All drafts are stored or none. Raises PermissionDenied.
    """
    with transaction.atomic():
        reach = _checked_preview(parties, by, occasion, InvitationStep.PREPARE)
        drafts = [Invitation(party=party, occasion=occasion, prepared_by=by) for party in reach.to]
        keys = {draft.public_id for draft in drafts}
        # A draft that was prepared a moment ago in another browser is kept.
        Invitation.objects.bulk_create(drafts, ignore_conflicts=True)
        stored = {row.party_id: row for row in Invitation.objects.filter(public_id__in=keys)}
        _move_to_skipped(reach, set(stored), _("Someone else has just prepared it."))
        _record(reach, stored, by, action=PREPARE)
    return reach


def waiting(*, summit: Summit, by: User) -> QuerySet[Invitation]:
    """Return a summit's prepared invitations that `by` could approve as the second person.

    These are drafts that somebody else prepared, if the summit's letters need a second person.
    """
    drafts = Invitation.objects.filter(party__summit=summit, state=InvitationState.DRAFT)
    return drafts.filter(party__summit__policy__second_person=True).exclude(prepared_by=by)


def approve_many(*, parties: Iterable[Party], by: User, occasion: str = "") -> InvitationTargets:
    """Approve the drafts of these parties. Return which parties' drafts were approved and which parties were skipped.

    All approvals are stored or none. If letters need a second person, drafts that `by` prepared are skipped. Raises
    PermissionDenied.
    """
    with transaction.atomic():
        reach = _checked_preview(parties, by, occasion, InvitationStep.APPROVE)
        rows = Invitation.objects.filter(
            party__in=reach.to, occasion=occasion, state__in=sources(InvitationState.APPROVED)
        )
        approved = {row.party_id: row for row in rows.select_for_update().order_by("pk")}
        Invitation.objects.filter(pk__in=[row.pk for row in approved.values()]).update(
            state=InvitationState.APPROVED, approved_at=Now(), approved_by=by
        )
        _move_to_skipped(reach, set(approved), _("Someone else has just changed it."))
        _record(reach, approved, by, action=APPROVE)
    return reach


def _checked_preview(parties: Iterable[Party], by: User, occasion: str, step: InvitationStep) -> InvitationTargets:
    reach = preview(parties=parties, occasion=occasion, step=step, by=by)
    for summit in {party.summit for party in [*reach.to, *(party for party, _why in reach.skipped)]}:
        check_can_invite(by, summit)
    return reach


def _move_to_skipped(reach: InvitationTargets, succeeded: set[int], why: str) -> None:
    overtaken = [party for party in reach.to if party.pk not in succeeded]
    reach.to = [party for party in reach.to if party.pk in succeeded]
    reach.skipped += [(party, why) for party in overtaken]


def _record(reach: InvitationTargets, invitations: dict[int, Invitation], by: User, *, action: AuditAction) -> None:
    audit.record_many(
        [
            audit.entry(by=by, action=action, target=invitations[party.pk], summit=party.summit, fields=["state"])
            for party in reach.to
        ]
    )


def approve(*, invitation: Invitation, by: User) -> None:
    """Approve a draft, so that it can be sent.

    Raises PermissionDenied, and NotNow if the invitation is no draft, or if letters need a second person and `by`
    prepared it.
    """
    summit: Summit = invitation.party.summit
    check_can_invite(by, summit)
    with transaction.atomic():
        second_person = Policy.objects.of(summit).second_person
        rows = Invitation.objects.filter(pk=invitation.pk, state__in=sources(InvitationState.APPROVED))
        if second_person and rows.filter(prepared_by=by).exists():
            raise NotNow(_("You prepared this invitation. Another organiser or protocol officer can approve it."))
        first = Q(prepared_by=by) if second_person else Q(pk__in=[])
        if not rows.exclude(first).update(state=InvitationState.APPROVED, approved_at=Now(), approved_by=by):
            raise NotNow(_changed())
        audit.record(by=by, action=APPROVE, target=invitation, summit=summit, fields=["state"])


def reopen(*, invitation: Invitation, by: User) -> None:
    """Make an approved invitation a draft again. Raises PermissionDenied, and NotNow if it isn't approved."""
    summit: Summit = invitation.party.summit
    check_can_invite(by, summit)
    with transaction.atomic():
        rows = Invitation.objects.filter(pk=invitation.pk, state__in=sources(InvitationState.DRAFT))
        if not rows.update(state=InvitationState.DRAFT, approved_at=None, approved_by=None):
            raise NotNow(_changed())
        audit.record(by=by, action=REOPEN, target=invitation, summit=summit, fields=["state"])


def _changed() -> str:
    return _("Someone else changed this invitation. Reload the page to see the changes.")


def supersede(*, invitation: Invitation, by: User) -> Invitation:
    """Replace an invitation that was sent with a new draft, and return the draft.

    The old links stop working, and letters that weren't sent yet are not sent. Raises PermissionDenied, and NotNow if
    the invitation isn't in force.
    """
    summit: Summit = invitation.party.summit
    check_can_invite(by, summit)
    with transaction.atomic():
        rows = Invitation.objects.filter(pk=invitation.pk, state__in=sources(InvitationState.SUPERSEDED))
        if not rows.update(state=InvitationState.SUPERSEDED):
            raise NotNow(_("Only a sent invitation can be replaced. Change the draft instead."))
        InvitationLink.objects.filter(invitation=invitation, revoked_at__isnull=True).update(revoked_at=Now())
        draft = Invitation.objects.create(
            party=invitation.party, occasion=invitation.occasion, supersedes=invitation, prepared_by=by
        )
        audit.record(by=by, action=SUPERSEDE, target=invitation, summit=summit, fields=["state"], part_of=draft)
    return draft


def count(*, rows: list[Invitation], summit: Summit) -> None:
    """Number those of a summit's invitations `rows` that have no number yet, starting after the highest number so
    far.

    The caller must hold the summit's lock. Makes three queries, and one more for each few hundred rows.
    """
    unnumbered = [row for row in rows if row.number is None]
    if not unnumbered:
        return
    last = (
        Invitation.objects.filter(numbered_in=summit)
        .order_by(F("number").desc())
        .values_list("number", flat=True)
        .first()
    )
    for number, row in enumerate(unnumbered, start=(last or 0) + 1):
        row.number, row.numbered_in = number, summit
    Invitation.objects.bulk_update(unnumbered, ["number", "numbered_in"])

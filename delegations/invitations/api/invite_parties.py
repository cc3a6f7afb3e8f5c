"""Serializers for inviting several parties at once, and for which of them were reached or skipped."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from delegations.core.api.fields import SkippedItemSerializer, ids
from delegations.invitations.models.invitations import OVER, Invitation
from delegations.invitations.selectors import invitation_status
from delegations.invitations.selectors.eligibility import InvitationStep, InvitationTargets
from delegations.invitations.selectors.next_steps import plan
from delegations.invitations.services.manual_reminders import ReminderTargets
from delegations.parties.api.fields import parties_field
from delegations.parties.models.parties import Party
from summit.api_base.viewset_views import Values
from summit.summits.models import Summit
from summit.users.models import User

INVITE = "delegations.invite"
OCCASION_LENGTH = 16


class PartiesInput(serializers.Serializer[Any]):
    """Parties, and what they are invited to: `occasion` is the id of a session, empty for the summit itself."""

    parties = parties_field(INVITE)
    occasion = serializers.CharField(required=False, default="", allow_blank=True, max_length=OCCASION_LENGTH)


class PlanInput(PartiesInput):
    """Parties, and what they are invited to. Without `parties`, all parties that aren't invited yet are meant."""

    parties = parties_field(INVITE, required=False)


class RemindInput(serializers.Serializer[Any]):
    """Parties whose invitation to the summit is to be answered."""

    parties = parties_field(INVITE)


class SendInput(serializers.Serializer[Any]):
    """Parties, and when answers are due. Without `parties`, all parties that aren't invited yet are meant. Without
    `answer_by`, the deadline for answers stays as it is."""

    parties = parties_field(INVITE, required=False)
    answer_by = serializers.DateTimeField(required=False, default=None, allow_null=True)


class PartyInvitationSerializer(serializers.Serializer[Any]):
    """A party and its invitation, by their ids."""

    party = serializers.CharField()
    invitation = serializers.CharField()


class InvitationStepResultSerializer(serializers.Serializer[Any]):
    """The parties that a step reached, the number of letters, and the parties that it skipped, each with the
    reason."""

    reached = PartyInvitationSerializer(many=True)
    letters = serializers.IntegerField()
    skipped = SkippedItemSerializer(many=True)


class StepSerializer(serializers.Serializer[Any]):
    """A step, the parties for which it is possible, and the number of letters that it sends."""

    step = serializers.ChoiceField(choices=[each.value for each in InvitationStep])
    parties = serializers.ListField(child=serializers.CharField())
    letters = serializers.IntegerField()


class PlanSerializer(serializers.Serializer[Any]):
    """The possible next steps in their order, and the parties for which none is possible, each with the reason."""

    steps = StepSerializer(many=True)
    skipped = SkippedItemSerializer(many=True)


def uninvited(summit: Summit) -> Iterable[Party]:
    """Return the parties of a summit that aren't invited yet."""
    rows = invitation_status.with_standing(Party.objects.filter(summit=summit, is_host=False))
    return rows.filter(invitation_status.STANDINGS["uninvited"]).select_related("summit")


def planned(*, by: User, summit: Summit, values: Values) -> dict[str, Any]:
    """Return the data of PlanSerializer for the parties in `values`, or for all that aren't invited yet."""
    chosen = values.get("parties") or uninvited(summit)
    invitation_plan = plan(parties=chosen, by=by, occasion=values["occasion"])
    steps = [
        {"step": step.value, "parties": ids(reach.to), "letters": reach.letters if step == InvitationStep.SEND else 0}
        for step, reach in invitation_plan.steps.items()
    ]
    return {"steps": steps, "skipped": _skipped_parties(invitation_plan.skipped)}


def step_result(reach: InvitationTargets, occasion: str) -> dict[str, Any]:
    """Return the data of InvitationStepResultSerializer for a step's result. Makes one query."""
    rows = Invitation.objects.filter(party__in=reach.to, occasion=occasion).exclude(state__in=OVER)
    invitation_ids = dict(rows.values_list("party", "public_id"))
    reached = [{"party": party.public_id, "invitation": invitation_ids[party.pk]} for party in reach.to]
    return {"reached": reached, "letters": reach.letters, "skipped": _skipped_parties(reach.skipped)}


def reminder_result(targets: ReminderTargets) -> dict[str, Any]:
    """Return the data of InvitationStepResultSerializer for reminders."""
    reached = [{"party": row.party.public_id, "invitation": row.public_id} for row in targets.to]
    return {"reached": reached, "letters": targets.letters, "skipped": _skipped_parties(targets.skipped)}


def _skipped_parties(skipped: Iterable[tuple[Party, str]]) -> list[dict[str, str]]:
    return [{"id": party.public_id, "why": why} for party, why in skipped]

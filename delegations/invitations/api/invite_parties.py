"""Inviting many at once: whom a step reaches, whom it does not, and why."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from delegations.core.api.fields import LeftOutSerializer, ids
from delegations.invitations.models.invitations import OVER, Invitation
from delegations.invitations.selectors import invitation_status
from delegations.invitations.selectors.eligibility import Reach, Step
from delegations.invitations.selectors.next_steps import plan
from delegations.parties.api.fields import parties_field
from delegations.parties.models.parties import Party
from summit.api_base.viewset_views import Values
from summit.summits.models import Summit
from summit.users.models import User

INVITE = "delegations.invite"
OCCASION_LENGTH = 16


class PartiesInput(serializers.Serializer[Any]):
    """Which parties, and to what: `occasion` is the id of a session, empty for the summit itself."""

    parties = parties_field(INVITE)
    occasion = serializers.CharField(required=False, default="", allow_blank=True, max_length=OCCASION_LENGTH)


class PlanInput(PartiesInput):
    """Which parties, all that aren't invited yet where none are named, and to what."""

    parties = parties_field(INVITE, required=False)


class SendInput(serializers.Serializer[Any]):
    """Which parties, all that aren't invited yet where none are named; and when answers are due, which stays as it is
    where nothing is said."""

    parties = parties_field(INVITE, required=False)
    answer_by = serializers.DateTimeField(required=False, default=None, allow_null=True)


class ReachedSerializer(serializers.Serializer[Any]):
    """A party, and its invitation."""

    party = serializers.CharField()
    invitation = serializers.CharField()


class ReachSerializer(serializers.Serializer[Any]):
    """Whom a step reached and how many letters that makes; which parties it left out, and why."""

    reached = ReachedSerializer(many=True)
    letters = serializers.IntegerField()
    skipped = LeftOutSerializer(many=True)


class StepSerializer(serializers.Serializer[Any]):
    """What can be done for which parties, with how many letters."""

    step = serializers.ChoiceField(choices=[each.value for each in Step])
    parties = serializers.ListField(child=serializers.CharField())
    letters = serializers.IntegerField()


class PlanSerializer(serializers.Serializer[Any]):
    """Each next step that reaches somebody, in order, and which parties are left out of all, and why."""

    steps = StepSerializer(many=True)
    skipped = LeftOutSerializer(many=True)


def uninvited(summit: Summit) -> Iterable[Party]:
    """Return the parties that aren't invited yet."""
    rows = invitation_status.with_standing(Party.objects.filter(summit=summit, is_host=False))
    return rows.filter(invitation_status.STANDINGS["uninvited"]).select_related("summit")


def planned(*, by: User, summit: Summit, values: Values) -> dict[str, Any]:
    """Return what can be done next, and for whom."""
    chosen = values.get("parties") or uninvited(summit)
    found = plan(parties=chosen, by=by, occasion=values["occasion"])
    steps = [
        {"step": step.value, "parties": ids(reach.to), "letters": reach.letters if step == Step.SEND else 0}
        for step, reach in found.steps.items()
    ]
    return {"steps": steps, "skipped": _left_out(found.skipped)}


def told(reach: Reach, occasion: str) -> dict[str, Any]:
    """Return whom a step reached, with their invitations. One query."""
    rows = Invitation.objects.filter(party__in=reach.to, occasion=occasion).exclude(state__in=OVER)
    made = dict(rows.values_list("party", "public_id"))
    reached = [{"party": party.public_id, "invitation": made[party.pk]} for party in reach.to]
    return {"reached": reached, "letters": reach.letters, "skipped": _left_out(reach.skipped)}


def _left_out(skipped: Iterable[tuple[Party, str]]) -> list[dict[str, str]]:
    return [{"id": party.public_id, "why": why} for party, why in skipped]

"""Invitations: who is invited to what, and where each stands; what is done with one, and with many at once."""

import json
from contextlib import suppress
from typing import Any, ClassVar

import django_filters
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rest_framework import serializers

from delegations.core.api.access_log import log_shown_fields
from delegations.core.api.fields import StaffName
from delegations.invitations.api import invite_parties
from delegations.invitations.models.invitations import Answer, Channel, Invitation, InvitationState
from delegations.invitations.models.letters import CallOutcome
from delegations.invitations.permissions import can_answer_for
from delegations.invitations.selectors import level_choices
from delegations.invitations.services import (
    answers,
    approval,
    first_letter,
    invitations,
    phone_calls,
    scanned_answers,
)
from delegations.invitations.services.answers import DESK_CHANNELS, Way
from delegations.parties.api.fields import PartyName
from delegations.parties.models.parties import Level
from summit.api_base.actions import action
from summit.api_base.file_fields import ContentField
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit
from summit.users.models import User

SEE = "delegations.invitation.view"
# What is somebody's of an invitation.
PERSONAL = ("answered_by", "note")
LEVELS = [(level_choices.ASKED, _("as the letter asks")), *Level.choices]
# What inviting many at once takes and answers.
MANY: dict[str, Any] = {
    "input": invite_parties.PartiesInput,
    "output": invite_parties.ReachSerializer,
    "detail": False,
}


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """An invitation. `occasion` is the id of the session to which it invites, empty for the summit itself; `answer`
    and what follows it are those of the last answer. Who prepared, approved and sent it is told at desks."""

    id = serializers.CharField(source="public_id", read_only=True)
    party = serializers.CharField(source="party.public_id", read_only=True)
    party_name = PartyName(source="party")
    answer = serializers.ChoiceField(choices=Answer.choices, allow_blank=True, read_only=True)
    level = serializers.ChoiceField(choices=Level.choices, allow_blank=True, read_only=True)
    prepared_by = StaffName(permission=SEE)
    approved_by = StaffName(permission=SEE)
    sent_by = StaffName(permission=SEE)

    class Meta:
        model = Invitation
        fields: ClassVar[list[str]] = [
            *("id", "party", "party_name", "occasion", "state", "number", "answer", "level", "note"),
            *("created_at", "prepared_by", "approved_at", "approved_by", "sent_at", "sent_by"),
            *("answered_at", "answered_by"),
        ]
        read_only_fields = fields


class InvitationFilters(django_filters.FilterSet):
    """By what invitations are narrowed."""

    state = django_filters.ChoiceFilter(choices=InvitationState.choices, label=_("state"))
    answer = django_filters.ChoiceFilter(choices=Answer.choices, label=_("answer"))
    party = django_filters.CharFilter(field_name="party__public_id", label=pgettext_lazy("label", "party"))
    occasion = django_filters.CharFilter(label=_("id of a session"))
    to_summit = django_filters.BooleanFilter(
        field_name="occasion", method="of_summit", label=_("to the summit itself, to none of its sessions")
    )
    sent_since = django_filters.IsoDateTimeFilter(field_name="sent_at", lookup_expr="gte", label=_("sent since"))
    answered_since = django_filters.IsoDateTimeFilter(
        field_name="answered_at", lookup_expr="gte", label=_("answered since")
    )

    def of_summit(self, rows: QuerySet[Invitation], name: str, value: bool) -> QuerySet[Invitation]:
        """Return those to the summit itself, or the others."""
        return rows.filter(occasion="") if value else rows.exclude(occasion="")


class WayInput(serializers.Serializer[Any]):
    """How an answer reached a desk; reference and date as they stand on the paper. In a form
    it is a part with this as JSON."""

    channel = serializers.ChoiceField(choices=[(each.value, Channel(each).label) for each in DESK_CHANNELS])
    reference = serializers.CharField(required=False, default="", allow_blank=True)
    dated = serializers.DateField(required=False, default=None, allow_null=True)

    def to_internal_value(self, data: Any) -> Any:
        """Return what is meant, also where it came as text. Raises ValidationError."""
        if isinstance(data, str):
            with suppress(ValueError, RecursionError):
                data = json.loads(data)
        return super().to_internal_value(data)


class AnswerInput(serializers.Serializer[Any]):
    """An answer, and who gives it. A desk that records one says by which `way` it came; focal points leave it out. As
    `level` “asked” is the one for which the letter asks."""

    answer = serializers.ChoiceField(choices=Answer.choices)
    level = serializers.ChoiceField(
        choices=LEVELS,
        required=False,
        default="",
        allow_blank=True,
    )
    name = serializers.CharField(required=False, default="", allow_blank=True, help_text="Name and office.")
    note = serializers.CharField(required=False, default="", allow_blank=True)
    way = WayInput(required=False, default=None, allow_null=True)
    file_name = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=scanned_answers.LONGEST_NAME,
        help_text="Of the scan.",
    )
    scan = ContentField(
        largest=scanned_answers.LARGEST, required=False, help_text="Of the paper: a PDF, or a picture as JPEG or PNG."
    )

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """Read the scan, which belongs to the way by which the answer came."""
        content, name = values.pop("scan", None), values.pop("file_name")
        if content is None:
            return values
        if values["way"] is None:
            raise serializers.ValidationError({"way": _("Say by which way the paper came.")})
        try:
            scan = scanned_answers.read(filename=name, content=content)
        except scanned_answers.ScanProblem as problem:
            raise serializers.ValidationError({"scan": str(problem)}) from None
        return {**values, "way": {**values["way"], "scan": scan}}


class CallInput(serializers.Serializer[Any]):
    """What came of a call."""

    outcome = serializers.ChoiceField(choices=CallOutcome.choices)
    note = serializers.CharField(required=False, default="", allow_blank=True)


class InvitationViewSet(DeskViewSet):
    """Invitations."""

    name = "invitations"
    verbose_name = _("invitations")
    permission = "delegations.invitation"
    allowed_methods = ()
    model = Invitation
    serializer_class = InvitationSerializer
    filterset_class = InvitationFilters
    ordering_fields: ClassVar[Any] = {"party": ("party_key",), "created": ("created_at",)}
    summit_path = "party__summit"

    def rows(self) -> QuerySet[Invitation]:
        """Return invitations with their parties, and who sent them."""
        joined = ("party__summit", "prepared_by", "approved_by", "sent_by")
        return Invitation.objects.select_related(*joined).annotate(party_key=F("party__sort_key"))

    def log_access(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Record that answers were read, with who gave them."""
        answered = [row for row in rows if row.answered_by]
        log_shown_fields(by=by, summit=summit, rows=answered, fields=fields, shows=PERSONAL)

    @action(
        "plan",
        safe=True,
        permission="delegations.invite",
        input=invite_parties.PlanInput,
        output=invite_parties.PlanSerializer,
        detail=False,
    )
    def plan(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Say what can be done next with the invitations of parties, and for whom not and why. Nothing is written."""
        return invite_parties.planned(by=by, summit=summit, values=values)

    @action("prepare", permission="delegations.invite", **MANY)
    def prepare(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Prepare invitations of parties, where letters need a second person: another can approve them."""
        return invite_parties.told(approval.prepare(by=by, **values), values["occasion"])

    @action("approve", permission="delegations.invite", **MANY)
    def approve_many(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Approve the prepared invitations of parties. Whoever prepared them is not the second person."""
        return invite_parties.told(approval.approve_many(by=by, **values), values["occasion"])

    @action("invite", permission="delegations.invite", **MANY)
    def invite(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Invite parties to the summit, or to one of its sessions: the letters go out. Where letters need no second
        person, what isn't approved yet is approved by this."""
        return invite_parties.told(invitations.invite(by=by, **values), values["occasion"])

    @action(
        "send",
        permission="delegations.invite",
        input=invite_parties.SendInput,
        output=invite_parties.ReachSerializer,
        detail=False,
    )
    def send(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Set when answers are due and send the first letters, to all parties that aren't invited yet or to these."""
        chosen = values.get("parties") or invite_parties.uninvited(summit)
        reach = first_letter.send(summit=summit, parties=chosen, answer_by=values["answer_by"], by=by)
        return invite_parties.told(reach, "")

    @action("approve", permission="delegations.invite")
    def approve(self, *, by: User, row: Invitation, values: Values) -> None:
        """Approve the draft, so that it can be sent."""
        approval.approve(invitation=row, by=by)

    @action("reopen", permission="delegations.invite")
    def reopen(self, *, by: User, row: Invitation, values: Values) -> None:
        """Make the approved invitation a draft again."""
        approval.reopen(invitation=row, by=by)

    @action("revoke", permission="delegations.revoke")
    def revoke(self, *, by: User, row: Invitation, values: Values) -> None:
        """Revoke the invitation: its links open nothing from then on, and letters not sent yet stay here."""
        invitations.revoke(invitation=row, by=by)

    @action("write-anew", permission="delegations.invite")
    def write_anew(self, *, by: User, row: Invitation, values: Values) -> None:
        """Send the letter again with new links, to the party's mailboxes as they are now. Earlier links open nothing
        from then on; an answer stays."""
        invitations.write_anew(invitation=row, by=by)

    @action("answer", permission="delegations.answer", input=AnswerInput)
    def answer(self, *, by: User, row: Invitation, values: Values) -> None:
        """Answer for one's own party, or record at a desk the answer that came by another way."""
        said, way = values["answer"], values["way"]
        if way is not None or can_answer_for(by, row.party.summit_id):
            # At a desk each answer came by some way; one that isn't named is refused by the domain.
            way = Way(**(way or {"channel": ""}))
        level = level_choices.meant(values["level"], answer=said, party=row.party)
        answers.answer(
            invitation=row, answer=said, level=level, name=values["name"], note=values["note"], way=way, by=by
        )

    @action("call", permission="delegations.callnote.change", input=CallInput)
    def call(self, *, by: User, row: Invitation, values: Values) -> None:
        """Note that the party was telephoned about its invitation."""
        phone_calls.note(invitation=row, outcome=values["outcome"], text=values["note"], by=by)

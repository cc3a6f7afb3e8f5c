"""The API of invitations: list them, and act on a single invitation or on the invitations of several parties."""

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
    drafts_and_approval,
    first_letter,
    invitations,
    manual_reminders,
    phone_calls,
    scanned_answers,
)
from delegations.invitations.services.answers import DESK_CHANNELS, AnswerReceipt
from delegations.parties.api.fields import PartyName
from delegations.parties.models.parties import Level
from summit.api_base.actions import action
from summit.api_base.request_files import ContentField
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit
from summit.users.models import User

SEE = "delegations.invitation.view"
# The fields that hold personal data.
PERSONAL = ("answered_by", "note")
LEVELS = [(level_choices.ASKED, _("as requested in the letter")), *Level.choices]
# The arguments of the actions on several parties.
MANY: dict[str, Any] = {
    "input": invite_parties.PartiesInput,
    "output": invite_parties.InvitationStepResultSerializer,
    "detail": False,
}


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """An invitation. `occasion` is the id of the session to which it invites, empty for the summit itself. The fields
    from `answer` on belong to the latest answer. Only desk users see who prepared, approved and sent the
    invitation."""

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
    """The filters of the list of invitations."""

    state = django_filters.ChoiceFilter(choices=InvitationState.choices, label=_("state"))
    answer = django_filters.ChoiceFilter(choices=Answer.choices, label=_("answer"))
    party = django_filters.CharFilter(field_name="party__public_id", label=pgettext_lazy("label", "delegation"))
    occasion = django_filters.CharFilter(label=_("session ID"))
    to_summit = django_filters.BooleanFilter(
        field_name="occasion", method="of_summit", label=_("to the summit itself, not to a session")
    )
    sent_since = django_filters.IsoDateTimeFilter(field_name="sent_at", lookup_expr="gte", label=_("sent since"))
    answered_since = django_filters.IsoDateTimeFilter(
        field_name="answered_at", lookup_expr="gte", label=_("answered since")
    )

    def of_summit(self, rows: QuerySet[Invitation], name: str, value: bool) -> QuerySet[Invitation]:
        """Return the invitations to the summit itself, or the others if `value` is false."""
        return rows.filter(occasion="") if value else rows.exclude(occasion="")


class AnswerReceiptInput(serializers.Serializer[Any]):
    """How an answer reached a desk, with the reference and date on the paper. In a multipart form this is one part,
    as JSON."""

    channel = serializers.ChoiceField(choices=[(each.value, Channel(each).label) for each in DESK_CHANNELS])
    reference = serializers.CharField(required=False, default="", allow_blank=True)
    dated = serializers.DateField(required=False, default=None, allow_null=True)

    def to_internal_value(self, data: Any) -> Any:
        """Return the values. `data` may also be JSON text. Raises ValidationError."""
        if isinstance(data, str):
            with suppress(ValueError, RecursionError):
                data = json.loads(data)
        return super().to_internal_value(data)


class AnswerInput(serializers.Serializer[Any]):
    """An answer, and the person who gives it. Desk users must say by which `way` the answer came; focal points leave
    `way` out. The `level` “asked” means the level that the letter asks for."""

    answer = serializers.ChoiceField(choices=Answer.choices)
    level = serializers.ChoiceField(
        choices=LEVELS,
        required=False,
        default="",
        allow_blank=True,
    )
    name = serializers.CharField(required=False, default="", allow_blank=True, help_text="Name and office.")
    note = serializers.CharField(required=False, default="", allow_blank=True)
    way = AnswerReceiptInput(required=False, default=None, allow_null=True)
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
        """Return the values, with the scan put into `way`. Raises ValidationError for a scan without a way."""
        content, name = values.pop("scan", None), values.pop("file_name")
        if content is None:
            return values
        if values["way"] is None:
            raise serializers.ValidationError({"way": _("Choose how the document was received.")})
        try:
            scan = scanned_answers.read(filename=name, content=content)
        except scanned_answers.ScanProblem as problem:
            raise serializers.ValidationError({"scan": str(problem)}) from None
        return {**values, "way": {**values["way"], "scan": scan}}


class CallInput(serializers.Serializer[Any]):
    """The outcome of a call."""

    outcome = serializers.ChoiceField(choices=CallOutcome.choices)
    note = serializers.CharField(required=False, default="", allow_blank=True)


def record_answer(*, invitation: Invitation, values: Values, by: User) -> None:
    """Store the answer that `AnswerInput` has read. Raises what `answers.answer` raises."""
    answer, receipt = values["answer"], values["way"]
    if receipt is not None or can_answer_for(by, invitation.party.summit_id):
        # A desk user must name the channel of the answer: the service refuses an answer without one.
        receipt = AnswerReceipt(**(receipt or {"channel": ""}))
    level = level_choices.resolve(values["level"], answer=answer, party=invitation.party)
    given = {name: values[name] for name in ("name", "note")}
    answers.answer(invitation=invitation, answer=answer, level=level, way=receipt, by=by, **given)


class InvitationViewSet(DeskViewSet):
    """Invitations of parties to the summit or to single sessions."""

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
        """Return invitations joined with their parties and the accounts that prepared, approved and sent them."""
        joined = ("party__summit", "prepared_by", "approved_by", "sent_by")
        return Invitation.objects.select_related(*joined).annotate(party_key=F("party__sort_key"))

    def log_access(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Record in the access log that names and notes of answers were read."""
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
        """List which steps are possible now for the invitations of parties, and which parties are skipped and why.
        Nothing is written."""
        return invite_parties.planned(by=by, summit=summit, values=values)

    @action("prepare", permission="delegations.invite", **MANY)
    def prepare(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Prepare invitations of parties, so that another person can approve them. This step is only needed if the
        summit's letters need a second person."""
        return invite_parties.step_result(drafts_and_approval.prepare(by=by, **values), values["occasion"])

    @action("approve", permission="delegations.invite", **MANY)
    def approve_many(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Approve the prepared invitations of parties. If letters need a second person, the account that prepared an
        invitation can't approve it."""
        return invite_parties.step_result(drafts_and_approval.approve_many(by=by, **values), values["occasion"])

    @action("invite", permission="delegations.invite", **MANY)
    def invite(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Invite parties to the summit or to one of its sessions, and send the letters. If letters need no second
        person, this also approves invitations that aren't approved yet."""
        return invite_parties.step_result(invitations.invite(by=by, **values), values["occasion"])

    @action(
        "send",
        permission="delegations.invite",
        input=invite_parties.SendInput,
        output=invite_parties.InvitationStepResultSerializer,
        detail=False,
    )
    def send(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Set when answers are due, and send the first letters: to these parties, or to all that aren't invited
        yet."""
        chosen = values.get("parties") or invite_parties.uninvited(summit)
        reach = first_letter.send(summit=summit, parties=chosen, answer_by=values["answer_by"], by=by)
        return invite_parties.step_result(reach, "")

    @action(
        "remind",
        permission="delegations.invite",
        input=invite_parties.RemindInput,
        output=invite_parties.InvitationStepResultSerializer,
        detail=False,
    )
    def remind(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Send reminders of the invitations of parties to the summit, if they were sent and aren't answered. Parties
        that had a reminder in the last 24 hours are skipped."""
        return invite_parties.reminder_result(manual_reminders.send(parties=values["parties"], by=by))

    @action("approve", permission="delegations.invite")
    def approve(self, *, by: User, row: Invitation, values: Values) -> None:
        """Approve a prepared invitation, so that it can be sent."""
        drafts_and_approval.approve(invitation=row, by=by)

    @action("reopen", permission="delegations.invite")
    def reopen(self, *, by: User, row: Invitation, values: Values) -> None:
        """Make the approved invitation a draft again."""
        drafts_and_approval.reopen(invitation=row, by=by)

    @action("revoke", permission="delegations.revoke")
    def revoke(self, *, by: User, row: Invitation, values: Values) -> None:
        """Revoke the invitation. Its links stop working, and letters that aren't sent yet are not sent."""
        invitations.revoke(invitation=row, by=by)

    @action("write-anew", permission="delegations.invite")
    def write_anew(self, *, by: User, row: Invitation, values: Values) -> None:
        """Send the letter again, with new links, to the party's present mailboxes. Earlier links stop working; an
        answer stays."""
        invitations.write_anew(invitation=row, by=by)

    @action("answer", permission="delegations.answer", input=AnswerInput)
    def answer(self, *, by: User, row: Invitation, values: Values) -> None:
        """Answer for one's own party. Desk users record an answer that came by another channel."""
        record_answer(invitation=row, values=values, by=by)

    @action("call", permission="delegations.callnote.change", input=CallInput)
    def call(self, *, by: User, row: Invitation, values: Values) -> None:
        """Record a telephone call to the party about its invitation."""
        phone_calls.record(invitation=row, outcome=values["outcome"], text=values["note"], by=by)

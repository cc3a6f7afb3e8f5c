"""API of visa support letters. Only the PDF has the text of a letter."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.core.api.access_log import log_shown_fields
from delegations.core.api.fields import Several, SkippedItemSerializer, StaffName, WhyInput
from delegations.members.api.fields import Member, OfPerson, OfPersonFilters
from delegations.travel import access_log, visa_letter_pdf
from delegations.travel.models.visas import VisaLetter, VisaState
from delegations.travel.permissions import can_issue_visas
from delegations.travel.services import visas
from summit.api_base.actions import action
from summit.api_base.response_files import File, WithContent
from summit.api_base.viewset_views import Values
from summit.summits.models import Summit
from summit.users.models import User

SEE, ASK, ISSUE = "delegations.visaletter.view", "delegations.ask_visa", "delegations.issue_visa"
PERSONAL = ("embassy", "reason")


class VisaLetterSerializer(OfPerson, serializers.ModelSerializer[VisaLetter]):
    """A visa support letter and its state."""

    decided_by = StaffName(permission=SEE)

    class Meta:
        model = VisaLetter
        fields: ClassVar[list[str]] = [
            *(*OfPerson.OF, "embassy", "state", "number"),
            *("asked_at", "decided_at", "decided_by", "reason"),
        ]
        read_only_fields = fields


class VisaInput(serializers.Serializer[Any]):
    """A request for a letter: the person's id, and the host's embassy or consulate where the person applies."""

    person = Member(permission=ASK)
    embassy = serializers.CharField(required=False, default="", allow_blank=True)


class LettersInput(serializers.Serializer[Any]):
    """The ids of letters."""

    letters = Several(rows=VisaLetter.objects.select_related("person"), permission=SEE)


class IssuedLettersSerializer(serializers.Serializer[Any]):
    """The letters that were issued, and the letters that were skipped, with the reasons."""

    letters = VisaLetterSerializer(many=True)
    skipped = SkippedItemSerializer(many=True)


class VisaFilters(OfPersonFilters):
    """Filters for letters, by state, party, person and time."""

    state = django_filters.ChoiceFilter(choices=VisaState.choices, label=_("state"))
    asked_since = django_filters.IsoDateTimeFilter(
        field_name="asked_at", lookup_expr="gte", label=_("requested since")
    )
    decided_since = django_filters.IsoDateTimeFilter(
        field_name="decided_at", lookup_expr="gte", label=_("decided since")
    )


class VisaLetterViewSet(WithContent):
    """Visa support letters."""

    name = "visa-letters"
    verbose_name = _("visa support letters")
    permission = "delegations.visaletter"
    permissions: ClassVar[Any] = {"add": ASK}
    allowed_methods = ("add",)
    model = VisaLetter
    serializer_class = VisaLetterSerializer
    input_serializer_class = VisaInput
    filterset_class = VisaFilters
    ordering_fields: ClassVar[Any] = {"asked": ("asked_at",)}

    def rows(self) -> QuerySet[VisaLetter]:
        """Return letters with their party, person and the user who decided, without reading their text."""
        joined = ("summit", "party__summit", "person", "decided_by")
        return VisaLetter.objects.select_related(*joined).defer("content")

    def log_access(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Log which of the personal fields in `fields` were read, and of whose letters."""
        log_shown_fields(
            by=by, summit=summit, rows=rows, fields=fields, shows=PERSONAL, people=lambda row: row.person
        )

    def add(self, *, by: User, summit: Summit, values: Values) -> VisaLetter:
        """Ask for a letter for a member of a party, and return it."""
        member = values["person"]
        return visas.ask(party=member.party, person=member.person, embassy=values["embassy"], by=by)

    def content(self, *, by: User, row: VisaLetter) -> File | None:
        """Return an issued letter as a PDF, or None if the user can't read it. The access to the passport data is
        logged.

        Users who may issue letters can also read void ones.
        """
        readable = bool(row.content) if can_issue_visas(by, row.summit) else row.state == VisaState.ISSUED
        if not readable:
            return None
        pdf = visa_letter_pdf.write(row)
        access_log.record_visa_letter(by=by, letter=row)
        return File(visa_letter_pdf.name_of(row), "application/pdf", pdf)

    @action("issue", permission=ISSUE, atomic=False, input=LettersInput, output=IssuedLettersSerializer, detail=False)
    def issue(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Issue letters that were asked for, each with the next number, and notify the parties. Letters that can't be
        issued are skipped, with the reason."""
        issued = visas.issue(letters=values["letters"], by=by)
        skipped = [{"id": row.public_id, "why": why} for row, why in issued.skipped]
        letters = self.rows().filter(pk__in=[row.pk for row in issued.done]).order_by("number")
        return {"letters": list(letters), "skipped": skipped}

    @action("refuse", permission=ISSUE, input=WhyInput)
    def refuse(self, *, by: User, row: VisaLetter, values: Values) -> None:
        """Refuse the letter, with a reason that the party can read."""
        visas.refuse(letter=row, reason=values["reason"], by=by)

    @action("void", permission=ISSUE, input=WhyInput)
    def void(self, *, by: User, row: VisaLetter, values: Values) -> None:
        """Make an issued letter void, with a reason that the party can read."""
        visas.void(letter=row, reason=values["reason"], by=by)

    @action("take-back", permission=ASK)
    def take_back(self, *, by: User, row: VisaLetter, values: Values) -> None:
        """Withdraw a request for a letter that isn't decided."""
        visas.take_back(letter=row, by=by)

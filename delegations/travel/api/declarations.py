"""API of declarations of what people bring, and of the decisions on them."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.core.api.access_log import log_shown_fields
from delegations.core.api.fields import StaffName, WhyInput
from delegations.members.api.fields import Member, OfPerson, OfPersonFilters
from delegations.travel.models.declarations import Declaration, DeclarationKind, DeclarationState
from delegations.travel.services import declarations
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit
from summit.users.models import User

SEE, DECLARE = "delegations.declaration.view", "delegations.declare"
DECIDE = "delegations.decide_declaration"
PERSONAL = ("details", "reason")


class DeclarationSerializer(OfPerson, serializers.ModelSerializer[Declaration]):
    """A declaration and the host's decision on it."""

    kind = serializers.IntegerField(source="kind_id", read_only=True)
    kind_name = serializers.CharField(source="kind.__str__", read_only=True)
    decided_by = StaffName(permission=SEE)

    class Meta:
        model = Declaration
        fields: ClassVar[list[str]] = [
            *(*OfPerson.OF, "kind", "kind_name", "details", "state"),
            *("declared_at", "decided_at", "decided_by", "reason"),
        ]
        read_only_fields = fields


class KindOfSummit(serializers.PrimaryKeyRelatedField[DeclarationKind]):
    """A field for a kind of declaration of the summit, by its id."""

    default_error_messages: ClassVar[Any] = {
        "does_not_exist": _("There is no object with this ID."),
        "incorrect_type": _("Give its ID."),
    }

    def get_queryset(self) -> Any:
        """Return the kinds of declaration of the summit in the URL."""
        return DeclarationKind.objects.filter(summit=self.context["summit"])


class DeclarationInput(serializers.Serializer[Any]):
    """A new declaration: the ids of the person and the kind, and a description."""

    person = Member(permission=DECLARE)
    kind = KindOfSummit(queryset=DeclarationKind.objects.all())
    details = serializers.CharField(required=False, default="", allow_blank=True)


class DeclarationFilters(OfPersonFilters):
    """Filters for declarations, by state, kind, party, person and time."""

    state = django_filters.ChoiceFilter(choices=DeclarationState.choices, label=_("state"))
    kind = django_filters.NumberFilter(field_name="kind", label=_("type"), min_value=1, max_value=2**31 - 1)
    declared_since = django_filters.IsoDateTimeFilter(
        field_name="declared_at", lookup_expr="gte", label=_("declared since")
    )
    decided_since = django_filters.IsoDateTimeFilter(
        field_name="decided_at", lookup_expr="gte", label=_("decided since")
    )


class DeclarationViewSet(DeskViewSet):
    """Declarations of what people bring."""

    name = "declarations"
    verbose_name = _("declarations")
    permission = "delegations.declaration"
    permissions: ClassVar[Any] = {"add": DECLARE, "remove": DECLARE}
    allowed_methods = ("add", "remove")
    model = Declaration
    serializer_class = DeclarationSerializer
    input_serializer_class = DeclarationInput
    filterset_class = DeclarationFilters
    ordering_fields: ClassVar[Any] = {"declared": ("declared_at",)}
    summit_path = "party__summit"

    def rows(self) -> QuerySet[Declaration]:
        """Return declarations with their party, person and kind, and the user who decided."""
        return Declaration.objects.select_related("party__summit", "person", "kind", "decided_by")

    def log_access(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Log which of the personal fields in `fields` were read, and of whose declarations."""
        log_shown_fields(
            by=by, summit=summit, rows=rows, fields=fields, shows=PERSONAL, people=lambda row: row.person
        )

    def add(self, *, by: User, summit: Summit, values: Values) -> Declaration:
        """Declare an item that a member brings, and return the declaration."""
        member = values["person"]
        item = {"kind": values["kind"], "details": values["details"]}
        return declarations.declare(party=member.party, person=member.person, by=by, **item)

    def remove(self, *, by: User, row: Declaration) -> None:
        """Withdraw a declaration, which deletes it. A refused declaration can't be withdrawn."""
        declarations.withdraw(declaration=row, by=by)

    @action("permit", permission=DECIDE)
    def permit(self, *, by: User, row: Declaration, values: Values) -> None:
        """Permit a declaration."""
        declarations.permit(declaration=row, by=by)

    @action("refuse", permission=DECIDE, input=WhyInput)
    def refuse(self, *, by: User, row: Declaration, values: Values) -> None:
        """Refuse a declaration, with a reason that the party can read."""
        declarations.refuse(declaration=row, reason=values["reason"], by=by)

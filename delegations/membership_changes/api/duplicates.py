"""API of people who may be entered twice: merge them, or tell them apart."""

from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rest_framework import serializers

from delegations.core.api import access_log
from delegations.core.api.fields import StaffName
from delegations.members.models.duplicates import DuplicateCandidate, DuplicateReason
from delegations.members.services import duplicates
from delegations.membership_changes.services import merging
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet, InSummit
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User

SEE, CHANGE = "delegations.duplicatecandidate.view", "delegations.duplicatecandidate.change"


class DuplicateCandidateSerializer(serializers.ModelSerializer[DuplicateCandidate]):
    """A pair of people who may be the same: `person` was entered later than `other`. If one is a member of a party,
    the party's id is given too."""

    id = serializers.IntegerField(source="pk", read_only=True)
    person = serializers.CharField(source="person.public_id", read_only=True)
    person_name = serializers.CharField(source="person.label", read_only=True)
    person_party = serializers.CharField(
        source="person.membership.party.public_id", read_only=True, allow_null=True, default=None
    )
    other = serializers.CharField(source="other.public_id", read_only=True)
    other_name = serializers.CharField(source="other.label", read_only=True)
    other_party = serializers.CharField(
        source="other.membership.party.public_id", read_only=True, allow_null=True, default=None
    )
    decided_by = StaffName(permission=SEE)

    class Meta:
        model = DuplicateCandidate
        fields: ClassVar[list[str]] = [
            *("id", "person", "person_name", "person_party", "other", "other_name", "other_party"),
            *("why", "noticed_at", "decided_at", "decided_by"),
        ]
        read_only_fields = fields


class DuplicateCandidateFilters(django_filters.FilterSet):
    """Filters for pairs of people, by decision, reason and person."""

    open = django_filters.BooleanFilter(field_name="decided_at", lookup_expr="isnull", label=_("pending"))
    why = django_filters.ChoiceFilter(choices=DuplicateReason.choices, label=_("reason"))
    person = django_filters.CharFilter(method="of_either", label=pgettext_lazy("label", "person"))

    def of_either(self, rows: QuerySet[DuplicateCandidate], name: str, value: str) -> QuerySet[DuplicateCandidate]:
        """Filter to the pairs that include a person, by public id."""
        return rows.filter(Q(person__public_id=value) | Q(other__public_id=value))


class MergeInput(serializers.Serializer[Any]):
    """The id of the person to keep, one of the pair. That person keeps their data, and missing data is taken from the
    other one."""

    keep = InSummit(queryset=Person.objects.select_related("summit"))

    def validate_keep(self, person: Person) -> Person:
        """Return the person. Raises ValidationError if the person is not one of the pair."""
        row = self.context["row"]
        if person.pk not in (row.person_id, row.other_id):
            raise serializers.ValidationError(_("Choose which record to keep."))
        return person


class MergedSerializer(serializers.Serializer[Any]):
    """The id of the kept person, and how many rows of each kind were moved."""

    person = serializers.CharField()
    moved = serializers.DictField(child=serializers.IntegerField())


class DuplicateCandidateViewSet(DeskViewSet):
    """Pairs of people who may be the same."""

    name = "resemblances"
    verbose_name = _("possible duplicates")
    permission = "delegations.duplicatecandidate"
    allowed_methods = ()
    lookup_field = "pk"
    model = DuplicateCandidate
    serializer_class = DuplicateCandidateSerializer
    filterset_class = DuplicateCandidateFilters
    ordering_fields: ClassVar[Any] = {"noticed": ("noticed_at",)}
    summit_path = "person__summit"

    def rows(self) -> QuerySet[DuplicateCandidate]:
        """Return pairs with their people, the people's parties and the user who decided."""
        joined = ("person__summit", "person__membership__party", "other__membership__party", "decided_by")
        return DuplicateCandidate.objects.select_related(*joined)

    def log_access(
        self, *, by: User, summit: Summit, rows: Iterable[DuplicateCandidate], fields: Iterable[str]
    ) -> None:
        """Log that `by` read the names of these people, if `fields` has one of the names."""
        logged = {name for name in ("person", "other") if f"{name}_name" in fields}
        access_log.log_rows(by=by, summit=summit, rows=list(rows), fields=logged, people=_both)

    @action("merge", permission=CHANGE, input=MergeInput, output=MergedSerializer)
    def merge(self, *, by: User, row: DuplicateCandidate, values: Values) -> Any:
        """Merge the pair. Everything that refers to the other person then refers to the kept one, and the other is
        deleted."""
        kept = values["keep"]
        moved = merging.merge(kept=kept, gone=row.other if kept.pk == row.person_id else row.person, by=by)
        return {"person": kept.public_id, "moved": moved}

    @action("tell-apart", permission=CHANGE)
    def tell_apart(self, *, by: User, row: DuplicateCandidate, values: Values) -> None:
        """Mark the pair as two different people."""
        duplicates.decide(rows=[row], by=by)


def _both(row: DuplicateCandidate) -> list[str]:
    return [row.person.public_id, row.other.public_id]

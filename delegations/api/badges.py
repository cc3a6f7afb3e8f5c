"""Badges: who has one, issued to many at once, ended with a reason, and issued anew in the place of a lost one."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rest_framework import serializers

from delegations.api.parts import LeftOutSerializer, PartyName, Several, StaffName, WhyInput, note
from delegations.domain import badges
from delegations.models import Badge, Membership
from summit.api.actions import action
from summit.api.resources import Resource
from summit.api.rows import Values
from summit.models import Summit, User

ISSUE = "delegations.issue_badge"


class BadgeSerializer(serializers.ModelSerializer[Badge]):
    """A badge. Its id is the number on it; `category` and `zones` are the person's now, and none where it opens
    nothing any more."""

    id = serializers.CharField(source="public_id", read_only=True)
    party = serializers.CharField(source="party.public_id", read_only=True)
    party_name = PartyName(source="party")
    person = serializers.CharField(source="person.public_id", read_only=True)
    person_name = serializers.CharField(source="person.label", read_only=True)
    live = serializers.SerializerMethodField()
    category = serializers.SerializerMethodField()
    zones = serializers.SerializerMethodField()
    issued_by = StaffName(deed="delegations.badge.view")
    why = serializers.SerializerMethodField()

    class Meta:
        model = Badge
        fields: ClassVar[list[str]] = [
            *("id", "party", "party_name", "person", "person_name", "live", "category", "zones"),
            *("issued_at", "issued_by", "ended_at", "why"),
        ]
        read_only_fields = fields

    def get_live(self, row: Badge) -> bool:
        """Return whether it opens anything."""
        return row.ended_at is None

    def get_category(self, row: Badge) -> str | None:
        """Return the code of the category."""
        member = _member(row)
        return member.category.code if member else None

    def get_zones(self, row: Badge) -> list[str]:
        """Return the marks of the zones."""
        member = _member(row)
        return [zone.code for zone in member.category.zones.all()] if member else []

    def get_why(self, row: Badge) -> str:
        """Return why it opens nothing any more."""
        return badges.why_words(row)


def _member(row: Badge) -> Membership | None:
    """Return the place in the party by which a badge opens something. Fetch it with the person."""
    member: Membership | None = getattr(row.person, "membership", None)
    return member if member and member.party_id == row.party_id and row.ended_at is None else None


class BadgeFilters(django_filters.FilterSet):
    """By what badges are narrowed."""

    live = django_filters.BooleanFilter(field_name="ended_at", lookup_expr="isnull", label=_("opens something"))
    party = django_filters.CharFilter(field_name="party__public_id", label=pgettext_lazy("label", "party"))
    person = django_filters.CharFilter(field_name="person__public_id", label=pgettext_lazy("label", "person"))
    category = django_filters.CharFilter(field_name="person__membership__category__code", label=_("category"))
    issued_since = django_filters.IsoDateTimeFilter(
        field_name="issued_at", lookup_expr="gte", label=_("issued since")
    )
    ended_since = django_filters.IsoDateTimeFilter(field_name="ended_at", lookup_expr="gte", label=_("dead since"))


class IssueInput(serializers.Serializer[Any]):
    """The people who are to get a badge, by their ids."""

    people = Several(
        rows=Membership.objects.select_related("person"),
        deed=ISSUE,
        summit_path="party__summit",
        key="person__public_id",
    )


class IssuedSerializer(serializers.Serializer[Any]):
    """The badges that were issued, and the people who got none, with the reason."""

    badges = BadgeSerializer(many=True)
    skipped = LeftOutSerializer(many=True)


class Badges(Resource):
    """Badges."""

    name = "badges"
    called = _("badges")
    rule = "delegations.badge"
    does = ()
    model = Badge
    output = BadgeSerializer
    filters = BadgeFilters
    orders: ClassVar[Any] = {"issued": ("issued_at",)}
    summit_path = "party__summit"

    def rows(self) -> QuerySet[Badge]:
        """Return badges with their people, and what they open."""
        joined = ("party__summit", "person__membership__category", "issued_by")
        return Badge.objects.select_related(*joined).prefetch_related("person__membership__category__zones")

    def note_seen(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Record whose badges were read."""
        note(by=by, summit=summit, rows=rows, fields=fields, shows=("why",), people=lambda row: row.person)

    @action("issue", rule=ISSUE, input=IssueInput, output=IssuedSerializer, on_list=True)
    def issue(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Issue badges to members who have none. Who can't get one is left out, with the reason."""
        issued = badges.issue(members=values["people"], by=by)
        skipped = [{"id": member.person.public_id, "why": why} for member, why in issued.skipped]
        made = self.rows().filter(pk__in=[row.pk for row in issued.done]).order_by("pk")
        return {"badges": list(made), "skipped": skipped}

    @action("end", rule="delegations.end_badge", input=WhyInput)
    def end(self, *, by: User, row: Badge, values: Values) -> None:
        """End the badge for good, with the reason that whoever checks it reads. A dead one stays as it is."""
        badges.end(badges=[row], reason=values["reason"], by=by)

    @action("reissue", rule=ISSUE, output=BadgeSerializer)
    def reissue(self, *, by: User, row: Badge, values: Values) -> Badge:
        """End the badge as lost and issue another, which is answered."""
        return self.rows().get(pk=badges.reissue(badge=row, by=by).pk)

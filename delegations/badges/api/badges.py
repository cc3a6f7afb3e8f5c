"""The API of badges: list them, issue them to several people, end, reissue, check and print them."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.badges import badge_pdf as paper
from delegations.badges.models.badges import Badge
from delegations.badges.selectors import badge_check, badge_sheet
from delegations.badges.selectors import badges as badges_selectors
from delegations.badges.services import badges as badges_services
from delegations.core.api.access_log import log_shown_fields
from delegations.core.api.fields import Several, SkippedItemSerializer, StaffName, WhyInput
from delegations.members.api.fields import OfPerson, OfPersonFilters
from delegations.members.models.members import Membership
from delegations.parties.permissions import standing_parties
from summit.api_base.actions import action
from summit.api_base.response_files import File, PersonalContentSerializer
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit
from summit.users.models import User

ISSUE = "delegations.issue_badge"


class BadgeSerializer(OfPerson, serializers.ModelSerializer[Badge]):
    """A badge. `id` is the number that is printed on the badge. `category` and `zones` are the person's current
    category and zones. If the badge opens nothing, `category` is null and `zones` is empty."""

    live = serializers.SerializerMethodField()
    category = serializers.SerializerMethodField()
    zones = serializers.SerializerMethodField()
    issued_by = StaffName(permission="delegations.badge.view")
    why = serializers.SerializerMethodField()

    class Meta:
        model = Badge
        fields: ClassVar[list[str]] = [
            *(*OfPerson.OF, "live", "category", "zones"),
            *("issued_at", "issued_by", "ended_at", "why"),
        ]
        read_only_fields = fields

    def get_live(self, row: Badge) -> bool:
        """Return whether the badge opens anything."""
        return bool(row.ended_at is None and row.stands)  # type: ignore[attr-defined]

    def get_category(self, row: Badge) -> str | None:
        """Return the code of the person's category, or None if the badge opens nothing."""
        member = _member(row)
        return member.category.code if member else None

    def get_zones(self, row: Badge) -> list[str]:
        """Return the codes of the zones that the badge opens, or an empty list if it opens none."""
        member = _member(row)
        return [zone.code for zone in member.category.zones.all()] if member else []

    def get_why(self, row: Badge) -> str:
        """Return why the badge no longer opens anything; "" while it does."""
        return badges_selectors.end_reason(row) if row.ended_at or row.stands else badge_check.party_left_reason()  # type: ignore[attr-defined]


def _member(row: Badge) -> Membership | None:
    """Return the membership through which a badge opens zones, or None if the badge opens nothing.

    Makes no query if the person's membership is joined.
    """
    member: Membership | None = getattr(row.person, "membership", None)
    live = row.ended_at is None and row.stands  # type: ignore[attr-defined]
    return member if live and member and member.party_id == row.party_id else None


class BadgeFilters(OfPersonFilters):
    """The filters of the list of badges."""

    live = django_filters.BooleanFilter(method="of_life", label=_("opens a zone"))
    category = django_filters.CharFilter(method="of_category", label=_("category"))
    issued_since = django_filters.IsoDateTimeFilter(
        field_name="issued_at", lookup_expr="gte", label=_("issued since")
    )
    ended_since = django_filters.IsoDateTimeFilter(
        field_name="ended_at", lookup_expr="gte", label=_("cancelled since")
    )

    def of_life(self, rows: QuerySet[Badge], name: str, value: bool) -> QuerySet[Badge]:
        """Return the badges that open something, or the others if `value` is false."""
        live = Q(ended_at=None, stands=True)
        return rows.filter(live if value else ~live)

    def of_category(self, rows: QuerySet[Badge], name: str, value: str) -> QuerySet[Badge]:
        """Return the badges of people in the category with the code `value`. Badges that open nothing have no
        category and are left out."""
        in_category = Q(person__membership__party=F("party"), person__membership__category__code=value)
        return self.of_life(rows, name, True).filter(in_category)


class IssueInput(serializers.Serializer[Any]):
    """The people who are to get a badge, by their ids."""

    people = Several(
        rows=Membership.objects.select_related("person"),
        permission=ISSUE,
        summit_path="party__summit",
        key="person__public_id",
    )


class IssuedSerializer(serializers.Serializer[Any]):
    """The badges that were issued, and the people who got none, each with the reason."""

    badges = BadgeSerializer(many=True)
    skipped = SkippedItemSerializer(many=True)


class NumberInput(serializers.Serializer[Any]):
    """The number on a badge, as it was scanned or typed."""

    number = serializers.CharField(max_length=100)


class CheckedSerializer(serializers.Serializer[Any]):
    """The result of checking a number: whether the badge opens anything, since when, and why not. `badge` is null if
    no badge at the summit has this number."""

    number = serializers.CharField()
    opens = serializers.BooleanField()
    since = serializers.DateTimeField(allow_null=True)
    why = serializers.CharField()
    badge = BadgeSerializer(allow_null=True)


class BadgesInput(serializers.Serializer[Any]):
    """The ids of the badges to print. Badges that were ended are left out."""

    badges = Several(rows=Badge.objects.all(), permission=ISSUE, summit_path="party__summit")


class BadgeViewSet(DeskViewSet):
    """Badges of the members of parties. Adding and changing them works through actions."""

    name = "badges"
    verbose_name = _("badges")
    permission = "delegations.badge"
    allowed_methods = ()
    model = Badge
    serializer_class = BadgeSerializer
    filterset_class = BadgeFilters
    ordering_fields: ClassVar[Any] = {"issued": ("issued_at",)}
    summit_path = "party__summit"

    def rows(self) -> QuerySet[Badge]:
        """Return badges joined with their people, categories and zones. `stands` says whether the badge's party is
        still in the summit."""
        joined = ("party__summit", "person__membership__category", "issued_by")
        rows = Badge.objects.select_related(*joined).prefetch_related("person__membership__category__zones")
        return rows.annotate(stands=Exists(standing_parties().filter(pk=OuterRef("party"))))

    def log_access(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Record in the access log which people's badges were read."""
        log_shown_fields(
            by=by, summit=summit, rows=rows, fields=fields, shows=("why",), people=lambda row: row.person
        )

    @action("issue", permission=ISSUE, input=IssueInput, output=IssuedSerializer, detail=False)
    def issue(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Issue badges to members who have none. Members who can't get one are skipped, and the response gives the
        reason."""
        issued = badges_services.issue(members=values["people"], by=by)
        skipped = [{"id": member.person.public_id, "why": why} for member, why in issued.skipped]
        new_badges = self.rows().filter(pk__in=[row.pk for row in issued.done]).order_by("pk")
        return {"badges": list(new_badges), "skipped": skipped}

    @action("end", permission="delegations.end_badge", input=WhyInput)
    def end(self, *, by: User, row: Badge, values: Values) -> None:
        """End the badge for good. The reason is shown when the badge is checked. A badge that was ended before is
        left unchanged."""
        badges_services.end(badges=[row], reason=values["reason"], by=by)

    @action("reissue", permission=ISSUE, output=BadgeSerializer)
    def reissue(self, *, by: User, row: Badge, values: Values) -> Badge:
        """End the badge as lost, issue another to the same person, and return the new badge."""
        return self.rows().get(pk=badges_services.reissue(badge=row, by=by).pk)

    @action("check", safe=True, permission=badge_check.SEE, input=NumberInput, output=CheckedSerializer, detail=False)
    def check(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Check what the badge with a number opens, for the staff at a door."""
        checked = badge_check.check_badge(typed=values["number"], by=by, summit=summit)
        row = self.rows().get(pk=checked.badge.pk) if checked.badge else None
        self.log_access(by=by, summit=summit, rows=[row] if row else [], fields=BadgeSerializer.Meta.fields)
        result = {name: getattr(checked, name) for name in ("number", "opens", "since", "why")}
        return {**result, "badge": row}

    @action(
        "print",
        permission=ISSUE,
        atomic=False,
        input=BadgesInput,
        output=PersonalContentSerializer,
        detail=False,
        shown_once=("content",),
    )
    def print(self, *, by: User, summit: Summit, values: Values) -> File:
        """Return a PDF of the live badges among these, one badge to a page. The pages are sorted by party, and by the
        person's place within the party."""
        live = [row for row in values["badges"] if row.ended_at is None]
        cards = badge_sheet.cards(badges=live, by=by)
        return File(paper.name_of(cards), "application/pdf", paper.write(cards))

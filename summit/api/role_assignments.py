"""The roles that are assigned by hand in a summit, and the summit's audit."""

from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from summit.accounts import role_assignments
from summit.api_base.problems import register_problem
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.audit.models import AuditEntry
from summit.audit.rendering import sentence
from summit.permissions.models import BY_HAND, RoleAssignment
from summit.summits.models import Summit
from summit.users.models import User

register_problem(role_assignments.LastOrganiser, "conflict")
ROLES = [(role.value, role.label) for role in BY_HAND]


class RoleSerializer(serializers.ModelSerializer[RoleAssignment]):
    """A role that an account holds in the summit."""

    id = serializers.CharField(source="pk", read_only=True)
    account = serializers.CharField(source="user.public_id")
    name = serializers.CharField(source="user.name")
    email = serializers.EmailField(source="user.email")

    class Meta:
        model = RoleAssignment
        fields: ClassVar[list[str]] = ["id", "account", "name", "email", "role"]


class RoleInput(serializers.Serializer[Any]):
    """A role to assign to the account with an e-mail address. Its owner gets a mail."""

    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=ROLES)
    name = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    language = serializers.ChoiceField(
        choices=settings.LANGUAGES,
        required=False,
        default="",
        allow_blank=True,
        help_text="Of a new account and what is written to it; empty for the summit's.",
    )


class RoleFilters(django_filters.FilterSet):
    """The filters of the list of roles."""

    role = django_filters.ChoiceFilter(choices=ROLES, label=_("role"))
    account = django_filters.CharFilter(field_name="user__public_id", label=_("account"))


class RoleAssignmentViewSet(DeskViewSet):
    """Roles at desks. They are assigned and removed, but never changed."""

    name = "roles"
    verbose_name = _("roles")
    permission = "summit.roleassignment"
    allowed_methods = ("add", "remove")
    lookup_field = "pk"
    model = RoleAssignment
    serializer_class = RoleSerializer
    input_serializer_class = RoleInput
    filterset_class = RoleFilters
    ordering_fields: ClassVar[Any] = {"email": ("user__email",), "role": ("role", "user__email")}
    personal = ("name", "email")

    def rows(self) -> QuerySet[RoleAssignment]:
        """Return all roles, with their accounts."""
        return RoleAssignment.objects.select_related("user", "summit")

    def add(self, *, by: User, summit: Summit, values: Values) -> RoleAssignment:
        """Assign a role to the account with an e-mail address. If there is no such account, it is created.

        The owner of the account gets a mail.
        """
        # The name is the salutation of a letter, which must not have a line break.
        name = " ".join(values["name"].split())
        colleague = role_assignments.Colleague(values["email"], values["role"], name, values["language"])
        role_assignments.add_team(summit=summit, colleagues=[colleague], by=by)
        assignments = self.rows().filter(summit=summit, role=values["role"])
        return assignments.get(user__email=values["email"].strip().lower())

    def remove(self, *, by: User, row: RoleAssignment) -> None:
        """Remove a role. The last organiser of a summit can't lose this role."""
        role_assignments.remove(assignments=[row], by=by)


class AuditSerializer(serializers.ModelSerializer[AuditEntry]):
    """An audit entry. `said` is a sentence about it; `detail` has names, numbers and keys."""

    id = serializers.CharField(source="pk", read_only=True)
    by = serializers.CharField(source="by.public_id", default=None, allow_null=True, help_text="The account, if any.")
    acting_as = serializers.CharField(source="by_label", help_text="Without an account: “system”, or by what.")
    said = serializers.SerializerMethodField()
    object = serializers.SerializerMethodField(help_text="Its kind and id, such as “delegations.party:k3…”.")

    class Meta:
        model = AuditEntry
        fields: ClassVar[list[str]] = [
            *("id", "at", "by", "acting_as", "action", "said", "object", "part_of", "fields", "detail", "position"),
            "digest",
        ]

    def get_said(self, entry: AuditEntry) -> str:
        """Return a sentence about what was done."""
        return sentence(entry)

    def get_object(self, entry: AuditEntry) -> str:
        """Return the kind and the key of the object that the entry is about, such as "delegations.party:k3…"."""
        return f"{entry.object_type}:{entry.object_key}"


class AuditFilters(django_filters.FilterSet):
    """The filters of the audit."""

    action = django_filters.CharFilter(label=_("action"))
    by = django_filters.CharFilter(field_name="by__public_id", label=_("by"))
    object_type = django_filters.CharFilter(label=_("object type"))
    object_key = django_filters.CharFilter(label=_("object"))
    part_of = django_filters.CharFilter(label=_("part of"))
    since = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte", label=_("from"))
    until = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt", label=_("until"))


class AuditEntryViewSet(DeskViewSet):
    """The audit entries of the summit. They can't be changed."""

    name = "audit"
    verbose_name = _("audit log")
    permission = "summit.auditentry"
    allowed_methods = ()
    lookup_field = "pk"
    model = AuditEntry
    serializer_class = AuditSerializer
    filterset_class = AuditFilters
    ordering_fields: ClassVar[Any] = {"at": ("-at", "-pk")}

    def rows(self) -> QuerySet[AuditEntry]:
        """Return all entries, with the accounts that caused them."""
        return AuditEntry.objects.select_related("by", "summit")

"""People, accounts and roles in the admin."""

from collections.abc import Iterable, Sequence
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from summit.accounts import browser_sessions, role_assignments
from summit.accounts import mfa_reset as second_step_accounts
from summit.accounts import visible_accounts as accounts_selectors
from summit.admin_base.filters import presence
from summit.admin_base.forms import SentencesForm
from summit.admin_base.menu_places import MenuGroup, MenuPlace
from summit.admin_base.messages import set_message, written
from summit.admin_base.model_admin import SummitModelAdmin
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_sources import RowSource
from summit.admin_base.service_admin import user_of
from summit.admin_base.summit_scope import summits_of
from summit.backoffice.account_single_sign_on import SingleSignOnMixin
from summit.backoffice.forms import RoleForm
from summit.backoffice.personal_data import RightsMixin
from summit.core.punctuation import comma
from summit.people.models import Person
from summit.permissions.models import RoleAssignment
from summit.permissions.route_access import NOBODY
from summit.permissions.rules import allows
from summit.single_sign_on import local_sign_ins, providers
from summit.templatetags.moments import day_clock
from summit.users.models import User


class VisibleAccountsMixin:
    """Limits the choice of accounts to those that the user may see.

    Keys of accounts are numbers. If any key were allowed, a user could find out by a key who owns the account.
    """

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return a form field. A field for accounts offers only the accounts of the user's summits."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and db_field.related_model is User:
            field.queryset = accounts_selectors.visible_accounts(request.user)
        return field


@admin.register(Person)
class PersonAdmin(RightsMixin, VisibleAccountsMixin, SummitModelAdmin):
    """The admin of people."""

    place = 1
    menu_place = MenuPlace.ACCREDITATION
    list_display = ["who", "email", "summit"]
    list_filter = [
        "summit",
        ("name", presence(gettext_lazy("office only"), gettext_lazy("with name"))),
        ("email", presence(gettext_lazy("without email address"), gettext_lazy("with email address"))),
    ]
    search_fields = ["name", "office", "email"]
    raw_id_fields = ["user"]
    page_shows: tuple[str, ...] = ("name", "office", "email", "user")
    list_shows = ("name", "office", "email")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the account as a read-only field for users who may not choose accounts.

        An account that belongs to a person sees and does what the person may.
        """
        return [] if allows(request.user, accounts_selectors.CHOOSE, obj and obj.summit) else ["user"]

    def offered_in_forms(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the people whose data aren't erased."""
        return rows.filter(erased_at=None)

    @written
    @admin.display(description=gettext_lazy("name and office"), ordering="name")
    def who(self, row: Person) -> str:
        """Return the person's name and office in the form in which they are announced."""
        return row.label


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(SummitModelAdmin):
    """The admin of roles. A role is assigned to an e-mail address and removed, but never changed."""

    place = 4
    menu_group = MenuGroup.ACCESS
    list_display = ["user", "role", "origin", "summit"]
    list_filter = ["summit", "role"]
    search_fields = ["user__email", "user__name"]
    form = RoleForm
    fields = ["user", "role", "origin", "summit"]
    readonly_fields = ["origin"]
    add_fields = ("email", "name", "role", "summit")

    permissions = {
        "add": "summit.roleassignment.change",
        "change": NOBODY,
        "delete": "summit.roleassignment.change",
    }

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the names of the fields: "email" for a new role, "user" for an existing one."""
        return self.fields if obj else self.add_fields

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the roles of the user's summits, with the names of the identity providers that gave them."""
        return providers.with_names(super().get_queryset(request)).select_related("summit")

    @written
    @admin.display(description=gettext_lazy("assigned"))
    def origin(self, row: RoleAssignment) -> str:
        """Return how the account came by the role: by hand, or by a group and until when, or both."""
        if row.until is None:
            return _("by hand")
        facts = {"provider": providers.name_on(row), "moment": day_clock(row.until, row.summit)}
        if row.by_hand:
            return _("by hand, and by a group at %(provider)s") % facts
        return _("by a group at %(provider)s, until %(moment)s") % facts

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        """Assign the role. If no account has the e-mail address, an account is created. Its owner gets a mail."""
        assert isinstance(obj, RoleAssignment)  # noqa: S101 - this is its admin
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        colleague = role_assignments.Colleague(form.cleaned_data["email"], obj.role, form.cleaned_data["name"])
        role_assignments.add_team(summit=obj.summit, colleagues=[colleague], by=request.user)
        saved = RoleAssignment.objects.get(summit=obj.summit, role=obj.role, user__email=form.cleaned_data["email"])
        obj.pk, obj.user = saved.pk, saved.user

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        """Remove the role. If the service refuses it, show a message."""
        self.delete_queryset(request, RoleAssignment.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        """Remove the chosen roles, all or none. If a summit would lose its last organiser, show a message."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        by_group = queryset.filter(until__isnull=False).exists()
        try:
            number = role_assignments.remove(assignments=list(queryset), by=request.user)
        except role_assignments.LastOrganiser as refused:
            set_message(request, str(refused), messages.WARNING)
            return
        message = ngettext("%(number)d role removed.", "%(number)d roles removed.", number)
        set_message(request, message % {"number": number})
        if by_group:
            message = _("Members of a group get the role again at their next sign-in. See “Roles by group”.")
            set_message(request, message, messages.WARNING)


class AccountForm(SentencesForm):
    """The form of an account."""

    def clean_is_active(self) -> bool:
        """Return whether the account is open; add an error if closing it would lock all administrators out."""
        is_active = bool(self.cleaned_data["is_active"])
        if not is_active and self.instance.pk:
            local_sign_ins.check_way_round(closing=self.instance)
        return is_active


class EmergencyFilter(admin.SimpleListFilter):
    """Filters accounts by whether they are emergency accounts."""

    title = gettext_lazy("emergency account")
    parameter_name = "emergency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Return "yes" and "no" as choices."""
        return [("yes", _("yes")), ("no", _("no"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Filter the list to emergency accounts, or to the others. Without a choice, return it unchanged."""
        if self.value() not in ("yes", "no"):
            return queryset
        chosen = local_sign_ins.is_emergency()
        return queryset.filter(chosen if self.value() == "yes" else ~chosen)


@admin.register(User)
class UserAdmin(SingleSignOnMixin, SummitModelAdmin):
    """The admin of accounts. Only superusers may add and close accounts."""

    place = 3
    menu_group = MenuGroup.ACCESS
    summit_path = None
    form = AccountForm
    list_display = ["email", "name", "held_roles", "is_active", "last_login"]
    phone_columns = ("name", "held_roles")
    row_source = RowSource(
        gettext_lazy("To give a colleague access, assign a role. This makes the account too."),
        gettext_lazy("Roles"),
        "summit.roleassignment.view",
        model="summit.roleassignment",
        primary=True,
    )
    list_filter = [EmergencyFilter]
    search_fields = ["email", "name"]
    fields = ["email", "name", "language", "is_active", "second_step", "last_login", "date_joined"]
    readonly_fields = ["second_step", "last_login", "date_joined"]
    page_shows = list_shows = ("email", "name")
    change_form_template = "admin/summit/user/change_form.html"

    def make_ready(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Load the roles of the accounts on a page, in the summits of which the user may see them."""
        roles = accounts_selectors.roles_by_account(rows, to=user_of(request))
        several = len(summits_of(request)) > 1
        for row in rows:
            row.roles_by_summit, row.names_summits = roles.get(row.pk, {}), several

    @written
    @admin.display(description=gettext_lazy("roles"))
    def held_roles(self, row: Any) -> str:
        """Return the account's roles, with their summits if the user works for several, or a dash."""
        parts = []
        for summit, roles in row.roles_by_summit.items():
            names = comma().join(roles)
            parts.append(f"{summit.reads_as.short_name}: {names}" if row.names_summits else names)
        return " · ".join(parts) or "–"

    @admin.display(description=gettext_lazy("two-step verification"))
    def second_step(self, row: User) -> str:
        """Return the names of the account's second steps as one text, for a field."""
        kinds = Authenticator.objects.filter(user=row).values_list("type", flat=True)
        names = {"webauthn": _("passkey"), "totp": _("authenticator app"), "recovery_codes": _("recovery codes")}
        return ", ".join(names[kind] for kind in names if kind in kinds) or _("none")

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        """Save the account. If it is closed, its browser sessions end, so that reopening it revives none.

        A new account has no password yet. Mails to it explain how to choose one.
        """
        assert isinstance(obj, User)  # noqa: S101 - this is its admin
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            browser_sessions.end_all(user=obj)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Add `can_reset` to the context: whether the user may reset the account's second step and there is one."""
        account = kwargs.get("obj")
        if isinstance(account, User) and isinstance(request.user, User):
            has_second_step = Authenticator.objects.filter(user=account).exists()
            context["can_reset"] = has_second_step and second_step_accounts.can_reset(request.user, account)
        return super().render_change_form(request, context, *args, **kwargs)

    @model_page("<int:pk>/second-step/", "reset_second_step", do="summit.reset_second_step")
    def reset_view(self, request: HttpRequest, account: User) -> HttpResponse:
        """Ask before resetting the second step of an account (GET), or reset it (POST).

        Raises Http404 if the user may not see the account, and PermissionDenied if they may not reset it.
        """
        user = user_of(request)
        second_step_accounts.check_can_reset(user, account)
        if request.method != "POST":
            context = {
                **self.admin_site.each_context(request),
                "title": _("Reset two-step verification of %(account)s") % {"account": account},
                "account": account,
            }
            return TemplateResponse(request, "admin/backoffice/second_step_reset.html", context)
        try:
            second_step_accounts.reset(account=account, by=user)
        except ValueError as refused:
            messages.warning(request, str(refused))
        else:
            message = _(
                "%(account)s can now sign in with a password and must set up two-step verification again. We have "
                "emailed them."
            )
            messages.success(request, message % {"account": account})
        return redirect("admin:summit_user_change", account.pk)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the accounts of the user's summits; all accounts for a superuser."""
        return super().get_queryset(request) & accounts_selectors.visible_accounts(request.user)

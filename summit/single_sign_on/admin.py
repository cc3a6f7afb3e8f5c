"""Identity providers, and the roles of their groups, in the admin."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import BaseConstraint
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.admin_base.forms import SentencesForm
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.service_admin import ServiceAdmin, Values, user_of
from summit.core.punctuation import comma
from summit.permissions.route_access import NOBODY
from summit.permissions.rules import Actor, may_everything
from summit.single_sign_on import provider_services, providers
from summit.single_sign_on.models import GroupRole, IdentityProvider, Protocol
from summit.single_sign_on.provider_services import CHANGEABLE, FIXED
from summit.users.models import User


class ProviderForm(SentencesForm):
    """The form of an identity provider. The stored secret isn't shown; left blank, it stays."""

    client_secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"}),
        help_text=gettext_lazy("OpenID Connect only."),
    )

    class Meta:
        model = IdentityProvider
        fields = (*FIXED, *CHANGEABLE)
        widgets = {
            **{name: forms.TextInput(attrs={"dir": "ltr"}) for name in ("issuer", "client_id", "groups_claim")},
            **{
                name: forms.TextInput(attrs={"dir": "ltr", "inputmode": "url"})
                for name in ("sign_in_url", "sign_out_url")
            },
            "certificates": forms.Textarea(attrs={"dir": "ltr", "rows": 6}),
            "second_factor_values": forms.Textarea(attrs={"dir": "ltr", "rows": 3}),
        }
        error_messages: ClassVar[dict[str, Any]] = {
            "slug": {"invalid": gettext_lazy("Use letters without accents, digits and hyphens.")}
        }

    sentences: ClassVar[dict[str, Any]] = {
        "provider_has_what_its_protocol_needs": gettext_lazy(
            "An OpenID provider needs a client ID and a client secret. A SAML provider needs a sign-in address and a "
            "certificate."
        ),
        "provider_of_delegations_is_not_required": gettext_lazy("A provider for delegations can’t be required."),
    }
    said_at: ClassVar[dict[str, str]] = {"provider_of_delegations_is_not_required": "is_required"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("client_id", "client_secret", "sign_in_url", "certificates"):
            if name in self.fields:
                # Each is needed with one of the protocols, and so isn't called optional.
                self.fields[name].depends = True  # type: ignore[attr-defined]
        if self.instance.pk and "client_secret" in self.fields:
            self.fields["client_secret"].help_text = _("Leave blank to keep the stored one.")

    def validate_constraints(self) -> None:
        """Say in sentences at their fields, and once, which constraints `check_provider` has found violated."""
        head = self.errors.get(NON_FIELD_ERRORS)
        for constraint in IdentityProvider._meta.constraints:
            quoted = str(constraint.get_violation_error_message())
            if head and quoted in head:
                head.data = [each for each in head.data if quoted not in ValidationError(each).messages]
                self.add_error(self.field_of(constraint), self.sentences[constraint.name])
        if head is not None and not head:
            del self.errors[NON_FIELD_ERRORS]

    def field_of(self, constraint: BaseConstraint) -> str | None:
        """Return the name of the field that reports a constraint: of those that a protocol needs, its first."""
        if constraint.name == "provider_has_what_its_protocol_needs":
            return "sign_in_url" if self.instance.protocol == Protocol.SAML else "client_id"
        return super().field_of(constraint)

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data; add errors by field for a provider that isn't complete."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk and not cleaned.get("client_secret"):
            cleaned["client_secret"] = self.instance.client_secret
        for name, value in cleaned.items():
            setattr(self.instance, name, value)
        if not self.errors:
            try:
                provider_services.check_provider(self.instance)
            except ValidationError as problem:
                for name, found in problem.error_dict.items():
                    self.add_error(name if name in self.fields else None, found)
        return cleaned


def _addresses(slug: str, protocol: str) -> SafeString:
    line = "<bdi class='muted' dir='ltr' translate='no'>{}</bdi><br><bdi dir='ltr' translate='no'>{}</bdi>"
    return format_html_join(SafeString("<br>"), line, providers.addresses(slug, protocol))


@admin.register(IdentityProvider)
class IdentityProviderAdmin(ServiceAdmin):
    """The admin of identity providers, for the system administrator."""

    change_list_template = "admin/summit/identityprovider/change_list.html"
    place = 7
    menu_group = MenuGroup.ACCESS
    summit_path = None
    form = ProviderForm
    actions = None
    kept = (*FIXED, *CHANGEABLE)
    # A telephone shows the first three.
    list_display = ["name", "state", "issuer", "protocol"]
    search_fields = ["name", "issuer"]
    permissions: ClassVar[dict[str, str]] = {"delete": "summit.identityprovider.change"}
    fieldsets = [
        (None, {"fields": ["name", "slug", "protocol", "issuer", "is_active"]}),
        (gettext_lazy("OpenID Connect"), {"fields": ["client_id", "client_secret"]}),
        (gettext_lazy("SAML"), {"fields": ["sign_in_url", "sign_out_url", "certificates", "subject_attribute"]}),
        (
            gettext_lazy("Access"),
            {"fields": ["groups_claim", "second_factor_values", "is_required", "for_delegations", "addresses"]},
        ),
    ]
    readonly_fields = ["addresses"]
    nothing_yet = gettext_lazy(
        "No identity providers yet. Add that of your ministry, so that its staff sign in with it."
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, and below it the providers of the environment, which can't be changed here."""
        found = [
            {
                "provider": each,
                "protocol": Protocol(each.protocol).label,
                "addresses": _addresses(each.slug, each.protocol),
            }
            for each in providers.of_environment()
        ]
        return super().changelist_view(request, {**(extra_context or {}), "of_environment": found})

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list. An empty one doesn't say that there is no provider where the environment has one."""
        changelist = super().get_changelist_instance(request)
        if providers.of_environment():
            changelist.nothing_yet = _("No identity providers were added here.")
        return changelist

    @admin.display(description=gettext_lazy("state"), ordering="is_active")
    def state(self, row: IdentityProvider) -> str:
        """Return whether people can sign in at the provider as it is set up here, and who."""
        if providers.is_replaced(row):
            return _("replaced by %(setting)s") % {"setting": "SSO_PROVIDERS"}
        said = [_("active") if row.is_active else _("turned off")]
        said += [_("required")] if row.is_required else []
        said += [_("for delegations")] if row.for_delegations else []
        return comma().join(said)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page of a provider, or save it. There is a warning if one that was saved can't be asked.

        It is asked once the transaction has ended.
        """
        response = super().changeform_view(request, *args, **kwargs)
        saved = request.__dict__.pop("saved_provider", None)
        if saved is not None:
            self._warn(request, saved)
        return response

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Add or change a provider, and note which."""
        super().save_model(request, obj, form, change)
        request.__dict__["saved_provider"] = obj

    def _warn(self, request: HttpRequest, row: IdentityProvider) -> None:
        """Warn if nobody can sign in at a provider that was just saved. Most such issuers have a typo."""
        if row.is_active and (reason := provider_services.try_out(row)):
            said = _("Saved, but no one can sign in yet: %(reason)s") % {"reason": reason}
            advice = _("Compare the issuer to the letter. If it is wrong, delete this entry and add it again.")
            messages.warning(request, f"{said} {advice}")

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask before a provider is deleted, or say why it can't be."""
        row = self.admit(request, "delete", object_id)
        context = {"stopped": provider_services.stops_removal(row), **(extra_context or {})}
        return super().delete_view(request, object_id, context)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the groups of fields, for a stored provider without those of the other protocol."""
        named = {str(name): (name, options) for name, options in self.fieldsets or ()}
        if obj is not None:
            named.pop("OpenID Connect" if obj.protocol == Protocol.SAML else "SAML", None)
        found = list(named.values())
        if obj is not None and providers.is_replaced(obj):
            found.insert(0, (None, {"fields": ["state"]}))
        return found

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the read-only fields: of a stored provider, those that can't be changed."""
        return ["addresses", "state", *(FIXED if obj else ())]

    @admin.display(description=gettext_lazy("addresses to enter at the provider"))
    def addresses(self, row: IdentityProvider) -> SafeString:
        """Return the addresses that the provider's administrator needs, one on each line."""
        if not row.slug:
            return escape(_("They are shown once the provider is saved."))
        return _addresses(row.slug, row.protocol)

    def create(self, *, by: User, row: Any, values: Values) -> IdentityProvider:
        """Add a provider and return it."""
        return provider_services.add_provider(values=values, by=by)

    def change(self, *, by: User, row: Any, values: Values) -> None:
        """Change a provider."""
        provider_services.change_provider(provider=row, values=values, by=by)

    def remove(self, *, by: User, row: Any) -> None:
        """Remove a provider to which no account is linked."""
        provider_services.remove_provider(provider=row, by=by)


def nothing_to_choose(user: Actor, offered: Sequence[object], text: str) -> SafeString:
    """Return what a form says above its fields if it offers no provider: `text`, a link for whoever may add one.

    Returns "" if it offers any.
    """
    if offered:
        return SafeString("")
    if not may_everything(user):
        return escape(_("No identity provider yet. Ask the system administrator to add one first."))
    return format_html('<a href="{}">{}</a>', reverse("admin:summit_identityprovider_add"), text)


def _choices() -> list[tuple[str, str]]:
    return [(each.issuer, each.name) for each in providers.for_desks()]


class GroupRoleForm(SentencesForm):
    """The form that gives a role in a summit to a group at a provider."""

    issuer = forms.ChoiceField(label=gettext_lazy("Identity provider"), choices=_choices)

    class Meta:
        model = GroupRole
        fields = ("summit", "issuer", "group", "role")
        widgets = {"group": forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"})}

    sentences: ClassVar[dict[str, Any]] = {
        "group_role_once": gettext_lazy("This group has this role in this summit already.")
    }


@admin.register(GroupRole)
class GroupRoleAdmin(ServiceAdmin):
    """The admin of roles by group. They are given and taken, but never changed."""

    place = 8
    menu_group = MenuGroup.ACCESS
    form = GroupRoleForm
    kept = ("summit", "issuer", "group", "role")
    list_display = ["group", "role", "provider", "summit"]
    list_filter = ["summit", "role"]
    search_fields = ["group"]
    permissions: ClassVar[dict[str, str]] = {
        "add": "summit.grouprole.change",
        "change": NOBODY,
        "delete": "summit.grouprole.change",
    }
    nothing_yet = gettext_lazy("No roles by group yet. Give a role to a group: its members get it when they sign in.")
    deletion_note = gettext_lazy("Members keep the role until their next sign-in, at most 8 hours.")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields: those of the form, or the provider's name instead of its issuer."""
        if obj:
            return [(None, {"fields": ["group", "role", "provider", "summit"]})]
        note = nothing_to_choose(user_of(request), _choices(), _("Add an identity provider first."))
        return [(None, {"fields": ["summit", "issuer", "group", "role"], "description": note})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the read-only fields: all of an existing row."""
        return ["group", "role", "provider", "summit"] if obj else []

    @admin.display(description=gettext_lazy("identity provider"), ordering="issuer")
    def provider(self, row: GroupRole) -> str:
        """Return the provider's name."""
        return providers.name_on(row)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the rows, with the names of their providers."""
        return providers.with_names(super().get_queryset(request))

    def create(self, *, by: User, row: Any, values: Values) -> GroupRole:
        """Give a group a role."""
        return provider_services.give_group_role(by=by, **values)

    def remove(self, *, by: User, row: Any) -> None:
        """Take a role from a group."""
        provider_services.take_group_role(row=row, by=by)

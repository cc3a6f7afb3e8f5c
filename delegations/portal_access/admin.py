"""The identity providers of delegations, and who signs in there as whom, in the admin."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.parties.admin.party_column import PartyColumn
from delegations.portal_access.models import PartyProvider, PortalSubject
from delegations.portal_access.services import provider_sign_ins
from summit.admin_base.forms import SentencesForm
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.row_sources import RowSource
from summit.admin_base.service_admin import ServiceAdmin, Values, user_of
from summit.permissions.route_access import NOBODY
from summit.single_sign_on import providers
from summit.single_sign_on.admin import nothing_to_choose
from summit.users.models import User


def _choices() -> list[tuple[str, str]]:
    return [(each.issuer, each.name) for each in providers.all_providers() if each.for_delegations]


class PartyProviderForm(SentencesForm):
    """The form that lets a provider open the portal of a delegation."""

    issuer = forms.ChoiceField(label=gettext_lazy("Identity provider"), choices=_choices)

    class Meta:
        model = PartyProvider
        fields = ("party", "issuer")
        error_messages: ClassVar[dict[str, Any]] = {
            "party": {
                "unique": gettext_lazy("This delegation has an identity provider already. Delete that entry first.")
            }
        }


class _WithProvider(ServiceAdmin):
    """An admin of rows with an issuer."""

    @admin.display(description=gettext_lazy("identity provider"), ordering="issuer")
    def provider(self, row: Any) -> str:
        """Return the provider's name."""
        return providers.name_on(row)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the rows, with the names of their providers."""
        return providers.with_names(super().get_queryset(request))


@admin.register(PartyProvider)
class PartyProviderAdmin(PartyColumn, _WithProvider):
    """The admin of delegations' identity providers. They are given and taken, but never changed."""

    place = 9
    menu_group = MenuGroup.ACCESS
    summit_path = "party__summit"
    form = PartyProviderForm
    kept = ("party", "issuer")
    autocomplete_fields = ["party"]
    list_display = ["party_name", "provider"]
    list_select_related = ["party__summit"]
    search_fields = ["party__name"]
    permissions: ClassVar[dict[str, str]] = {
        "add": provider_sign_ins.CHANGE,
        "change": NOBODY,
        "delete": provider_sign_ins.CHANGE,
    }
    nothing_yet = gettext_lazy("No delegation signs in at a provider of its own.")
    deletion_note = gettext_lazy(
        "Everyone who signed in with it is signed out of the portal. The link from the letter and codes by email "
        "still work."
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields: those of the form, or the provider's name instead of its issuer."""
        if obj:
            return [(None, {"fields": ["party_name", "provider", "sign_in_address"]})]
        text = _("Add an identity provider for delegations first.")
        note = nothing_to_choose(user_of(request), _choices(), text)
        return [(None, {"fields": ["party", "issuer"], "description": note})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the read-only fields: all of an existing row."""
        return ["party_name", "provider", "sign_in_address"] if obj else []

    @admin.display(description=gettext_lazy("sign-in address for its staff"))
    def sign_in_address(self, row: PartyProvider) -> SafeString:
        """Return the address at which the delegation signs in, or a note that the provider is not active."""
        found = providers.find(row.issuer)
        if found is None:
            return escape(_("This identity provider is not active."))
        return format_html("<bdi dir='ltr' translate='no'>{}</bdi>", providers.sign_in_address(found.slug))

    def create(self, *, by: User, row: Any, values: Values) -> PartyProvider:
        """Give a delegation a provider."""
        return provider_sign_ins.give_provider(by=by, **values)

    def remove(self, *, by: User, row: Any) -> None:
        """Take the provider from a delegation."""
        provider_sign_ins.take_provider(row=row, by=by)


@admin.register(PortalSubject)
class PortalSubjectAdmin(_WithProvider):
    """The admin of delegates' sign-ins. They come to be at the first sign-in, and are unlinked here."""

    place = 10
    menu_group = MenuGroup.ACCESS
    summit_path = "person__summit"
    list_display = ["person", "provider", "since"]
    list_select_related = ["person__summit"]
    search_fields = ["person__name", "person__email"]
    fields = ["person", "provider", "subject", "since"]
    readonly_fields = ["person", "provider", "subject", "since"]
    page_shows: tuple[str, ...] = ("person", "subject")
    list_shows = ("person",)
    permissions: ClassVar[dict[str, str]] = {
        "add": NOBODY,
        "change": NOBODY,
        "delete": provider_sign_ins.UNLINK,
    }
    nothing_yet = gettext_lazy("No one has signed in at a delegation’s identity provider yet.")
    deletion_note = gettext_lazy(
        "The portal closes in the browsers that this sign-in has opened. The next sign-in links the person again, by "
        "the address that the provider has verified."
    )
    row_source = RowSource(gettext_lazy("Delegates are linked when they first sign in at their identity provider."))

    def remove(self, *, by: User, row: Any) -> None:
        """Unlink a person's sign-in."""
        provider_sign_ins.unlink(row=row, by=by)

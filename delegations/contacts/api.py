"""The API of contacts. Desk users see those of all parties; whoever acts for a party sees those of its own."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rest_framework import serializers

from delegations.contacts import services
from delegations.contacts.models import Contact, ContactRole
from delegations.core.api.access_log import log_shown_fields
from delegations.core.api.fields import Reachable, Values
from delegations.parties.models.parties import Party
from summit.api_base.viewsets import DeskViewSet
from summit.core.personal_data import logged_fields
from summit.summits.models import Summit
from summit.users.models import User


class ContactSerializer(serializers.ModelSerializer[Contact]):
    """Somebody, or an office, who can be reached for a party in one role."""

    id = serializers.CharField(source="pk", read_only=True)
    party = serializers.CharField(source="party.public_id", read_only=True)

    class Meta:
        model = Contact
        fields: ClassVar[list[str]] = ["id", "party", *services.FIELDS]


class ContactInput(serializers.ModelSerializer[Contact]):
    """The fields of a contact that can be set. It needs a telephone number or an e-mail address."""

    class Meta:
        model = Contact
        fields: ClassVar[list[str]] = list(services.FIELDS)
        validators: ClassVar[list[Any]] = []


class NewContactInput(ContactInput):
    """A new contact, and the party that it belongs to."""

    party = Reachable(
        queryset=Party.objects.select_related("summit"), permission=services.CHANGE, external="external_ids"
    )

    class Meta(ContactInput.Meta):
        fields: ClassVar[list[str]] = ["party", *services.FIELDS]


class ContactFilters(django_filters.FilterSet):
    """The filters of the list of contacts."""

    party = django_filters.CharFilter(field_name="party__public_id", label=pgettext_lazy("label", "delegation"))
    role = django_filters.ChoiceFilter(choices=ContactRole.choices, label=pgettext_lazy("contact", "role"))


class ContactViewSet(DeskViewSet):
    """Contacts of delegations: whom to reach about what."""

    name = "contacts"
    verbose_name = _("contacts")
    permission = "delegations.contact"
    lookup_field = "pk"
    model = Contact
    serializer_class = ContactSerializer
    input_serializer_class = NewContactInput
    update_serializer_class = ContactInput
    filterset_class = ContactFilters
    ordering_fields: ClassVar[Any] = {"party": ("party__sort_key", "party"), "role": ("role",)}
    summit_path = "party__summit"

    def rows(self) -> QuerySet[Contact]:
        """Return contacts with their parties."""
        return Contact.objects.select_related("party__summit")

    def log_access(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Record in the access log that personal fields of these contacts were read."""
        log_shown_fields(by=by, summit=summit, rows=rows, fields=fields, shows=logged_fields(Contact))

    def add(self, *, by: User, summit: Summit, values: Values) -> Contact:
        """Add a contact to a party and return it."""
        fields = {name: value for name, value in values.items() if name != "party"}
        return services.create(by=by, party=values["party"], values=fields)

    def change(self, *, by: User, row: Contact, values: Values) -> Contact:
        """Change a contact and return it."""
        return services.change(by=by, contact=row, values=values)

    def remove(self, *, by: User, row: Contact) -> None:
        """Remove a contact."""
        services.remove(by=by, contact=row)

"""Form fields of the admin in which one ticks parties."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from delegations.core.admin.service_row_admin import ServiceRowAdmin
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from summit.templatetags.text_direction import own


class PartyChoicesAdmin(ServiceRowAdmin):
    """Offers the summit's parties in a field of many parties, by their names in the user's language."""

    def choices_of(self, db_field: Any, summit: Any) -> models.QuerySet[Any]:
        """Return the summit's parties, in the alphabetical order of the user's language."""
        return party_names.in_order(Party.objects.filter(summit=summit), get_language() or "")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the form field, with the parties' names in the user's language. Makes one query for the names."""
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        summit = self._worked_for(request)
        if field is not None and summit is not None:
            book = party_names.book(summit, get_language() or summit.language)

            def label_for(party: Party) -> SafeString | str:
                named = book.of(party.pk)
                return own(named.name, named.language) if named else party.name

            field.label_from_instance = label_for
        return field

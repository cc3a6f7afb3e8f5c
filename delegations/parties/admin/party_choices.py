"""The names of parties in form fields in which one ticks them."""

from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from summit.summits.models import Summit
from summit.templatetags.text_direction import own


def name_choices(field: Any, summit: Summit) -> None:
    """Label the parties of a form field by their names in the user's language. Makes one query."""
    book = party_names.book(summit, get_language() or summit.language)

    def label_for(party: Party) -> SafeString | str:
        named = book.of(party.pk)
        return own(named.name, named.language) if named else party.name

    field.label_from_instance = label_for

"""The parts of a party's page for its names in other languages and its ids in other systems."""

from typing import Any

from django.http import HttpRequest

from delegations.parties.models.parties import ExternalId, PartyName
from summit.admin_base.messages import NamedFormSet
from summit.admin_base.model_admin import SummitInline


class FewRows(SummitInline):
    """An inline that reads at most `max_num` rows from a form, however many rows are submitted.

    Without this limit, Django would accept two thousand more, which take a server half a minute.
    """

    max_num = 200

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return the formset class, limited to `max_num` rows."""
        return super().get_formset(request, obj, **{"absolute_max": self.max_num, **kwargs})


class NameInline(FewRows):
    """A party's names in languages other than the summit's first."""

    model = PartyName
    summit_path = "party__summit"
    fields = ("language", "name", "formal_name", "sort_key", "salutation", "footnote")
    show_change_link = False


class KeyFormSet(NamedFormSet):
    """A formset of a party's ids in other systems, each stored with the party's summit."""

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        form.instance.summit_id = self.instance.summit_id
        return form


class KeyInline(FewRows):
    """A party's ids in other systems."""

    model = ExternalId
    formset = KeyFormSet
    summit_path = "party__summit"
    fields = ("system", "value")
    show_change_link = False


def filled(formset: Any) -> list[dict[str, Any]]:
    """Return the cleaned data of a formset's rows, without rows that are deleted or left empty."""
    deleted = set(map(id, formset.deleted_forms))
    remaining = [
        form for form in formset.forms if id(form) not in deleted and (form.instance.pk or form.has_changed())
    ]
    return [form.cleaned_data for form in remaining]

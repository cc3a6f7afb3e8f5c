"""A party's names in other languages and its keys in other systems, inside its page."""

from typing import Any

from django.http import HttpRequest

from delegations.parties.models.parties import ExternalId, PartyName
from summit.admin_base.messages import NamedFormSet
from summit.admin_base.model_admin import SummitInline


class FewRows(SummitInline):
    """Rows of which a page reads so many at most, whatever a form says there are: Django makes two thousand of them,
    which takes a server half a minute."""

    max_num = 200

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return the rows' forms."""
        return super().get_formset(request, obj, **{"absolute_max": self.max_num, **kwargs})


class NameInline(FewRows):
    """What a party is called in languages other than the summit's first."""

    model = PartyName
    summit_path = "party__summit"
    fields = ("language", "name", "formal_name", "sort_key", "salutation", "footnote")
    show_change_link = False


class KeyFormSet(NamedFormSet):
    """Keys of one party, each known by its summit too."""

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        form.instance.summit_id = self.instance.summit_id
        return form


class KeyInline(FewRows):
    """What other systems call a party."""

    model = ExternalId
    formset = KeyFormSet
    summit_path = "party__summit"
    fields = ("system", "value")
    show_change_link = False


def filled(formset: Any) -> list[dict[str, Any]]:
    """Return what stands in the rows of a formset that are to stay."""
    gone = set(map(id, formset.deleted_forms))
    kept = [form for form in formset.forms if id(form) not in gone and (form.instance.pk or form.has_changed())]
    return [form.cleaned_data for form in kept]

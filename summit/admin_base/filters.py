"""Filters of the admin's lists, with our own labels."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.translation import pgettext

from summit.permissions.rules import summits_for


class OwnSummitsFilter(admin.RelatedFieldListFilter):
    """Filters a list by summit.

    It offers only summits with rows that the user may see, so that no list reveals others. The summit is chosen for
    all lists at once (`summit.admin_base.summit_scope`). The filter offers the choice only in lists that also have
    rows of no summit.
    """

    is_scope = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_value_display = conditional_escape(pgettext("rows", "without a summit"))

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Return the (key, name) choices of the summits in which the user may see rows."""
        allowed = summits_for(request.user, f"{model_admin.permission}.view")
        limits = {} if allowed is None else {"pk__in": allowed}
        return field.get_choices(include_blank=False, limit_choices_to=limits)

    @property
    def is_offered(self) -> bool:
        """Whether the list offers the choice: it has rows of no summit, and the user sees several summits."""
        return bool(self.include_empty_choice) and len(self.lookup_choices) > 1

    def has_output(self) -> bool:
        """Return True, so that the filter applies whether or not the list offers its choice."""
        return True


def presence(without: Any, with_it: Any) -> type[admin.EmptyFieldListFilter]:
    """Return a filter class for whether a field is empty or filled.

    `without` and `with_it` are the labels of these two choices.
    """

    class Presence(admin.EmptyFieldListFilter):
        def choices(self, changelist: Any) -> Any:
            names = iter((None, without, with_it))
            for choice, name in zip(super().choices(changelist), names, strict=True):
                yield choice if name is None else {**choice, "display": name}

    return Presence

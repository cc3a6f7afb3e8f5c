"""What the lists of the admin are narrowed to, in our words."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.translation import pgettext

from summit.permissions.rules import summits_for


class OwnSummitsFilter(admin.RelatedFieldListFilter):
    """By summit: offers only those whose rows the reader may see, so that no list tells of the others. Which one is
    chosen for all lists (`summit.admin_base.summit_scope`); offered is the choice where there are rows of no summit
    too."""

    is_scope = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_value_display = conditional_escape(pgettext("rows", "of no summit"))

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Return the summits to choose from."""
        mine = summits_for(request.user, f"{model_admin.permission}.view")
        wanted = {} if mine is None else {"pk__in": mine}
        return field.get_choices(include_blank=False, limit_choices_to=wanted)

    @property
    def is_offered(self) -> bool:
        """Whether the list offers the choice."""
        return bool(self.include_empty_choice) and len(self.lookup_choices) > 1

    def has_output(self) -> bool:
        """Narrow the list, whether or not the choice is offered."""
        return True


def presence(without: Any, with_it: Any) -> type[admin.EmptyFieldListFilter]:
    """Return a filter by whether a field is filled, which says so in these words."""

    class Presence(admin.EmptyFieldListFilter):
        def choices(self, changelist: Any) -> Any:
            names = iter((None, without, with_it))
            for choice, name in zip(super().choices(changelist), names, strict=True):
                yield choice if name is None else {**choice, "display": name}

    return Presence

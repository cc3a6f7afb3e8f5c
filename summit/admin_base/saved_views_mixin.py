"""A mixin for admin lists: the user chooses their columns, and saves views of them."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import parse_qsl

from django.contrib import messages
from django.contrib.admin.utils import label_for_field
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from summit.admin_base import columns_and_saved_views
from summit.admin_base.list_tabs import ListTab
from summit.admin_base.messages import set_message
from summit.users.models import User

# The button of the form that was posted.
SETTING = "list_setting"
SCOPE = "summit__id__exact"
# Parameters of a list that a view doesn't store.
ASIDE = ("q", "p", "o", "e", "all", "lang", "summit", "_popup", "_to_field")


class SavedViewsMixin:
    """Adds the choice of columns and the saved views to a list.

    `further_columns` are columns that the list shows only to users who choose them. They are no personal data, and
    need no query of their own.
    """

    further_columns: tuple[str, ...] = ()
    list_display: Any
    opts: Any
    model: Any

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the columns that the user has chosen, in the list's order, or its usual ones.

        The first column names the row and is always shown.
        """
        usual = list(super().get_list_display(request))  # type: ignore[misc]
        if request.__dict__.get("desk_all_columns"):
            return [*usual, *self.further_columns]
        chosen = columns_and_saved_views.chosen_columns(request, self.opts.label_lower)
        if not chosen:
            return usual
        return [name for name in (*usual, *self.further_columns) if name == usual[0] or name in chosen]

    def column_choices(self, request: HttpRequest) -> list[tuple[str, str, bool]]:
        """Return the columns that the user can choose, each as its name, its label, and whether the list shows it."""
        shown, desk = set(self.get_list_display(request)), cast(Any, self)
        request.__dict__["desk_all_columns"] = True
        try:
            possible = self.get_list_display(request)
        finally:
            del request.__dict__["desk_all_columns"]
        return [
            (str(name), capfirst(str(label_for_field(name, self.model, desk))), name in shown)
            for name in possible[1:]
        ]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list with its `views` and `column_choices`. `can_save` says whether there is a view to save."""
        changelist: Any = super().get_changelist_instance(request)  # type: ignore[misc]
        if changelist.is_popup:
            return changelist
        query, order = _filters(changelist), columns_and_saved_views.order_by_names(changelist)
        scope = {name: value for name, value in changelist.params.items() if name.endswith(SCOPE)}
        changelist.views = []
        for row in columns_and_saved_views.rows_of(request, self.opts.label_lower):
            if row.name:
                places = columns_and_saved_views.order_by_places(changelist, row.order)
                link = urlencode({**scope, **dict(parse_qsl(row.query)), **({"o": places} if places else {})})
                current = (row.query, row.order) == (query, order)
                changelist.views.append(ListTab(row.name, 0, f"?{link}", current))
        changelist.column_choices = self.column_choices(request)
        changelist.can_save = bool(query or order) and not any(view.current for view in changelist.views)
        return changelist

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list. A POST of one of its settings stores that, and leads back to the list."""
        setting = request.POST.get(SETTING, "")
        if not setting:
            shown: HttpResponse = super().changelist_view(request, extra_context)  # type: ignore[misc]
            return shown
        if not self.has_view_permission(request) or not isinstance(request.user, User):  # type: ignore[attr-defined]
            raise PermissionDenied
        try:
            self._set(request, request.user, setting)
        except ValidationError as problem:
            set_message(request, " ".join(problem.messages), messages.WARNING)
        # The order names columns by their places, which may have changed.
        query = {name: str(value) for name, value in request.GET.items() if setting == "save" or name != "o"}
        return redirect(f"{request.path}?{urlencode(query)}" if query else request.path)

    def _set(self, request: HttpRequest, user: User, setting: str) -> None:
        label, name = self.opts.label_lower, request.POST.get("name", "")
        if setting == "columns":
            possible = [column for column, _label, _shown in self.column_choices(request)]
            columns = [column for column in possible if column in request.POST.getlist("column")]
            # Without any other column, the list shows the first one alone.
            columns = columns or [str(self.get_list_display(request)[0])]
            columns_and_saved_views.choose_columns(by=user, label=label, columns=columns)
        elif setting == "usual":
            columns_and_saved_views.choose_columns(by=user, label=label, columns=[])
        elif setting == "save":
            changelist = self.get_changelist_instance(request)
            order = columns_and_saved_views.order_by_names(changelist)
            columns_and_saved_views.save_view(
                by=user, label=label, name=name, query=_filters(changelist), order=order
            )
            set_message(request, _("View “%(name)s” saved.") % {"name": name.strip()})
        elif setting == "remove":
            columns_and_saved_views.remove_view(by=user, label=label, name=name)


def _filters(changelist: Any) -> str:
    """Return the filters of a list as a query string, in the order of their names, without its summit."""
    named = sorted(changelist.params.items())
    return urlencode([(name, value) for name, value in named if name not in ASIDE and not name.endswith(SCOPE)])

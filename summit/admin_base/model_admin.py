"""The base classes of every model's admin.

They check permissions by role, hide rows of other summits, and record each write in the audit.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import models
from django.forms import ModelForm, Textarea, TextInput
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from summit.admin_base.access_log_mixin import AccessLogMixin
from summit.admin_base.autocomplete import RowSelect, called_by_str
from summit.admin_base.filters import OwnSummitsFilter
from summit.admin_base.form_idempotency import IdempotentAddMixin
from summit.admin_base.forms import AgainMixin, SentencesForm
from summit.admin_base.history import HistoryMixin
from summit.admin_base.list_files import ExportMixin
from summit.admin_base.list_tabs import ListTab
from summit.admin_base.lookup_limits import LookupsMixin
from summit.admin_base.menu_places import MenuGroup, MenuPlace, proposed
from summit.admin_base.messages import AdminMessagesMixin, NamedFormSet
from summit.admin_base.model_pages import ModelPagesMixin
from summit.admin_base.object_access import AdmitMixin
from summit.admin_base.row_keys import key_of
from summit.admin_base.row_sources import RowSource, sentence_of
from summit.admin_base.saved_views_mixin import SavedViewsMixin
from summit.admin_base.search import matching
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.admin_base.time_zones import ZoneMixin
from summit.admin_base.widgets import name_parts, plain_widget
from summit.audit import services as audit
from summit.audit.actions import action_named
from summit.permissions.route_access import NOBODY
from summit.permissions.rules import allows, summits_for
from summit.summits.models import Summit
from summit.users.models import User


def summit_of(row: models.Model, path: str) -> Summit:
    """Return the summit of a row by following `path`, such as "party__summit".

    With the path "", return the row, which is a summit itself.
    """
    value: Any = row
    for name in filter(None, path.split("__")):
        value = getattr(value, name)
    summit: Summit = value
    return summit


class RoleMixin:
    """Checks permissions by the rules declared for `permission`, and limits rows to the user's summits."""

    # The path from the rows to their summit; "" for summits themselves, None for rows of no summit.
    summit_path: str | None = "summit"
    # The permissions for "view", "add", "change" and "delete" that differ from the usual ones (`permission_for`).
    permissions: ClassVar[dict[str, str]] = {}
    model: type[models.Model]
    opts: Any

    @property
    def permission(self) -> str:
        """The prefix of the names of the model's permissions, such as "summit.person"."""
        return str(self.opts.label_lower)

    def permission_for(self, verb: str) -> str:
        """Return the name of the permission for `verb`: "view", "add", "change" or "delete".

        By default, users who may change rows may also add them, and nobody may delete them: rows are cancelled,
        withdrawn or revoked instead.
        """
        usual = {"view": f"{self.permission}.view", "delete": NOBODY}
        return self.permissions.get(verb) or usual.get(verb) or f"{self.permission}.change"

    def _may(self, request: HttpRequest, verb: str, obj: models.Model | None) -> bool:
        action = self.permission_for(verb)
        summit = None if obj is None or self.summit_path is None else self._summit(obj)
        return action != NOBODY and allows(request.user, action, summit)

    def _summit(self, obj: models.Model) -> Summit | None:
        try:
            return summit_of(obj, self.summit_path or "")
        except models.ObjectDoesNotExist:
            return None

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may see any row of this model."""
        return self._may(request, "view", None)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the user may see a row or, without a row, the list."""
        return self._may(request, "view", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the user may change a row."""
        return self._may(request, "change", obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the user may add a row."""
        return self._may(request, "add", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the user may delete a row."""
        return self._may(request, "delete", obj)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows of the user's summits; all rows for a superuser or a model without summits."""
        rows: models.QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        allowed = summits_for(request.user, f"{self.permission}.view")
        if allowed is None or self.summit_path is None:
            return rows
        key = f"{self.summit_path}__in" if self.summit_path else "pk__in"
        return rows.filter(**{key: allowed})

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return a form field. Dates and times have the browser's own controls, each with an accessible name.

        Choices have no pop-ups. Typed text has the direction of its letters.
        """
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(field.widget, (TextInput, Textarea)):
            field.widget.attrs.setdefault("dir", "auto")
        return name_parts(plain_widget(field))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return a form field that offers only rows of summits where the user may change rows of this model.

        Summits that the user may only read are left out, because a form must not move a row into another summit.
        """
        if db_field.name in self.autocomplete_fields:  # type: ignore[attr-defined]
            kwargs["widget"] = widget = RowSelect(db_field, self.admin_site)  # type: ignore[attr-defined]
            widget.summit = chosen_summit(request, summits_of(request))
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        path = SUMMIT_PATHS.get(db_field.related_model)
        allowed = summits_for(request.user, f"{self.permission}.change")
        if field is not None and path is not None and allowed is not None:
            field.queryset = field.queryset.filter(**{f"{path}__in" if path else "pk__in": allowed})
        return field


# The path from each model to its summit, for the choices of foreign keys. Other apps add their models.
SUMMIT_PATHS: dict[type[models.Model], str] = {Summit: ""}


class SummitModelAdmin(
    AgainMixin,
    ExportMixin,
    ZoneMixin,
    AccessLogMixin,
    HistoryMixin,
    LookupsMixin,
    IdempotentAddMixin,
    AdminMessagesMixin,
    ModelPagesMixin,
    AdmitMixin,
    RoleMixin,
    SavedViewsMixin,
    admin.ModelAdmin,  # type: ignore[type-arg]
):
    """The base class of a model's admin, with all mixins of this package."""

    form = SentencesForm
    list_per_page = 50
    show_full_result_count = False
    empty_value_display = "–"
    show_facets = admin.ShowFacets.NEVER
    save_on_top = False
    view_on_site = False
    # The position of the list among those of its group, the same in every language.
    place = 9
    # Where the list is in the menu: by default in its app's place, not in a submenu. Settings are in a group of them.
    menu_place: MenuPlace | None = None
    menu_group = MenuGroup.DAILY
    # What the menu calls the list, if its page has another title than the plural name of its rows.
    menu_label: Any = ""
    # Pages of a summit that the menu has after the list: (label, name of the route). Who sees the list sees them.
    menu_pages: tuple[tuple[Any, str], ...] = ()
    # The text of an empty list, if nothing can be added to it by hand: how rows come to be.
    nothing_yet: Any = ""
    # Where rows come from, if nothing can be added to the list by hand.
    row_source: RowSource | None = None
    # The columns that a phone shows below the name of each row, where a row is one or two lines; by default the first
    # two after the name.
    phone_columns: tuple[str, ...] = ()
    # The column that is displayed above each group of rows instead of in each row (`group_of`); "" for none.
    group_column = ""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, or do an action with the chosen rows.

        Choosing all rows that match is enough: none of those on the page has to be ticked besides.
        """
        if request.POST.get("select_across") == "1" and not request.POST.get(ACTION_CHECKBOX_NAME):
            # Django only asks whether some row is chosen; the action gets all rows.
            posted = request.POST.copy()
            posted[ACTION_CHECKBOX_NAME] = "0"
            request.POST = posted  # type: ignore[assignment]
        shown: HttpResponse = super().changelist_view(request, extra_context)
        return shown

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the columns of the list.

        The column "summit" is left out unless rows may have no summit: otherwise all rows are of the chosen summit.
        """
        columns = super().get_list_display(request)
        return [name for name in columns if name != "summit" or self._is_of_none()]

    def _is_of_none(self) -> bool:
        return self.summit_path == "summit" and bool(self.opts.get_field("summit").null)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return the initial values for a new row.

        They include the summit if the user may add rows in only one summit, or comes from a page of one.
        """
        initial = super().get_changeform_initial_data(request)
        return initial if self.summit_path != "summit" else proposed(request, initial, f"{self.permission}.change")

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Return the filters of the list. The filter by summit offers only the user's summits."""
        filters = list(super().get_list_filter(request))
        if self.summit_path and self.summit_path not in filters:
            filters = [self.summit_path, *filters]
        return [(name, OwnSummitsFilter) if name == self.summit_path else name for name in filters]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list with the values that its template needs.

        They are: whether the list is empty, the text for an empty list, whether it has filters, whether the user may
        add rows, and otherwise where they come from.
        """
        changelist: Any = super().get_changelist_instance(request)
        changelist.may_add = self.has_add_permission(request)
        changelist.source = "" if changelist.may_add else sentence_of(self)
        changelist.source_link = self.row_source.link(request) if changelist.source and self.row_source else None
        changelist.source_primary = bool(self.row_source and self.row_source.primary)
        narrowed = any(
            not getattr(spec, "is_scope", False) and spec.used_parameters for spec in changelist.filter_specs
        )
        changelist.bare = not (changelist.result_count or changelist.query or narrowed)
        changelist.has_filters = any(getattr(spec, "is_offered", True) for spec in changelist.filter_specs)
        changelist.tabs = [] if changelist.bare or changelist.is_popup else self.tabs(request, changelist)
        # Where the rows come from is in the sentence below already.
        changelist.who_adds = "" if self.row_source else changelist.source
        changelist.nothing_yet = self.nothing_yet or _("Nothing here yet.")
        return changelist

    def tabs(self, request: HttpRequest, changelist: Any) -> list[ListTab]:
        """Return the tabs above the list; by default none. At most one query."""
        return []

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Return (rows, False) with the rows that the search over everything finds, if it covers this model.

        Otherwise return the result of Django's search.
        """
        found = matching(self.model, queryset, search_term) if search_term else None
        return super().get_search_results(request, queryset, search_term) if found is None else (found, False)

    def offered_in_forms(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return those of the rows that forms offer while one types: all of them."""
        return rows

    def choice_labels(self, rows: Iterable[Any]) -> dict[Any, str]:
        """Return a dict from primary keys to what the rows are called where one of them is chosen."""
        return called_by_str(rows)

    def group_of(self, row: Any) -> str:
        """Return the text displayed above the group of a row: the value of the column `group_column`."""
        return str(getattr(self, self.group_column)(row))

    def save_model(self, request: HttpRequest, obj: models.Model, form: ModelForm[Any], change: bool) -> None:
        """Save the row, and record in the audit which fields changed. Both happen in the request's transaction.

        Models with services of their own call these instead (`summit.admin_base.service_admin`).
        """
        super().save_model(request, obj, form, change)
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        names = {field.name for field in obj._meta.get_fields()} & set(form.changed_data)
        pairs = {name: (form.initial.get(name), form.cleaned_data.get(name)) for name in names}
        audit.record(
            by=request.user,
            action=action_named(f"{self.permission}.{'change' if change else 'add'}"),
            target=obj,
            summit=None if self.summit_path is None else self._summit(obj),
            fields=form.changed_data,
            detail=audit.values(type(obj), pairs) if change else {},
        )

    def log_addition(self, *args: Any, **kwargs: Any) -> Any:
        """Do nothing: the audit replaces Django's log."""

    log_change = log_deletions = log_addition


class ReadOnlyAdmin(SummitModelAdmin):
    """The admin of rows that nobody edits in a form: the system or buttons change them."""

    permissions: ClassVar[dict[str, str]] = {"add": NOBODY, "change": NOBODY, "delete": NOBODY}


class SummitInline(RoleMixin, admin.TabularInline):  # type: ignore[type-arg]
    """An inline: rows of a model inside the page of a row of another model."""

    extra = 0
    empty_value_display = "–"
    form = SentencesForm
    formset = NamedFormSet
    show_change_link = True

    def permission_for(self, verb: str) -> str:
        """Return the name of the permission for a verb.

        Users who may change rows here may also add and delete them.
        """
        return super().permission_for("change" if verb == "delete" else verb)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Return the number of empty rows on a page. It is 0 by default, because a script adds them.

        Without a script, `?rows=` sets the number, at most 20.
        """
        wanted = key_of(request.GET.get("rows", ""))
        return self.extra if wanted is None else min(wanted, 20)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows without a filter by summit, because access to the surrounding page was checked already."""
        return admin.TabularInline.get_queryset(self, request)

    def _summit(self, obj: models.Model) -> Summit | None:
        # Django passes the object of the page to an inline, and that object has its own summit.
        return obj if isinstance(obj, Summit) else getattr(obj, "summit", None)

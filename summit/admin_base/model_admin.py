"""What the admin of every model has in common: roles decide, rows of other summits aren't there, writes are
recorded."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.forms import ModelForm, Textarea, TextInput
from django.http import HttpRequest
from django.utils.translation import gettext as _

from summit.admin_base.access_log import SeenMixin
from summit.admin_base.filters import OwnSummitsFilter
from summit.admin_base.form_idempotency import OnceMixin
from summit.admin_base.forms import AgainMixin, SentencesForm
from summit.admin_base.history import HistoryMixin
from summit.admin_base.list_files import ExportMixin
from summit.admin_base.lookups import KeyedSelect, LookupsMixin
from summit.admin_base.menu import Shelf
from summit.admin_base.messages import NamedFormSet, WordsMixin
from summit.admin_base.navigation import proposed
from summit.admin_base.object_access import AdmitMixin
from summit.admin_base.row_keys import key_of
from summit.admin_base.search import matching
from summit.admin_base.time_zones import ZoneMixin
from summit.admin_base.widgets import name_parts, plain_widget
from summit.audit import services as audit
from summit.permissions.route_table import NOBODY
from summit.permissions.rules import allows, summits_for
from summit.summits.models import Summit
from summit.users.models import User


def summit_of(row: models.Model, path: str) -> Summit:
    """Follow `path`, such as "party__summit", from a row to its summit ("" where the row is one)."""
    found: Any = row
    for name in filter(None, path.split("__")):
        found = getattr(found, name)
    summit: Summit = found
    return summit


class RoleMixin:
    """Permissions by the rules declared for `permission`; rows by the reader's summits."""

    # The path from the rows to their summit; "" for summits themselves, None for rows of no summit.
    summit_path: str | None = "summit"
    # The actions by which one may "view", "add", "change" and "delete" here, where they aren't those of `action`.
    permissions: ClassVar[dict[str, str]] = {}
    model: type[models.Model]
    opts: Any

    @property
    def permission(self) -> str:
        """The label by which permissions were declared."""
        return str(self.opts.label_lower)

    def permission_for(self, verb: str) -> str:
        """Return the action by which one may "view", "add", "change" or "delete". Whoever changes rows adds them;
        nothing is deleted by default: what ends is cancelled, withdrawn or revoked."""
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
        """Return whether the reader sees anything of this model."""
        return self._may(request, "view", None)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the reader may see a row, or the list."""
        return self._may(request, "view", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the reader may change a row."""
        return self._may(request, "change", obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the reader may add a row."""
        return self._may(request, "add", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the reader may delete a row."""
        return self._may(request, "delete", obj)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows of the reader's summits."""
        rows: models.QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        mine = summits_for(request.user, f"{self.permission}.view")
        if mine is None or self.summit_path is None:
            return rows
        key = f"{self.summit_path}__in" if self.summit_path else "pk__in"
        return rows.filter(**{key: mine})

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Give dates and times the browser's own controls, each with its name; choices come without pop-ups, and what
        one types runs in the direction of its letters."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(field.widget, (TextInput, Textarea)):
            field.widget.attrs.setdefault("dir", "auto")
        return name_parts(plain_widget(field))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only what belongs to summits where the reader may change such rows, not all that they may read: a
        row must not wander into a summit by its form."""
        if db_field.name in self.autocomplete_fields:  # type: ignore[attr-defined]
            kwargs["widget"] = KeyedSelect(db_field, self.admin_site)  # type: ignore[attr-defined]
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        path = SUMMIT_PATHS.get(db_field.related_model)
        mine = summits_for(request.user, f"{self.permission}.change")
        if field is not None and path is not None and mine is not None:
            field.queryset = field.queryset.filter(**{f"{path}__in" if path else "pk__in": mine})
        return field


# Where each model keeps its summit, for the choices of foreign keys; the apps above add theirs.
SUMMIT_PATHS: dict[type[models.Model], str] = {Summit: ""}


class SummitModelAdmin(
    AgainMixin,
    ExportMixin,
    ZoneMixin,
    SeenMixin,
    HistoryMixin,
    LookupsMixin,
    OnceMixin,
    WordsMixin,
    AdmitMixin,
    RoleMixin,
    admin.ModelAdmin,  # type: ignore[type-arg]
):
    """A model in the admin."""

    form = SentencesForm
    list_per_page = 50
    show_full_result_count = False
    empty_value_display = "–"
    show_facets = admin.ShowFacets.NEVER
    save_on_top = False
    view_on_site = False
    # Where the list stands among those of its desk, whatever it is called in the reader's language.
    place = 9
    # Whether it stands openly in the desk's menu, or behind which word.
    shelf = Shelf.DAILY
    # What an empty list says, where nothing can be added to it by hand: how rows come to be.
    nothing_yet: Any = ""
    # The column that stands above groups of rows instead of in each, as `group_of` says it, and "" for none.
    group_column = ""

    def get_list_display(self, request: HttpRequest) -> Any:
        """Say of which summit a row is where some are of none; all others are of the one that is chosen."""
        shown = super().get_list_display(request)
        return [name for name in shown if name != "summit" or self._is_of_none()]

    def _is_of_none(self) -> bool:
        return self.summit_path == "summit" and bool(self.opts.get_field("summit").null)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Propose the summit to whoever adds rows in one alone, or comes from a page of it."""
        given = super().get_changeform_initial_data(request)
        return given if self.summit_path != "summit" else proposed(request, given, f"{self.permission}.change")

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Let every filter by summit offer the reader's summits alone."""
        wanted = list(super().get_list_filter(request))
        if self.summit_path and self.summit_path not in wanted:
            wanted = [self.summit_path, *wanted]
        return [(name, OwnSummitsFilter) if name == self.summit_path else name for name in wanted]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Let an empty list know what it says of itself, and whether something can be added."""
        found: Any = super().get_changelist_instance(request)
        found.may_add = self.has_add_permission(request)
        narrowed = any(not getattr(spec, "is_scope", False) and spec.used_parameters for spec in found.filter_specs)
        found.bare = not (found.result_count or found.query or narrowed)
        found.has_filters = any(getattr(spec, "is_offered", True) for spec in found.filter_specs)
        found.nothing_yet = self.nothing_yet or _("There is nothing here yet.")
        return found

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Find by the same words as the search over everything, where that finds rows of this model."""
        found = matching(self.model, queryset, search_term) if search_term else None
        return super().get_search_results(request, queryset, search_term) if found is None else (found, False)

    def group_of(self, row: Any) -> str:
        """Return what stands above the rows that belong together, where `group_column` names a column."""
        return str(getattr(self, self.group_column)(row))

    def save_model(self, request: HttpRequest, obj: models.Model, form: ModelForm[Any], change: bool) -> None:
        """Save, and record which fields changed; both are in the request's transaction. Where the domain has
        functions for it, the page calls these (`summit.admin_base.service_admin`)."""
        super().save_model(request, obj, form, change)
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        names = {field.name for field in obj._meta.get_fields()} & set(form.changed_data)
        pairs = {name: (form.initial.get(name), form.cleaned_data.get(name)) for name in names}
        audit.record(
            by=request.user,
            action=f"{self.permission}.{'change' if change else 'add'}",
            target=obj,
            summit=None if self.summit_path is None else self._summit(obj),
            fields=form.changed_data,
            detail=audit.values(type(obj), pairs) if change else {},
        )

    def log_addition(self, *args: Any, **kwargs: Any) -> Any:
        """Keep no second log: the audit is the record."""

    log_change = log_deletions = log_addition


class ReadOnlyAdmin(SummitModelAdmin):
    """Rows that nobody writes by hand: the system's own, and those that buttons change."""

    permissions: ClassVar[dict[str, str]] = {"add": NOBODY, "change": NOBODY, "delete": NOBODY}


class SummitInline(RoleMixin, admin.TabularInline):  # type: ignore[type-arg]
    """Rows of a model inside the page of another."""

    extra = 0
    empty_value_display = "–"
    form = SentencesForm
    formset = NamedFormSet
    show_change_link = True

    def permission_for(self, verb: str) -> str:
        """Return the action; whoever changes rows here adds them and takes them off."""
        return super().permission_for("change" if verb == "delete" else verb)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Return how many empty rows a page shows: none where a script adds them, `?rows=` where none runs."""
        wanted = key_of(request.GET.get("rows", ""))
        return self.extra if wanted is None else min(wanted, 20)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows: the page they stand on has been looked at already."""
        return admin.TabularInline.get_queryset(self, request)

    def _summit(self, obj: models.Model) -> Summit | None:
        # Inlines are asked about the page's object, which knows its own summit.
        return obj if isinstance(obj, Summit) else getattr(obj, "summit", None)

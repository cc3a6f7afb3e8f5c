"""The admin's messages after saving and deleting, and accessible names for inputs without a label."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from summit.admin_base.autocomplete import RowSelectMixin, know_chosen
from summit.admin_base.forms import check_among
from summit.admin_base.widgets import name_cell
from summit.core import deletion_blockers
from summit.undo.services import UndoGroup

# A message with such a tag has a button that undoes the act with the public id that follows.
UNDO_TAG = "undo-"


class AdminMessagesMixin:
    """Shows which row was added, saved or deleted, with our own messages instead of Django's."""

    opts: Any
    # What to do first if other rows need the row that is to be deleted. The page lists them below this text.
    end_first: Any = ""
    # What the page that asks before rows are deleted says of the consequences.
    deletion_note: Any = ""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Show the list with the name of its rows as title.

        If an action was chosen without rows, a message says so.
        """
        # These parameters aren't filters, and the list refuses any parameter that it doesn't know.
        query = request.GET.copy()
        for name in ("lang", "summit"):
            query.pop(name, None)
        request.GET = query  # type: ignore[assignment]
        if request.method == "POST" and "action" in request.POST and ACTION_CHECKBOX_NAME not in request.POST:
            set_message(request, _("Select the rows first, then choose an action."))
        context = {"title": capfirst(str(self.opts.verbose_name_plural)), **(extra_context or {})}
        return super().changelist_view(request, context)  # type: ignore[misc]

    def response_add(self, request: HttpRequest, obj: models.Model, *args: Any, **kwargs: Any) -> Any:
        """Set the message that the row was added, and return Django's response."""
        set_message(request, _("“%(row)s” added.") % {"row": obj})
        return super().response_add(request, obj, *args, **kwargs)  # type: ignore[misc]

    def response_change(self, request: HttpRequest, obj: models.Model) -> Any:
        """Set the message that the row was saved, and return Django's response."""
        set_message(request, _("“%(row)s” saved.") % {"row": obj})
        return super().response_change(request, obj)  # type: ignore[misc]

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> Any:
        """Set the message that the row was deleted, and return the redirect to the list.

        Django's response would lead to the desk's home whoever may delete rows, but not change them.
        """
        set_message(request, _("“%(row)s” deleted.") % {"row": obj_display})
        response = super().response_delete(request, obj_display, obj_id)  # type: ignore[misc]
        if isinstance(response, HttpResponseRedirect) and response.url == reverse("admin:index"):
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return response

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> Any:
        """Show the page that asks before a row is deleted, or says why it can't be and what to do first."""
        refused = context.get("stopped") or context["perms_lacking"] or context["protected"]
        title = _("“%(row)s” can’t be deleted") if refused else _("Delete “%(row)s”?")
        context |= {
            "title": title % {"row": context["object"]},
            "end_first": self.end_first,
            "note": self.deletion_note,
        }
        return super().render_delete_form(request, context)  # type: ignore[misc]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return the actions of the list. The action that deletes rows is replaced by `delete_chosen`."""
        actions: dict[str, Any] = super().get_actions(request)  # type: ignore[misc]
        if "delete_selected" in actions:
            actions["delete_selected"] = (delete_chosen, *actions["delete_selected"][1:])
        return actions

    def message_user(self, request: HttpRequest, message: Any, *args: Any, **kwargs: Any) -> None:
        """Show the message that `set_message` has stored, once, in place of `message`.

        If none is stored, show `message`.
        """
        stored = request.__dict__.pop("desk_says", None)
        if stored is None:
            super().message_user(request, message, *args, **kwargs)  # type: ignore[misc]
        else:
            super().message_user(request, *stored)  # type: ignore[misc]


def delete_chosen(model_admin: Any, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
    """Show a page that asks before the chosen rows are deleted, or says why they can't be.

    Once the user has confirmed, the rows are deleted.
    """
    page = delete_selected(model_admin, request, queryset)
    context = getattr(page, "context_data", None)
    if context is not None:
        number, singular, plural = len(queryset), model_admin.opts.verbose_name, model_admin.opts.verbose_name_plural
        question = ngettext("Delete %(number)s %(one)s?", "Delete %(number)s %(many)s?", number)
        refused = context["perms_lacking"] or context["protected"]
        if refused:
            title = _("Nothing deleted")
        elif number == 1:
            title = _("Delete “%(row)s”?") % {"row": queryset[0]}
        else:
            title = question % {"number": number, "one": singular, "many": plural}
        context |= {"title": title, "end_first": model_admin.end_first, "note": model_admin.deletion_note}
    return page


def set_message(request: HttpRequest, sentence: str, level: int = messages.SUCCESS) -> None:
    """Store a sentence as the next message of this request, in place of Django's message.

    The first sentence of a request wins, so that nothing is reported as done after a refusal.
    """
    request.__dict__.setdefault("desk_says", (sentence, level))


class NamedFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """A formset with an accessible name for every input, including the checkbox that deletes a row."""

    # What the chosen rows are called, by the names of the fields and the keys of the rows (`know_chosen`).
    chosen_labels: dict[str, dict[str, str]]

    def add_fields(self, form: Any, index: int | None) -> None:
        """Set the accessible names of all fields of a row, both Django's and the form's own."""
        super().add_fields(form, index)
        know_chosen(self)
        for name, field in form.fields.items():
            name_cell(field)
            if isinstance(field.widget, RowSelectMixin):
                field.widget.known = self.chosen_labels[name]
        form.parent_name = self.fk.name

    def clean(self) -> None:
        """Raise ValidationError if a row to be deleted is needed by other rows. The form keeps the typed values."""
        super().clean()
        reasons = [(form.instance, self.why_not(form.instance)) for form in self.deleted_forms if form.instance.pk]
        message = _("“%(row)s” can’t be deleted. %(why)s")
        if any(why for _row, why in reasons):
            raise ValidationError([message % {"row": row, "why": why} for row, why in reasons if why])

    def why_not(self, row: models.Model) -> str:
        """Return a sentence about the rows that need `row`, which is to be deleted; "" if no rows do."""
        return deletion_blockers.why_not(row)

    def validate_unique(self) -> None:
        """Check that the rows of this page are unique, also by constraints with a condition.

        Errors are reported at the later row.
        """
        deleted_ids = set(map(id, self.deleted_forms))
        check_among((form for form in self.forms if id(form) not in deleted_ids), self.model)  # type: ignore[arg-type]


def add_undoable(request: HttpRequest, sentence: str, act: UndoGroup) -> None:
    """Add the message that something is done, with a button that undoes it if it can be undone."""
    tags = f"{UNDO_TAG}{act.offer.public_id}" if act.offer is not None else ""
    messages.success(request, sentence, extra_tags=tags)


def written(method: Any) -> Any:
    """Mark a list's column as text written by people; a decorator.

    Pages then mark the column's values with their language.
    """
    method.content = True
    return method

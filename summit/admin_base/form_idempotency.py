"""Lets a form that adds a row add it only once, however often its button is pressed.

Each such form carries a random mark. A posted form is remembered with its mark in the transaction that adds the row.
If the same form is posted again, the row is found and a message says so. The same mark with other values, for example
after the browser's "back", adds another row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.contrib import messages
from django.core.cache import cache
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

FIELD = "once"
KEPT = 24 * 3600
_UNDER_WAY = 0

Row = TypeVar("Row", bound=models.Model)


class AddedAlready(Exception):
    """Raised if the same form was posted before.

    `key` is the primary key of the row, or None while the row is still being added.
    """

    def __init__(self, key: int | None) -> None:
        super().__init__(key)
        self.key = key


def mark_of(request: HttpRequest) -> str:
    """Return the mark that was posted with a form, or a new mark if none was posted."""
    return request.POST.get(FIELD, "")[:32] or new_mark()


def new_mark() -> str:
    """Return a new mark, for a form that is shown empty again after a successful post."""
    return get_random_string(16)


def _name(request: HttpRequest) -> str:
    posted = sorted((name, request.POST.getlist(name)) for name in request.POST if name != "csrfmiddlewaretoken")
    packed = repr((request.user.pk, request.path, posted))
    return f"once:{hashlib.sha256(packed.encode()).hexdigest()}"


def claim(request: HttpRequest) -> None:
    """Claim the posted form, inside the transaction that adds its row.

    Raises AddedAlready if the form is claimed already. A form without a mark isn't claimed.
    """
    if request.POST.get(FIELD) and not cache.add(_name(request), _UNDER_WAY, timeout=KEPT):
        raise AddedAlready(cache.get(_name(request)) or None)


def check_not_added(request: HttpRequest) -> None:
    """Raise AddedAlready if the same form was posted before and has added its row."""
    if request.POST.get(FIELD):
        key = cache.get(_name(request))
        if key:
            raise AddedAlready(key)


def store(request: HttpRequest, row: models.Model) -> None:
    """Remember the row that the posted form has added, for 24 hours."""
    if request.POST.get(FIELD):
        cache.set(_name(request), row.pk, timeout=KEPT)


@contextmanager
def making(request: HttpRequest) -> Iterator[None]:
    """Run a block in a transaction that claims the posted form. Raises AddedAlready if it was posted before.

    Use it for forms that don't lead back to a row.
    """
    with transaction.atomic():
        claim(request)
        yield


def add(request: HttpRequest, make: Callable[[], Row]) -> Row:
    """Return the row that `make` creates from the posted form, at most once.

    Raises AddedAlready if the form was posted before, and any exception of `make`.
    """
    with transaction.atomic():
        claim(request)
        row = make()
        store(request, row)
    return row


class IdempotentAddMixin:
    """Lets an admin page that adds a row add it only once, however often it is posted."""

    model: Any
    opts: Any

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the page. If the same form was posted before, redirect to the row that it has added."""
        try:
            may_add = self.has_add_permission(request)  # type: ignore[attr-defined]
            if object_id is None and request.method == "POST" and may_add:
                check_not_added(request)
            response: HttpResponse = super().changeform_view(request, object_id, *args, **kwargs)  # type: ignore[misc]
        except AddedAlready as added:
            return self.added_already(request, added)
        return response

    def added_already(self, request: HttpRequest, added: AddedAlready) -> HttpResponse:
        """Show a message that the row exists. Redirect to the row if the user may see it, otherwise to the list."""
        messages.info(request, _("This was sent twice but added only once."))
        row = None if added.key is None else self.get_object(request, str(added.key))  # type: ignore[attr-defined]
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        return redirect(f"{name}_changelist") if row is None else redirect(f"{name}_change", row.pk)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Add a mark to the context of a page that adds a row."""
        if kwargs.get("add"):
            context["once"] = mark_of(request)
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        """Save the row. Raises AddedAlready if the same form has been claimed by another request."""
        if not change:
            claim(request)
        super().save_model(request, obj, form, change)  # type: ignore[misc]

    def response_add(self, request: HttpRequest, obj: models.Model, *args: Any, **kwargs: Any) -> HttpResponse:
        """Remember the row that was added, and return Django's response."""
        store(request, obj)
        response: HttpResponse = super().response_add(request, obj, *args, **kwargs)  # type: ignore[misc]
        return response

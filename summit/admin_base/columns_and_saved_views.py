"""What an account has set for an admin list: the columns that it shows, and the views that are saved."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from summit.admin_base.models import SavedView
from summit.admin_base.row_keys import key_of
from summit.users.models import User

# The most views that an account saves for a list.
MOST = 20
NAME_LENGTH = 60
QUERY_LENGTH = 1000


def rows_of(request: HttpRequest, label: str) -> list[SavedView]:
    """Return what the user of a request has set for the list `label`, sorted by name.

    Makes one query for each list in a request.
    """
    stored: dict[str, list[SavedView]] = request.__dict__.setdefault("desk_saved_views", {})
    if label not in stored:
        user = getattr(request, "user", None)
        rows = (
            SavedView.objects.filter(user=user, label=label).order_by("name")
            if isinstance(user, User) and user.pk
            else ()
        )
        stored[label] = list(rows)
    return stored[label]


def chosen_columns(request: HttpRequest, label: str) -> list[str]:
    """Return the columns that the user has chosen for a list, or [] if the list shows its usual ones."""
    return next((list(row.columns) for row in rows_of(request, label) if not row.name), [])


def choose_columns(*, by: User, label: str, columns: list[str]) -> None:
    """Store the columns that a list shows to an account; [] are its usual ones."""
    rows = SavedView.objects.filter(user=by, label=label, name="")
    if columns:
        SavedView.objects.update_or_create(user=by, label=label, name="", defaults={"columns": columns})
    else:
        rows.delete()


def save_view(*, by: User, label: str, name: str, query: str, order: list[str]) -> None:
    """Store the filters (`query`) and the order of a list under a name. A view of that name is replaced.

    Raises ValidationError if the name is missing or too long, or if there are too many views.
    """
    name = " ".join(name.split())
    if not name or not name.isprintable():
        raise ValidationError(_("Enter a name for the view."))
    if len(name) > NAME_LENGTH or len(query) > QUERY_LENGTH:
        raise ValidationError(_("Enter a shorter name."))
    with transaction.atomic():
        others = SavedView.objects.filter(user=by, label=label).exclude(name__in=("", name))
        if others.count() >= MOST:
            raise ValidationError(_("Remove a view first. A list can have at most %(most)d.") % {"most": MOST})
        SavedView.objects.update_or_create(user=by, label=label, name=name, defaults={"query": query, "order": order})


def remove_view(*, by: User, label: str, name: str) -> None:
    """Delete a saved view, if there is one of that name."""
    SavedView.objects.filter(user=by, label=label, name=name).exclude(name="").delete()


def order_by_names(changelist: Any) -> list[str]:
    """Return the columns by which a list is sorted, by their names, as SavedView has them."""
    names = []
    for part in str(changelist.params.get("o", "")).split("."):
        place = key_of(part.removeprefix("-"))
        if place is not None and place < len(changelist.list_display):
            name = str(changelist.list_display[place])
            names.append(f"-{name}" if part.startswith("-") else name)
    return names


def order_by_places(changelist: Any, names: list[str]) -> str:
    """Return the value of the list's parameter `o` for columns by name. Columns that aren't shown are left out."""
    places = {str(name): place for place, name in enumerate(changelist.list_display)}
    found = [
        f"{'-' if name.startswith('-') else ''}{places[name.removeprefix('-')]}"
        for name in names
        if name.removeprefix("-") in places
    ]
    return ".".join(found)

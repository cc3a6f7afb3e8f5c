"""Derives who may open the desk's pages of import files, for all kinds of files alike."""

from collections.abc import Iterator

from django.contrib import admin

from summit.imports.admin import ImportFileAdmin
from summit.permissions.route_table import Gate, Route, derives


@derives(20)
def import_file_routes() -> Iterator[Route]:
    """Yield the routes of the upload page and of the actions on a file."""
    both, post = frozenset({"GET", "POST"}), frozenset({"POST"})
    for model, model_admin in admin.site._registry.items():
        if isinstance(model_admin, ImportFileAdmin):
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            see = model_admin.permission_for("view")
            yield Route(f"{name}_upload", Gate.DESK, both, see=see, do=model_admin.action)
            for action in ("look", "take", "answer", "undo", "drop"):
                yield Route(f"{name}_{action}", Gate.DESK, post, model_admin.permission, see, do=model_admin.action)

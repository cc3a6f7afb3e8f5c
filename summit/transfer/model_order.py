"""Find the rows that belong to a summit, and the order of models for an archive, from the models' foreign keys."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Field, ForeignKey, Model, QuerySet

from summit.core.encrypted_fields import EncryptedBytesField, EncryptedTextField
from summit.core.transfer_registry import MOVED, moved_of
from summit.summits.models import Summit
from summit.users.models import User

AUDIT = "summit.AuditEntry"


def fields(model: type[Model]) -> list["Field[Any, Any]"]:
    """Return the exported fields of a model in their order, without the primary key.

    Fields that are declared not to move (`without`), and fields that hold the bytes of files, are left out too.
    """
    omitted = moved_of(model).without
    columns = [field for field in model._meta.concrete_fields if not field.primary_key and field.name not in omitted]
    return [field for field in columns if not _is_file(field)]


def files(model: type[Model]) -> list["Field[Any, Any]"]:
    """Return the exported fields of a model that hold bytes. Each value is a separate file in the archive."""
    omitted = moved_of(model).without
    return [field for field in model._meta.concrete_fields if _is_file(field) and field.name not in omitted]


def _is_file(field: "Field[Any, Any]") -> bool:
    return isinstance(field, EncryptedBytesField) and not isinstance(field, EncryptedTextField)


def references(model: type[Model]) -> dict[str, type[Model]]:
    """Return a dict from the names of a model's exported foreign keys to the models to which they refer."""
    return {field.name: target(field) for field in fields(model) if isinstance(field, ForeignKey)}


def target(field: Any) -> type[Model]:
    """Return the model to which a foreign key refers."""
    model: type[Model] = field.remote_field.model
    return model


@cache
def path(model: type[Model]) -> str:
    """Return the lookup path from a model's rows to their summit. Return "" for the model Summit itself.

    If possible, the path has only foreign keys that are never null. Raises LookupError if no foreign key leads to a
    summit.
    """
    if model is Summit:
        return ""
    keys = [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]
    direct = [field for field in keys if target(field) is Summit]
    required = [field for field in keys if not field.null and target(field)._meta.label in MOVED]
    for field in sorted(required, key=lambda field: field not in direct):
        if target(field) is not model:
            return "__".join(filter(None, (field.name, path(target(field)))))
    if direct:
        return direct[0].name
    raise LookupError(f"no column leads from {model._meta.label} to a summit")


def rows(model: type[Model], summit: Summit) -> QuerySet[Any]:
    """Return the rows of a model that move with a summit, in the order of their primary keys."""
    queryset = model._base_manager.filter(**{path(model) or "pk": summit.pk})
    where = moved_of(model).where
    return (queryset if where is None else queryset.filter(where)).order_by("pk")


@cache
def order() -> tuple[type[Model], ...]:
    """Return the models of an archive in the order in which they are written.

    The summit is first, and each model comes after the models to which it refers. Models with texts that name rows of
    other models come last, and the audit comes at the very end.
    """
    models = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
    late = [label for label, moved in MOVED.items() if moved.named or moved.rewrite]
    remaining = [models[label] for label in sorted(MOVED) if label not in late]
    ordered: list[type[Model]] = [Summit]
    remaining.remove(Summit)
    while remaining:
        ready = next((model for model in remaining if _ready(model, ordered)), remaining[0])
        ordered.append(ready)
        remaining.remove(ready)
    return (*ordered, *(models[label] for label in sorted(late, key=lambda label: (label == AUDIT, label))))


def _ready(model: type[Model], ordered: Iterable[type[Model]]) -> bool:
    available = {*ordered, model, User}
    return all(needed in available for needed in references(model).values())

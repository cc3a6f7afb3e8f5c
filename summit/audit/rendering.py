"""Render audit entries as text for people: who did what to which row, and which fields changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.admin.sites import site
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from summit.audit import services
from summit.audit.actions import ACTION_WORDS, ACTORS, MODEL_WORDS, ActionDescription, Facts, ModelDescription, Wanted
from summit.audit.models import AuditEntry
from summit.permissions.rules import Actor, allows
from summit.templatetags.moments import day_clock

if TYPE_CHECKING:
    from summit.summits.models import Summit


@dataclass(frozen=True)
class NamedObject:
    """The kind and name of a row, with the URL of its page, or "" if it has no page or was deleted."""

    kind: str
    name: str
    url: str = ""
    # The action needed to see that page.
    seen_by: str = field(default="", compare=False)
    exists: bool = field(default=True, compare=False)

    def for_reader(self, reader: Actor | None, summit_id: int | None) -> NamedObject:
        """Return the object without its URL if `reader` may not open the page. If `reader` is None, keep the URL."""
        may = not self.url or reader is None or allows(reader, self.seen_by, summit_id)
        return self if may else replace(self, url="")


@dataclass(frozen=True)
class AuditChange:
    """A changed field with its values before and after. Both are "" if the audit must not store them."""

    name: str
    before: str = ""
    after: str = ""


@dataclass
class AuditLine:
    """An audit entry as text for people. `what` is a sentence without its subject, displayed after `who`."""

    entry: AuditEntry
    who: str
    what: str
    row: NamedObject
    # Other rows that the entry refers to, such as a member who was removed from a party.
    others: list[NamedObject] = field(default_factory=list)
    changes: list[AuditChange] = field(default_factory=list)
    # The public id of the act that the reader can undo here, and how many actions it has (summit.undo.selectors).
    undo: str = ""
    undo_size: int = 0

    @property
    def named(self) -> NamedObject:
        """The entry's object or, if it is gone, the first other row that still exists: the person of a membership."""
        return self.row if self.row.exists else next((other for other in self.others if other.exists), self.row)

    @property
    def actor(self) -> str:
        """The value of the audit list's filter for the actor of this entry."""
        return f"account:{self.entry.by.public_id}" if self.entry.by else self.entry.by_label


def render(entries: Sequence[AuditEntry], reader: Actor | None = None) -> list[AuditLine]:
    """Return audit entries as text for people, without the URLs of pages that `reader` may not open.

    The entries need `by` and `summit` joined. Makes one query for each kind of row and of actor, whatever the number
    of entries.
    """
    row_keys, actor_keys = Wanted(), Wanted()
    for entry in entries:
        row_keys.add(entry.object_type, entry.object_key)
        for reference in _references(entry):
            row_keys.add(*reference.rsplit(":", 1))
        if entry.by_label:
            actor_keys.add(*_split(entry.by_label))
    names = {
        (label, key): named_row
        for label, keys in row_keys.keys.items()
        for key, named_row in named(label, keys).items()
    }
    actors = {prefix: ACTORS[prefix](keys) for prefix, keys in actor_keys.keys.items() if prefix in ACTORS}
    texts = {f"{label}:{key}": row.name for (label, key), row in names.items()}
    return [_line(entry, names, texts, actors, reader) for entry in entries]


def _line(
    entry: AuditEntry,
    names: dict[tuple[str, str], NamedObject],
    texts: Mapping[str, str],
    actors: dict[str, dict[str, str]],
    reader: Actor | None,
) -> AuditLine:
    description = ACTION_WORDS.get(entry.action)

    def named_object(label: str, key: str) -> NamedObject:
        return (names.get((label, key)) or deleted_object(label, key)).for_reader(reader, entry.summit_id)

    return AuditLine(
        entry=entry,
        who=who(entry, actors),
        what=sentence(entry, texts),
        row=_with_deleted_name(named_object(entry.object_type, entry.object_key), entry, texts),
        others=[named_object(*reference.rsplit(":", 1)) for reference in _others(entry)],
        changes=_changes(entry, description, names),
    )


def sentence(entry: AuditEntry, names: Mapping[str, str] | None = None) -> str:
    """Return the sentence for an entry, without its subject. `names` are those of `Facts`.

    An action without a description is quoted by its name. What was done to undo something says so.
    """
    description = ACTION_WORDS.get(entry.action)
    if description is None:
        return _("did “%(action)s”") % {"action": entry.action}
    said = description.say(Facts(entry.detail, entry.summit, names or {}))
    return _("%(what)s (undo)") % {"what": said} if services.UNDOES in entry.detail else said


def who(entry: AuditEntry, actors: dict[str, dict[str, str]]) -> str:
    """Return the name of an entry's actor.

    `actors` has the names of actors without an account, by prefix and key.
    """
    if entry.by is not None:
        return str(entry.by)
    prefix, key = _split(entry.by_label)
    if prefix == "system":
        return _("the system")
    return actors.get(prefix, {}).get(key) or _("an anonymous user")


def _split(label: str) -> tuple[str, str]:
    prefix, _colon, key = label.partition(":")
    return prefix, key


def _references(entry: AuditEntry) -> list[str]:
    """Return the names ("app.model:key") of the other rows that an entry refers to.

    They include rows in the values of its fields.
    """
    references = [*_others(entry)]
    for pair in _values(entry).values():
        references += [value["row"] for value in pair if isinstance(value, dict)]
    return references


def _others(entry: AuditEntry) -> list[str]:
    """Return the names ("app.model:key") of the other affected rows, and of the token that a program used."""
    token = entry.detail.get("token")
    return [*entry.detail.get("rows", []), *([f"api.token:{token}"] if token else [])]


def _values(entry: AuditEntry) -> dict[str, Any]:
    return dict(entry.detail.get("values", {}))


def named(label: str, keys: Iterable[str]) -> dict[str, NamedObject]:
    """Return a dict from key to the name of each row of a kind that still exists. Makes one query."""
    model = model_of(label)
    if model is None:
        return {}
    description = MODEL_WORDS.get(label, ModelDescription())
    name = key_field(model)
    usable = [key for key in keys if name != "pk" or key.isdecimal()]
    rows = model._default_manager.filter(**{f"{name}__in": usable})
    # With no name given, select_related would join every table there is.
    rows = (rows.select_related(*description.related) if description.related else rows).prefetch_related(
        *description.prefetch
    )
    kind = str(model._meta.verbose_name)
    return {
        services.key_of(row): NamedObject(kind, description.name(row), *page_of(row, description)) for row in rows
    }


def deleted_object(label: str, key: str) -> NamedObject:
    """Return the kind and a placeholder name for a row that no longer exists."""
    model = model_of(label)
    kind = str(model._meta.verbose_name) if model else label
    name = "" if key.startswith("list:") else _("since deleted (%(key)s)") % {"key": key}
    return NamedObject(kind, name, exists=False)


def _with_deleted_name(row: NamedObject, entry: AuditEntry, texts: Mapping[str, str]) -> NamedObject:
    """Return an entry's object. If it is deleted and the entry says what it was, it is named so."""
    description = MODEL_WORDS.get(entry.object_type)
    if row.exists or description is None or description.deleted is None:
        return row
    return replace(row, name=description.deleted(Facts(entry.detail, entry.summit, texts)) or row.name)


def page_of(row: models.Model, how: ModelDescription) -> tuple[str, str]:
    """Return (URL, permission) of the admin page that shows a row, or ("", "") if there is none."""
    page_row = how.shown_on(row) if how.shown_on else row
    model_admin: Any = site._registry.get(type(page_row))
    if model_admin is None:
        return "", ""
    # A row that has a page to read (summit.admin_base.detail_pages) is shown there.
    page = "detail" if hasattr(model_admin, "detail_view") else "change"
    address = reverse(f"admin:{page_row._meta.app_label}_{page_row._meta.model_name}_{page}", args=[page_row.pk])
    return address, model_admin.permission_for("view")


def model_of(label: str) -> type[models.Model] | None:
    """Return the model of a label such as "delegations.party", or None if it no longer exists."""
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def key_field(model: type[models.Model]) -> str:
    """Return the name of the field with the keys of a model's rows in the audit: "public_id" or "pk"."""
    return "public_id" if any(field.name == "public_id" for field in model._meta.fields) else "pk"


def _changes(
    entry: AuditEntry, description: ActionDescription | None, names: dict[tuple[str, str], NamedObject]
) -> list[AuditChange]:
    model = (description.fields_of if description else None) or model_of(entry.object_type)
    values = _values(entry)
    changes = []
    for name in entry.fields:
        column = _column(model, name)
        pair = [_value(column, value, entry.summit, names) for value in values.get(name, ())]
        changes.append(AuditChange(field_name(model, name), *pair))
    return changes


def _column(model: type[models.Model] | None, name: str) -> Any:
    """Return a model's field, or the field of a row that extends its rows one to one, such as a person's particulars.

    Return None if there is none.
    """
    if model is None:
        return None
    extensions = [each.related_model for each in model._meta.related_objects if each.one_to_one]
    for each in (model, *extensions):
        with suppress(FieldDoesNotExist):
            return each._meta.get_field(name)
    return None


def field_name(model: type[models.Model] | None, name: str) -> str:
    """Return the label of a field for pages; if there is no such field (`_column`), return its name."""
    column = _column(model, name)
    if isinstance(column, models.ForeignObjectRel):
        return capfirst(str(column.related_model._meta.verbose_name_plural))
    return capfirst(str(getattr(column, "verbose_name", "") or name))


def _value(column: Any, value: Any, summit: Summit | None, names: dict[tuple[str, str], NamedObject]) -> str:
    if value is None:
        return _("nothing")
    if isinstance(value, dict):
        label, key = value["row"].rsplit(":", 1)
        return (names.get((label, key)) or deleted_object(label, key)).name
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = dict(getattr(column, "flatchoices", None) or [])
    if value in choices:
        return str(choices[value])
    if isinstance(column, models.DateTimeField) and summit is not None:
        return day_clock(datetime.fromisoformat(value), summit)
    return str(value)

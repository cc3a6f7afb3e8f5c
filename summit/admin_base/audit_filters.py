"""The filters of the audit list: who did what to which object, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from django import forms
from django.apps import apps
from django.contrib.admin.sites import site
from django.db import models
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from summit.admin_base import search
from summit.admin_base.row_keys import key_of
from summit.admin_base.widgets import DayInput
from summit.audit import access_log
from summit.audit import services as audit
from summit.audit.actions import ACTION_WORDS, MODEL_WORDS, PARTS
from summit.audit.models import AuditEntry
from summit.audit.rendering import key_field, model_of
from summit.core.registry import Registry
from summit.core.text_normalisation import Fold, fold
from summit.core.validators import validate_year
from summit.permissions.rules import summits_for
from summit.summits.models import Summit
from summit.users.models import User

# A block above the list: takes the request and returns a template and its context, or None. Modules that work on the
# audit register theirs.
Head = Callable[[HttpRequest], tuple[str, dict[str, Any]] | None]
audit_head: Registry[Head] = Registry()

MOST_ACCOUNTS = 100
ACCOUNT = "account:"
# From the prefix of an action to the label of the action's app, where the two differ.
LABELS = {"demo": "portal", "quarantine": "summit"}


class Chip(NamedTuple):
    """An active filter that isn't in the form: its name, its value, and the list's URL without this filter."""

    name: str
    value: str
    without: str


class FoundObject(NamedTuple):
    """An object that the search found, with the URL of the list of its entries."""

    kind: str
    name: str
    url: str


@dataclass
class Narrowed:
    """The filtered audit entries, with the chips and search results shown above them.

    `actor` is the key of the actor that the list is filtered by, or "". Rendered lines carry the same key.
    """

    rows: QuerySet[AuditEntry]
    chips: list[Chip] = field(default_factory=list)
    found: list[FoundObject] = field(default_factory=list)
    actor: str = ""


class AuditForm(forms.Form):
    """The form with the filters of the audit list."""

    q = forms.CharField(label=gettext_lazy("Object"), required=False, max_length=search.LONGEST)
    who = forms.CharField(label=gettext_lazy("User"), required=False, max_length=search.LONGEST)
    action = forms.ChoiceField(label=gettext_lazy("Action"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Object type"), required=False)
    since = forms.DateField(
        label=gettext_lazy("First day"), required=False, widget=DayInput(), validators=[validate_year]
    )
    until = forms.DateField(
        label=gettext_lazy("Last day"), required=False, widget=DayInput(), validators=[validate_year]
    )
    summit = forms.ChoiceField(label=pgettext_lazy("label", "Summit"), required=False)

    def __init__(self, given: Any, summits: list[Summit], *, seen_alone: bool) -> None:
        super().__init__(given, label_suffix="")
        choices: dict[str, list[Any]] = {
            "action": action_choices(),
            "kind": kind_choices(),
            "summit": [(summit.slug, summit.reads_as.short_name) for summit in summits],
        }
        for name, options in choices.items():
            form_field: Any = self.fields[name]
            form_field.choices = [("", _("All")), *options]
        if seen_alone:
            del self.fields["action"]
        if len(summits) < 2:
            del self.fields["summit"]


def action_choices(actions: set[str] | None = None) -> list[Any]:
    """Return the choices of actions, grouped by the app that records them.

    `actions`, if not None, limits the choices.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for action, description in ACTION_WORDS.items():
        if action != access_log.SEEN and (actions is None or action in actions):
            name = action.partition(".")[0]
            groups.setdefault(LABELS.get(name, name), []).append((action, capfirst(description.name)))
    names = {config.label: str(config.verbose_name) for config in apps.get_app_configs()}
    return [(names.get(label, label), sorted(choices, key=lambda pair: pair[1])) for label, choices in groups.items()]


def kind_choices() -> list[tuple[str, str]]:
    """Return the choices of object types that audit entries can be about, sorted by name."""
    labels = {
        *MODEL_WORDS,
        *(
            model._meta.label_lower
            for model, model_admin in site._registry.items()
            if hasattr(model_admin, "permission")
        ),
    }
    found = [(label, model_of(label)) for label in labels - {AuditEntry._meta.label_lower}]
    pairs = [(label, capfirst(str(model._meta.verbose_name_plural))) for label, model in found if model]
    return sorted(pairs, key=lambda pair: pair[1])


def narrow(request: HttpRequest, rows: QuerySet[AuditEntry], form: AuditForm, summits: list[Summit]) -> Narrowed:
    """Return the entries of `rows` that match the form and the query string of the request.

    Days are in the zone of the chosen summit, or of the only one in `summits`. Makes one query for each search
    source, one for the object and one for the named accounts.
    """
    form.is_valid()
    values: dict[str, Any] = form.cleaned_data
    chosen = next((summit for summit in summits if summit.slug == values.get("summit")), None)
    if chosen is not None:
        rows = rows.filter(summit=chosen)
    elif len(summits) == 1:
        chosen = summits[0]
    rows = _between(rows, values.get("since"), values.get("until"), chosen)
    if values.get("action"):
        rows = rows.filter(action=values["action"])
    if values.get("kind"):
        rows = rows.filter(object_type=values["kind"])
    if values.get("who"):
        rows = rows.filter(by__in=accounts(values["who"]))
    narrowed = Narrowed(rows.none() if form.errors else rows)
    _by(request, narrowed)
    _of(request, narrowed, "action" not in form.fields)
    if values.get("q"):
        _search(request, narrowed, values["q"])
    return narrowed


def _between(
    rows: QuerySet[AuditEntry], since: date | None, until: date | None, summit: Summit | None
) -> QuerySet[AuditEntry]:
    """Return the entries from day `since` to day `until`, both included.

    Days are in the summit's time zone, or in UTC if several summits are shown.
    """
    zone = summit.zone if summit else UTC
    if since:
        rows = rows.filter(at__gte=datetime.combine(since, time(), zone))
    if until:
        rows = rows.filter(at__lt=datetime.combine(until + timedelta(days=1), time(), zone))
    return rows


def accounts(wanted: str) -> list[int]:
    """Return the primary keys of at most 100 accounts with all words of `wanted` in their name or e-mail address."""
    rows = User.objects.alias(found=Fold("name", "email")).filter(
        *(Q(found__contains=word) for word in fold(wanted).split())
    )
    return list(rows.values_list("pk", flat=True)[:MOST_ACCOUNTS])


def without(request: HttpRequest, *names: str) -> str:
    """Return the request's query string without the parameters `names` and without the position in the list."""
    remaining = [
        (name, str(value)) for name, value in request.GET.items() if name not in {*names, "before", "after"} and value
    ]
    return f"?{urlencode(remaining)}"


def _by(request: HttpRequest, narrowed: Narrowed) -> None:
    actor = request.GET.get("by", "").replace("\0", "")
    if not actor:
        return
    if actor.startswith(ACCOUNT):
        narrowed.rows = narrowed.rows.filter(by__public_id=actor.removeprefix(ACCOUNT))
    else:
        narrowed.rows = narrowed.rows.filter(by=None, by_label=actor)
    narrowed.actor = actor


def _of(request: HttpRequest, narrowed: Narrowed, seen_alone: bool) -> None:
    """Filter by the object in `?of=` and its parts; with `seen_alone`, filter by entries about who saw the object.

    If the user may not see the object, no entries remain.
    """
    label, _colon, key = request.GET.get("of", "").replace("\0", "").rpartition(":")
    if not label:
        return
    model = model_of(label)
    source = search.source_of(model) if model else None
    row = None
    if model is not None and source is not None and (key_field(model) != "pk" or key_of(key) is not None):
        row = _seen_by(request, source).filter(**{key_field(model): key}).first()
    if row is None:
        narrowed.rows = narrowed.rows.none()
        return
    condition = Q(pk__in=access_log.seen_of(row).order_by().values("pk")) if seen_alone else condition_of(row)
    narrowed.rows = narrowed.rows.filter(condition)
    kind = capfirst(str(row._meta.verbose_name))
    narrowed.chips.append(Chip(kind, str(row), without(request, "of")))


def condition_of(row: models.Model) -> Q:
    """Return the condition that selects the audit entries of a row and of its parts, deleted parts included.

    Makes one query for each kind of part.
    """
    label = row._meta.label_lower
    condition = Q(object_type=label, object_key=audit.key_of(row)) | Q(part_of=audit.name_of(row))
    for part in PARTS.get(label, ()):
        keys = part.find(row).order_by().annotate(audit_key=Cast(key_field(part.model), CharField()))
        condition |= Q(
            object_type=part.model._meta.label_lower, object_key__in=list(keys.values_list("audit_key", flat=True))
        )
    return condition


def _seen_by(request: HttpRequest, source: search.Source) -> QuerySet[Any]:
    allowed = summits_for(request.user, source.permission)
    rows = source.rows()
    return rows if allowed is None else rows.filter(**{f"{source.summit_path}__in": allowed})


def _search(request: HttpRequest, narrowed: Narrowed, wanted: str) -> None:
    """Filter by the first rows that each search source finds, and offer each row as a filter of its own.

    If only one row is found, the entries about its parts are included as well.
    """
    matches: list[models.Model] = []
    base_query = without(request, "q", "of")
    for source in search.sources():
        terms = search.split_terms(wanted)
        rows = list(source.narrow(_seen_by(request, source), terms)[: search.SHOWN]) if terms else []
        if rows and source.personal and isinstance(request.user, User):
            keys = [(source.summit_id(row), audit.key_of(row)) for row in rows]
            access_log.record_list(
                by=request.user, label=source.model._meta.label_lower, rows=keys, fields=source.personal
            )
        for row in rows:
            label, key = row._meta.label_lower, audit.key_of(row)
            matches.append(row)
            url = f"{base_query}&{urlencode({'of': f'{label}:{key}'})}"
            narrowed.found.append(FoundObject(capfirst(_name(row)), source.hit(row).name, url))
    if len(matches) == 1:
        narrowed.rows = narrowed.rows.filter(condition_of(matches[0]))
        return
    condition = Q(part_of__in=[audit.name_of(row) for row in matches])
    for row in matches:
        condition |= Q(object_type=row._meta.label_lower, object_key=audit.key_of(row))
    narrowed.rows = narrowed.rows.filter(condition)


def _name(row: models.Model) -> str:
    return str(row._meta.verbose_name)

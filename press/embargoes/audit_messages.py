"""Audit messages of embargo moments, holds and ties."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from press.texts import audit_messages
from press.texts.audit_messages import VERSIONS
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text
from summit.audit.actions import describe_model, part
from summit.core.punctuation import semicolon


def _embargoes(row: Any) -> QuerySet[Any]:
    return Embargo.objects.filter(pk=row.embargo_id)


def _titles(row: Embargo) -> str:
    return semicolon().join(audit_messages._title(text) for text in row.texts.all())


def _first(row: Embargo) -> Any:
    return next(iter(row.texts.all()), row)


describe_model(
    Embargo, name=_titles, prefetch=(Prefetch("texts", Text.objects.prefetch_related(VERSIONS)),), shown_on=_first
)
part(Text, Embargo, _embargoes)

"""Audit messages of embargo moments, holds and ties."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy

from press.texts import audit_messages
from press.texts.audit_messages import VERSIONS
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text
from summit.audit.actions import describe_action, describe_model, part
from summit.core.punctuation import semicolon

describe_action(
    "press.tie", gettext_lazy("tied it: it goes out together with others, or in all its languages, or not at all")
)
describe_action("press.untie", gettext_lazy("untied it: it goes out by itself"))
describe_action("press.complete", gettext_lazy("approved the last of what goes out together: it went out"))
describe_action("press.set_moment", gettext_lazy("set the moment at which it goes out"))
describe_action("press.wait_for_delivery", gettext_lazy("let it wait until the speech has been given"))
describe_action("press.deliver", gettext_lazy("said that the speech has been given: it went out"))
describe_action("press.alarm", gettext_lazy("raised the alarm: nobody had said in time that the speech was given"))
describe_action("press.hold", gettext_lazy("held it"))
describe_action("press.unhold", gettext_lazy("released the hold"))


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

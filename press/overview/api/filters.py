"""Filters of the press desk's lists in the API. Each parameter is declared as a field."""

from datetime import datetime
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from press.delivery_check.models import PassageCheckKind
from press.overview.api.serializers import STANDINGS
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import EmbargoMode
from press.texts.models.texts import Text, TextKind, Wording
from summit.admin_base.search import matching

_STANDINGS = [(each, each) for each in STANDINGS]


def _id(path: str, label: Any) -> django_filters.CharFilter:
    return django_filters.CharFilter(field_name=f"{path}__public_id", label=label)


def _moment(path: str, how: str, label: Any) -> django_filters.IsoDateTimeFilter:
    return django_filters.IsoDateTimeFilter(field_name=path, lookup_expr=how, label=label)


def _since(rows: QuerySet[Edition], moment: datetime) -> QuerySet[Edition]:
    """Return the editions that were written, decided or reviewed at a moment or later."""
    return rows.filter(Q(created_at__gte=moment) | Q(decided_at__gte=moment) | Q(afterwards_at__gte=moment))


class TextFilters(django_filters.FilterSet):
    """Filters of texts."""

    q = django_filters.CharFilter(method="words", label=_("words, as in the desk’s search"))
    state = django_filters.ChoiceFilter(field_name="standing", choices=_STANDINGS, label=_("state"))
    kind = django_filters.ChoiceFilter(choices=TextKind.choices, label=_("type"))
    wording = django_filters.ChoiceFilter(choices=Wording.choices, label=_("wording"))
    language = django_filters.CharFilter(field_name="versions__language", label=_("language"))
    topic = _id("topics", _("topic"))
    speaker = _id("slot__speaker", pgettext_lazy("label", "speaker"))
    speech = _id("slot", _("speech"))
    session = _id("session", _("session"))
    lift = _id("embargo", _("embargo"))
    moment_from = _moment("embargo__moment", "gte", _("published at or after"))
    moment_until = _moment("embargo__moment", "lte", _("published at or before"))
    changed_since = django_filters.IsoDateTimeFilter(method="changed", label=_("changed at or after"))

    def words(self, rows: QuerySet[Text], name: str, value: str) -> QuerySet[Text]:
        """Return the texts that match the words, which are searched like in the admin."""
        found = matching(Text, rows, value)
        return rows if found is None else found

    def changed(self, rows: QuerySet[Text], name: str, moment: datetime) -> QuerySet[Text]:
        """Return the texts that changed at a moment or later: an edition, a withdrawal or a removal."""
        editions = _since(Edition.objects.filter(version__text=OuterRef("pk")), moment)
        return rows.filter(Exists(editions) | Q(withdrawn_at__gte=moment) | Q(removed_at__gte=moment))


class VersionFilters(django_filters.FilterSet):
    """Filters of language versions."""

    text = _id("text", _("text"))
    language = django_filters.CharFilter(label=_("language"))
    authoritative = django_filters.BooleanFilter(label=_("authoritative"))
    state = django_filters.ChoiceFilter(field_name="standing", choices=_STANDINGS, label=_("state"))


class EditionFilters(django_filters.FilterSet):
    """Filters of editions."""

    text = _id("version__text", _("text"))
    version = _id("version", _("language version"))
    language = django_filters.CharFilter(field_name="version__language", label=_("language"))
    state = django_filters.ChoiceFilter(choices=EditionState.choices, label=_("state"))
    stands = django_filters.ChoiceFilter(field_name="standing", choices=_STANDINGS, label=_("state"))
    author = _id("author", _("written by"))
    changed_since = django_filters.IsoDateTimeFilter(method="changed", label=_("changed at or after"))

    def changed(self, rows: QuerySet[Edition], name: str, moment: datetime) -> QuerySet[Edition]:
        """Return the editions that were written, decided or reviewed at a moment or later."""
        return _since(rows, moment)


class EmbargoFilters(django_filters.FilterSet):
    """Filters of embargoes."""

    text = _id("texts", _("text"))
    mode = django_filters.ChoiceFilter(choices=EmbargoMode.choices, label=_("publication"))
    held = django_filters.BooleanFilter(field_name="held_at", lookup_expr="isnull", exclude=True, label=_("on hold"))
    tied = django_filters.BooleanFilter(label=_("joint publication"))
    published = django_filters.BooleanFilter(label=_("partly published"))
    moment_from = _moment("moment", "gte", _("published at or after"))
    moment_until = _moment("moment", "lte", _("published at or before"))


class PassageCheckFilters(django_filters.FilterSet):
    """Filters of marks of passages."""

    edition = _id("edition", _("edition"))
    version = _id("edition__version", _("language version"))
    text = _id("edition__version__text", _("text"))
    anchor = django_filters.CharFilter(label=_("paragraph"))
    kind = django_filters.ChoiceFilter(choices=PassageCheckKind.choices, label=_("type"))
    taken_back = django_filters.BooleanFilter(label=_("withdrawn"))


class AttachmentFilters(django_filters.FilterSet):
    """Filters of files."""

    text = _id("text", _("text"))
    edition = _id("editions", _("edition"))
    language = django_filters.CharFilter(label=_("language"))


class TopicFilters(django_filters.FilterSet):
    """Filters of topics."""

    name = django_filters.CharFilter(lookup_expr="iexact", label=_("name"))
    text = _id("texts", _("text"))


class SubscriberFilters(django_filters.FilterSet):
    """Filters of subscribers."""

    language = django_filters.CharFilter(label=_("language"))
    confirmed = django_filters.BooleanFilter(
        field_name="confirmed_at", lookup_expr="isnull", exclude=True, label=_("confirmed")
    )
    ended = django_filters.BooleanFilter(
        field_name="ended_at", lookup_expr="isnull", exclude=True, label=_("ended on")
    )
    asked_since = _moment("asked_at", "gte", _("requested at or after"))


class AnnouncementFilters(django_filters.FilterSet):
    """Filters of announcements."""

    edition = _id("edition", _("edition"))
    text = _id("edition__version__text", _("text"))
    since = _moment("at", "gte", _("announced at or after"))

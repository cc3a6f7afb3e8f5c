"""The API of public texts: to read, through the same predicate as every other way out."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from delegations.api import PartySerializer
from delegations.domain import naming
from press.domain.markdown import to_html, to_plain
from press.models import Edition, TextKind, Wording
from press.reading import Reading, brief, find, listed, read
from sessions.models import Slot
from summit.api.pagination import ByNewest
from summit.views import get_summit


class SpeakerSerializer(serializers.Serializer[Any]):
    """Who speaks."""

    name = serializers.CharField(source="speaker.name")
    office = serializers.CharField(source="speaker.office")
    party = serializers.CharField(source="party.name", default=None, allow_null=True)
    about_party = serializers.SerializerMethodField(
        help_text="The party with its names and footnotes; null for none."
    )

    @extend_schema_field(PartySerializer(allow_null=True))
    def get_about_party(self, slot: Slot) -> dict[str, Any] | None:
        """Return the party with its names in all languages, its footnotes and its flag."""
        known: dict[int | str, dict[str, Any]] = self.context["parties"]
        return known.get(slot.party_id or 0)


class VersionSerializer(serializers.Serializer[Any]):
    """A language in which the text can be read."""

    language = serializers.CharField()
    url = serializers.CharField()


class ChangeSerializer(serializers.Serializer[Any]):
    """A published edition of the text."""

    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    note = serializers.CharField()


class TextSerializer(serializers.Serializer[Any]):
    """A public text, as lists give it."""

    id = serializers.CharField(source="edition.version.text.public_id")
    slug = serializers.CharField(source="edition.version.text.slug")
    url = serializers.URLField()
    kind = serializers.ChoiceField(source="edition.version.text.kind", choices=TextKind.choices)
    wording = serializers.ChoiceField(source="edition.version.text.wording", choices=Wording.choices)
    language = serializers.CharField()
    title = serializers.CharField(source="edition.title")
    summary = serializers.CharField(source="edition.summary")
    speaker = SpeakerSerializer(source="slot", allow_null=True)
    edition = serializers.IntegerField(source="edition.number")
    published_at = serializers.DateTimeField(source="first_published_at")
    changed_at = serializers.DateTimeField()
    withdrawn = serializers.BooleanField()


class FullTextSerializer(TextSerializer):
    """A public text with its words, its languages and its history."""

    withdrawal_reason = serializers.CharField(source="edition.version.text.withdrawal_reason")
    body = serializers.CharField(source="edition.body", help_text="Markdown.")
    html = serializers.SerializerMethodField()
    plain = serializers.SerializerMethodField()
    versions = VersionSerializer(many=True)
    history = ChangeSerializer(many=True)

    def get_html(self, reading: Reading) -> str:
        """Return the words as HTML."""
        return to_html(reading.edition.body)

    def get_plain(self, reading: Reading) -> str:
        """Return the words without marks."""
        return to_plain(reading.edition.body)


class NewestFirst(ByNewest):
    """By the moment at which the edition came out, newest first."""

    ordering = ("-published_at", "-id")  # type: ignore[assignment]


class TextList(ListAPIView[Edition]):
    """The public texts of a summit, each once, in its authoritative language."""

    serializer_class = TextSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[Any]:
        """Return what everybody may read."""
        return listed(get_summit(self.kwargs["summit"])).order_by()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give a page of texts."""
        summit = get_summit(self.kwargs["summit"])
        page = self.paginate_queryset(listed(summit)) or []
        context = {**self.get_serializer_context(), "parties": naming.all_as_data(summit)}
        rows = TextSerializer([brief(summit, edition) for edition in page], many=True, context=context)
        return self.get_paginated_response(rows.data)


@extend_schema(responses=FullTextSerializer)
class TextDetail(RetrieveAPIView[Edition]):
    """A public text in its authoritative language."""

    serializer_class = FullTextSerializer
    queryset = Edition.objects.none()

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give the text, or the 404 of what was never written."""
        summit = get_summit(kwargs["summit"])
        edition = find(summit, kwargs["slug"], None)
        if edition is None:
            raise Http404
        context = {**self.get_serializer_context(), "parties": naming.all_as_data(summit)}
        return Response(FullTextSerializer(read(summit, edition), context=context).data)

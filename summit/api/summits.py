"""The public data of summits."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from summit.api_base import query_params
from summit.api_base.pagination import ByNewest
from summit.api_base.permission_classes import PublicMixin
from summit.summits.models import Room, Summit, Venue
from summit.summits.translated_names import TEXTS


class RoomSerializer(serializers.ModelSerializer[Room]):
    """A room of a venue, with its number of seats."""

    class Meta:
        model = Room
        fields: ClassVar[list[str]] = ["name", "capacity"]


class VenueSerializer(serializers.ModelSerializer[Venue]):
    """A venue and its rooms, in the host's order."""

    rooms = RoomSerializer(many=True, read_only=True)

    class Meta:
        model = Venue
        fields: ClassVar[list[str]] = ["name", "address", "rooms"]


class NamesInLanguageSerializer(serializers.Serializer[Any]):
    """The texts of a summit in one language."""

    name = serializers.CharField()
    short_name = serializers.CharField()
    place = serializers.CharField(help_text="As it stands with times.")
    host = serializers.CharField()


class SummitSerializer(serializers.ModelSerializer[Summit]):
    """A summit. `api` is its URL in the API, and `page` the URL of its public home. Both are absolute."""

    id = serializers.CharField(source="public_id", read_only=True)
    api = serializers.HyperlinkedIdentityField(view_name="api-summit", lookup_field="slug", lookup_url_kwarg="summit")
    page = serializers.SerializerMethodField()
    names = serializers.SerializerMethodField()

    class Meta:
        model = Summit
        fields: ClassVar[list[str]] = [
            *("id", "slug", "name", "short_name", "host", "starts_on", "ends_on", "time_zone", "place", "language"),
            *("names", "illustrative", "api", "page"),
        ]

    @extend_schema_field(
        serializers.DictField(
            child=NamesInLanguageSerializer(), help_text="By language; the summit's own is always there."
        )
    )
    def get_names(self, summit: Summit) -> dict[str, dict[str, str]]:
        """Return a dict from each language of the summit's texts to the texts by name."""
        named = {code: summit.named(code) for code in (summit.language, *sorted(summit.names))}
        return {code: {text: getattr(names, text) for text in TEXTS} for code, names in named.items()}

    @extend_schema_field(serializers.URLField())
    def get_page(self, summit: Summit) -> str:
        """Return the absolute URL of the summit's public home."""
        url: str = self.context["request"].build_absolute_uri(summit.get_absolute_url())
        return url


class SummitDetailSerializer(SummitSerializer):
    """A summit with its venues."""

    venues = VenueSerializer(many=True, read_only=True)

    class Meta(SummitSerializer.Meta):
        fields: ClassVar[list[str]] = [*SummitSerializer.Meta.fields, "venues"]


class NewestSummits(ByNewest):
    """Pages of summits, ordered by the first day, the latest first."""

    ordering: Any = ("-starts_on", "slug")


class SummitList(PublicMixin, generics.ListAPIView[Summit]):
    """The summits that have public pages, ordered by the first day, the latest first."""

    queryset = Summit.objects.open_to_public()
    serializer_class = SummitSerializer
    pagination_class = NewestSummits

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a page of summits. Raises Problem for an unknown query parameter."""
        query_params.check_known(request.query_params, query_params.PUBLIC)
        query_params.check_page_size(request.query_params)
        return super().list(request, *args, **kwargs)


class SummitDetail(PublicMixin, generics.RetrieveAPIView[Summit]):
    """A summit that has public pages, with its place, its days, its venues and rooms."""

    object_kind = "public summit"
    queryset = Summit.objects.open_to_public().prefetch_related("venues__rooms")
    serializer_class = SummitDetailSerializer
    lookup_field = "slug"
    lookup_url_kwarg = "summit"

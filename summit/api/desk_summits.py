"""The summits that a user works for, public or not: list and create them, and change their settings."""

from dataclasses import replace
from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from summit.api_base.authenticated_views import READS, WorkingView, working_api
from summit.api_base.problems import register_problem, unprocessable
from summit.api_base.request_files import ContentField
from summit.api_base.viewset_views import DetailView, ListView, Values
from summit.api_base.viewsets import DeskViewSet
from summit.permissions.route_access import Access
from summit.permissions.rules import summits_for
from summit.summits import emblem
from summit.summits import services as summits_services
from summit.summits.models import Summit
from summit.summits.translated_names import TEXTS
from summit.users.models import User

_SET = (
    *("name", "short_name", "host", "starts_on", "ends_on", "time_zone", "place", "language", "names"),
    *("accent", "contact_email", "public"),
)

register_problem(emblem.EmblemProblem, lambda error: unprocessable({"emblem": str(error)}))


class NamesField(serializers.DictField):
    """A dict from language to the summit's texts in this language, by the name of the text."""

    child = serializers.DictField(child=serializers.CharField())


class DeskSummitSerializer(serializers.ModelSerializer[Summit]):
    """A summit with all its settings, for its desks."""

    id = serializers.CharField(source="public_id", read_only=True)
    names = NamesField(help_text=f"What it is called in other languages: {', '.join(TEXTS)}.")
    emblem = serializers.SerializerMethodField(help_text="The path of its picture, for a summit with public pages.")

    class Meta:
        model = Summit
        fields: ClassVar[list[str]] = ["id", "slug", *_SET, *summits_services.LATER, "emblem"]

    def get_emblem(self, summit: Summit) -> str | None:
        """Return the path of the emblem's picture, or None if there is none, or no public page to show it."""
        if not summit.emblem_digest or not summit.public:
            return None
        return f"{reverse('summit:emblem', args=[summit.slug])}?v={summit.emblem_digest}"


class SummitChange(serializers.ModelSerializer[Summit]):
    """The settings of a summit that can be changed: all but the slug."""

    names = NamesField(required=False)
    emblem = ContentField(
        largest=emblem.LARGEST,
        required=False,
        allow_null=True,
        help_text="A PNG, JPEG or WebP, which replaces the emblem. Null deletes the emblem.",
    )

    class Meta:
        model = Summit
        fields: ClassVar[list[str]] = [*_SET, *summits_services.LATER, "emblem"]


class SummitInput(serializers.ModelSerializer[Summit]):
    """The settings of a new summit. `slug` is the first part of all URLs of the summit and can't be changed."""

    slug = serializers.CharField(max_length=60)
    names = NamesField(required=False)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, default="en")
    accent = serializers.CharField(max_length=7, default="#1d4f91")
    public = serializers.BooleanField(default=False)

    class Meta:
        model = Summit
        fields: ClassVar[list[str]] = ["slug", *_SET, *summits_services.LATER]


class SummitFilters(django_filters.FilterSet):
    """The filters of the list of summits."""

    public = django_filters.BooleanFilter(label=_("has public pages"))
    starts_from = django_filters.DateFilter(
        field_name="starts_on", lookup_expr="gte", label=_("first day on or after")
    )
    starts_until = django_filters.DateFilter(
        field_name="starts_on", lookup_expr="lte", label=_("first day on or before")
    )


class DeskSummitViewSet(DeskViewSet):
    """The summits that the user works for, with all their settings."""

    name = "summits"
    permission = "summit.summit"
    model = Summit
    serializer_class = DeskSummitSerializer
    input_serializer_class = SummitInput
    update_serializer_class = SummitChange
    filterset_class = SummitFilters
    ordering_fields: ClassVar[Any] = {"starts_on": ("starts_on",), "slug": ("slug",)}
    summit_path = ""

    def get_queryset(self, user: User, slug: str) -> QuerySet[Summit]:
        """Return the summit with a slug if the user works for it or, with an empty slug, all the user's summits."""
        allowed = summits_for(user, "summit.summit.view")
        summits = Summit.objects.filter(slug=slug) if slug else Summit.objects.all()
        return summits if allowed is None else summits.filter(pk__in=allowed)

    def add(self, *, by: User, summit: Summit | None, values: Values) -> Summit:
        """Create a summit. The user becomes its organiser."""
        return summits_services.create_summit_with_settings(by=by, values=values)

    def prepare(self, *, by: User, summit: Summit, values: Values) -> Values:
        """Return the values with the emblem decoded. Raises EmblemProblem, PermissionDenied."""
        if values.get("emblem") is None:
            return values
        return {**values, "emblem": emblem.prepare(summit=summit, content=values["emblem"], by=by)}

    def change(self, *, by: User, row: Summit, values: Values) -> Summit:
        """Change the settings of a summit, and store or delete its emblem."""
        others = {name: value for name, value in values.items() if name != "emblem"}
        with transaction.atomic():
            summits_services.change_summit(by=by, summit=row, values=others)
            if "emblem" in values and values["emblem"] is None:
                emblem.remove(summit=row, by=by)
            elif "emblem" in values:
                emblem.store_picture(summit=row, picture=values["emblem"], by=by)
        return row

    def where(self, row: Summit) -> str:
        """Return the URL of a summit's desk."""
        return reverse("api-desk", args=[row.slug])

    @classmethod
    def paths(cls) -> list[URLPattern]:
        """Return the URL patterns of the user's summits and of one summit."""
        options = {"viewset": cls(), "scope": cls.name}
        return [
            path("me/summits/", working_api(MySummits.as_view(**options)), name="api-my-summits"),
            path("summits/<slug:summit>/desk/", working_api(Desk.as_view(**options)), name="api-desk"),
        ]


class MySummits(ListView):
    """The summits that the user works for."""

    def access(self) -> Access:
        """Return the declaration of the view's route: every user has a list, organisers add to it."""
        return replace(WorkingView.access(self), post="summit.summit.add")

    def admit(self, request: Request) -> None:
        """Allow all users to list their summits, and organisers to add one. Raises PermissionDenied."""
        self.summit = None
        if request.method not in READS:
            summits_services.check_can_create(self.by)


class Desk(DetailView):
    """A summit with all its settings, for its desks."""

    object_kind = "desk"
    http_method_names = ["get", "head", "patch"]

    def admit(self, request: Request) -> None:
        """Find the summit of the URL, and check whether the user may change it if the request does.

        Raises Http404 and PermissionDenied.
        """
        self.row = self.summit = self.viewset.get_queryset(self.by, self.kwargs["summit"]).first()
        if self.row is None:
            raise Http404
        self.check_may_write()

"""API for people's own data: the people to whom the account belongs, a copy of the data, and requests about it."""

from http import HTTPStatus
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from delegations.members import access_log
from delegations.members.person_field_groups import PASSPORT
from delegations.privacy.messages import What
from delegations.privacy.services import correction_requests
from summit.api_base import scopes
from summit.api_base.authenticated_views import WorkingView, working_api
from summit.api_base.problems import unprocessable
from summit.api_base.response_files import File, PersonalContentSerializer
from summit.api_base.viewset_schema import PATH
from summit.api_base.viewset_views import check_fields
from summit.people.models import Person
from summit.privacy import data_export

ID = OpenApiParameter("id", str, PATH, description="The person's.")
RELATED = ("summit", "particulars")


class SelfSerializer(serializers.ModelSerializer[Person]):
    """The person to whom the account belongs in one summit."""

    id = serializers.CharField(source="public_id", read_only=True)
    summit = serializers.CharField(source="summit.slug", read_only=True)

    class Meta:
        model = Person
        fields: ClassVar[list[str]] = ["id", "summit", "name", "office"]
        read_only_fields = fields


class SelvesSerializer(serializers.Serializer[Any]):
    """The people to whom the account belongs, one for each summit."""

    results = SelfSerializer(many=True)


class OwnDataInput(serializers.Serializer[Any]):
    """A request to correct data or to erase all data. For a correction, `words` says what is wrong."""

    what = serializers.ChoiceField(choices=What.choices)
    words = serializers.CharField(required=False, default="", allow_blank=True)


class DataRequestResultSerializer(serializers.Serializer[Any]):
    """Whether the request is new. A request with the same text as an earlier one isn't sent again."""

    new = serializers.BooleanField()


class OfSelf(WorkingView):
    """The base of views on the people to whom the account belongs."""

    scope = "own-data"

    def selves(self) -> QuerySet[Person]:
        """Return the people to whom the account belongs, one for each summit.

        With a token for one summit, return only the person in that summit.
        """
        rows = Person.objects.filter(user=self.by).select_related(*RELATED).order_by("summit__starts_on", "pk")
        token_summit = self.token.summit_id if self.token else None
        return rows if token_summit is None else rows.filter(summit=token_summit)


class Selves(OfSelf):
    """The view that lists the people to whom the account belongs."""

    @extend_schema(responses=SelvesSerializer, operation_id="list_who_i_am", tags=["me"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the people to whom the account belongs, one for each summit."""
        return Response(SelvesSerializer({"results": list(self.selves())}).data)


class OneSelf(OfSelf):
    """The base of views that act on one of the people to whom the account belongs."""

    object_kind = "oneself"
    http_method_names = ["post"]

    def admit(self, request: Request) -> None:
        """Find the person with the id in the URL and store them in `self.person`.

        Raises Http404 if the account doesn't belong to that person.
        """
        key = self.kwargs["id"]
        # Databases refuse the NUL character in a query.
        person = None if "\0" in key else self.selves().filter(public_id=key).first()
        if person is None:
            raise Http404
        self.person = person


class DownloadOwnData(OneSelf):
    """The view that returns a copy of a person's own data."""

    shown_once = ("content",)

    @extend_schema(
        request=None, responses=PersonalContentSerializer, operation_id="take_my_data", tags=["me"], parameters=[ID]
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Return the person's data as a ZIP, without the drafts and notes of desks. The access is logged."""
        return self.once(self._take)

    def _take(self) -> Response:
        check_fields(self.request.data, ())
        packed = data_export.export_own_data(person=self.person, by=self.by)
        access_log.record_passport(by=self.by, person=self.person, fields=PASSPORT.fields)
        return Response(PersonalContentSerializer(File("my-data.zip", "application/zip", packed)).data)


class AskAboutOwnData(OneSelf):
    """The view for a person's request about their own data."""

    @extend_schema(
        request=OwnDataInput,
        responses=DataRequestResultSerializer,
        operation_id="ask_about_my_data",
        tags=["me"],
        parameters=[ID],
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask protocol to correct or erase the person's data. Protocol answers to the account's mailbox."""
        return self.once(self._ask)

    def _ask(self) -> Response:
        serializer = OwnDataInput(data=self.request.data)
        check_fields(self.request.data, serializer.fields)
        if not serializer.is_valid():
            raise unprocessable(serializer.errors)
        is_new = correction_requests.ask(
            person=self.person, reply_to=self.by.email, by=self.by, **serializer.validated_data
        )
        return Response(DataRequestResultSerializer({"new": is_new}).data, status=HTTPStatus.OK)


def own_paths() -> list[URLPattern]:
    """Declare the scope of the views for people's own data, and return their URL patterns."""
    scopes.declare(OfSelf.scope, _("your personal data"))
    return [
        path("me/people/", working_api(Selves.as_view()), name="api-my-people"),
        path("me/people/<str:id>/take-data/", working_api(DownloadOwnData.as_view()), name="api-my-data-take"),
        path("me/people/<str:id>/ask/", working_api(AskAboutOwnData.as_view()), name="api-my-data-ask"),
    ]

"""Whoever asks as the people that they are at summits: all that is held of them, and what they want done about it."""

from http import HTTPStatus
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from delegations.members import access_log
from delegations.members.field_access import PASSPORT
from delegations.privacy.services import data_requests
from summit.api_base.file_contents import File, PersonalContentSerializer
from summit.api_base.problems import unprocessable
from summit.api_base.views import WorkingView, working_api
from summit.api_base.viewset_schema import PATH
from summit.api_base.viewset_views import check_fields
from summit.people.models import Person
from summit.privacy import erasure

ID = OpenApiParameter("id", str, PATH, description="The person's.")
RELATED = ("summit", "particulars")


class SelfSerializer(serializers.ModelSerializer[Person]):
    """Who one is at a summit."""

    id = serializers.CharField(source="public_id", read_only=True)
    summit = serializers.CharField(source="summit.slug", read_only=True)

    class Meta:
        model = Person
        fields: ClassVar[list[str]] = ["id", "summit", "name", "office"]
        read_only_fields = fields


class SelvesSerializer(serializers.Serializer[Any]):
    """Who one is, at each summit."""

    results = SelfSerializer(many=True)


class OwnDataInput(serializers.Serializer[Any]):
    """What is to be done: something corrected, in whose words it is said what is wrong, or all erased."""

    what = serializers.ChoiceField(choices=data_requests.What.choices)
    words = serializers.CharField(required=False, default="", allow_blank=True)


class AskedSerializer(serializers.Serializer[Any]):
    """Whether protocol is told now; what was asked in the same words before isn't told twice."""

    new = serializers.BooleanField()


class OfSelf(WorkingView):
    """What is about oneself."""

    scope = "own-data"

    def selves(self) -> QuerySet[Person]:
        """Return the people that the account is; to whoever asks by a token of one summit the one there."""
        rows = Person.objects.filter(user=self.by).select_related(*RELATED).order_by("summit__starts_on", "pk")
        only = self.token.summit_id if self.token else None
        return rows if only is None else rows.filter(summit=only)


class Selves(OfSelf):
    """Who I am."""

    @extend_schema(responses=SelvesSerializer, operation_id="list_who_i_am", tags=["me"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Say who one is, at each summit."""
        return Response(SelvesSerializer({"results": list(self.selves())}).data)


class OneSelf(OfSelf):
    """Something done as one person."""

    http_method_names = ["post"]

    def admit(self, request: Request) -> None:
        """Find the person among those that the account is. Raises Http404."""
        key = self.kwargs["id"]
        # No database takes the character.
        found = None if "\0" in key else self.selves().filter(public_id=key).first()
        if found is None:
            raise Http404
        self.person = found


class TakeOwnData(OneSelf):
    """All that is held of me."""

    shown_once = ("content",)

    @extend_schema(
        request=None, responses=PersonalContentSerializer, operation_id="take_my_data", tags=["me"], parameters=[ID]
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Give all that is held of the person as a ZIP, without what desks draft and note."""
        return self.once(self._take)

    def _take(self) -> Response:
        check_fields(self.request.data, ())
        packed = erasure.take(person=self.person, by=self.by)
        access_log.note_passport(by=self.by, person=self.person, fields=PASSPORT.fields)
        return Response(PersonalContentSerializer(File("my-data.zip", "application/zip", packed)).data)


class AskAboutOwnData(OneSelf):
    """What I want done about it."""

    @extend_schema(
        request=OwnDataInput,
        responses=AskedSerializer,
        operation_id="ask_about_my_data",
        tags=["me"],
        parameters=[ID],
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask protocol to correct or erase what is held; it answers to the account's mailbox."""
        return self.once(self._ask)

    def _ask(self) -> Response:
        known = OwnDataInput(data=self.request.data)
        check_fields(self.request.data, known.fields)
        if not known.is_valid():
            raise unprocessable(known.errors)
        new = data_requests.ask(person=self.person, reply_to=self.by.email, by=self.by, **known.validated_data)
        return Response(AskedSerializer({"new": new}).data, status=HTTPStatus.OK)


def own_paths() -> list[URLPattern]:
    """Return the addresses."""
    return [
        path("me/people/", working_api(Selves.as_view()), name="api-my-people"),
        path("me/people/<str:id>/take-data/", working_api(TakeOwnData.as_view()), name="api-my-data-take"),
        path("me/people/<str:id>/ask/", working_api(AskAboutOwnData.as_view()), name="api-my-data-ask"),
    ]

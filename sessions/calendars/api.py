"""The API of the caller's private calendars: URLs at which calendar programs subscribe to a programme."""

from http import HTTPStatus
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from delegations.members.permissions import own_parties
from delegations.parties.models.parties import Party
from sessions.calendars import services
from sessions.calendars.models import CalendarFeed
from summit.api_base import scopes
from summit.api_base.authenticated_views import WorkingView, working_api
from summit.api_base.problems import Problem, register_problem, unprocessable
from summit.api_base.viewset_schema import PATH
from summit.api_base.viewset_views import check_fields
from summit.people.models import Person
from summit.permissions.models import Role

ID = OpenApiParameter("id", str, PATH, description="Its id.")
register_problem(services.TooManyCalendars, "conflict")


class CalendarSerializer(serializers.ModelSerializer[CalendarFeed]):
    """A private calendar of a person's or a party's programme. Its address appears only in the response that creates
    it."""

    id = serializers.CharField(source="public_id", read_only=True)
    summit = serializers.SerializerMethodField()
    person = serializers.CharField(source="person.public_id", default=None, allow_null=True, read_only=True)
    party = serializers.CharField(source="party.public_id", default=None, allow_null=True, read_only=True)
    reminders = serializers.BooleanField(source="alarms", read_only=True)
    last_fetched_at = serializers.DateTimeField(source="read_at", allow_null=True, read_only=True)

    class Meta:
        model = CalendarFeed
        fields = ["id", "summit", "person", "party", "reminders", "created_at", "last_fetched_at"]

    def get_summit(self, row: CalendarFeed) -> str:
        """Return the summit's slug."""
        return services.summit_of(row).slug


class NewCalendarSerializer(CalendarSerializer):
    """A new private calendar. Its address opens without a password and appears only in this response."""

    address = serializers.CharField(
        allow_null=True, help_text="Null where the answer is given again for the same Idempotency-Key."
    )

    class Meta(CalendarSerializer.Meta):
        fields = [*CalendarSerializer.Meta.fields, "address"]


class CalendarsSerializer(serializers.Serializer[Any]):
    """The caller's private calendars, the newest first."""

    results = CalendarSerializer(many=True)


class ReminderInput(serializers.Serializer[Any]):
    """Whether the calendar has a reminder for each session."""

    reminders = serializers.BooleanField()


class CalendarInput(serializers.Serializer[Any]):
    """The owner of the programme: the caller's own person, by the id in “me/people/”, or a party for which the caller
    acts."""

    person = serializers.CharField(required=False, max_length=40)
    party = serializers.CharField(required=False, max_length=40)
    reminders = serializers.BooleanField(default=False)


class OfCalendars(WorkingView):
    """Base view of the caller's private calendars."""

    scope = "calendars"

    def people(self) -> QuerySet[Person]:
        """Return the caller's own person in each summit. With a token of one summit, return only the person in this
        summit."""
        return self._here(Person.objects.filter(user=self.by).select_related("summit"))

    def parties(self) -> QuerySet[Party]:
        """Return the parties for which the caller acts. With a token of one summit, return only the parties of this
        summit."""
        return self._here(own_parties(self.by, Role.FOCAL_POINT).select_related("summit"))

    def _here(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        summit_id = self.token.summit_id if self.token else None
        return rows if summit_id is None else rows.filter(summit=summit_id)

    def mine(self) -> list[CalendarFeed]:
        """Return the caller's live calendars, the newest first."""
        return services.listed(people=self.people(), parties=self.parties())

    def sent(self, kind: type[serializers.Serializer[Any]]) -> Any:
        """Return the request data as validated by a serializer of class `kind`. Raises Problem if it is invalid."""
        known = kind(data=self.request.data)
        check_fields(self.request.data, known.fields)
        if not known.is_valid():
            raise unprocessable(known.errors)
        return known.validated_data


class Calendars(OfCalendars):
    """The caller's private calendars."""

    shown_once: ClassVar[tuple[str, ...]] = ("address",)

    @extend_schema(responses=CalendarsSerializer, operation_id="list_my_calendars", tags=["me"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the caller's private calendars, the newest first."""
        return Response(CalendarsSerializer({"results": self.mine()}).data)

    @extend_schema(
        request=CalendarInput, responses={201: NewCalendarSerializer}, operation_id="make_my_calendar", tags=["me"]
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Create a private calendar. Only accounts signed in with a browser may do so, because the address would
        outlive a token."""
        if self.token is not None:
            raise Problem("browser-only")
        return self.once(self._make)

    def _make(self) -> Response:
        values = self.sent(CalendarInput)
        owner = {name: values[name] for name in ("person", "party") if name in values}
        if len(owner) != 1:
            raise unprocessable({"person": _("Choose an agenda.")})
        person = self.people().filter(public_id=values.get("person", "")).first()
        party = self.parties().filter(public_id=values.get("party", "")).first()
        if person is None and party is None:
            raise unprocessable({next(iter(owner)): _("Choose an agenda.")})
        row, token = services.make(by=self.by, person=person, party=party, alarms=values["reminders"])
        data = {**CalendarSerializer(row).data, "address": services.address_of(token)}
        return Response(data, status=HTTPStatus.CREATED)


class OneCalendar(OfCalendars):
    """Base view of actions on one of the caller's private calendars."""

    object_kind = "own calendar"
    http_method_names = ["post"]
    found: CalendarFeed

    def admit(self, request: Request) -> None:
        """Find the calendar among the caller's own calendars. Raises Http404 if it isn't there.

        A repeat of a request with the same Idempotency-Key is admitted even if the calendar is gone, because the
        first request may have ended it.
        """
        calendar = next((row for row in self.mine() if row.public_id == self.kwargs["id"]), None)
        if calendar is not None:
            self.found = calendar
        elif not self.was_answered():
            raise Http404


class EndCalendar(OneCalendar):
    """Ends one of the caller's private calendars."""

    @extend_schema(request=None, responses={204: None}, operation_id="end_my_calendar", tags=["me"], parameters=[ID])
    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """End the calendar. Its address stops working at once."""
        return self.once(self._end)

    def _end(self) -> Response:
        check_fields(self.request.data, ())
        services.end(feeds=[self.found], by=self.by)
        return Response(status=HTTPStatus.NO_CONTENT)


class CalendarReminders(OneCalendar):
    """Reminders of one of the caller's private calendars."""

    @extend_schema(
        request=ReminderInput,
        responses=CalendarSerializer,
        operation_id="remind_by_my_calendar",
        tags=["me"],
        parameters=[ID],
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Set whether the calendar has a reminder for each session."""
        return self.once(self._remind)

    def _remind(self) -> Response:
        services.remind(feed=self.found, alarms=self.sent(ReminderInput)["reminders"])
        self.found.refresh_from_db(fields=["alarms"])
        return Response(CalendarSerializer(self.found).data)


def calendar_paths() -> list[URLPattern]:
    """Declare the scope of the private calendars in the API, and return their URL patterns."""
    scopes.declare(OfCalendars.scope, gettext_lazy("private calendars"))
    detail = "me/calendars/<str:id>/"
    return [
        path("me/calendars/", working_api(Calendars.as_view()), name="api-my-calendars"),
        path(f"{detail}end/", working_api(EndCalendar.as_view()), name="api-my-calendar-end"),
        path(f"{detail}remind/", working_api(CalendarReminders.as_view()), name="api-my-calendar-remind"),
    ]

"""URLs of the agenda in the API, below /api/v1/."""

from django.urls import path

from sessions.bilaterals.api import BilateralViewSet
from sessions.calendars.api import calendar_paths
from sessions.delays.api.fixed_points import FixedPointViewSet
from sessions.delays.api.retimings import RetimingViewSet
from sessions.documents.api import DocumentViewSet
from sessions.draft.api.kinds import CustomKindViewSet
from sessions.draft.api.session_rows import InterpretationViewSet, ParticipantViewSet, SessionTextViewSet
from sessions.exchange.api import ScheduleImportFileViewSet
from sessions.overview.api.sessions import SessionViewSet
from sessions.presence.api import PresenceViewSet, RepresentationViewSet, ToldByTelephoneViewSet
from sessions.public import on_now
from sessions.public.api import ASKED, AgendaList, AgendaNow, AgendaSession
from sessions.public.own_agenda_api import OwnAgendaViewSet
from sessions.releases.api.released_changes import AgendaChanges
from sessions.releases.api.releases import ReleaseViewSet
from sessions.screens.api import ScreenViewSet
from sessions.signups.api import SignUpViewSet
from sessions.speakers.api.floor_requests import FloorRequestViewSet
from sessions.speakers.api.speeches_of_the_list import SlotViewSet
from summit.api_base.public_views import cached_api
from summit.api_base.routers import register

RESOURCES = (
    *(
        SessionViewSet,
        SlotViewSet,
        ParticipantViewSet,
        SessionTextViewSet,
        InterpretationViewSet,
        DocumentViewSet,
        CustomKindViewSet,
    ),
    *(FixedPointViewSet, RetimingViewSet),
    *(PresenceViewSet, RepresentationViewSet, ToldByTelephoneViewSet),
    *(
        FloorRequestViewSet,
        BilateralViewSet,
        SignUpViewSet,
        ReleaseViewSet,
        OwnAgendaViewSet,
        ScheduleImportFileViewSet,
    ),
    ScreenViewSet,
)

urlpatterns = [
    path("summits/<slug:summit>/agenda/", cached_api(AgendaList.as_view(), *ASKED), name="api-agenda"),
    path("summits/<slug:summit>/agenda/<slug:public_id>/", cached_api(AgendaSession.as_view()), name="api-session"),
    path("summits/<slug:summit>/now/", cached_api(AgendaNow.as_view(), beside=on_now.passed), name="api-agenda-now"),
    path("summits/<slug:summit>/changes/", cached_api(AgendaChanges.as_view()), name="api-agenda-changes"),
    *calendar_paths(),
    *(each for resource in RESOURCES for each in register(resource)),
]

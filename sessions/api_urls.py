"""Addresses of the agenda in the API, below /api/v1/."""

from django.urls import path

from sessions.calendars.api import calendar_paths
from sessions.documents.api import Documents
from sessions.draft.api.kinds import OwnKinds
from sessions.draft.api.session_rows import Interpretations, Participants, SessionTexts
from sessions.exchange.api import Schedules
from sessions.overview.api.sessions import Sessions
from sessions.public.api import ASKED, AgendaList, AgendaSession
from sessions.public.own_agenda_api import OwnAgenda
from sessions.releases.api.released_changes import AgendaChanges
from sessions.releases.api.releases import Releases
from sessions.signups.api import SignUps
from sessions.speakers.api.floor_requests import FloorRequests
from sessions.speakers.api.slots import Slots
from summit.api_base.public_views import cached_api

RESOURCES = (
    *(Sessions, Slots, Participants, SessionTexts, Interpretations, Documents, OwnKinds),
    *(FloorRequests, SignUps, Releases, OwnAgenda, Schedules),
)

urlpatterns = [
    path("summits/<slug:summit>/agenda/", cached_api(AgendaList.as_view(), *ASKED), name="api-agenda"),
    path("summits/<slug:summit>/agenda/<slug:public_id>/", cached_api(AgendaSession.as_view()), name="api-session"),
    path("summits/<slug:summit>/changes/", cached_api(AgendaChanges.as_view()), name="api-agenda-changes"),
    *calendar_paths(),
    *(each for resource in RESOURCES for each in resource.paths()),
]

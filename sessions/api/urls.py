"""Addresses of the agenda in the API, below /api/v1/."""

from django.urls import path

from sessions.api.agenda import OwnAgenda
from sessions.api.calendars import calendar_paths
from sessions.api.documents import Documents
from sessions.api.floor import FloorRequests
from sessions.api.hanging import Interpretations, Participants, SessionTexts
from sessions.api.kinds import OwnKinds
from sessions.api.public import ASKED, AgendaList, AgendaSession
from sessions.api.releases import Releases
from sessions.api.schedules import Schedules
from sessions.api.sessions import Sessions
from sessions.api.sign_ups import SignUps
from sessions.api.slots import Slots
from sessions.api.told import AgendaChanges
from summit.api.public import cached_api

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

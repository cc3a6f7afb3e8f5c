"""Addresses of the agenda in the API, below /api/v1/."""

from django.urls import path

from sessions.api.public import AgendaList, AgendaSession
from summit.api.public import public_api

urlpatterns = [
    path("summits/<slug:summit>/agenda/", public_api(AgendaList.as_view()), name="api-agenda"),
    path("summits/<slug:summit>/agenda/<slug:public_id>/", public_api(AgendaSession.as_view()), name="api-session"),
]

"""The addresses of the portal."""

from django.urls import include, path

from portal.views import (
    agenda,
    browsers,
    calendars,
    codes,
    desk,
    floor,
    held,
    invitation,
    offline,
    programme,
    seen,
    sessions,
)

app_name = "portal"
urlpatterns = [
    path("", desk.home, name="home"),
    path("invitation/<str:public_id>/", invitation.invitation, name="invitation"),
    path("delegation/<str:public_id>/", include("portal.delegation_urls")),
    path("worker.js", offline.worker, name="worker"),
    path("agenda/", agenda.my_agenda, name="agenda"),
    path("agenda/programme.pdf", programme.programme, name="programme"),
    path("agenda/<str:public_id>/", sessions.my_session, name="session"),
    path("agenda/<str:public_id>/sign-up/", sessions.sign_up, name="sign_up"),
    path("agenda/<str:public_id>/floor/", floor.ask_floor, name="ask_floor"),
    path("agenda/<str:public_id>/documents/<str:document>/", sessions.document, name="document"),
    path("changes/", seen.marks_seen(agenda.my_changes), name="changes"),
    path("sign-in/", codes.ask, name="code_ask"),
    path("sign-in/code/", codes.enter, name="code_enter"),
    path("sign-in/person/", codes.choose, name="code_choose"),
    path("calendars/", calendars.calendars, name="calendars"),
    path("browsers/", browsers.browsers, name="browsers"),
    path("held/", held.held, name="held"),
    path("held/data.zip", held.take, name="held_take"),
    path("leave/", browsers.leave, name="leave"),
]

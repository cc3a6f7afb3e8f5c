"""URLs of the portal."""

from django.urls import include, path

from portal.views import (
    agenda,
    calendars,
    floor_requests,
    home,
    invitation,
    liaison,
    offline,
    personal_data,
    pocket_programme,
    read_marks,
    session_page,
    sign_in_codes,
    signed_in_browsers,
)

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("invitation/<str:public_id>/", invitation.invitation, name="invitation"),
    path("delegation/<str:public_id>/", include("portal.delegation_urls")),
    path("liaison/<str:public_id>/", liaison.assisted, name="assisted"),
    path("worker.js", offline.worker, name="worker"),
    path("agenda/", agenda.my_agenda, name="agenda"),
    path("agenda/programme.pdf", pocket_programme.programme, name="programme"),
    path("agenda/<str:public_id>/", session_page.my_session, name="session"),
    path("agenda/<str:public_id>/sign-up/", session_page.sign_up, name="sign_up"),
    path("agenda/<str:public_id>/floor/", floor_requests.ask_floor, name="ask_floor"),
    path("agenda/<str:public_id>/documents/<str:document>/", session_page.document, name="document"),
    path("changes/", read_marks.marks_seen(agenda.my_changes), name="changes"),
    path("sign-in/", sign_in_codes.ask, name="code_ask"),
    path("sign-in/code/", sign_in_codes.enter_code, name="code_enter"),
    path("sign-in/person/", sign_in_codes.choose, name="code_choose"),
    path("calendars/", calendars.calendars, name="calendars"),
    path("browsers/", signed_in_browsers.browsers, name="browsers"),
    path("held/", personal_data.own_data, name="held"),
    path("held/data.zip", personal_data.download, name="held_take"),
    path("leave/", signed_in_browsers.sign_out, name="leave"),
]

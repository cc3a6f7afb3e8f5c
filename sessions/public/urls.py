"""URLs of the public agenda, below /<summit>/."""

from django.urls import path

from sessions.public import live, sitemap, views

app_name = "agenda"
urlpatterns = [
    path("agenda/live/<slug:key>/", live.live, name="live"),
    path("agenda/", views.agenda, name="agenda"),
    path("agenda/grid/", views.agenda_grid, name="grid"),
    path("agenda.ics", views.calendar, name="calendar"),
    path("agenda/schedule.json", views.schedule_json, name="schedule_json"),
    path("agenda/schedule.xml", views.schedule_xml, name="schedule_xml"),
    path("agenda/sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("agenda/changes/", views.changes, name="changes"),
    path("agenda/<slug:public_id>.ics", views.session_calendar, name="session_calendar"),
    path("agenda/<slug:public_id>/documents/<slug:document>/", views.paper, name="document"),
    path("agenda/<slug:public_id>/", views.session, name="session"),
]

"""The addresses of the portal."""

from django.urls import path

from portal.views import desk

app_name = "portal"
urlpatterns = [
    path("", desk.home, name="home"),
    path("invitation/<str:public_id>/", desk.invitation, name="invitation"),
]

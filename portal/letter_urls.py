"""The addresses in letters."""

from django.urls import path

from portal.views import letters

app_name = "letter"
urlpatterns = [
    path("ask/", letters.ask, name="ask"),
    path("<str:token>/", letters.follow, name="follow"),
]

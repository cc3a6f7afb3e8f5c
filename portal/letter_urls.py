"""The addresses in letters."""

from django.urls import path

from portal.views import letters

app_name = "letter"
urlpatterns = [
    path("ask/", letters.ask, name="ask"),
    # Whatever a mail program has made of the address: the page says what happened.
    path("<path:token>/", letters.follow, name="follow"),
]

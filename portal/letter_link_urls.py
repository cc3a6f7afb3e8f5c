"""The addresses in letters."""

from django.urls import path

from portal.views import letter_links

app_name = "letter"
urlpatterns = [
    path("ask/", letter_links.ask, name="ask"),
    # Whatever a mail program has made of the address: the page says what happened.
    path("<path:token>/", letter_links.follow, name="follow"),
]

"""URLs of the links in letters."""

from django.urls import path

from portal.views import letter_links

app_name = "letter"
urlpatterns = [
    path("ask/", letter_links.ask, name="ask"),
    # Any path, because mail programs can damage a link. The page then says what went wrong.
    path("<path:token>/", letter_links.follow, name="follow"),
]

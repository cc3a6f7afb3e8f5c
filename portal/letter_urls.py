"""The addresses in letters."""

from django.urls import path

from portal.views import letters

app_name = "letter"
urlpatterns = [path("<str:token>/", letters.follow, name="follow")]

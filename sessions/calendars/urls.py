"""URLs that calendar programs fetch, below /calendar/."""

from django.urls import path

from sessions.calendars.views import feed

urlpatterns = [path("<str:token>.ics", feed, name="feed")]

"""The addresses that calendar programs fetch, below /calendar/."""

from django.urls import path

from sessions.feed_views import feed

urlpatterns = [path("<str:token>.ics", feed, name="feed")]

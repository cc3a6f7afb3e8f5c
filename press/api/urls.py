"""Addresses of the API of texts, below "api/v1/": of public ones, and of what the press desk works with."""

from django.urls import URLPattern, path

from press.api.about import Announcements, Attachments, Subscribers, Topics
from press.api.editions import Editions, Lifts, Markings
from press.api.public import TextDetail, TextList
from press.api.published import TextComparison, TextEdition
from press.api.texts import Texts, Versions
from summit.api.public import public_api

urlpatterns: list[URLPattern] = [
    path("summits/<slug:summit>/texts/", public_api(TextList.as_view()), name="text-list"),
    path("summits/<slug:summit>/texts/<slug:slug>/", public_api(TextDetail.as_view()), name="text-detail"),
    path(
        "summits/<slug:summit>/texts/<slug:slug>/editions/<int:number>/",
        public_api(TextEdition.as_view()),
        name="text-edition",
    ),
    path(
        "summits/<slug:summit>/texts/<slug:slug>/comparison/",
        public_api(TextComparison.as_view()),
        name="text-comparison",
    ),
    *Texts.paths(),
    *Versions.paths(),
    *Editions.paths(),
    *Lifts.paths(),
    *Markings.paths(),
    *Attachments.paths(),
    *Topics.paths(),
    *Subscribers.paths(),
    *Announcements.paths(),
]

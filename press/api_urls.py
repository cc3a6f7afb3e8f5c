"""URLs of the texts API below "api/v1/": the public endpoints, and the endpoints of the press desk."""

from django.urls import URLPattern, path

from press.imports.api import SpeechImportFileViewSet
from press.overview.api.attachments_and_topics import (
    AnnouncementViewSet,
    AttachmentViewSet,
    SubscriberViewSet,
    TopicViewSet,
)
from press.overview.api.editions import EditionViewSet, EmbargoViewSet, PassageCheckViewSet
from press.overview.api.texts import TextVersionViewSet, TextViewSet
from press.public.api.editions import TextComparison, TextEdition
from press.public.api.texts import TextDetail, TextList
from press.search.params import DAYS, NAMES
from summit.api_base.public_views import cached_api, public_api
from summit.api_base.routers import register

urlpatterns: list[URLPattern] = [
    path(
        "summits/<slug:summit>/texts/",
        cached_api(TextList.as_view(), *NAMES, *DAYS),
        name="text-list",
    ),
    path(
        "summits/<slug:summit>/texts/<slug:slug>/",
        cached_api(TextDetail.as_view(), "language"),
        name="text-detail",
    ),
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
    *register(TextViewSet),
    *register(TextVersionViewSet),
    *register(EditionViewSet),
    *register(EmbargoViewSet),
    *register(PassageCheckViewSet),
    *register(AttachmentViewSet),
    *register(TopicViewSet),
    *register(SubscriberViewSet),
    *register(AnnouncementViewSet),
    *register(SpeechImportFileViewSet),
]

"""Registers the press desk's API resources, and the kind of problem that the API returns for DecisionRefused."""

from press.imports.api import SpeechImportFileViewSet
from press.overview.api.attachments_and_topics import (
    AnnouncementViewSet,
    AttachmentViewSet,
    SubscriberViewSet,
    TopicViewSet,
)
from press.overview.api.editions import EditionViewSet, EmbargoViewSet, PassageCheckViewSet
from press.overview.api.texts import TextVersionViewSet, TextViewSet
from press.texts.errors import DecisionRefused
from summit.api_base.problems import register_problem
from summit.api_base.routers import register

for _resource in (
    TextViewSet,
    TextVersionViewSet,
    EditionViewSet,
    EmbargoViewSet,
    PassageCheckViewSet,
    AttachmentViewSet,
    TopicViewSet,
    SubscriberViewSet,
    AnnouncementViewSet,
    SpeechImportFileViewSet,
):
    register(_resource)
register_problem(DecisionRefused, "conflict")

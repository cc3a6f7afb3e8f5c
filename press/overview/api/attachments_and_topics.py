"""API resources of the press desk: attachments, topics, subscribers and announcements."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy

from press.overview.api.filters import AnnouncementFilters, AttachmentFilters, SubscriberFilters, TopicFilters
from press.overview.api.input_serializers import AttachmentInput, TopicInput
from press.overview.api.serializers import (
    DeskAnnouncementSerializer,
    DeskAttachmentSerializer,
    DeskSubscriberSerializer,
    DeskTopicSerializer,
)
from press.subscriptions.models import Announcement, Subscriber
from press.texts.models.attachments import Attachment
from press.texts.models.topics import Topic
from press.texts.services import attachments, topics
from summit.api_base.response_files import File, WithContent
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.audit import access_log
from summit.quarantine.selectors import served
from summit.summits.models import Summit
from summit.users.models import User


class AttachmentViewSet(WithContent):
    """Files of texts. The list leaves out their content."""

    name = "attachments"
    verbose_name = gettext_lazy("text attachments")
    permission = "press.text"
    allowed_methods = ("add",)
    model = Attachment
    serializer_class = DeskAttachmentSerializer
    input_serializer_class = AttachmentInput
    filterset_class = AttachmentFilters
    ordering_fields: ClassVar[Any] = {"added_at": ("added_at",)}
    summit_path = "text__summit"

    def rows(self) -> QuerySet[Attachment]:
        """Return the files with their texts. Their content isn't loaded."""
        return Attachment.objects.select_related("text__summit", "added_by").defer("content")

    def content(self, *, by: User, row: Attachment) -> File:
        """Return the file for its download. Every user who may see the file may download it."""
        return File(row.file_name, row.content_type, served(row))

    def add(self, *, by: User, summit: Summit, values: Values) -> Attachment:
        """Store a file for a text. The file is public once an edition that has it is public."""
        return attachments.store(by=by, **values)


class TopicViewSet(DeskViewSet):
    """Topics by which readers find texts of a summit. A topic that a text has can't be deleted."""

    name = "topics"
    verbose_name = gettext_lazy("topics")
    permission = "press.topic"
    model = Topic
    serializer_class = DeskTopicSerializer
    input_serializer_class = TopicInput
    filterset_class = TopicFilters
    ordering_fields: ClassVar[Any] = {"name": ("name",)}

    def rows(self) -> QuerySet[Any]:
        """Return topics, each with its number of texts."""
        return Topic.objects.select_related("summit").annotate(number=Count("texts", distinct=True))

    def add(self, *, by: User, summit: Summit, values: Values) -> Topic:
        """Create a topic."""
        return topics.add_topic(by=by, summit=summit, values=values)

    def change(self, *, by: User, row: Topic, values: Values) -> Topic:
        """Change a topic."""
        return topics.change_topic(by=by, topic=row, values=values)

    def remove(self, *, by: User, row: Topic) -> None:
        """Delete a topic that no text has."""
        topics.remove_topic(by=by, topic=row)


class SubscriberViewSet(DeskViewSet):
    """Subscribers to mails about texts. They confirm and end their subscriptions by links in mails."""

    name = "subscribers"
    verbose_name = gettext_lazy("subscribers")
    permission = "press.subscriber"
    allowed_methods = ()
    model = Subscriber
    serializer_class = DeskSubscriberSerializer
    filterset_class = SubscriberFilters
    ordering_fields: ClassVar[Any] = {"asked_at": ("asked_at",)}

    def rows(self) -> QuerySet[Subscriber]:
        """Return subscribers with their summit."""
        return Subscriber.objects.select_related("summit")

    def log_access(self, *, by: User, summit: Summit, rows: Iterable[Subscriber], fields: Iterable[str]) -> None:
        """Record in the access log that a user saw the mail addresses of subscribers."""
        keys = [(row.summit_id, row.public_id) for row in rows]
        if "address" in fields and keys:
            access_log.record_list(by=by, label=Subscriber._meta.label_lower, rows=keys, fields=("address",))


class AnnouncementViewSet(DeskViewSet):
    """Announcements of editions, each with its number of recipients."""

    name = "announcements"
    verbose_name = gettext_lazy("announcements")
    permission = "press.announcement"
    allowed_methods = ()
    lookup_field = "pk"
    model = Announcement
    serializer_class = DeskAnnouncementSerializer
    filterset_class = AnnouncementFilters
    ordering_fields: ClassVar[Any] = {"at": ("at",)}
    summit_path = "edition__version__text__summit"

    def rows(self) -> QuerySet[Announcement]:
        """Return announcements with their editions."""
        return Announcement.objects.select_related("edition__version__text__summit").defer("edition__body")

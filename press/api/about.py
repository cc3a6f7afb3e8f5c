"""What lies beside texts, what they are about, and who is told of them."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import Count, QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from press.api.narrowed import AnnouncementFilters, AttachmentFilters, SubscriberFilters, TopicFilters
from press.api.taken import AttachmentInput, TopicInput
from press.api.told import (
    ContentSerializer,
    DeskAnnouncementSerializer,
    DeskAttachmentSerializer,
    DeskSubscriberSerializer,
    DeskTopicSerializer,
)
from press.domain import attachments, topics
from press.models import Announcement, Attachment, Subscriber, Topic
from summit.api.resources import Resource
from summit.api.rows import Item, Values
from summit.api.schema import ApiSchema
from summit.api.schema_of_resources import ResourceSchema
from summit.api.working import working_api
from summit.domain import seen
from summit.models import Summit, User


class ContentSchema(ResourceSchema):
    """The description of the address of a file's bytes."""

    def get_operation_id(self) -> str:
        """Name it."""
        return "get_content_of_attachments"

    def get_override_parameters(self) -> list[Any]:
        """Describe the headers, and the file."""
        found = ApiSchema.get_override_parameters(self)
        return [*found, OpenApiParameter("id", str, OpenApiParameter.PATH, description="Its id.")]

    def get_response_serializers(self) -> Any:
        """Return what is answered."""
        return {"200": ContentSerializer}


class Content(Item):
    """What is in a file, for whoever sees it at the desk."""

    kind = "Content"
    schema = ContentSchema()
    http_method_names = ["get", "head"]

    def known_parameters(self) -> tuple[str, ...]:
        """Return that nothing can be asked for."""
        return ()

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give the bytes of a file."""
        return Response(ContentSerializer(self.row).data)


class Attachments(Resource):
    """Files that lie beside editions, without their bytes."""

    name = "attachments"
    called = gettext_lazy("files of texts")
    rule = "press.text"
    does = ("add",)
    model = Attachment
    output = DeskAttachmentSerializer
    input = AttachmentInput
    filters = AttachmentFilters
    orders: ClassVar[Any] = {"added_at": ("added_at",)}
    summit_path = "text__summit"

    def rows(self) -> QuerySet[Attachment]:
        """Return files without what is in them."""
        return Attachment.objects.select_related("text__summit", "added_by").defer("content")

    @classmethod
    def paths(cls) -> list[URLPattern]:
        """Add the address of a file's bytes."""
        view = working_api(Content.as_view(resource=cls(), scope=cls.name))
        where = f"summits/<slug:summit>/desk/{cls.name}/<str:id>/content/"
        return [*super().paths(), path(where, view, name="api-desk-attachments-row-content")]

    def add(self, *, by: User, summit: Summit, values: Values) -> Attachment:
        """Keep a file for a text."""
        return attachments.keep(by=by, **values)


class Topics(Resource):
    """What texts of the summit are about."""

    name = "topics"
    called = gettext_lazy("topics")
    rule = "press.topic"
    model = Topic
    output = DeskTopicSerializer
    input = TopicInput
    filters = TopicFilters
    orders: ClassVar[Any] = {"name": ("name",)}

    def rows(self) -> QuerySet[Any]:
        """Return topics with how many texts have each."""
        return Topic.objects.select_related("summit").annotate(number=Count("texts", distinct=True))

    def add(self, *, by: User, summit: Summit, values: Values) -> Topic:
        """Enter a topic."""
        return topics.add_topic(by=by, summit=summit, values=values)

    def change(self, *, by: User, row: Topic, values: Values) -> Topic:
        """Change a topic."""
        return topics.change_topic(by=by, topic=row, values=values)

    def remove(self, *, by: User, row: Topic) -> None:
        """Delete a topic that no text has."""
        topics.remove_topic(by=by, topic=row)


class Subscribers(Resource):
    """Who asked for news. Subscriptions are confirmed and ended from the mailbox."""

    name = "subscribers"
    called = gettext_lazy("subscribers")
    rule = "press.subscriber"
    does = ()
    model = Subscriber
    output = DeskSubscriberSerializer
    filters = SubscriberFilters
    orders: ClassVar[Any] = {"asked_at": ("asked_at",)}

    def rows(self) -> QuerySet[Subscriber]:
        """Return subscribers with their summit."""
        return Subscriber.objects.select_related("summit")

    def note_seen(self, *, by: User, summit: Summit, rows: Iterable[Subscriber], fields: Iterable[str]) -> None:
        """Record who saw the mailboxes."""
        keys = [(row.summit_id, row.public_id) for row in rows]
        if "address" in fields and keys:
            seen.note_list(by=by, label=Subscriber._meta.label_lower, rows=keys, fields=("address",))


class Announcements(Resource):
    """What was announced, and to how many."""

    name = "announcements"
    called = gettext_lazy("announcements")
    rule = "press.announcement"
    does = ()
    key = "pk"
    model = Announcement
    output = DeskAnnouncementSerializer
    filters = AnnouncementFilters
    orders: ClassVar[Any] = {"at": ("at",)}
    summit_path = "edition__version__text__summit"

    def rows(self) -> QuerySet[Announcement]:
        """Return announcements with their editions."""
        return Announcement.objects.select_related("edition__version__text__summit").defer("edition__body")

"""The admin of topics: name them, translate them, and delete those that no text has."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from press.texts.errors import DecisionRefused
from press.texts.models.texts import Text
from press.texts.models.topics import Topic
from press.texts.selectors.workflow_queries import StandingText, with_standing
from press.texts.services import topics
from summit.admin_base.service_admin import Values
from summit.admin_base.translated_names import CalledAdmin, called_form
from summit.users.models import User


def _link(text: StandingText) -> str:
    return format_html(
        '<a href="{}"><bdi lang="">{}</bdi></a>', reverse("admin:press_text_about", args=[text.pk]), text.title
    )


@admin.register(Topic)
class TopicAdmin(CalledAdmin):
    """The admin of topics, which are deleted one at a time.

    A topic that a text has can't be deleted, even if the text was withdrawn.
    """

    place = 4
    end_first = gettext_lazy("Remove the topic from these texts first:")
    users = "texts"
    actions = None
    refusals = (DecisionRefused,)
    form = called_form(Topic)
    permissions: ClassVar[dict[str, str]] = {"delete": "press.topic.change"}
    list_display = ["name", "others", "used", "summit"]
    nothing_yet = gettext_lazy("No topics yet. Add a topic here, or on the page of a text.")

    @admin.display(description=gettext_lazy("texts"), ordering="number")
    def used(self, row: Any) -> int:
        """Return the number of texts that have the topic, for the list."""
        number: int = row.number
        return number

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return the objects to delete, with the texts that have the topic among the protected objects.

        If there are any, Django's admin doesn't delete the topic.
        """
        rows, counts, needed, protected = super().get_deleted_objects(objs, request)
        using = with_standing(Text.objects.filter(topics__in=[row.pk for row in objs])).order_by("pk")
        return rows, counts, needed, [*protected, *(_link(text) for text in using)]

    def create(self, *, by: User, row: Topic, values: Values) -> Topic:
        """Create the topic."""
        return topics.add_topic(by=by, summit=row.summit, values=values)

    def change(self, *, by: User, row: Topic, values: Values) -> Topic:
        """Change the topic."""
        return topics.change_topic(by=by, topic=row, values=values)

    def remove(self, *, by: User, row: Topic) -> None:
        """Delete the topic."""
        topics.remove_topic(by=by, topic=row)

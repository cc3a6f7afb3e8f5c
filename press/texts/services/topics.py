"""Create, change and delete topics of texts."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from press.texts.errors import DecisionRefused
from press.texts.models.topics import Topic
from summit.audit import services as audit
from summit.audit.actions import row_actions
from summit.audit.row_changes import apply_values, save_changes
from summit.core.translated_names import tidy
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

CHANGE = "press.topic.change"
TOPIC_ACTIONS = row_actions(
    "press.topic",
    add=gettext_lazy("added a topic"),
    change=gettext_lazy("changed a topic"),
    remove=gettext_lazy("deleted a topic"),
)


def add_topic(*, by: User, summit: Summit, values: Mapping[str, Any]) -> Topic:
    """Create a topic of a summit, and return it.

    `values` has `name`, in the summit's language, and may have `names`, a dict from other languages to names. Raises
    PermissionDenied. Raises ValidationError for an invalid value, and for a name that exists already.
    """
    check(by, CHANGE, summit)
    topic = Topic(summit=summit)
    apply_values(topic, tidy(values, topic, own=summit.language))
    with transaction.atomic():
        topic.full_clean()
        topic.save(force_insert=True)
        audit.record(by=by, action=TOPIC_ACTIONS.add, target=topic, summit=summit, fields=values)
    return topic


def change_topic(*, by: User, topic: Topic, values: Mapping[str, Any]) -> Topic:
    """Change the names of a topic, and return the topic. Raises PermissionDenied or ValidationError."""
    check(by, CHANGE, topic.summit)
    changed = apply_values(topic, tidy(values, topic, own=topic.summit.language))
    with transaction.atomic():
        save_changes(topic, changed, by=by, action=TOPIC_ACTIONS.change, summit=topic.summit)
    return topic


def remove_topic(*, by: User, topic: Topic) -> None:
    """Delete a topic. Raises PermissionDenied. Raises DecisionRefused if any text has it, even a withdrawn text."""
    check(by, CHANGE, topic.summit)
    with transaction.atomic():
        # A transaction that adds the topic to a text refers to this row, so it waits until this one ends.
        Topic.objects.select_for_update().get(pk=topic.pk)
        if topic.texts.exists():
            raise DecisionRefused(_("Texts use this topic. A press officer must remove it from them first."))
        audit.record(by=by, action=TOPIC_ACTIONS.remove, target=topic, summit=topic.summit)
        topic.delete()

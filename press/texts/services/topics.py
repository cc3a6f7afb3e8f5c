"""Create, change and delete topics of texts."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from press.texts.errors import DecisionRefused
from press.texts.models.topics import Topic
from summit.audit import services as audit
from summit.audit.row_changes import apply_values, save_changes
from summit.core.translated_names import tidy
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

CHANGE = "press.topic.change"


def add_topic(*, by: User, summit: Summit, values: Mapping[str, Any]) -> Topic:
    """Create a topic: `name` in the summit's language, `names` by language in others.

    Raises PermissionDenied, and ValidationError for an unsuitable value and for a name that exists.
    """
    check(by, CHANGE, summit)
    topic = Topic(summit=summit)
    apply_values(topic, tidy(values, topic, own=summit.language))
    with transaction.atomic():
        topic.full_clean()
        topic.save(force_insert=True)
        audit.record(by=by, action="press.topic.add", target=topic, summit=summit, fields=values)
    return topic


def change_topic(*, by: User, topic: Topic, values: Mapping[str, Any]) -> Topic:
    """Change a topic; its texts keep it. Raises PermissionDenied and ValidationError."""
    check(by, CHANGE, topic.summit)
    changed = apply_values(topic, tidy(values, topic, own=topic.summit.language))
    with transaction.atomic():
        save_changes(topic, changed, by=by, action=CHANGE, summit=topic.summit)
    return topic


def remove_topic(*, by: User, topic: Topic) -> None:
    """Delete a topic. Raises PermissionDenied, and DecisionRefused if a text has it, even a withdrawn one."""
    check(by, CHANGE, topic.summit)
    with transaction.atomic():
        # A transaction that adds the topic to a text refers to this row, and has to wait.
        Topic.objects.select_for_update().get(pk=topic.pk)
        if topic.texts.exists():
            raise DecisionRefused(_("Texts have this topic. A press officer can take it off them first."))
        audit.record(by=by, action="press.topic.remove", target=topic, summit=topic.summit)
        topic.delete()

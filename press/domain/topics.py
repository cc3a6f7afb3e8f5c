"""What texts of a summit are about: topics are entered, named, renamed, and deleted where no text has them."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from press.domain.problems import DecisionRefused
from press.models import Topic
from summit.domain import audit
from summit.domain.places import keep, put
from summit.models import Summit, User
from summit.models.validators import is_printable
from summit.permissions import check

CHANGE = "press.topic.change"


def add_topic(*, by: User, summit: Summit, values: Mapping[str, Any]) -> Topic:
    """Enter a topic: `name` in the summit's language, `names` by language in others. Raises PermissionDenied, and
    ValidationError for what can't stand in a field and for a name that there is."""
    check(by, CHANGE, summit)
    _check_names(summit, values.get("names", {}))
    topic = Topic(summit=summit)
    put(topic, values)
    with transaction.atomic():
        topic.full_clean()
        topic.save(force_insert=True)
        audit.record(by=by, action="press.topic.add", target=topic, summit=summit, fields=values)
    return topic


def change_topic(*, by: User, topic: Topic, values: Mapping[str, Any]) -> Topic:
    """Change a topic; its texts keep it. Raises PermissionDenied, ValidationError."""
    check(by, CHANGE, topic.summit)
    _check_names(topic.summit, values.get("names", {}))
    with transaction.atomic():
        keep(topic, put(topic, values), by=by, action=CHANGE, summit=topic.summit)
    return topic


def remove_topic(*, by: User, topic: Topic) -> None:
    """Delete a topic. Raises PermissionDenied, and DecisionRefused where a text has it, also one that was
    withdrawn."""
    check(by, CHANGE, topic.summit)
    with transaction.atomic():
        # Whoever gives it to a text meanwhile refers to this row, and waits.
        Topic.objects.select_for_update().get(pk=topic.pk)
        if topic.texts.exists():
            raise DecisionRefused(_("Texts have this topic. A press officer can take it off them first."))
        audit.record(by=by, action="press.topic.remove", target=topic, summit=topic.summit)
        topic.delete()


def _check_names(summit: Summit, names: Mapping[str, str]) -> None:
    """Refuse names in languages that the interface hasn't, and one beside `name` in the summit's own."""
    known = [code for code, _label in settings.LANGUAGES if code != summit.language]
    if not names.keys() <= set(known):
        said = _("Give names in these languages alone: %(known)s. In the summit’s own it is the name itself.")
        raise ValidationError({"names": said % {"known": ", ".join(known)}})
    longest = Topic._meta.get_field("name").max_length or 0
    if any(len(name) > longest or not name.strip() or not is_printable(name) for name in names.values()):
        said = _("Each name has 1 to %(longest)d characters that can be printed.")
        raise ValidationError({"names": said % {"longest": longest}})

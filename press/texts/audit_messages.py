"""Audit messages of texts, editions, attachments and topics."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from press.texts.models.attachments import Attachment
from press.texts.models.editions import Edition
from press.texts.models.texts import Text, TextKind, TextVersion
from press.texts.models.topics import Topic
from summit.audit.actions import Facts, describe_action, describe_actions, describe_model, part
from summit.core.languages import calls_itself

describe_actions(
    "press.text",
    add=gettext_lazy("entered the text"),
    change=gettext_lazy("changed the text"),
    remove=gettext_lazy("deleted the text"),
)
describe_actions(
    "press.topic",
    add=gettext_lazy("added a topic"),
    change=gettext_lazy("changed a topic"),
    remove=gettext_lazy("deleted a topic"),
)


def _number(facts: Facts) -> dict[str, Any]:
    return {"number": facts.detail.get("number", "")}


def _created(facts: Facts) -> str:
    kind = dict(TextKind.choices).get(facts.detail.get("kind", ""), "")
    return _("entered the text (%(kind)s)") % {"kind": kind}


def _language(facts: Facts) -> str:
    return _("added the language %(language)s") % {"language": calls_itself(facts.detail.get("language", ""))}


describe_action(
    "press.create",
    _created,
    label=gettext_lazy("entered the text"),
)
describe_action(
    "press.add_language",
    _language,
    label=gettext_lazy("added a language"),
)
describe_action("press.withdraw", gettext_lazy("withdrew the text"))
describe_action("press.describe", gettext_lazy("changed what the text is about"))
describe_action("press.attach", gettext_lazy("kept a file to lie beside the text"))
describe_action("press.remove", gettext_lazy("removed the withdrawn text: nobody reads it any more"))
describe_action(
    "press.draft",
    lambda facts: _("saved edition %(number)s") % _number(facts),
    label=gettext_lazy("saved an edition"),
)
describe_action(
    "press.submit",
    lambda facts: _("submitted edition %(number)s for review") % _number(facts),
    label=gettext_lazy("submitted an edition for review"),
)
describe_action(
    "press.ask_changes",
    lambda facts: _("asked for changes of edition %(number)s") % _number(facts),
    label=gettext_lazy("asked for changes of an edition"),
)
describe_action(
    "press.approve",
    lambda facts: _("approved edition %(number)s") % _number(facts),
    label=gettext_lazy("approved an edition"),
)
describe_action(
    "press.approve_alone",
    lambda facts: _("approved edition %(number)s without a second person") % _number(facts),
    label=gettext_lazy("approved an edition without a second person"),
)
describe_action(
    "press.review_afterwards",
    lambda facts: _("reviewed edition %(number)s afterwards") % _number(facts),
    label=gettext_lazy("reviewed afterwards an edition that was approved alone"),
)


def _editions(row: Any) -> QuerySet[Any]:
    return Edition.objects.filter(version__text=row)


def _title(row: Text) -> str:
    newest = next((edition for version in row.versions.all()[:1] for edition in version.editions.all()[:1]), None)
    return newest.title if newest else row.slug


# Names need only the title of an edition, so its long fields aren't loaded.
TITLES = Prefetch("editions", Edition.objects.only("version_id", "number", "title"))
VERSIONS = Prefetch("versions", TextVersion.objects.prefetch_related(TITLES))
describe_model(Text, name=_title, prefetch=(VERSIONS,))
describe_model(Attachment, related=("text",), shown_on=lambda row: row.text)
describe_model(Edition, related=("version__text",), shown_on=lambda row: row.version.text)
describe_model(Topic)
part(Text, Edition, _editions)
part(Text, Attachment, lambda row: Attachment.objects.filter(text=row))

"""What the audit calls what happens to texts and their editions."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from press.texts.models.attachments import Attachment
from press.texts.models.editions import Edition
from press.texts.models.texts import Text, TextKind, TextVersion
from press.texts.models.topics import Topic
from summit.audit.actions import Facts, deed, deeds_of, part, thing
from summit.core.languages import calls_itself

deeds_of(
    "press.text",
    add=gettext_lazy("entered the text"),
    change=gettext_lazy("changed the text"),
    remove=gettext_lazy("deleted the text"),
)
deeds_of(
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


deed(
    "press.create",
    _created,
    called=gettext_lazy("entered the text"),
)
deed(
    "press.add_language",
    _language,
    called=gettext_lazy("added a language"),
)
deed("press.withdraw", gettext_lazy("withdrew the text"))
deed("press.describe", gettext_lazy("changed what the text is about"))
deed("press.attach", gettext_lazy("kept a file to lie beside the text"))
deed("press.remove", gettext_lazy("removed the withdrawn text: nobody reads it any more"))
deed(
    "press.draft",
    lambda facts: _("saved edition %(number)s") % _number(facts),
    called=gettext_lazy("saved an edition"),
)
deed(
    "press.submit",
    lambda facts: _("submitted edition %(number)s for review") % _number(facts),
    called=gettext_lazy("submitted an edition for review"),
)
deed(
    "press.ask_changes",
    lambda facts: _("asked for changes of edition %(number)s") % _number(facts),
    called=gettext_lazy("asked for changes of an edition"),
)
deed(
    "press.approve",
    lambda facts: _("approved edition %(number)s") % _number(facts),
    called=gettext_lazy("approved an edition"),
)
deed(
    "press.approve_alone",
    lambda facts: _("approved edition %(number)s without a second person") % _number(facts),
    called=gettext_lazy("approved an edition without a second person"),
)
deed(
    "press.review_afterwards",
    lambda facts: _("reviewed edition %(number)s afterwards") % _number(facts),
    called=gettext_lazy("reviewed afterwards an edition that was approved alone"),
)


def _editions(row: Any) -> QuerySet[Any]:
    return Edition.objects.filter(version__text=row)


def _title(row: Text) -> str:
    newest = next((edition for version in row.versions.all()[:1] for edition in version.editions.all()[:1]), None)
    return newest.title if newest else row.slug


# Of the words themselves only the title is read.
TITLES = Prefetch("editions", Edition.objects.only("version_id", "number", "title"))
VERSIONS = Prefetch("versions", TextVersion.objects.prefetch_related(TITLES))
thing(Text, name=_title, prefetch=(VERSIONS,))
thing(Attachment, related=("text",), shown_on=lambda row: row.text)
thing(Edition, related=("version__text",), shown_on=lambda row: row.version.text)
thing(Topic)
part(Text, Edition, _editions)
part(Text, Attachment, lambda row: Attachment.objects.filter(text=row))

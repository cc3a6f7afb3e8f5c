"""The words for what is recorded of texts, their moments and their subscribers."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from press.models import Attachment, Edition, Lift, Subscriber, Text, TextKind, TextVersion, Topic
from summit.audit.actions import Facts, deed, deeds_of, part, personal, thing
from summit.core.languages import calls_itself
from summit.templatetags.marks import semicolon

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


def _announced(facts: Facts) -> str:
    number = int(facts.detail.get("messages", 0))
    said = ngettext("announced it to %(number)d subscriber", "announced it to %(number)d subscribers", number)
    return said % {"number": number}


def _recalled(facts: Facts) -> str:
    number = int(facts.detail.get("messages", 0))
    said = ngettext(
        "told %(number)d subscriber that it was withdrawn",
        "told %(number)d subscribers that it was withdrawn",
        number,
    )
    return said % {"number": number}


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
deed("press.tie", gettext_lazy("tied it: it goes out together with others, or in all its languages, or not at all"))
deed("press.untie", gettext_lazy("untied it: it goes out by itself"))
deed("press.complete", gettext_lazy("approved the last of what goes out together: it went out"))
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
deed(
    "press.mark",
    lambda facts: _("marked what was spoken (%(anchor)s)") % {"anchor": facts.detail.get("anchor", "")},
    called=gettext_lazy("marked what was spoken"),
)
deed("press.set_moment", gettext_lazy("set the moment at which it goes out"))
deed("press.wait_for_delivery", gettext_lazy("let it wait until the speech has been given"))
deed("press.deliver", gettext_lazy("said that the speech has been given: it went out"))
deed("press.alarm", gettext_lazy("raised the alarm: nobody had said in time that the speech was given"))
deed("press.hold", gettext_lazy("held it"))
deed("press.unhold", gettext_lazy("released the hold"))
deed(
    "press.announce",
    _announced,
    called=gettext_lazy("announced it to subscribers"),
)
deed(
    "press.recall",
    _recalled,
    called=gettext_lazy("told subscribers that it was withdrawn"),
)
deed("press.subscription_asked", gettext_lazy("was asked for a subscription"))
deed("press.subscription_confirmed", gettext_lazy("noted that the subscription was confirmed"))
deed("press.subscription_ended", gettext_lazy("noted that the subscription was ended"))


def _editions(row: Any) -> QuerySet[Any]:
    return Edition.objects.filter(version__text=row)


def _lifts(row: Any) -> QuerySet[Any]:
    return Lift.objects.filter(pk=row.lift_id)


def _title(row: Text) -> str:
    newest = next((edition for version in row.versions.all()[:1] for edition in version.editions.all()[:1]), None)
    return newest.title if newest else row.slug


def _titles(row: Lift) -> str:
    return semicolon().join(_title(text) for text in row.texts.all())


def _first(row: Lift) -> Any:
    return next(iter(row.texts.all()), row)


# Of the words themselves only the title is read.
TITLES = Prefetch("editions", Edition.objects.only("version_id", "number", "title"))
VERSIONS = Prefetch("versions", TextVersion.objects.prefetch_related(TITLES))
thing(Text, name=_title, prefetch=(VERSIONS,))
thing(Lift, name=_titles, prefetch=(Prefetch("texts", Text.objects.prefetch_related(VERSIONS)),), shown_on=_first)
thing(Attachment, related=("text",), shown_on=lambda row: row.text)
thing(Edition, related=("version__text",), shown_on=lambda row: row.version.text)
thing(Topic)
# Their mailbox is theirs alone: the audit knows a subscriber by the key.
thing(Subscriber, name=lambda row: row.public_id)
part(Text, Edition, _editions)
part(Text, Attachment, lambda row: Attachment.objects.filter(text=row))
part(Text, Lift, _lifts)
personal(Subscriber, "address")

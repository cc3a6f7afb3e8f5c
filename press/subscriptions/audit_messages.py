"""What the audit calls what happens to announcements and subscriptions."""

from django.utils.translation import gettext_lazy, ngettext

from press.subscriptions.models import Subscriber
from summit.audit.actions import Facts, deed, personal, thing


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
# Their mailbox is theirs alone: the audit knows a subscriber by the key.
thing(Subscriber, name=lambda row: row.public_id)
personal(Subscriber, "address")

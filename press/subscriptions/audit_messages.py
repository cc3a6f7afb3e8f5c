"""Audit messages of announcements and subscriptions."""

from django.utils.translation import gettext_lazy, ngettext

from press.subscriptions.models import Subscriber
from summit.audit.actions import Facts, describe_action, describe_model


def _announced(facts: Facts) -> str:
    number = int(facts.detail.get("messages", 0))
    message = ngettext("announced it to %(number)d subscriber", "announced it to %(number)d subscribers", number)
    return message % {"number": number}


def _recalled(facts: Facts) -> str:
    number = int(facts.detail.get("messages", 0))
    message = ngettext(
        "told %(number)d subscriber that it was withdrawn",
        "told %(number)d subscribers that it was withdrawn",
        number,
    )
    return message % {"number": number}


describe_action(
    "press.announce",
    _announced,
    label=gettext_lazy("announced it to subscribers"),
)
describe_action(
    "press.recall",
    _recalled,
    label=gettext_lazy("told subscribers that it was withdrawn"),
)
describe_action("press.subscription_asked", gettext_lazy("was asked for a subscription"))
describe_action("press.subscription_confirmed", gettext_lazy("noted that the subscription was confirmed"))
describe_action("press.subscription_ended", gettext_lazy("noted that the subscription was ended"))
# The address is personal data, so the audit identifies a subscriber by the public id.
describe_model(Subscriber, name=lambda row: row.public_id)

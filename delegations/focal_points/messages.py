"""Renders the messages about focal points: that a request was decided, or that a person begins or stops acting for a
party."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.focal_points.models import FocalPointRequest
from delegations.focal_points.services import notices
from delegations.members.models.focal_points import FocalPoint
from summit.outbox import failure_reasons
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import Mail, MessageKind, register
from summit.outbox.models import Message


def render_focal(message: Message) -> Mail:
    """Return the mail for a message about a focal point, in the active language. Makes no query."""
    facts = message.facts
    subject = {
        notices.APPROVED: _("%(name)s is a focal point of %(party)s now"),
        notices.REFUSED: _("%(name)s does not become a focal point of %(party)s"),
        notices.NAMED: _("You are a focal point of %(party)s"),
    }.get(facts["what"], _("You are no longer a focal point of %(party)s"))
    route = "portal:delegation" if facts["what"] == notices.NAMED else "portal:focal_points"
    if facts["what"] == notices.NAMED and not facts["account"]:
        # A person without an account first asks for a sign-in code. The portal then shows the delegation.
        url = reverse("portal:code_ask")
    else:
        url = reverse(route, args=[facts["party_key"]])
    text = render_to_string("mail/focal_point.txt", {**facts, "url": f"{settings.BASE_URL}{url}"})
    return Mail(subject=subject % facts, text=text.strip() + "\n", reply_to=facts["contact_email"])


def untrue(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the primary keys of messages that are no longer true to the reason. Makes two queries.

    A message about a request is untrue if the request was deleted or has another state than the message says. A
    message about a person is untrue if it says that the person acts for the party and they don't, or the other way
    round.
    """
    keys = [message.facts["request"] for message in messages if message.facts["request"]]
    states = dict(FocalPointRequest.objects.filter(pk__in=keys).values_list("pk", "state"))
    people = [message.facts["person_key"] for message in messages]
    points = FocalPoint.objects.filter(person__public_id__in=people)
    acting = set(points.values_list("party__public_id", "person__public_id"))
    return {message.pk: because(UNTRUE) for message in messages if not _so(message.facts, states, acting)}


def _so(facts: dict[str, Any], states: dict[int, str], acting: set[tuple[str, str]]) -> bool:
    acts = (facts["party_key"], facts["person_key"]) in acting
    if facts["what"] in (notices.NAMED, notices.ENDED, notices.TAKEN_OFF):
        return acts is (facts["what"] == notices.NAMED)
    return bool(states.get(facts["request"]) == facts["what"])


UNTRUE = failure_reasons.register(
    "delegations.focal_untrue", gettext_lazy("Who acts for the party had changed again before the message was sent.")
)
FOCAL_POINT = register(
    MessageKind(
        notices.KIND,
        "delegations.tasks.deliver_invitations",
        render_focal,
        untrue,
        gettext_lazy("decision about a focal point"),
    )
)

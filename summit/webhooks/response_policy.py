"""Decide the outcome of an attempt from the receiver's response: done, retry later, failed for good, or gone."""

from enum import Enum

from summit.outbox.failure_reasons import because
from summit.webhooks import failure_reasons
from summit.webhooks.http_client import WebhookResponse

# Statuses after which a delivery is retried (RFC 9110, 6585, 8470), in addition to all 5xx.
LATER = (408, 425, 429)
# Problems after which a retry is pointless.
FOR_GOOD = (failure_reasons.INSIDE, failure_reasons.ADDRESS)


class Outcome(Enum):
    """The outcome of an attempt to send a delivery: sent, to be retried, failed for good, or the receiver is gone."""

    DONE = "done"
    LATER = "later"
    NEVER = "never"
    GONE = "gone"


def judge(answer: WebhookResponse) -> tuple[Outcome, str]:
    """Return the outcome for a response, and the problem in its stored form (summit.outbox.failure_reasons).

    The problem is "" if the outcome is DONE. A redirect isn't followed, but the delivery is retried, because
    receivers redirect while they are under maintenance. Refusals (4xx) other than those in LATER are final: the
    receiver would refuse the delivery again.
    """
    if answer.status is None:
        key = answer.problem[1:].partition(":")[0]
        return (Outcome.NEVER if key in FOR_GOOD else Outcome.LATER), answer.problem
    if 200 <= answer.status < 300:
        return Outcome.DONE, ""
    if answer.status == 410:
        return Outcome.GONE, because(failure_reasons.GONE)
    problem = because(failure_reasons.STATUS, answer.status)
    if 300 <= answer.status < 400:
        return Outcome.LATER, because(failure_reasons.REDIRECT, answer.status)
    if answer.status in LATER or answer.status >= 500:
        return Outcome.LATER, problem
    return Outcome.NEVER, problem

"""What an answer means: it got through, it may later, it never will, or there is nobody any more."""

from enum import Enum

from summit.outbox.failure_reasons import because
from summit.webhooks import failure_reasons
from summit.webhooks.http_client import Answer

# Statuses that say "later" (RFC 9110, 6585, 8470), beside all of the server's own errors.
LATER = (408, 425, 429)
# What no other attempt makes good.
FOR_GOOD = (failure_reasons.INSIDE, failure_reasons.ADDRESS)


class Outcome(Enum):
    """What becomes of a delivery."""

    DONE = "done"
    LATER = "later"
    NEVER = "never"
    GONE = "gone"


def judge(answer: Answer) -> tuple[Outcome, str]:
    """Return what an answer means, and why it isn't the one wanted, as summit.outbox.failure_reasons keeps it.

    A redirect is not followed and tried again: it is how receivers say that they are being mended. What a receiver
    refuses otherwise (4xx) it would refuse again.
    """
    if answer.status is None:
        key = answer.problem[1:].partition(":")[0]
        return (Outcome.NEVER if key in FOR_GOOD else Outcome.LATER), answer.problem
    if 200 <= answer.status < 300:
        return Outcome.DONE, ""
    if answer.status == 410:
        return Outcome.GONE, because(failure_reasons.GONE)
    said = because(failure_reasons.STATUS, answer.status)
    if 300 <= answer.status < 400:
        return Outcome.LATER, because(failure_reasons.REDIRECT, answer.status)
    if answer.status in LATER or answer.status >= 500:
        return Outcome.LATER, said
    return Outcome.NEVER, said

"""Sign-in codes sent to a mailbox: anybody can ask for one, but only somebody who reads the mailbox can use it.

A code never signs in to an account. It shows the people who have this mailbox, and opens the portal in that browser
as the chosen person. The digits are computed from a nonce and SECRET_KEY, so they can't be read from the database
alone.

People who can't read the mailbox learn nothing, not even whether anybody has it. They can't lock its owner out
either, because guesses are counted for each browser that asked. If many codes for a mailbox are asked for and not
used, further codes are longer, are valid for longer, and work in every browser that asks in the meantime
(docs/decisions/0017).
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.crypto import constant_time_compare

from delegations.members import permissions
from delegations.portal_access.code_derivation import code_of
from delegations.portal_access.messages import SIGN_IN_CODE, RequestedCode
from delegations.portal_access.models import SignInCode
from summit.core.database_clock import db_now
from summit.maintenance import heartbeats
from summit.outbox.models.messages import new_nonce
from summit.people.models import Person

VALID = timedelta(minutes=10)
# After this many unused codes for a mailbox in a period, the next one is a long code. Each code allows five guesses,
# so there are at most 100 guesses a day at eight digits.
MOST_UNUSED = ((6, timedelta(hours=1)), (20, timedelta(days=1)))
# A long code is reused for everybody who asks, until it is valid for less time than a normal code.
LONG_DIGITS = 12
LONG_VALID = timedelta(hours=1)
KEPT = timedelta(days=1)


class CodeProblem(Exception):
    """A code isn't accepted. `reason` is "wrong", or "over" if no further guess is possible."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def people_at(mailbox: str) -> list[Person]:
    """Return the people who can sign in with a mailbox, those of the newest summit first. Makes one query.

    They are `delegations.members.permissions.people_at`.
    """
    rows = permissions.people_at(mailbox.strip().lower()).select_related("summit", "membership__party")
    return list(rows.order_by("-summit__starts_on", "name", "office", "pk"))


def ask(*, mailbox: str, language: str) -> SignInCode:
    """Store a browser's request for a code to a mailbox, and send the mail if somebody has that mailbox.

    `language` is the page's language, used if nobody has the mailbox. The same steps are done for every mailbox, so
    that the time they take reveals nothing. If nobody has the mailbox, the mail is stored and rolled back.
    """
    address = mailbox.strip().lower()
    with transaction.atomic():
        people = people_at(address)
        row, sent_before = _prepare_code(address, db_now())
        row.save(force_insert=True)
        with transaction.atomic():
            SIGN_IN_CODE.send(RequestedCode(row, _recipient(people), language))
            if sent_before or not people:
                transaction.set_rollback(True)
    return row


def _prepare_code(address: str, now: datetime) -> tuple[SignInCode, bool]:
    """Return an unsaved row for a browser that asks now, and whether its code was mailed before. Makes one query."""
    unused = SignInCode.objects.filter(mailbox=address, used_at__isnull=True, created_at__gt=now - KEPT).order_by(
        "id"
    )
    rows = list(unused.only("nonce", "digits", "written_at", "expires_at", "created_at"))
    crowded = any(sum(each.created_at > now - period for each in rows) >= most for most, period in MOST_UNUSED)
    if not crowded:
        return SignInCode(mailbox=address, nonce=new_nonce(), written_at=now, expires_at=now + VALID), False
    long_codes = [each for each in rows if each.digits == LONG_DIGITS and each.expires_at > now + VALID]
    row = SignInCode(mailbox=address, nonce=new_nonce(), written_at=now, expires_at=now + LONG_VALID)
    row.digits = LONG_DIGITS
    if long_codes:
        row.nonce, row.written_at, row.expires_at = (
            long_codes[-1].nonce,
            long_codes[-1].written_at,
            long_codes[-1].expires_at,
        )
    return row, bool(long_codes)


def _recipient(people: list[Person]) -> Person | None:
    """Return the one of the people at a mailbox whose summit sends the code; None if nobody has the mailbox.

    Mail of a summit that sends no mail would wait, so the code is sent by another summit, if there is one.
    """
    return next((person for person in people if not person.summit.is_paused), people[0] if people else None)


def prove(*, public_id: str, code: str) -> SignInCode:
    """Check a code for the browser's request with `public_id`, mark it as used and return its row. Raises
    CodeProblem.

    The guess is counted before the code is compared, by an UPDATE that requires a guess to be left. So two guesses at
    the same time count as two.
    """
    digits = "".join(character for character in code if character.isdecimal())
    # Digits of any script are accepted, because an Arabic keyboard types Arabic digits.
    digits = "".join(str(int(character)) for character in digits)
    with transaction.atomic():
        live = SignInCode.objects.live().filter(public_id=public_id)
        updated = live.update(attempts=F("attempts") + 1)
    if not updated:
        raise CodeProblem("over")
    row = SignInCode.objects.filter(public_id=public_id).first()
    if row is None:
        raise CodeProblem("over")
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    matches = [constant_time_compare(digits, code_of(row.nonce, secret, digits=row.digits)) for secret in secrets]
    if not any(matches) or not people_at(row.mailbox):
        raise CodeProblem("wrong" if SignInCode.objects.live().filter(pk=row.pk).exists() else "over")
    # Several browsers may have got the same code. The first one uses it up and proves the mailbox in this browser
    # only. The rows of the others expire, so that they never count as proven, but they still count as asked for and
    # unused.
    same_code = SignInCode.objects.filter(nonce=row.nonce)
    with transaction.atomic():
        if not same_code.unused().update(used_at=Now()):
            raise CodeProblem("over")
        same_code.exclude(pk=row.pk).update(used_at=None, expires_at=F("created_at"))
    return row


def find_open_request(public_id: str) -> SignInCode | None:
    """Return a browser's request for a code, or None if no code can be entered for it any more."""
    return SignInCode.objects.live().filter(public_id=public_id).first()


def proven(public_id: str) -> str:
    """Return the mailbox that a browser has proven within the last ten minutes (VALID), or ""."""
    rows = SignInCode.objects.filter(public_id=public_id, used_at__gt=Now() - VALID)
    return rows.values_list("mailbox", flat=True).first() or ""


@heartbeats.clears(10)
def clear() -> None:
    """Delete codes that were asked for more than a day ago. Portal sessions don't need them."""
    SignInCode.objects.filter(created_at__lt=Now() - KEPT).delete()

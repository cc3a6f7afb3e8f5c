"""Codes to a mailbox: asked for by anybody, proven by whoever reads the mailbox.

A code never opens an account: it leads to the people whom the mailbox stands for, of whom one is chosen, and that
person's portal is opened in that browser. Its digits are made from a nonce with SECRET_KEY, so that the database
alone tells none.

Whoever doesn't read the mailbox learns nothing, not even whether it is known, and takes nothing away from whoever
does: guesses are counted by the browser that asked. Where a mailbox's codes are asked for again and again and left
unused, further ones are longer, last longer, and open any browser that asks meanwhile (docs/decisions/0017).
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils.crypto import constant_time_compare, salted_hmac

from delegations.parties.permissions import standing_parties
from delegations.portal_access.models import SignInCode
from summit.core.database_clock import db_now
from summit.maintenance import heartbeats
from summit.outbox import enqueue
from summit.outbox.models import Message
from summit.outbox.models.messages import new_nonce
from summit.people.models import Person

KIND = "sign_in_code"
_SALT = "delegations.sign_in.code"
DIGITS = 8
VALID = timedelta(minutes=10)
# So many codes to a mailbox may be asked for and left unused, in these times, before the next one is a long one:
# each can be guessed at five times, so that no more than 100 guesses a day fall on eight digits.
MOST_UNUSED = ((6, timedelta(hours=1)), (20, timedelta(days=1)))
# A long one stands for whoever asks until so little of its time is left that there must be another mail.
LONG_DIGITS = 12
LONG_VALID = timedelta(hours=1)
KEPT = timedelta(days=1)


class CodeProblem(Exception):
    """A code opens nothing. `reason` is "wrong", or "over" where this one can't be guessed at any more."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def code_of(nonce: str, secret: str | None = None, *, digits: int = DIGITS) -> str:
    """Return the digits that a nonce stands for."""
    packed = salted_hmac(_SALT, nonce, secret=secret or settings.SECRET_KEY, algorithm="sha256").digest()
    return f"{int.from_bytes(packed, 'big') % 10**digits:0{digits}}"


def people_at(mailbox: str) -> list[Person]:
    """Return whom a mailbox stands for: people with this e-mail address, and members without one of a party whose
    mission has it; nobody whose party has left the summit. The newest summit first. One query."""
    address = mailbox.strip().lower()
    if not address:
        return []
    own = Q(address=address)
    missions = Q(address="", membership__party__in=standing_parties().filter(mission_email__iexact=address))
    stands = standing_parties().values("pk")
    somewhere = Q(membership__party__in=stands) | Q(focal_for__party__in=stands)
    alone = Q(membership__isnull=True, focal_for__isnull=True)
    found = Person.objects.annotate(address=Lower("email")).filter(own | missions).filter(somewhere | alone)
    rows = Person.objects.filter(pk__in=found.order_by().values("pk")).select_related("summit", "membership__party")
    return list(rows.order_by("-summit__starts_on", "name", "office", "pk"))


def ask(*, mailbox: str, language: str) -> SignInCode:
    """Note that a browser asked for a code to a mailbox, and write to the mailbox if it stands for anybody.

    `language` is the page's: for a mailbox that is not known. What is done and how long it takes is the same for
    every mailbox: for an unknown one the mail is stored and taken back.
    """
    address = mailbox.strip().lower()
    with transaction.atomic():
        people = people_at(address)
        row, sent_before = _asked(address, db_now())
        row.save(force_insert=True)
        with transaction.atomic():
            enqueue.store([_letter(row, people, language)])
            if sent_before or not people:
                transaction.set_rollback(True)
    return row


def _asked(address: str, now: datetime) -> tuple[SignInCode, bool]:
    """Return the row of a browser that asks now, and whether its code lies in the mailbox already. One query."""
    left = SignInCode.objects.filter(mailbox=address, used_at__isnull=True, created_at__gt=now - KEPT).order_by("id")
    rows = list(left.only("nonce", "digits", "written_at", "expires_at", "created_at"))
    crowded = any(sum(each.created_at > now - period for each in rows) >= most for most, period in MOST_UNUSED)
    if not crowded:
        return SignInCode(mailbox=address, nonce=new_nonce(), written_at=now, expires_at=now + VALID), False
    standing = [each for each in rows if each.digits == LONG_DIGITS and each.expires_at > now + VALID]
    row = SignInCode(mailbox=address, nonce=new_nonce(), written_at=now, expires_at=now + LONG_VALID)
    row.digits = LONG_DIGITS
    if standing:
        row.nonce, row.written_at, row.expires_at = (
            standing[-1].nonce,
            standing[-1].written_at,
            standing[-1].expires_at,
        )
    return row, bool(standing)


def _letter(row: SignInCode, people: list[Person], language: str) -> Message:
    """Return the mail with the code, in the language of whom the mailbox stands for."""
    # What a summit that sends nothing would write waits: a code is another summit's, where one is.
    first = next((person for person in people if not person.summit.is_disarmed), people[0] if people else None)
    party = getattr(first, "membership", None) if first and not first.email else None
    return enqueue.draft(
        summit=first.summit if first else None,
        kind=KIND,
        subject_key=f"delegations.sign_in_code:{row.public_id}",
        recipient_key="mailbox",
        address=row.mailbox,
        language=party.party.language if party else first.language if first else language,
        facts={
            "code": row.public_id,
            "nonce": row.nonce,
            "digits": row.digits,
            "minutes": int((row.expires_at - row.written_at).total_seconds() // 60),
            "contact": first.summit.contact_email if first else "",
        },
    )


def prove(*, public_id: str, code: str) -> SignInCode:
    """Take a code for the browser that asked by `public_id`, once. Raises CodeProblem.

    The guess is counted before it is looked at, by an UPDATE that finds a guess left: two at once are two.
    """
    digits = "".join(character for character in code if character.isdecimal())
    # Digits of any script: an Arabic keyboard writes its own.
    digits = "".join(str(int(character)) for character in digits)
    with transaction.atomic():
        asked = SignInCode.objects.live().filter(public_id=public_id)
        counted = asked.update(attempts=F("attempts") + 1)
    if not counted:
        raise CodeProblem("over")
    row = SignInCode.objects.filter(public_id=public_id).first()
    if row is None:
        raise CodeProblem("over")
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    right = [constant_time_compare(digits, code_of(row.nonce, secret, digits=row.digits)) for secret in secrets]
    if not any(right) or not people_at(row.mailbox):
        raise CodeProblem("wrong" if SignInCode.objects.live().filter(pk=row.pk).exists() else "over")
    # Several browsers may have asked for the same code: whoever is first has used it up, and has proven the mailbox
    # in this browser alone. The others' rows are over and never count as proven, but stay asked for and unused.
    alike = SignInCode.objects.filter(nonce=row.nonce)
    with transaction.atomic():
        if not alike.unused().update(used_at=Now()):
            raise CodeProblem("over")
        alike.exclude(pk=row.pk).update(used_at=None, expires_at=F("created_at"))
    return row


def asked_for(public_id: str) -> SignInCode | None:
    """Return what a browser has asked for, while it may be entered there."""
    return SignInCode.objects.live().filter(public_id=public_id).first()


def proven(public_id: str) -> str:
    """Return the mailbox that a browser has proven a short while ago, "" where it hasn't."""
    rows = SignInCode.objects.filter(public_id=public_id, used_at__gt=Now() - VALID)
    return rows.values_list("mailbox", flat=True).first() or ""


@heartbeats.clears(10)
def clear() -> None:
    """Delete codes that were asked for a day ago: who came in by them has a row of their own."""
    SignInCode.objects.filter(created_at__lt=Now() - KEPT).delete()

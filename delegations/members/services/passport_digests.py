"""Digests of passport numbers and dates of birth, by which equal values are found without decryption.

Encrypted values can't be compared. Fernet encrypts the same text differently each time, so that nobody who reads the
database can see who shares a value. So an HMAC-SHA256 of the value and its summit is stored too, with a key derived
from SECRET_KEY. Equal values have equal digests within a summit, but not across summits. A plain hash isn't safe:
there are only some tens of thousands of dates of birth, so anybody could hash them all and find the match.

After SECRET_KEY changes, digests made with an older key are still found while SECRET_KEY_FALLBACKS holds that key.
`manage.py rotate_keys` rewrites these digests with the new key.
"""

import functools
import hmac
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction

from delegations.members.models.particulars import Particulars
from summit.core.key_rotation import Progress, also

_PURPOSE = b"delegations.members.services.passport_digests"


@functools.cache
def _key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), _PURPOSE, "sha256")


def _digest(secret: str, kind: str, summit_id: int, value: str) -> str:
    return hmac.digest(_key(secret), f"{kind}:{summit_id}:{value}".encode(), "sha256").hex()


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return re.sub(r"[^A-Z0-9]", "", str(value or "").upper())


def digest(kind: str, summit_id: int, value: Any) -> str:
    """Return the digest of a value, or "" for an empty value.

    `kind` is "passport" for a passport number, or "birth" for a date of birth.
    """
    plain = _plain(value)
    return _digest(settings.SECRET_KEY, kind, summit_id, plain) if plain else ""


def possible_digests(kind: str, summit_id: int, value: Any) -> list[str]:
    """Return all digests that may be stored for a value, one for each secret key in use.

    Return an empty list for an empty value.
    """
    plain = _plain(value)
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_digest(secret, kind, summit_id, plain) for secret in secrets] if plain else []


def of(row: Particulars) -> dict[str, str]:
    """Return a dict of a person's two digest columns by name, computed with the current key.

    The caller fetches the row with its person.
    """
    summit_id = row.person.summit_id
    return {
        "passport_digest": digest("passport", summit_id, row.passport_number),
        "birth_digest": digest("birth", summit_id, row.birth_date),
    }


@also
def anew(batch: int) -> Iterator[Progress]:
    """Rewrite the digests with the current SECRET_KEY, `batch` rows at a time. Yield the progress after each batch.

    Each row is locked while it is written.
    """
    progress = Progress("delegations.particulars digests")
    last = 0
    while True:
        with transaction.atomic():
            rows = Particulars.objects.select_for_update(of=("self",)).select_related("person").order_by("pk")
            batch_rows = list(rows.filter(pk__gt=last)[:batch])
            for row in batch_rows:
                digests = of(row)
                if digests != {name: getattr(row, name) for name in digests}:
                    progress.written += Particulars.objects.filter(pk=row.pk).update(**digests)
        progress.seen += len(batch_rows)
        yield progress
        if len(batch_rows) < batch:
            return
        last = batch_rows[-1].pk

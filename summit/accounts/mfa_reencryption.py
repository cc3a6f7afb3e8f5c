"""Re-encrypt the secrets of authenticator apps and the seeds of recovery codes with the first of FIELD_KEYS."""

from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.db import transaction

from summit.core.key_rotation import Progress, also, renewed

# The keys of `Authenticator.data` with values that MFAAdapter.encrypt returned.
SECRETS = ("secret", "seed")


@also
def authenticators(batch: int) -> Iterator[Progress]:
    """Re-encrypt the secrets in locked batches of `batch` rows, and yield the progress after each batch."""
    progress = Progress("mfa.authenticator.data")
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    last = 0
    while True:
        with transaction.atomic():
            rows = list(
                Authenticator.objects.select_for_update().filter(pk__gt=last, type__in=kinds).order_by("pk")[:batch]
            )
            for row in rows:
                _renew(row, progress)
        progress.seen += len(rows)
        yield progress
        if len(rows) < batch:
            return
        last = rows[-1].pk


def _renew(row: Authenticator, progress: Progress) -> None:
    changed = False
    for name in SECRETS:
        try:
            new = renewed(str(row.data.get(name) or "").encode())
        except InvalidToken:
            progress.closed = (*progress.closed, row.pk)
            continue
        if new is not None:
            row.data[name] = new.decode()
            changed = True
    if changed:
        row.save(update_fields=["data"])
        progress.written += 1

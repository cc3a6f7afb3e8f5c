"""Record sign-ins, sign-outs and refused sign-ins of accounts in the audit.

Neither the typed password or code is stored, nor an address without an account. Refusals of an account are recorded
at most once in ten minutes: the first one at once, and the following ones together, after ten minutes or when
somebody has signed in.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from summit.accounts.models import RefusedSignIns
from summit.accounts.second_step_reset import only_summit
from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.users.models import User

TOGETHER = timedelta(minutes=10)


def record_sign_in(*, account: User, way: str) -> None:
    """Record that an account signed in.

    `way` is "password", "passkey", or the kind of the second step after the password, such as "totp".
    """
    with transaction.atomic():
        _record_rest(RefusedSignIns.objects.select_for_update().filter(user=account).first())
        summit = only_summit(account)
        audit.record(by=account, action="summit.sign_in", target=account, summit=summit, detail={"way": way})


def record_sign_out(*, account: User) -> None:
    """Record that an account signed out."""
    with transaction.atomic():
        audit.record(by=account, action="summit.sign_out", target=account, summit=only_summit(account))


def count_refused_sign_in(*, account: User | None, code: bool = False) -> None:
    """Count or record a refused sign-in of an account: a wrong password or, with `code`, a wrong second step.

    For an address without an account (None), the same is done and rolled back, so that the time of the answer doesn't
    reveal which addresses have accounts.
    """
    door = account or User(pk=0)
    with transaction.atomic():
        now = db_now()
        kept = RefusedSignIns.objects.select_for_update().filter(user_id=door.pk).first()
        if kept is not None and kept.since > now - TOGETHER:
            RefusedSignIns.objects.filter(pk=kept.pk).update(number=F("number") + 1, codes=F("codes") + int(code))
            return
        _record_rest(kept)
        with transaction.atomic():
            _record(door, number=1, codes=int(code))
            # Two concurrent refusals are both recorded, and one of them starts the ten minutes.
            RefusedSignIns.objects.bulk_create([RefusedSignIns(user_id=door.pk, since=now)], ignore_conflicts=True)
            if account is None:
                transaction.set_rollback(True)


def record_refused(*, now: datetime | None = None) -> int:
    """Record the counted refusals of accounts whose ten minutes are over, and return the number of accounts."""
    with transaction.atomic():
        over = RefusedSignIns.objects.select_for_update().filter(since__lte=(now or db_now()) - TOGETHER)
        rows = list(over.select_related("user").order_by("pk"))
        for row in rows:
            _record_rest(row)
    return len(rows)


def _record_rest(kept: RefusedSignIns | None) -> None:
    if kept is not None:
        if kept.number:
            _record(kept.user, number=kept.number, codes=kept.codes)
        kept.delete()


def _record(account: User, *, number: int, codes: int) -> AuditEntry:
    detail = {"number": number, **({"codes": codes} if codes else {})}
    return audit.record(
        by=audit.SYSTEM,
        action="summit.refuse_sign_in",
        target=account,
        summit=only_summit(account),
        detail=detail,
    )

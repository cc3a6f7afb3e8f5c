"""Record sign-ins, sign-outs and refused sign-ins of accounts in the audit.

The audit holds no typed password, no typed code, and no e-mail address without an account. The first refusal of an
account is recorded at once. The following ones are recorded together, after ten minutes or at the next sign-in.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from summit.accounts.mfa_reset import only_summit
from summit.accounts.models import RefusedSignIns
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.users.models import User

TOGETHER = timedelta(minutes=10)


def _sign_in(facts: Facts) -> str:
    by_method = {
        "password": _("signed in with a password"),
        "passkey": _("signed in with a passkey"),
        "totp": _("signed in with a password and an app code"),
        "recovery_codes": _("signed in with a password and a recovery code"),
        "webauthn": _("signed in with a password and a passkey"),
        "provider": _("signed in at an identity provider"),
    }
    if name := facts.detail.get("provider"):
        return _("signed in at the identity provider “%(name)s”") % {"name": name}
    return by_method.get(str(facts.detail.get("way")), _("signed in"))


def _refuse_sign_in(facts: Facts) -> str:
    number, codes = (int(facts.detail.get(name, 0)) for name in ("number", "codes"))
    if codes == 0:
        message = ngettext("refused %(number)d sign-in attempt", "refused %(number)d sign-in attempts", number)
    elif codes == number:
        message = ngettext(
            "refused %(number)d sign-in attempt at the second step, after a correct password",
            "refused %(number)d sign-in attempts at the second step, after correct passwords",
            number,
        )
    else:
        message = ngettext(
            "refused %(number)d sign-in attempts, %(codes)d with the correct password",
            "refused %(number)d sign-in attempts, %(codes)d with the correct password",
            number,
        )
    return message % {"number": number, "codes": codes}


SIGN_IN = audit_action("summit.sign_in", _sign_in)
SIGN_OUT = audit_action("summit.sign_out", gettext_lazy("signed out"))
REFUSE_SIGN_IN = audit_action(
    "summit.refuse_sign_in", _refuse_sign_in, label=gettext_lazy("refused a sign-in attempt")
)


def record_sign_in(*, account: User, way: str, provider: str = "") -> None:
    """Record that an account signed in.

    `way` is "password", "passkey", "provider" for an identity provider, or the kind of the second step after the
    password, such as "totp". `provider` is the name of the identity provider.
    """
    with transaction.atomic():
        _record_rest(RefusedSignIns.objects.select_for_update().filter(user=account).first())
        summit = only_summit(account)
        detail = {"way": way, **({"provider": provider} if provider else {})}
        audit.record(by=account, action=SIGN_IN, target=account, summit=summit, detail=detail)


def record_sign_out(*, account: User) -> None:
    """Record that an account signed out."""
    with transaction.atomic():
        audit.record(by=account, action=SIGN_OUT, target=account, summit=only_summit(account))


def count_refused_sign_in(*, account: User | None, code: bool = False) -> None:
    """Count or record an account's refused sign-in: a wrong password or, with `code`, a wrong second step.

    If `account` is None, because no account has the address, the same writes are made and rolled back. The response
    time therefore doesn't reveal which addresses have accounts.
    """
    user = account or User(pk=0)
    with transaction.atomic():
        now = db_now()
        stored = RefusedSignIns.objects.select_for_update().filter(user_id=user.pk).first()
        if stored is not None and stored.since > now - TOGETHER:
            RefusedSignIns.objects.filter(pk=stored.pk).update(number=F("number") + 1, codes=F("codes") + int(code))
            return
        _record_rest(stored)
        with transaction.atomic():
            _record(user, number=1, codes=int(code))
            # Two concurrent refusals are both recorded, and one of them starts the ten minutes.
            RefusedSignIns.objects.bulk_create([RefusedSignIns(user_id=user.pk, since=now)], ignore_conflicts=True)
            if account is None:
                transaction.set_rollback(True)


def record_refused(*, now: datetime | None = None) -> int:
    """Record the counted refusals of accounts, and return the number of accounts.

    An account is included once ten minutes have passed since its first refusal. `now` is the current time, by default
    the database's.
    """
    with transaction.atomic():
        due = RefusedSignIns.objects.select_for_update().filter(since__lte=(now or db_now()) - TOGETHER)
        rows = list(due.select_related("user").order_by("pk"))
        for row in rows:
            _record_rest(row)
    return len(rows)


def _record_rest(row: RefusedSignIns | None) -> None:
    if row is not None:
        if row.number:
            _record(row.user, number=row.number, codes=row.codes)
        row.delete()


def _record(account: User, *, number: int, codes: int) -> AuditEntry:
    detail = {"number": number, **({"codes": codes} if codes else {})}
    return audit.record(
        by=audit.SYSTEM,
        action=REFUSE_SIGN_IN,
        target=account,
        summit=only_summit(account),
        detail=detail,
    )

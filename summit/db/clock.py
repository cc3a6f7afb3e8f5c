"""The database's clock: the one that decides."""

from datetime import datetime

from django.db.models.functions import Now

from summit.models.audit import AuditChain


def db_now() -> datetime:
    """Return the database's present moment, aware, in UTC. One query.

    For showing and for arithmetic on what is written; what decides who sees what compares with Now() in the query.
    """
    moment: datetime | None = AuditChain.objects.values_list(Now(), flat=True).first()
    if moment is None:
        raise RuntimeError("The row of the audit chain is missing: run `manage.py migrate`.")
    return moment

"""Messages for rows that can't be deleted because other rows refer to them."""

from django.db import router
from django.db.models import Model, ProtectedError
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _


def describe(error: ProtectedError) -> str:
    """Return a sentence with the kinds of rows that protect a row from deletion."""
    names = sorted({str(row._meta.verbose_name_plural) for row in error.protected_objects})
    return _("This is still in use: %(what)s. Change these first.") % {"what": ", ".join(names)}


def why_not(row: Model) -> str:
    """Return a sentence with the kinds of rows that protect this row from deletion, or "" if none do."""
    try:
        Collector(using=router.db_for_write(type(row))).collect([row])
    except ProtectedError as error:
        return describe(error)
    return ""

"""What is said of a row that others need, in place of its deletion."""

from django.db import router
from django.db.models import Model, ProtectedError
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _


def said(error: ProtectedError) -> str:
    """Say what needs the row, by kinds."""
    names = sorted({str(row._meta.verbose_name_plural) for row in error.protected_objects})
    return _("Others need it: %(what)s. Change these first.") % {"what": ", ".join(names)}


def why_not(row: Model) -> str:
    """Say what needs a row that is to be deleted; empty where nothing does."""
    try:
        Collector(using=router.db_for_write(type(row))).collect([row])
    except ProtectedError as error:
        return said(error)
    return ""

"""What is said of a row that others need, in place of its deletion."""

from django.db.models import ProtectedError
from django.utils.translation import gettext as _


def said(error: ProtectedError) -> str:
    """Say what needs the row, by kinds."""
    names = sorted({str(row._meta.verbose_name_plural) for row in error.protected_objects})
    return _("Others need it: %(what)s. Change these first.") % {"what": ", ".join(names)}

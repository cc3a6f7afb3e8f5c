"""Where this installation stands, and whether anything leaves it."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from summit.core.database_identity import DatabaseIdentity


def host() -> str:
    """Return the name under which the installation is reached, without scheme and port."""
    return urlsplit(settings.BASE_URL).hostname or ""


class InstallationQuerySet(models.QuerySet["Installation"]):
    """The installation: one row, or none before the first sweep."""

    def elsewhere(self) -> "InstallationQuerySet":
        """Return it where it is a copy: it was recorded in another database, or under another address."""
        return self.exclude(database=DatabaseIdentity(), host=host())

    def silent(self) -> "InstallationQuerySet":
        """Return it where nothing leaves it: nobody let it send since it was paused, or it is a copy."""
        return self.filter(Q(disarmed_at__isnull=False) | ~Q(database=DatabaseIdentity(), host=host()))


class Installation(models.Model):
    """Where the database was when it last sent, a single row. What is restored elsewhere takes it along, and differs
    from it."""

    database = models.CharField(max_length=100)
    host = models.CharField(max_length=255)
    disarmed_at = models.DateTimeField(_("sends nothing since"), null=True, editable=False)

    objects = InstallationQuerySet.as_manager()

    class Meta:
        verbose_name = _("installation")
        verbose_name_plural = _("installations")
        constraints = [models.CheckConstraint(name="installation_single", condition=Q(id=1))]

    def __str__(self) -> str:
        return self.host

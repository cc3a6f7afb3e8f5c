"""A counter of changes to the draft of an agenda. The database counts every write, from any source."""

from django.db import models
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from summit.core.models import VersionCounter, VersionQuerySet
from summit.summits.models import Summit


class DraftVersionQuerySet(VersionQuerySet):
    """Counters of changes to drafts."""

    def number(self, summit: Summit) -> int:
        """Return the number of changes to a summit's draft, its releases and all data that its warnings use.

        If the number is the same as before, nothing has changed. Makes one query.
        """
        total = self.filter(summit_id=summit.pk).aggregate(number=Sum("changes"))["number"]
        return int(total or 0)


class DraftVersion(VersionCounter):
    """A counter of changes to a summit's draft agenda, including all data that its warnings use."""

    objects = DraftVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft version")
        verbose_name_plural = _("draft versions")
        constraints = [models.UniqueConstraint(fields=["summit_id", "writer"], name="draft_version_once")]

"""How often what the draft of an agenda is made of has changed: counted by the database, whoever writes."""

from django.db import models
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from summit.core.models import VersionCounter, VersionQuerySet
from summit.summits.models import Summit


class DraftVersionQuerySet(VersionQuerySet):
    """What the draft is made of."""

    def number(self, summit: Summit) -> int:
        """Return how often a summit's draft has changed so far, with its releases and all that its warnings look at:
        equal numbers mean that nothing has between them. One query."""
        found = self.filter(summit_id=summit.pk).aggregate(number=Sum("changes"))["number"]
        return int(found or 0)


class DraftVersion(VersionCounter):
    """How often the draft of a summit's agenda has changed, with all that its warnings look at."""

    objects = DraftVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of the draft")
        verbose_name_plural = _("versions of the draft")
        constraints = [models.UniqueConstraint(fields=["summit_id", "writer"], name="draft_version_once")]

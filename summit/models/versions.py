"""How often what public pages show has changed: counted by the database, whoever writes."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from summit.core.compiled_query import Prepared
from summit.core.models import VersionCounter, VersionQuerySet
from summit.models.summits import Summit


@dataclass(frozen=True)
class Stamp:
    """How often a summit's public pages have changed so far: equal stamps mean that nothing has between them.

    `removals` are the changes after which something may not be read any more that could be read before.
    """

    summit: int
    changes: int
    removals: int

    @property
    def lasting(self) -> tuple[int, int]:
        """What stays the same while things are only added: what was released before, and how parties are named."""
        return self.summit, self.removals


class PublicVersionQuerySet(VersionQuerySet):
    """What public pages show."""

    def stamp(self, slug: str) -> Stamp | None:
        """Return the stamp of the public summit at an address, None where none is. One query, whose SQL is made once:
        this is asked for each public page."""
        found = next(iter(_STAMP.rows(slug=slug)), None)
        return Stamp(found[0], found[1] or 0, found[2] or 0) if found else None


def _stamp_of(slug: str) -> models.QuerySet[Summit, tuple[Any, ...]]:
    counted = PublicVersion.objects.counted("pk")
    return Summit.objects.open_to_public().filter(slug=slug).order_by().values_list("pk", *counted.values())


_STAMP = Prepared(_stamp_of)


class PublicVersion(VersionCounter):
    """How often what public pages of a summit show has changed."""

    objects = PublicVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of public pages")
        verbose_name_plural = _("versions of public pages")
        constraints = [models.UniqueConstraint(fields=["summit_id", "writer"], name="public_version_once")]

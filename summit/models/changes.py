"""What the database notes of changes that public pages show."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from summit.db.prepared import Prepared
from summit.models.summits import Summit


@dataclass(frozen=True)
class Stamp:
    """What has been noted of a summit so far: equal stamps mean that nothing has changed between them.

    Rows are only added, and taken away from the oldest on. So two equal stamps are of the same rows, also where a
    transaction with an older number commits after one with a newer.
    """

    summit: int
    oldest: int
    newest: int
    number: int


class PublicChangeQuerySet(models.QuerySet["PublicChange"]):
    """Noted changes."""

    def stamp(self, slug: str) -> Stamp | None:
        """Return the stamp of the public summit at an address, None where none is. One query, whose SQL is made once:
        this is asked for each public page."""
        found = next(iter(_STAMP.rows(slug=slug)), None)
        return Stamp(found[0], found[1] or 0, found[2] or 0, found[3] or 0) if found else None

    def noted(self, summit: str) -> dict[str, Subquery]:
        """Return the annotations that make a stamp (`oldest`, `newest`, `noted`) for rows whose column `summit` is a
        summit's key. The first and the last are at the ends of the index; a minimum would read all of it."""
        of = PublicChange.objects.filter(summit_id=OuterRef(summit))
        number = of.order_by().values("summit_id").annotate(found=Count("pk")).values("found")
        oldest, newest = (of.order_by(order).values("pk")[:1] for order in ("pk", "-pk"))
        return {"oldest": Subquery(oldest), "newest": Subquery(newest), "noted": Subquery(number)}

    def clear(self, age: timedelta) -> None:
        """Take away what is older than `age`, but for the newest of each summit: always the oldest first."""
        last = self.filter(at__lt=Now() - age).order_by("-pk").values_list("pk", flat=True).first()
        newest = self.filter(summit_id=OuterRef("summit_id")).order_by("-pk").values("pk")[:1]
        if last is not None:
            self.annotate(newest=Subquery(newest)).filter(pk__lt=F("newest"), pk__lte=last).delete()


def _stamp_of(slug: str) -> models.QuerySet[Summit, tuple[Any, ...]]:
    noted = PublicChange.objects.noted("pk")
    return Summit.objects.open_to_public().filter(slug=slug).order_by().values_list("pk", *noted.values())


_STAMP = Prepared(_stamp_of)


class PublicChange(models.Model):
    """Something was written that public pages of a summit may show.

    Triggers write these rows (`NoteChanges`), so that no way of writing passes them by. The summit may be gone.
    """

    id = models.BigAutoField(primary_key=True)
    summit_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())

    objects = PublicChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("noted change")
        verbose_name_plural = _("noted changes")
        indexes = [models.Index(fields=["summit_id", "id"], name="public_change_of_summit")]

    def __str__(self) -> str:
        return f"{self.summit_id}: {self.pk}"

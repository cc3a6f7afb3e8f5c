"""In which capacity people come, how many may, and what each category opens."""

from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from summit.summits.models import Summit


class Capacity(models.TextChoices):
    """In which capacity a person belongs to a party. A summit's categories are each of one of these."""

    HEAD = "head", _("head of delegation")
    ALTERNATE = "alternate", _("alternate head")
    DELEGATE = "delegate", _("delegate")
    ADVISER = "adviser", _("adviser")
    SECURITY = "security", _("security")
    INTERPRETER = "interpreter", _("interpreter")
    SPOUSE = "spouse", _("spouse")
    MEDIA = "media", _("delegation’s media")
    LIAISON = "liaison", _("liaison officer")
    REPRESENTATIVE = "representative", _("representative")
    GUEST = "guest", _("guest")
    WORKFORCE = "workforce", _("host’s workforce")
    STAFF = "staff", _("staff")


class CategoryQuerySet(models.QuerySet["Category"]):
    """Categories."""

    def of(self, summit: Summit) -> dict[str, "Category"]:
        """Return a summit's categories by their codes, those of `Capacity` made where the summit lacks one."""
        found = {row.code: row for row in self.filter(summit=summit)}
        lacking = [value for value in Capacity.values if value not in found]
        if lacking:
            self.bulk_create(self.usual(summit, lacking), ignore_conflicts=True)
            found = {row.code: row for row in self.filter(summit=summit)}
        return found

    def usual(self, summit: Summit, codes: Iterable[str]) -> list["Category"]:
        """Return the categories with which a summit begins, not stored."""
        places = {value: number for number, value in enumerate(Capacity.values)}
        return [
            Category(
                summit=summit,
                code=code,
                capacity=code,
                quota=1 if code in (Capacity.HEAD, Capacity.ALTERNATE, Capacity.GUEST) else None,
                counts=code not in _BESIDE,
                vetted=True,
                position=places[code],
            )
            for code in codes
        ]


# Who comes with a delegation or works for the host, and is not of its number.
_BESIDE = frozenset({Capacity.SPOUSE, Capacity.MEDIA, Capacity.LIAISON, Capacity.WORKFORCE, Capacity.SECURITY})


class Category(models.Model):
    """A summit's category of people: how many a party may name, until when, and what it opens.

    Deadlines without a value are the policy's.
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="categories", verbose_name=pgettext_lazy("label", "summit")
    )
    code = models.SlugField(_("short code"), max_length=20, help_text=_("For imports, such as “delegate”."))
    capacity = models.CharField(_("capacity"), max_length=20, choices=Capacity)
    # By language; where none is given the capacity's own word stands.
    names = models.JSONField(_("names"), default=dict, blank=True)
    position = models.PositiveIntegerField(_("order"), default=0)
    quota = models.PositiveIntegerField(
        _("quota"), null=True, blank=True, help_text=_("How many each party may name. Empty: as many as it likes.")
    )
    counts = models.BooleanField(_("counts toward the total"), default=True)
    vetted = models.BooleanField(_("is vetted"), default=True)
    name_by = models.DateTimeField(_("to be named by"), null=True, blank=True)
    confirm_by = models.DateTimeField(_("to be confirmed by"), null=True, blank=True)
    zones = models.ManyToManyField("delegations.Zone", blank=True, related_name="+", verbose_name=_("zones"))
    offered = models.BooleanField(
        _("offered to parties"), default=True, help_text=_("Whether focal points can name people in it.")
    )

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["summit", "code"],
                name="category_code_once",
                violation_error_message=_("Another category has this code. Choose another."),
            ),
            models.CheckConstraint(name="category_capacity_known", condition=Q(capacity__in=Capacity.values)),
            models.CheckConstraint(
                name="category_confirmed_after_named",
                condition=Q(name_by__isnull=True) | Q(confirm_by__isnull=True) | Q(confirm_by__gte=F("name_by")),
                violation_error_message=_("People would be confirmed before they are named. Give a later moment."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What it is called in the reader's language."""
        language = get_language() or ""
        return self.names.get(language) or str(Capacity(self.capacity).label)

"""Categories of people, with quotas, deadlines and zones."""

from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from summit.core.validators import validate_colour
from summit.summits.models import Summit


class Capacity(models.TextChoices):
    """The capacity in which a person belongs to a party. Each category has exactly one."""

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
    WORKFORCE = "workforce", _("host staff")
    STAFF = "staff", _("support staff")


# The usual colours on badges: dark blue for delegates, and others that can be told from it. A word says the same.
COLOURS: dict[str, str] = {
    Capacity.HEAD: "#8a1538",
    Capacity.ALTERNATE: "#8a1538",
    Capacity.DELEGATE: "#1d4f91",
    Capacity.ADVISER: "#5f8fc9",
    Capacity.SECURITY: "#1f1f1c",
    Capacity.INTERPRETER: "#6a3d9a",
    Capacity.SPOUSE: "#d8a7b1",
    Capacity.MEDIA: "#f2c200",
    Capacity.LIAISON: "#2f7d32",
    Capacity.REPRESENTATIVE: "#0f6f78",
    Capacity.GUEST: "#e07b1f",
    Capacity.WORKFORCE: "#8c8c84",
    Capacity.STAFF: "#8c8c84",
}


class CategoryQuerySet(models.QuerySet["Category"]):
    """A queryset of categories that can add the usual ones."""

    def of(self, summit: Summit) -> dict[str, "Category"]:
        """Return a dict of a summit's categories by code, after adding those of `Capacity` that the summit doesn't
        have yet."""
        by_code = {row.code: row for row in self.filter(summit=summit)}
        missing = [value for value in Capacity.values if value not in by_code]
        if missing:
            self.bulk_create(self.usual(summit, missing), ignore_conflicts=True)
            by_code = {row.code: row for row in self.filter(summit=summit)}
        return by_code

    def usual(self, summit: Summit, codes: Iterable[str]) -> list["Category"]:
        """Return unsaved categories with these codes, with the values that a new summit starts with."""
        places = {value: number for number, value in enumerate(Capacity.values)}
        return [
            Category(
                summit=summit,
                code=code,
                capacity=code,
                quota=1 if code in (Capacity.HEAD, Capacity.ALTERNATE, Capacity.GUEST) else None,
                counts=code not in BESIDE,
                vetted=True,
                position=places[code],
            )
            for code in codes
        ]


# Capacities that don't count towards the total of a delegation.
BESIDE = frozenset({Capacity.SPOUSE, Capacity.MEDIA, Capacity.LIAISON, Capacity.WORKFORCE, Capacity.SECURITY})


class Category(models.Model):
    """A category of people in a summit, with the quota for each party, the deadlines, and the zones that it opens.

    If a deadline is empty, the deadline of the policy applies.
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="categories", verbose_name=pgettext_lazy("label", "summit")
    )
    code = models.SlugField(_("short code"), max_length=20, help_text=_("For imports, such as “delegate”."))
    capacity = models.CharField(_("capacity"), max_length=20, choices=Capacity)
    # By language. Without a name, the capacity's name is used.
    names = models.JSONField(_("names"), default=dict, blank=True)
    position = models.PositiveIntegerField(_("order"), default=0)
    quota = models.PositiveIntegerField(
        _("quota"),
        null=True,
        blank=True,
        help_text=_("Maximum per delegation. Leave blank for no limit."),
    )
    counts = models.BooleanField(_("counts towards the total"), default=True)
    vetted = models.BooleanField(_("requires vetting"), default=True)
    name_by = models.DateTimeField(_("naming deadline"), null=True, blank=True)
    confirm_by = models.DateTimeField(_("confirmation deadline"), null=True, blank=True)
    zones = models.ManyToManyField("delegations.Zone", blank=True, related_name="+", verbose_name=_("zones"))
    colour = models.CharField(
        _("colour on badges"),
        max_length=7,
        blank=True,
        validators=[validate_colour],
        help_text=_("For example, #1d4f91. Leave blank for the usual colour."),
    )
    offered = models.BooleanField(
        _("available to delegations"), default=True, help_text=_("Focal points can name people in this category.")
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
                violation_error_message=_("Another category has this code. Choose another code."),
            ),
            models.CheckConstraint(name="category_capacity_known", condition=Q(capacity__in=Capacity.values)),
            models.CheckConstraint(
                name="category_confirmed_after_named",
                condition=Q(name_by__isnull=True) | Q(confirm_by__isnull=True) | Q(confirm_by__gte=F("name_by")),
                violation_error_message=_("Set the confirmation deadline after the naming deadline."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def badge_colour(self) -> str:
        """The colour of the category on badges, as "#rrggbb"."""
        return self.colour or COLOURS[self.capacity]

    @property
    def name(self) -> str:
        """The category's name in the reader's language, or else the name of the capacity."""
        language = get_language() or ""
        return self.names.get(language) or str(Capacity(self.capacity).label)

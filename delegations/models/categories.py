"""In which capacity people come, how many may, and what each category opens."""

from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from delegations.models.parties import Party
from summit.core.models import PublicModel
from summit.core.validators import validate_printable
from summit.summits.models import Summit
from summit.users.models import User


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


class Zone(models.Model):
    """A part of the venue that a badge opens."""

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="zones", verbose_name=pgettext_lazy("label", "summit")
    )
    code = models.CharField(_("mark on the badge"), max_length=10, validators=[validate_printable])
    name = models.CharField(_("name"), max_length=120, validators=[validate_printable])
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["summit", "code"],
                name="zone_code_once",
                violation_error_message=_("Another zone has this mark. Choose another."),
            )
        ]

    def __str__(self) -> str:
        return self.name


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


class Quota(models.Model):
    """A party may name another number than the others: of a category, or, without one, in all that counts."""

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="quotas", verbose_name=pgettext_lazy("label", "party")
    )
    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    number = models.PositiveIntegerField(_("number"))
    reason = models.CharField(_("reason"), max_length=300, validators=[validate_printable])
    set_at = models.DateTimeField(_("set at"), auto_now=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("set by"))

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        ordering = ["party", "category"]
        constraints = [
            models.UniqueConstraint(fields=["party", "category"], name="quota_once"),
            models.UniqueConstraint(fields=["party"], name="quota_total_once", condition=Q(category__isnull=True)),
            models.CheckConstraint(name="quota_says_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return str(self.number)


class OverpassRule(PublicModel):
    """So many passes for so many people of a party. They open zones and change hands: who carries one goes in."""

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="overpass_rules", verbose_name=pgettext_lazy("label", "summit")
    )
    name = models.CharField(_("name"), max_length=120, validators=[validate_printable])
    passes = models.PositiveIntegerField(_("passes"), default=1)
    people = models.PositiveIntegerField(_("for every so many people"), default=5)
    most = models.PositiveIntegerField(_("at most"), null=True, blank=True)
    zones = models.ManyToManyField("delegations.Zone", blank=True, related_name="+", verbose_name=_("zones"))

    class Meta:
        verbose_name = _("overpass")
        verbose_name_plural = _("overpasses")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["summit", "name"],
                name="overpass_name_once",
                violation_error_message=_("Another overpass has this name. Choose another."),
            ),
            models.CheckConstraint(
                # A party has no use for more passes than people, and a number that is mistyped would fill the table.
                name="overpass_for_somebody",
                condition=Q(passes__gte=1, people__gte=F("passes")),
                violation_error_message=_("Give one pass at least, for as many people or more."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

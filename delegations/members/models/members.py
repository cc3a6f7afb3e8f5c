"""Present and former members of a party."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.members.models.categories import Capacity, Category
from delegations.parties.models import checks
from delegations.parties.models.parties import Party
from summit.core.personal_data import BY_KEY, DataSubject, PersonalDataKind, ProcessingActivity, personal
from summit.people.models import Person

MEMBERSHIP = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To know who belongs to which delegation."),
    view="delegations.membership.view",
    change="delegations.name",
    kept_as=PersonalDataKind.PERSON,
    logged=False,
)


class Membership(models.Model):
    """A person's membership in one party, in one category.

    A withdrawn member has no row here, but a row in `FormerMember`.
    """

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="memberships", verbose_name=pgettext_lazy("label", "delegation")
    )
    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, related_name="membership", verbose_name=pgettext_lazy("label", "person")
    )
    personal(person, MEMBERSHIP)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("category")
    )
    # A copy of the category's capacity, which never changes: constraints can't refer to another table.
    capacity = models.CharField(_("capacity"), max_length=20, choices=Capacity, blank=True, editable=False)
    position = models.PositiveIntegerField(_("order"), default=0)
    created_at = models.DateTimeField(_("named on"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("confirmed on"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["party", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["party"],
                name="membership_head_once",
                condition=Q(capacity=Capacity.HEAD),
                violation_error_message=_(
                    "The delegation already has a head. Replace that person, or choose another category."
                ),
            ),
            models.CheckConstraint(name="membership_capacity_known", condition=Q(capacity__in=Capacity.values)),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.party})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the membership with the category's capacity. Code that uses bulk_create sets the capacity itself."""
        self.capacity = self.category.capacity
        fields = kwargs.get("update_fields")
        if fields is not None and "category" in fields:
            kwargs["update_fields"] = {*fields, "capacity"}
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Raise ValidationError if the person or the category belongs to another summit than the party."""
        if self.category_id:
            self.capacity = self.category.capacity
        checks.check_same_summit(self.party_id, self.person_id)
        if self.category_id and self.party_id and self.category.summit_id != self.party.summit_id:
            raise ValidationError(
                {"category": _("This category belongs to another summit. Choose one of this summit.")}
            )


class Ended(models.TextChoices):
    """The reason why a membership ended."""

    WITHDRAWN = "withdrawn", _("withdrawn")
    REPLACED = "replaced", _("replaced")


FORMER_MEMBERSHIP = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To know who has left which delegation."),
    view="delegations.membership.view",
    stays=BY_KEY,
    logged=False,
)


class FormerMember(models.Model):
    """A membership that ended, because the member was withdrawn or replaced."""

    party = models.ForeignKey(
        Party,
        on_delete=models.CASCADE,
        related_name="former_members",
        verbose_name=pgettext_lazy("label", "delegation"),
    )
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "person")
    )
    personal(person, FORMER_MEMBERSHIP)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", verbose_name=_("category"))
    named_at = models.DateTimeField(_("named on"))
    ended_at = models.DateTimeField(_("ended on"), auto_now_add=True)
    why = models.CharField(_("reason"), max_length=20, choices=Ended)
    successor = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("replaced by")
    )
    personal(successor, FORMER_MEMBERSHIP)

    class Meta:
        verbose_name = _("former member")
        verbose_name_plural = _("former members")
        ordering = ["-ended_at", "-id"]
        constraints = [
            models.CheckConstraint(name="former_member_why_known", condition=Q(why__in=Ended.values)),
            models.CheckConstraint(
                name="former_member_successor_replaces", condition=Q(successor__isnull=True) | Q(why=Ended.REPLACED)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.party})"

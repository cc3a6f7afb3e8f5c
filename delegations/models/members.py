"""Who belongs to a party, who did, and who acts for it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.models.categories import Capacity, Category
from delegations.models.parties import Party
from summit.people.models import Person
from summit.users.models import User


def check_same_summit(party_id: int | None, person_id: int | None) -> None:
    """Refuse a person of another summit than the party's. Raises ValidationError."""
    if party_id is None or person_id is None:
        return
    summits = Party.objects.filter(pk=party_id).values("summit")
    if not Person.objects.filter(pk=person_id, summit__in=summits).exists():
        raise ValidationError({"person": _("This person belongs to another summit. Enter them in this one first.")})


class Membership(models.Model):
    """A person belongs to one party in one capacity. Whoever was withdrawn has no row: `FormerMember` keeps them."""

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="memberships", verbose_name=pgettext_lazy("label", "party")
    )
    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, related_name="membership", verbose_name=pgettext_lazy("label", "person")
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("category")
    )
    # The category's, which is frozen: constraints can't look into another table.
    capacity = models.CharField(_("capacity"), max_length=20, choices=Capacity, blank=True, editable=False)
    position = models.PositiveIntegerField(_("order"), default=0)
    created_at = models.DateTimeField(_("named at"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True, editable=False)

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
                    "The party has a head already. Replace that person, or choose another category."
                ),
            ),
            models.CheckConstraint(name="membership_capacity_known", condition=Q(capacity__in=Capacity.values)),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.party})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the category's capacity. Whoever writes many at once sets it."""
        self.capacity = self.category.capacity
        fields = kwargs.get("update_fields")
        if fields is not None and "category" in fields:
            kwargs["update_fields"] = {*fields, "capacity"}
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Refuse a person or a category of another summit."""
        if self.category_id:
            self.capacity = self.category.capacity
        check_same_summit(self.party_id, self.person_id)
        if self.category_id and self.party_id and self.category.summit_id != self.party.summit_id:
            raise ValidationError({"category": _("This category is another summit’s. Choose one of this summit.")})


class Ended(models.TextChoices):
    """Why somebody is a member no more."""

    WITHDRAWN = "withdrawn", _("withdrawn")
    REPLACED = "replaced", _("replaced")


class FormerMember(models.Model):
    """Somebody was a member of a party."""

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="former_members", verbose_name=pgettext_lazy("label", "party")
    )
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "person")
    )
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", verbose_name=_("category"))
    named_at = models.DateTimeField(_("named at"))
    ended_at = models.DateTimeField(_("ended at"), auto_now_add=True)
    why = models.CharField(_("why"), max_length=20, choices=Ended)
    successor = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("replaced by")
    )

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


class FocalPoint(models.Model):
    """A person whom the host writes to about a party, and who acts for it in the portal.

    They need not be a member of the delegation, and may serve several parties.
    """

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="focal_points", verbose_name=pgettext_lazy("label", "party")
    )
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="focal_for", verbose_name=pgettext_lazy("label", "person")
    )
    created_at = models.DateTimeField(_("named at"), auto_now_add=True)

    class Meta:
        verbose_name = _("focal point")
        verbose_name_plural = _("focal points")
        ordering = ["party", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["party", "person"],
                name="focal_point_once",
                violation_error_message=_("This person is a focal point of the party already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.person)

    def clean(self) -> None:
        """Refuse a person of another summit."""
        check_same_summit(self.party_id, self.person_id)


class RequestState(models.TextChoices):
    """What became of something that was asked for."""

    OPEN = "open", _("to be decided")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("taken back")


class FocalPointRequest(models.Model):
    """A focal point asks protocol to let another person act for the party, beside them or in their place."""

    party = models.ForeignKey(
        Party,
        on_delete=models.CASCADE,
        related_name="focal_point_requests",
        verbose_name=pgettext_lazy("label", "party"),
    )
    # The person is entered when it is approved: nobody is in a summit because somebody wrote their name.
    name = models.CharField(_("name"), max_length=200)
    office = models.CharField(_("office held"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=10, default="en")
    instead_of = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("in place of")
    )
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    asked_by = models.CharField(_("asked by"), max_length=200)
    # Where whoever asked reads what became of it; "" where a desk asked.
    answer_to = models.EmailField(_("answer to"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.OPEN)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("entered as")
    )

    class Meta:
        verbose_name = _("request for a focal point")
        verbose_name_plural = _("requests for focal points")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(name="focal_request_state_known", condition=Q(state__in=RequestState.values)),
            models.CheckConstraint(
                name="focal_request_decided_whole",
                condition=Q(state=RequestState.OPEN, decided_at__isnull=True, decided_by__isnull=True)
                | Q(state=RequestState.WITHDRAWN, decided_at__isnull=False, decided_by__isnull=True)
                | Q(
                    state__in=[RequestState.APPROVED, RequestState.REFUSED],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="focal_request_refused_says_why", condition=~Q(state=RequestState.REFUSED) | ~Q(reason="")
            ),
            models.UniqueConstraint(
                fields=["party", "email"], name="focal_request_open_once", condition=Q(state=RequestState.OPEN)
            ),
        ]

    def __str__(self) -> str:
        return self.name

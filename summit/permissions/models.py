"""The roles of accounts. The roles belong to accounts, not to people (see `summit.people`)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.users.models import User


class Role(models.TextChoices):
    """The roles in a summit.

    Ten roles are assigned, by hand or by a group at an identity provider, as rows of RoleAssignment. The other three
    follow from the rows about the account's person in `delegations` (`summit.permissions.rules.follows`): focal
    point, delegate and liaison officer.
    """

    ORGANISER = "organiser", _("organiser")
    PROTOCOL = "protocol", _("protocol")
    ACCREDITATION = "accreditation", _("accreditation")
    VETTING = "vetting", _("vetting")
    PROGRAMME = "programme", _("programme")
    CONFERENCE_OFFICER = "conference_officer", _("conference officer")
    PRESS_OFFICER = "press_officer", _("press officer")
    PRESS_APPROVER = "press_approver", _("press approver")
    FOCAL_POINT = "focal_point", _("focal point")
    DELEGATE = "delegate", _("delegate")
    LIAISON_OFFICER = "liaison_officer", _("liaison officer")
    MEDIA_REPRESENTATIVE = "media_representative", _("media representative")
    VIEWER = "viewer", _("viewer")


# The roles that follow from rows about the account's person.
FOLLOWING = frozenset({Role.FOCAL_POINT, Role.DELEGATE, Role.LIAISON_OFFICER})
# The roles that are assigned by hand, in the order in which forms offer them.
BY_HAND = [role for role in Role if role not in FOLLOWING]
# The roles that work for the host and may open the admin.
DESKS = frozenset(BY_HAND) - {Role.MEDIA_REPRESENTATIVE}


def _by_group() -> Q:
    return Q(until__isnull=False) & ~Q(issuer="")


class HeldRoleManager(models.Manager["RoleAssignment"]):
    """Finds the roles that accounts hold now, by the database's clock."""

    def get_queryset(self) -> models.QuerySet["RoleAssignment"]:
        """Return the rows without those whose time is over."""
        return super().get_queryset().filter(Q(by_hand=True) | Q(until__gt=Now()))


class RoleAssignment(models.Model):
    """A role that an account holds in one summit: assigned by hand, or by a group at an identity provider, or both.

    A role by hand is held until somebody removes it. A role by a group is held `until` a time soon after the last
    sign-in (`summit.single_sign_on`). A row whose time is over gives nothing, even if it isn't deleted yet: the
    default manager doesn't find it.
    """

    summit = models.ForeignKey(
        "summit.Summit", on_delete=models.CASCADE, related_name="roles", verbose_name=pgettext_lazy("label", "summit")
    )
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="roles", verbose_name=pgettext_lazy("label", "account")
    )
    role = models.CharField(
        pgettext_lazy("label", "role"), max_length=20, choices=[(role.value, role.label) for role in BY_HAND]
    )
    by_hand = models.BooleanField(_("by hand"), default=True, editable=False)
    until = models.DateTimeField(_("by group until"), null=True, editable=False)
    # The identity provider that said so last, by its issuer.
    issuer = models.CharField(_("identity provider"), max_length=200, blank=True, default="", editable=False)

    objects: ClassVar[HeldRoleManager] = HeldRoleManager()
    # For whoever writes rows: a row whose time is over has its place all the same.
    all_rows: ClassVar[models.Manager["RoleAssignment"]] = models.Manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["summit", "user", "role"]
        constraints = [
            models.UniqueConstraint(fields=["summit", "user", "role"], name="role_once"),
            models.CheckConstraint(name="role_by_hand", condition=Q(role__in=[*map(str, BY_HAND)])),
            models.CheckConstraint(name="role_by_hand_or_group", condition=Q(by_hand=True) | Q(until__isnull=False)),
            models.CheckConstraint(
                name="role_by_group_of_provider", condition=Q(until__isnull=True, issuer="") | _by_group()
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"

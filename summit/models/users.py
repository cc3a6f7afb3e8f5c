"""Accounts and the roles they hold. A person is not an account: see people.py."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.core.models import PublicModel
from summit.core.validators import validate_printable
from summit.models.summits import Summit


class UserManager(BaseUserManager["User"]):
    """Makes accounts; addresses are kept in small letters."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find an account by its address, whatever the case."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account; without a password it can't sign in by one."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create the account of the one who sets the system up (`manage.py createsuperuser`)."""
        return self.create_user(email, password, is_superuser=True, **fields)


class User(PublicModel, AbstractBaseUser, PermissionsMixin):
    """An account: an address to sign in with. What it may do hangs on its roles, a summit each."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True, validators=[validate_printable])
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(_("created"), auto_now_add=True)

    # By which token this account, as it was read for one request, acts: its public id, kept with what it does.
    by_token: str = ""

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["email"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        """Keep the address in small letters, by which accounts are looked up."""
        super().clean()
        self.email = self.email.strip().lower()


class Role(models.TextChoices):
    """The roles in a summit.

    Ten are given by hand, each a row of RoleAssignment. Focal points and delegates aren't: they are the account's
    person in `delegations`, so that nobody is a focal point here and not there (`summit.permissions.follows`).
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
    MEDIA_REPRESENTATIVE = "media_representative", _("media representative")
    VIEWER = "viewer", _("viewer")


# Those that follow from rows about the account's person.
FOLLOWING = frozenset({Role.FOCAL_POINT, Role.DELEGATE})
# Those that somebody is given, in the order in which they are offered.
BY_HAND = [role for role in Role if role not in FOLLOWING]
# Those that work for the host and open the admin.
DESKS = frozenset(BY_HAND) - {Role.MEDIA_REPRESENTATIVE}


class RoleAssignment(models.Model):
    """An account holds a role in one summit, given by hand."""

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="roles", verbose_name=pgettext_lazy("label", "summit")
    )
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="roles", verbose_name=pgettext_lazy("label", "account")
    )
    role = models.CharField(
        pgettext_lazy("label", "role"), max_length=20, choices=[(role.value, role.label) for role in BY_HAND]
    )

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["summit", "user", "role"]
        constraints = [
            models.UniqueConstraint(fields=["summit", "user", "role"], name="role_once"),
            models.CheckConstraint(name="role_by_hand", condition=models.Q(role__in=[*map(str, BY_HAND)])),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"

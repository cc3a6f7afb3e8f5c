"""The model of accounts, with which people sign in, and its manager."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from summit.core.models import PublicModel
from summit.core.personal_data import DataSubject, ProcessingActivity, personal
from summit.core.validators import validate_printable


class UserManager(BaseUserManager["User"]):
    """The manager of accounts. It stores e-mail addresses in lower case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the account with the e-mail address `username`, ignoring case. Raises User.DoesNotExist."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account and return it. If `password` is None, nobody can sign in to it with a password."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a superuser's account and return it (`manage.py createsuperuser`)."""
        return self.create_user(email, password, is_superuser=True, **fields)


ACCOUNT = ProcessingActivity(
    subjects=DataSubject.ACCOUNTS,
    purpose=_("To sign users in and record who did what."),
    view="summit.user.view",
    stays=_("Cleared when the person of the account is erased."),
)


class User(PublicModel, AbstractBaseUser, PermissionsMixin):
    """An account, with the e-mail address with which its owner signs in.

    The account's permissions follow from its roles in each summit.
    """

    email = personal(models.EmailField(_("email"), unique=True), ACCOUNT)
    name = personal(models.CharField(_("name"), max_length=200, blank=True, validators=[validate_printable]), ACCOUNT)
    language = personal(
        models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en"),
        ACCOUNT,
        logged=False,
    )
    is_active = models.BooleanField(_("can sign in"), default=True)
    date_joined = models.DateTimeField(_("created"), auto_now_add=True)

    # The public id of the token by which this account acts in the current request; the audit records it.
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
        """Change the e-mail address to lower case, because accounts are looked up in lower case."""
        super().clean()
        self.email = self.email.strip().lower()

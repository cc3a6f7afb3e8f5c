"""Tokens, by which programs act, and applications, which have tokens of their own."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.core.models import PublicModel
from summit.core.validators import validate_printable
from summit.summits.models import Summit
from summit.users.models import User


class ApiClient(PublicModel):
    """An application: a program that acts in one summit, by an account of its own.

    The account has the roles that an organiser has assigned to it.
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="api_clients", verbose_name=pgettext_lazy("label", "summit")
    )
    name = models.CharField(_("name"), max_length=100, validators=[validate_printable])
    user = models.OneToOneField(
        User, on_delete=models.PROTECT, related_name="api_client", verbose_name=pgettext_lazy("label", "account")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended on"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["summit", "name"], name="api_client_name_once")]

    def __str__(self) -> str:
        return self.name


class TokenQuerySet(models.QuerySet["Token"]):
    """A queryset of tokens."""

    def alive(self) -> "TokenQuerySet":
        """Return the tokens that are valid now: not expired, not revoked, with an open account.

        The time is that of the database.
        """
        unspent = Q(expires_at__isnull=True) | Q(expires_at__gt=Now())
        return self.filter(unspent, revoked_at__isnull=True, user__is_active=True)


class Token(PublicModel):
    """A secret by which a program acts as an account. Only a digest of the secret is stored."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="tokens", verbose_name=pgettext_lazy("label", "account")
    )
    api_client = models.ForeignKey(
        ApiClient,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="tokens",
        verbose_name=_("API client"),
    )
    name = models.CharField(
        _("name"),
        max_length=100,
        validators=[validate_printable],
        help_text=_("A name to recognise it by, such as “badge printer”."),
    )
    # SHA-256 in hexadecimal. The secret has 256 random bits, so a slower hash wouldn't make it harder to guess.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    # The first characters, by which an owner recognises the token in a list. They don't give access.
    begins = models.CharField(_("begins with"), max_length=12, editable=False)
    scopes = models.JSONField(_("permissions"), default=list)
    summit = models.ForeignKey(
        Summit,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="tokens",
        verbose_name=pgettext_lazy("label", "summit"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("ends"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="token_of_api_client_has_summit",
                condition=Q(api_client__isnull=True) | Q(summit__isnull=False),
            ),
            models.CheckConstraint(name="token_digest_form", condition=Q(digest__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return self.name

    def state(self, now: datetime) -> str:
        """Return the state of the token at the time `now`: "alive", "expired" or "revoked"."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "alive"

"""Rows that the API stores for a day: responses to POSTs with a key, and the number of each client's requests."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from summit.core.encrypted_fields import EncryptedBytesField
from summit.core.personal_data import DataSubject, ProcessingActivity, personal

REPEATED_REQUESTS = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To return the same response to a repeated request."),
    stays=_("Deleted after a day."),
    logged=False,
)


class IdempotencyRecord(models.Model):
    """The response to a POST with an Idempotency-Key. `status` is None while the request is in progress."""

    # "token:5" or "user:7". Each client has its own keys.
    who = models.CharField(_("caller"), max_length=40)
    # SHA-256 of the key, and of method, URL and body.
    key = models.CharField(_("key"), max_length=64)
    asked = models.CharField(_("request"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    headers = models.JSONField(_("headers"), default=dict, blank=True)
    # Encrypted, because it may contain personal data.
    body = personal(EncryptedBytesField(_("body"), null=True, blank=True), REPEATED_REQUESTS)
    made_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("stored response")
        verbose_name_plural = _("stored responses")
        constraints = [
            models.UniqueConstraint(fields=["who", "key"], name="idempotency_record_once"),
            models.CheckConstraint(
                name="idempotency_record_whole",
                condition=Q(status__isnull=True, body__isnull=True) | Q(status__isnull=False, body__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["made_at"], name="idempotency_record_age")]

    def __str__(self) -> str:
        return f"{self.who}: {self.status}"


class RequestCount(models.Model):
    """The number of requests that a client has made in its latest minute with a request."""

    who = models.CharField(_("caller"), max_length=40, primary_key=True)
    # The number of the window since the epoch.
    window = models.BigIntegerField(_("window"))
    number = models.PositiveIntegerField(_("number"), default=0)

    class Meta:
        verbose_name = _("request counts")
        verbose_name_plural = _("request counts")

    def __str__(self) -> str:
        return f"{self.who}: {self.number}"

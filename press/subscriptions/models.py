"""Models of subscribers and announcements."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from press.texts.models.editions import Edition
from summit.core.models import PublicModel
from summit.core.personal_data import DataSubject, PersonalDataKind, ProcessingActivity, personal
from summit.outbox.models.messages import new_nonce
from summit.summits.models import Summit


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    """A QuerySet of subscribers."""

    def active(self) -> "SubscriberQuerySet":
        """Return the subscribers who have confirmed their mail address and haven't ended their subscription."""
        return self.filter(confirmed_at__isnull=False, ended_at__isnull=True)


SUBSCRIPTIONS = ProcessingActivity(
    subjects=DataSubject.SUBSCRIBERS,
    purpose=_("To send new texts to subscribers."),
    view="press.subscriber.view",
    kept_as=PersonalDataKind.CONTACT,
)


class Subscriber(PublicModel):
    """A mail address for which somebody asked for mails about a summit's texts.

    Mails about texts are sent after the address is confirmed, until the subscription has ended.
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="subscribers", verbose_name=pgettext_lazy("label", "summit")
    )
    address = personal(models.EmailField(_("email address")), SUBSCRIPTIONS)
    language = personal(
        models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE),
        SUBSCRIPTIONS,
        logged=False,
    )
    nonce = models.CharField(max_length=32, unique=True, default=new_nonce, editable=False)
    asked_at = models.DateTimeField(_("requested"), db_default=Now())
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended on"), null=True, blank=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        ordering = ["address"]
        constraints = [
            models.UniqueConstraint(fields=["summit", "address"], name="subscriber_once"),
            models.CheckConstraint(name="subscriber_address_small", condition=Q(address=Lower("address"))),
        ]

    def __str__(self) -> str:
        return self.address


class Announcement(models.Model):
    """The announcement of a published edition. The messages are stored in the same transaction."""

    edition = models.OneToOneField(
        Edition, on_delete=models.PROTECT, related_name="announcement", verbose_name=pgettext_lazy("label", "edition")
    )
    at = models.DateTimeField(_("announced on"), db_default=Now())
    recipients = models.PositiveIntegerField(_("subscribers notified"), default=0)

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.edition} {self.at}"

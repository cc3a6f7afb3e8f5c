"""The model of a message: a mail, its state and its attempts."""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.core.encrypted_fields import EncryptedBytesField
from summit.core.models import PublicModel
from summit.core.personal_data import DataSubject, PersonalDataKind, ProcessingActivity, personal
from summit.people.models import Person
from summit.summits.models import Summit, sends


class MessageState(models.TextChoices):
    """The state of a message."""

    PENDING = "pending", _("waiting")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    DROPPED = "dropped", _("no longer needed")


# The allowed changes of state. delivery.py writes states only according to this table.
TRANSITIONS: dict[str, frozenset[str]] = {
    MessageState.PENDING: frozenset({MessageState.SENT, MessageState.FAILED, MessageState.DROPPED}),
    MessageState.FAILED: frozenset({MessageState.PENDING}),
    MessageState.SENT: frozenset(),
    MessageState.DROPPED: frozenset(),
}


def new_nonce() -> str:
    """Return 32 random hexadecimal digits (128 bits). A message's links are signed with them."""
    return secrets.token_hex(16)


class MessageQuerySet(models.QuerySet["Message"]):
    """Querysets of messages, with a filter for the messages that can be sent now."""

    def due(self) -> "MessageQuerySet":
        """Return the messages that are to be sent now, by the database's clock.

        A pending message is due if the time of its next attempt has come and no worker holds it. Its summit and the
        installation must not be paused.
        """
        return self.filter(
            Q(lease_until__isnull=True) | Q(lease_until__lte=Now()),
            sends("summit_id"),
            state=MessageState.PENDING,
            next_attempt_at__lte=Now(),
        )


MAIL = ProcessingActivity(
    subjects=DataSubject.RECIPIENTS,
    purpose=_("To send email and keep a record of it."),
    view="outbox.message.view",
    kept_as=PersonalDataKind.MAIL,
)


class Message(PublicModel):
    """One mail to one mailbox, stored in the transaction that caused it.

    A trigger of the database refuses changes of the recipient, the cause and the facts. `rendered` has the bytes of
    the mail. They are stored before the first attempt, so that every attempt sends the same mail with the same
    Message-ID. They are encrypted, because the mail holds links that grant access.
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=pgettext_lazy("label", "summit")
    )
    kind = models.CharField(_("type"), max_length=40)
    # The object that the message is about, such as "delegations.invitation:k3…", and the version of the object. With
    # the recipient they make the message unique, so that no cause can write to the same mailbox twice.
    subject_key = models.CharField(_("about"), max_length=80)
    version = models.PositiveIntegerField(_("version"), default=0)
    recipient_key = personal(
        models.CharField(_("sent for"), max_length=80, help_text=_("Delegation, person or subscriber.")), MAIL
    )
    person = models.ForeignKey(
        Person,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("label", "person"),
    )
    personal(person, MAIL)
    address = personal(models.EmailField(_("email address")), MAIL)
    language = personal(models.CharField(_("language"), max_length=10, default=settings.LANGUAGE_CODE), MAIL)
    facts = personal(models.JSONField(_("data"), default=dict), MAIL)
    nonce = models.CharField(max_length=32, unique=True, default=new_nonce, editable=False)
    message_id = models.CharField("Message-ID", max_length=120, unique=True, editable=False)
    # The request or task that caused it (summit.core.request_ids), so that its mail is found in the logs.
    request_id = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001 - a column of one statement
    created_at = models.DateTimeField(_("created on"), db_default=Now())

    state = models.CharField(_("state"), max_length=10, choices=MessageState, default=MessageState.PENDING)
    rendered = personal(EncryptedBytesField(null=True, editable=False), MAIL, label=_("text of the email"))
    rendered_subject = personal(models.CharField(_("subject"), max_length=255, blank=True, editable=False), MAIL)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    # The fencing token: counts every claim and never decreases, even when `attempts` does.
    claims = models.PositiveIntegerField(default=0, editable=False)
    next_attempt_at = models.DateTimeField(_("next attempt"), db_default=Now())
    lease_until = models.DateTimeField(_("reserved until"), null=True, blank=True, editable=False)
    # Set when a sweep has queued the message, so that the next sweep doesn't queue it again at once.
    handed_until = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    problem = personal(models.TextField(_("error"), blank=True), MAIL)
    # Set when the mail bounced after it was sent (RFC 3464).
    returned_at = models.DateTimeField(_("bounced"), null=True, blank=True)
    returned_why = personal(models.CharField(_("bounce reason"), max_length=300, blank=True), MAIL)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_key", "version", "recipient_key", "address"], name="message_once"
            ),
            models.CheckConstraint(name="message_state_known", condition=Q(state__in=MessageState.values)),
            models.CheckConstraint(
                name="message_sent_has_time", condition=~Q(state="sent") | Q(sent_at__isnull=False)
            ),
            models.CheckConstraint(
                name="message_returned_was_sent", condition=Q(returned_at__isnull=True) | Q(state="sent")
            ),
            models.CheckConstraint(
                name="message_failure_says_why", condition=~Q(state__in=["failed", "dropped"]) | ~Q(problem="")
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at", "id"], name="message_due", condition=Q(state="pending")),
            models.Index(fields=["summit", "kind", "state"], name="message_by_kind"),
            models.Index(fields=["subject_key"], name="message_by_subject"),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def date(self) -> datetime:
        """The moment for the Date header: when the message was caused, the same on every attempt."""
        return self.created_at

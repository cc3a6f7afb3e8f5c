"""What a summit does about each kind of conflict, and the rooms that only one session may have at a time."""

from enum import StrEnum

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sessions.draft.models.sessions import Session
from summit.summits.models import Room, Summit


class WarningKind(StrEnum):
    """The kind of conflict that a warning is about."""

    ROOM = "room"
    PERSON = "person"
    HEAD = "head"
    INTERPRETER = "interpreter"
    DELEGATION = "delegation"
    WAY = "way"
    SEATS = "seats"
    HOURS = "hours"
    DAYS = "days"
    BEFORE = "before"
    AFTER = "after"
    SPEECHES = "speeches"
    ZONE = "zone"


CONFLICT_KINDS = [kind.value for kind in WarningKind]


class ConflictAction(models.TextChoices):
    """What happens when a change of the draft makes a conflict."""

    BLOCK = "block", pgettext_lazy("conflict", "Block")
    WARN = "warn", pgettext_lazy("conflict", "Warn")
    IGNORE = "ignore", pgettext_lazy("conflict", "Ignore")


class ConflictPolicy(models.Model):
    """What a summit does about one kind of conflict. Without a row, it warns.

    `minutes` is the time that it takes to go from one venue to another, for WarningKind.WAY alone.
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "summit")
    )
    rule = models.CharField(_("conflict"), max_length=20)
    action = models.CharField(_("action"), max_length=10, choices=ConflictAction, default=ConflictAction.WARN)
    minutes = models.PositiveSmallIntegerField(
        _("minutes between venues"), null=True, blank=True, validators=[MaxValueValidator(240)]
    )

    class Meta:
        verbose_name = _("conflict rule")
        verbose_name_plural = _("conflict rules")
        constraints = [
            models.UniqueConstraint(fields=["summit", "rule"], name="conflict_policy_once"),
            models.CheckConstraint(name="conflict_policy_rule_known", condition=Q(rule__in=CONFLICT_KINDS)),
            models.CheckConstraint(
                name="conflict_policy_action_known", condition=Q(action__in=ConflictAction.values)
            ),
            models.CheckConstraint(
                name="conflict_policy_minutes_of_way", condition=Q(minutes__isnull=True) | Q(rule="way")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.action}"


class RoomHold(models.Model):
    """The time for which a session has its room to itself, with set-up and clear-down.

    Triggers write the rows: one for each session that takes place in a room, in summits that block double-booked
    rooms. The database refuses two holds of one room that overlap.
    """

    session = models.OneToOneField(
        Session,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="+",
        verbose_name=pgettext_lazy("label", "session"),
    )
    room = models.ForeignKey(
        Room, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "room")
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))

    class Meta:
        verbose_name = _("room hold")
        verbose_name_plural = _("room holds")
        constraints = [
            models.CheckConstraint(name="room_hold_ends_after_start", condition=Q(ends_at__gt=F("starts_at")))
        ]

    def __str__(self) -> str:
        return f"{self.room_id}: {self.starts_at}"

"""The speeches of a session as they are given: the state of each speech, and the intervals in which its clock ran."""

from dataclasses import dataclass

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.parties.models.parties import Party
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from summit.users.models import User


class SpeechState(models.TextChoices):
    """Where a speech stands while its session runs. A speech without a row waits."""

    WAITING = "waiting", pgettext_lazy("speech", "waiting")
    SPEAKING = "speaking", _("has the floor")
    INTERRUPTED = "interrupted", _("point of order")
    PAUSED = "paused", _("paused")
    DELIVERED = "delivered", pgettext_lazy("speech", "delivered")
    NOT_DELIVERED = "not_delivered", pgettext_lazy("speech", "not delivered")


class SpeechAct(models.TextChoices):
    """What the desk does with a speech while its session runs."""

    GIVE_FLOOR = "give_floor", _("Give the floor")
    PAUSE = "pause", _("Pause")
    POINT_OF_ORDER = "point_of_order", _("Point of order")
    RESUME = "resume", _("Resume")
    END = "end", _("End speech")
    POSTPONE = "postpone", _("Postpone")
    SKIP = "skip", _("Not delivered")


@dataclass(frozen=True)
class SpeechTransition:
    """A row of TRANSITIONS: an act is possible in the states `before`, and leads to the state `after`."""

    before: tuple[SpeechState, ...]
    after: SpeechState


S = SpeechState
TRANSITIONS: dict[SpeechAct, SpeechTransition] = {
    # Who was called in vain may come back.
    SpeechAct.GIVE_FLOOR: SpeechTransition((S.WAITING, S.NOT_DELIVERED), S.SPEAKING),
    SpeechAct.PAUSE: SpeechTransition((S.SPEAKING,), S.PAUSED),
    SpeechAct.POINT_OF_ORDER: SpeechTransition((S.SPEAKING, S.PAUSED), S.INTERRUPTED),
    SpeechAct.RESUME: SpeechTransition((S.PAUSED, S.INTERRUPTED), S.SPEAKING),
    SpeechAct.END: SpeechTransition((S.SPEAKING, S.INTERRUPTED, S.PAUSED), S.DELIVERED),
    SpeechAct.POSTPONE: SpeechTransition((S.WAITING,), S.WAITING),
    SpeechAct.SKIP: SpeechTransition((S.WAITING,), S.NOT_DELIVERED),
}
del S
# In these states a speech has the floor, also while its clock stands still.
ON_THE_FLOOR = TRANSITIONS[SpeechAct.END].before


class SpeechRun(models.Model):
    """The state of a speech in its session, and its place in the running order.

    `place` is on the scale of `Slot.position`. It is set when the speech is postponed; until then
    its position counts.
    """

    slot = models.OneToOneField(Slot, on_delete=models.CASCADE, related_name="run", verbose_name=_("speech"))
    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "session")
    )
    state = models.CharField(_("state"), max_length=14, choices=SpeechState, default=SpeechState.WAITING)
    place = models.FloatField(_("place in the running order"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed"), db_default=Now())

    class Meta:
        verbose_name = _("course of a speech")
        verbose_name_plural = _("courses of speeches")
        constraints = [
            models.CheckConstraint(name="speech_run_state_known", condition=Q(state__in=SpeechState.values)),
            models.UniqueConstraint(
                fields=["session"], name="speech_run_one_has_floor", condition=Q(state__in=ON_THE_FLOOR)
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_state_display())


class IntervalKind(models.TextChoices):
    """What an interval is: time that counts for the speech, or a point of order, which doesn't."""

    SPEECH = "speech", pgettext_lazy("label", "speech")
    POINT_OF_ORDER = "point_of_order", _("point of order")


class SpeechInterval(models.Model):
    """An interval in which the clock of a speech ran, or in which a point of order interrupted it.

    It runs while `ended_at` is empty. `party` is the delegation that raised the point of order, if it was recorded.
    The speech is protected: a speech with intervals is cancelled when it is taken off its list, and keeps its time.
    """

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "session")
    )
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="intervals", verbose_name=_("speech"))
    kind = models.CharField(_("kind"), max_length=14, choices=IntervalKind, default=IntervalKind.SPEECH)
    party = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("label", "delegation"),
    )
    started_at = models.DateTimeField(_("started"), db_default=Now())
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("interval of a speech")
        verbose_name_plural = _("intervals of speeches")
        ordering = ["started_at", "id"]
        constraints = [
            models.CheckConstraint(name="speech_interval_kind_known", condition=Q(kind__in=IntervalKind.values)),
            models.UniqueConstraint(
                fields=["session"], name="speech_interval_one_runs", condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                name="speech_interval_ends_after_start",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="speech_interval_party_raises_point",
                condition=Q(party__isnull=True) | Q(kind="point_of_order"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

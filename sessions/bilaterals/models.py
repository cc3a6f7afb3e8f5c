"""Requests for bilateral meetings, the times at which a side can't meet, and a summit's setting."""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.parties.models.parties import Party
from sessions.draft.models.participants import Attendance
from sessions.draft.models.sessions import Session, refuse_others
from summit.core.models import PublicModel
from summit.core.validators import validate_printable
from summit.summits.models import Summit

# The lengths of a meeting, in minutes.
SHORTEST, LONGEST = 5, 240


class BilateralState(models.TextChoices):
    """The states of a request for a bilateral meeting."""

    SCREENING = "screening", _("with the programme desk")
    ASKED = "asked", _("awaiting an answer")
    PROPOSED = "proposed", _("another time proposed")
    ACCEPTED = "accepted", pgettext_lazy("meeting", "accepted")
    APPROVED = "approved", pgettext_lazy("meeting", "approved")
    PLACED = "placed", pgettext_lazy("meeting", "scheduled")
    DECLINED = "declined", pgettext_lazy("meeting", "declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("meeting", "withdrawn")
    REFUSED = "refused", pgettext_lazy("meeting", "not approved")


class Side(StrEnum):
    """Who takes a step: the delegation that asked, the one that was asked, or the programme desk."""

    PARTY = "party"
    COUNTERPART = "counterpart"
    DESK = "desk"


@dataclass(frozen=True)
class Transition:
    """A step: the states in which it can be taken, who takes it, and the state that follows."""

    sources: frozenset[BilateralState]
    side: Side
    target: BilateralState


_S = BilateralState
# Everything that can happen to a request. What isn't here can't happen.
TRANSITIONS: dict[str, Transition] = {
    "forward": Transition(frozenset({_S.SCREENING}), Side.DESK, _S.ASKED),
    "accept": Transition(frozenset({_S.ASKED}), Side.COUNTERPART, _S.ACCEPTED),
    "propose": Transition(frozenset({_S.ASKED}), Side.COUNTERPART, _S.PROPOSED),
    "agree": Transition(frozenset({_S.PROPOSED}), Side.PARTY, _S.ACCEPTED),
    "decline": Transition(
        frozenset({_S.ASKED, _S.PROPOSED, _S.ACCEPTED, _S.APPROVED}), Side.COUNTERPART, _S.DECLINED
    ),
    "withdraw": Transition(
        frozenset({_S.SCREENING, _S.ASKED, _S.PROPOSED, _S.ACCEPTED, _S.APPROVED}), Side.PARTY, _S.WITHDRAWN
    ),
    "approve": Transition(frozenset({_S.ACCEPTED}), Side.DESK, _S.APPROVED),
    "refuse": Transition(frozenset({_S.SCREENING, _S.ACCEPTED, _S.APPROVED}), Side.DESK, _S.REFUSED),
    "place": Transition(frozenset({_S.ACCEPTED, _S.APPROVED}), Side.DESK, _S.PLACED),
}
# The states of requests that still lead to a meeting that isn't scheduled yet.
OPEN = (_S.SCREENING, _S.ASKED, _S.PROPOSED, _S.ACCEPTED, _S.APPROVED)
# The states in which the programme desk takes the next step.
FOR_DESK = (_S.SCREENING, _S.ACCEPTED, _S.APPROVED)
# The states that only a request reaches that the other delegation has received.
_FORWARDED = (_S.ASKED, _S.PROPOSED, _S.ACCEPTED, _S.APPROVED, _S.PLACED, _S.DECLINED)


def visible_to_parties(parties: object) -> Q:
    """Return the condition for the requests of which these parties may know. `parties` are keys, or a subquery.

    A party knows of what it asked itself. It knows of what it is asked once the request has been forwarded to it.
    """
    return Q(party__in=parties) | Q(counterpart__in=parties, forwarded_at__isnull=False)


class BilateralQuerySet(models.QuerySet["Bilateral"]):
    """Queryset of requests for bilateral meetings. `visible_to` alone decides what a delegation may know."""

    def visible_to(self, party: Party) -> "BilateralQuerySet":
        """Return the requests of which a party may know."""
        return self.filter(visible_to_parties([party.pk]))

    def of(self, summit: Summit) -> "BilateralQuerySet":
        """Return the requests of a summit, with both parties joined."""
        return self.filter(party__summit=summit).select_related("party", "counterpart")


class Bilateral(PublicModel):
    """A party's request to meet another party, its `counterpart`. When it is placed, it has a session of the draft.

    Delegations read the time and the room in the released agenda alone.
    """

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="bilaterals_asked", verbose_name=_("requested by")
    )
    counterpart = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="bilaterals_received", verbose_name=_("meeting with")
    )
    purpose = models.CharField(pgettext_lazy("meeting", "purpose"), max_length=300, validators=[validate_printable])
    minutes = models.PositiveSmallIntegerField(_("length in minutes"), default=30)
    level = models.CharField(
        pgettext_lazy("attendance", "participants of each side"),
        max_length=10,
        choices=Attendance,
        default=Attendance.HEAD_2,
    )
    # The language into which each side needs an interpreter, or "".
    language = models.CharField(_("interpreter for"), max_length=10, blank=True)
    counterpart_language = models.CharField(_("their interpreter for"), max_length=10, blank=True)
    # Whether each side agrees that pooled media may photograph and film the beginning, and whether it is planned.
    spray_by_party = models.BooleanField(_("media spray requested"), default=False)
    spray_by_counterpart = models.BooleanField(_("media spray agreed"), default=False)
    spray = models.BooleanField(_("media spray"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=BilateralState, default=BilateralState.ASKED)
    proposed_at = models.DateTimeField(_("proposed time"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True, validators=[validate_printable])
    asked_at = models.DateTimeField(_("requested on"), auto_now_add=True)
    forwarded_at = models.DateTimeField(_("forwarded on"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    session = models.OneToOneField(
        Session,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bilateral",
        verbose_name=pgettext_lazy("label", "session"),
    )

    objects = BilateralQuerySet.as_manager()

    class Meta:
        verbose_name = _("bilateral meeting")
        verbose_name_plural = _("bilateral meetings")
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(name="bilateral_state_known", condition=Q(state__in=BilateralState.values)),
            models.CheckConstraint(name="bilateral_level_known", condition=Q(level__in=Attendance.values)),
            models.CheckConstraint(
                name="bilateral_of_two",
                condition=~Q(party=F("counterpart")),
                violation_error_message=_("Choose another delegation than your own."),
            ),
            models.CheckConstraint(
                name="bilateral_minutes_in_range",
                condition=Q(minutes__gte=SHORTEST, minutes__lte=LONGEST),
                violation_error_message=_("Choose a length between 5 and 240 minutes."),
            ),
            models.UniqueConstraint(
                fields=["party", "counterpart"],
                name="bilateral_open_once",
                condition=Q(state__in=OPEN),
                violation_error_message=_("Your delegation has already asked this delegation for a meeting."),
            ),
            models.CheckConstraint(
                name="bilateral_placed_has_session",
                condition=Q(state=BilateralState.PLACED, session__isnull=False)
                | ~Q(state=BilateralState.PLACED) & Q(session__isnull=True),
            ),
            models.CheckConstraint(
                name="bilateral_proposed_has_time",
                condition=~Q(state=BilateralState.PROPOSED) | Q(proposed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="bilateral_refused_says_why", condition=~Q(state=BilateralState.REFUSED) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="bilateral_spray_of_both",
                condition=Q(spray=False) | Q(spray_by_party=True, spray_by_counterpart=True),
                violation_error_message=_("A media spray needs the consent of both delegations."),
            ),
            models.CheckConstraint(
                name="bilateral_known_once_forwarded",
                condition=Q(state__in=_FORWARDED, forwarded_at__isnull=False)
                | Q(state=BilateralState.SCREENING, forwarded_at__isnull=True)
                | Q(state__in=[BilateralState.WITHDRAWN, BilateralState.REFUSED]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} – {self.counterpart}"

    def clean(self) -> None:
        """Reject a counterpart of another summit."""
        refuse_others(self.party.summit_id, counterpart=(self.counterpart_id, Party, "summit"))

    @property
    def sprayable(self) -> bool:
        """Whether both sides agree to a media spray."""
        return self.spray_by_party and self.spray_by_counterpart

    def can(self, step: str) -> bool:
        """Return whether a step of TRANSITIONS can be taken in the present state."""
        return self.state in TRANSITIONS[step].sources


class UnavailableTime(models.Model):
    """A time at which one side of a bilateral meeting can't meet."""

    bilateral = models.ForeignKey(
        Bilateral, on_delete=models.CASCADE, related_name="unavailable", verbose_name=_("bilateral meeting")
    )
    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "delegation")
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))

    class Meta:
        verbose_name = _("unavailable time")
        verbose_name_plural = _("unavailable times")
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(name="unavailable_ends_after_start", condition=Q(ends_at__gt=F("starts_at")))
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.starts_at:%Y-%m-%d %H:%M}"


class BilateralPolicy(models.Model):
    """Whether the programme desk screens a summit's requests before they are forwarded. Without a row it doesn't."""

    summit = models.OneToOneField(
        Summit,
        on_delete=models.CASCADE,
        related_name="bilateral_policy",
        verbose_name=pgettext_lazy("label", "summit"),
    )
    screening = models.BooleanField(
        _("screen requests"), default=False, help_text=_("Requests reach the other delegation once you forward them.")
    )

    class Meta:
        verbose_name = _("screening of bilateral meetings")
        verbose_name_plural = _("screening of bilateral meetings")

    def __str__(self) -> str:
        return str(self.summit)

"""Releases of the agenda: numbered, immutable, what delegates and the public see."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.models import Party
from sessions.models.sessions import ParticipantRole, Session, SessionKind, Visibility
from summit.models import Person, Summit, User
from summit.models.fields import PublicModel


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Releases."""

    def current(self) -> "ReleaseQuerySet":
        """Return the newest release of each summit."""
        newer = Release.objects.filter(summit=OuterRef("summit"), number__gt=OuterRef("number"))
        return self.filter(~Exists(newer))


class Release(PublicModel):
    """A numbered release of a summit's agenda. Never changed: a trigger holds it."""

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="releases", verbose_name=pgettext_lazy("label", "summit")
    )
    number = models.PositiveIntegerField(_("number"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    released_at = models.DateTimeField(_("released"), db_default=Now())
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("released by"))

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["summit", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["summit", "number"], name="release_number_once"),
            models.CheckConstraint(name="release_number_from_one", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.summit.short_name} {self.number}"


# Who takes part knows of all but what is for organisers; `visible_to_members` says the same in SQL.
SEEN_BY_PARTICIPANTS = frozenset(Visibility.values) - {Visibility.ORGANISERS.value}


class ReleasedQuerySet(models.QuerySet["ReleasedSession"]):
    """Released sessions. Visibility is decided here and nowhere else, for every channel."""

    def in_current_release(self, summit: Summit) -> "ReleasedQuerySet":
        """Return what stands in the summit's newest release."""
        return self.filter(entries__release__in=Release.objects.filter(summit=summit).current())

    def visible_to_public(self) -> "ReleasedQuerySet":
        """Return what everybody may know of."""
        return self.filter(visibility=Visibility.PUBLIC, session__summit__public=True)

    def visible_to_members(self, *, parties: list[int], people: list[int]) -> "ReleasedQuerySet":
        """Return what these parties (primary keys) and people may know of, together.

        Whoever belongs to a party of the summit is accredited enough to see what all delegations see; what is for
        those who take part needs a place in it.
        """
        own = _places(parties, people)
        open_to_all = [Visibility.PUBLIC, Visibility.ACCREDITED] if parties or people else [Visibility.PUBLIC]
        return self.filter(Q(visibility__in=open_to_all) | (Q(visibility=Visibility.PARTICIPANTS) & Q(Exists(own))))

    def of_members(self, *, parties: list[int], people: list[int]) -> "ReleasedQuerySet":
        """Return what these parties and people take part in."""
        return self.filter(Exists(_places(parties, people)))


def _places(parties: list[int], people: list[int]) -> "models.QuerySet[ReleasedParticipant]":
    """Return the places of these parties and people in the session of the query around it."""
    theirs = Q(party__in=parties) | Q(person__in=people)
    return ReleasedParticipant.objects.filter(theirs, released_session=OuterRef("pk"))


class ReleasedSession(PublicModel):
    """A session as it was released. Never changed: a trigger holds it.

    A release that leaves a session as it was refers to the same row, so what changed between two releases are the
    entries that differ. `sequence` is the number of the release that made the row: a SEQUENCE (RFC 5545, 3.8.7.4)
    that only rises.
    """

    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="released", verbose_name=pgettext_lazy("label", "session")
    )
    sequence = models.PositiveIntegerField("SEQUENCE")
    fingerprint = models.CharField(max_length=64, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=SessionKind)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    room_name = models.CharField(pgettext_lazy("label", "room"), max_length=120, blank=True)
    venue_name = models.CharField(pgettext_lazy("label", "venue"), max_length=200, blank=True)
    visibility = models.CharField(_("visible to"), max_length=20, choices=Visibility)
    created_at = models.DateTimeField(_("released"), db_default=Now())

    objects = ReleasedQuerySet.as_manager()

    class Meta:
        verbose_name = _("released session")
        verbose_name_plural = _("released sessions")
        ordering = ["starts_at", "ends_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "sequence"], name="released_session_once"),
            models.CheckConstraint(name="released_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="released_visibility_known", condition=Q(visibility__in=Visibility.values)),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.sequence})"


def beside(label: str, party_label: str) -> str:
    """Return a party's name to be read after somebody's, or nothing where their office names it already."""
    return "" if party_label in label else party_label


def with_party(label: str, party_label: str) -> str:
    """Return somebody's name with their party's in parentheses, where it isn't said already."""
    party = beside(label, party_label)
    return f"{label} ({party})" if party else label


class ReleasedRole(models.TextChoices):
    """What somebody does in a released session."""

    CHAIR = ParticipantRole.CHAIR.value, _("chair")
    MODERATOR = ParticipantRole.MODERATOR.value, _("moderator")
    SPEAKER = "speaker", _("speaker")
    PARTICIPANT = ParticipantRole.PARTICIPANT.value, _("participant")


class ReleasedParticipant(models.Model):
    """Who takes part in a released session, by the name that was released. Never changed: a trigger holds it.

    A speech is a row with the role of speaker and its slot.
    """

    released_session = models.ForeignKey(
        ReleasedSession,
        on_delete=models.CASCADE,
        related_name="participants",
        verbose_name=pgettext_lazy("label", "session"),
    )
    role = models.CharField(pgettext_lazy("label", "role"), max_length=20, choices=ReleasedRole)
    party = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=pgettext_lazy("label", "party")
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=pgettext_lazy("label", "person")
    )
    # The public id of the speech; the slot itself may be gone from the draft while its release stands.
    slot_key = models.CharField(_("speech"), max_length=16, blank=True)
    label = models.CharField(_("name"), max_length=420)
    party_label = models.CharField(_("party's name"), max_length=120, blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    minutes = models.PositiveIntegerField(_("minutes"), null=True)
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("released participant")
        verbose_name_plural = _("released participants")
        ordering = ["released_session", "position", "id"]
        indexes = [
            models.Index(fields=["party", "released_session"], name="released_by_party"),
            models.Index(fields=["person", "released_session"], name="released_by_person"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def party_beside(self) -> str:
        """The party's name where it stands beside the person's: nothing where the office names it already."""
        return beside(self.label, self.party_label)


class ReleaseEntry(models.Model):
    """A release holds a released session. A session that is not in it is cancelled or not yet announced."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="entries", verbose_name=_("release"))
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="+", verbose_name=pgettext_lazy("label", "session")
    )
    released_session = models.ForeignKey(
        ReleasedSession, on_delete=models.PROTECT, related_name="entries", verbose_name=_("released session")
    )

    class Meta:
        verbose_name = _("entry of a release")
        verbose_name_plural = _("entries of a release")
        ordering = ["release", "id"]
        constraints = [models.UniqueConstraint(fields=["release", "session"], name="release_entry_once")]

    def __str__(self) -> str:
        return f"{self.release}: {self.released_session}"

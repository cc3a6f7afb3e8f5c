"""Releases of the agenda: numbered and immutable. Delegates and the public read the newest one."""

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.invitations.selectors.taking_part import (
    named_in_public,
    people_taking_part,
    taking_part,
)
from delegations.members.models.categories import Category
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from sessions.agenda.models.speeches import Peopled
from sessions.agenda.models.texts import Worded
from sessions.draft.models.kinds import SessionKind
from sessions.draft.models.labels import displayed, party_suffix
from sessions.draft.models.participants import Attendance, ParticipantRole
from sessions.draft.models.sessions import MediaAccess, Session
from sessions.draft.models.signups import SignUp, SignUpState
from sessions.visibility.models import DELEGATIONS, DESK, EVERYBODY, TAKING_PART, Visibility
from sessions.visibility.viewers import Members
from summit.core.models import PublicModel
from summit.core.personal_data import DataSubject, ProcessingActivity, personal
from summit.people.models import Person
from summit.summits.models import Summit
from summit.summits.translated_names import note_in, validate_notes
from summit.users.models import User


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Queryset of releases, with `current` for the newest ones."""

    def current(self) -> "ReleaseQuerySet":
        """Return the newest release of each summit."""
        newer = Release.objects.filter(summit=OuterRef("summit"), number__gt=OuterRef("number"))
        return self.filter(~Exists(newer))


class Release(PublicModel):
    """A numbered release of a summit's agenda. A database trigger rejects every change."""

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="releases", verbose_name=pgettext_lazy("label", "summit")
    )
    number = models.PositiveIntegerField(_("number"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    # The note in other languages than the summit's, by language.
    notes = models.JSONField(
        _("note in other languages"), null=True, blank=True, editable=False, validators=[validate_notes]
    )
    released_at = models.DateTimeField(_("released"), db_default=Now())
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("released by"))
    # Whether the release hides something that everybody could read before. If so, older pages aren't served any more.
    takes_away = models.BooleanField(default=True, editable=False)

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

    def note_in(self, language: str) -> str:
        """Return the note in a language, or "" if it isn't written in it."""
        return note_in(language, first=self.summit.language, note=self.note, others=self.notes)


class EntryQuerySet(models.QuerySet["ReleaseEntry"]):
    """Queryset of the entries of releases. It alone decides, for every channel, what a reader may know of a session.

    Ranks of readers that may know the same of a session share one row. Data that readers may not know isn't in the
    row that they read, so no search, order or count reveals it.
    """

    def current(self, summit: Summit) -> "EntryQuerySet":
        """Return the entries of the summit's newest release.

        The subquery finds the release's key once; it isn't repeated for each row.
        """
        newest = Release.objects.filter(summit=summit).order_by("-number").values("pk")[:1]
        return self.filter(release=Subquery(newest))

    def latest_of_sessions(self, summit: Summit) -> "EntryQuerySet":
        """Return, for each session of a summit, its entries in the last release that has it.

        For a scheduled session, this is the newest release. For a cancelled session, it is the release before the
        cancellation.
        """
        releases = ReleaseEntry.objects.filter(release__summit=summit, session=OuterRef("session"))
        number = releases.order_by("-release__number").values("release__number")[:1]
        return self.filter(release__summit=summit, release__number=Subquery(number))

    def at(self, rank: int) -> "EntryQuerySet":
        """Return the entries that readers of a rank may read."""
        return self.filter(_read_at(rank))

    def for_public(self) -> "EntryQuerySet":
        """Return the entries of public summits that everybody may read."""
        return self.at(EVERYBODY).filter(release__summit__public=True)

    def for_members(self, members: Members) -> "EntryQuerySet":
        """Return the entries that these members may read together, one for each session.

        It is the entry for participants if one of the members takes part in the session, otherwise the entry for all
        delegations. Without members, it is the entry for everybody, also if the summit has no public pages; so it is
        if none of them takes part in the summit (delegations.invitations.selectors.taking_part).
        """
        if not members:
            return self.at(EVERYBODY)
        takes_part = participation_condition(members)
        parties = taking_part().filter(pk__in=members.parties)
        in_summit = Exists(parties) | Exists(people_taking_part(members.people))
        return self.filter(
            (takes_part & _read_at(TAKING_PART))
            | (~takes_part & in_summit & _read_at(DELEGATIONS))
            | (~takes_part & ~in_summit & _read_at(EVERYBODY))
        )

    def of_members(self, members: Members) -> "EntryQuerySet":
        """Return the entries for participants of the sessions in which one of these members takes part.

        Sessions that participants may not know of are left out.
        """
        return self.at(TAKING_PART).filter(participation_condition(members))


def _read_at(rank: int) -> Q:
    return Q(low__lte=rank, high__gte=rank)


def participation_condition(members: Members) -> Q:
    """Return the condition that one of these members takes part in an entry's session, by a place or by a sign-up.

    Of members whose party doesn't take part in the summit, none does.

    The condition checks the full released row, because fewer readers may see the list of participants than the
    session.
    """
    parties, people = taking_part().filter(pk__in=members.parties), people_taking_part(members.people)
    categories = Membership.objects.filter(person__in=people.values("pk")).order_by().values("category")
    condition = Q(party__in=parties.values("pk")) | Q(person__in=people.values("pk")) | Q(category__in=categories)
    # A subquery that reads the index once, rather than once for each entry.
    places = ReleasedParticipant.objects.filter(condition).order_by().values("released_session")
    signed_up = (
        SignUp.objects.filter(person__in=people.values("pk"), state=SignUpState.PLACE).order_by().values("session")
    )
    return Q(full__in=places) | Q(session__in=signed_up)


class ReleasedQuerySet(models.QuerySet["ReleasedSession"]):
    """Released sessions, selected through the entries that a reader may read."""

    def public(self, summit: Summit) -> "ReleasedQuerySet":
        """Return the sessions of a summit's newest release that everybody may know of."""
        return self._shown(ReleaseEntry.objects.current(summit).for_public())

    def for_members(self, summit: Summit, members: Members) -> "ReleasedQuerySet":
        """Return the sessions of a summit's newest release that these members may know of.

        Each row's `mine` says whether one of these members takes part.
        """
        entries = ReleaseEntry.objects.current(summit).for_members(members)
        own_rows = ReleaseEntry.objects.current(summit).of_members(members).order_by().values("released_session")
        takes_part = ExpressionWrapper(Q(pk__in=own_rows), output_field=models.BooleanField())
        return self._shown(entries).annotate(mine=takes_part)

    def own(self, summit: Summit, members: Members) -> "ReleasedQuerySet":
        """Return the sessions of `for_members` in which one of these members takes part.

        Each row's `mine` is true.
        """
        entries = ReleaseEntry.objects.current(summit).of_members(members)
        return self._shown(entries).annotate(mine=Value(True, output_field=models.BooleanField()))

    def for_desk(self, summit: Summit) -> "ReleasedQuerySet":
        """Return all sessions of a summit's newest release."""
        return self._shown(ReleaseEntry.objects.current(summit).at(DESK))

    def _shown(self, entries: EntryQuerySet) -> "ReleasedQuerySet":
        return self.filter(pk__in=entries.order_by().values("released_session"))


class ReleasedSession(Worded, Peopled, PublicModel):
    """A released session, reduced to what readers of some ranks may know. A database trigger rejects every change.

    Releases that leave a session unchanged refer to the same row; only their entries differ. `sequence` is the
    SEQUENCE (RFC 5545, 3.8.7.4) for these readers, and never falls. Fields that these readers may not know are empty.
    If `times_known` is false, `starts_at` and `ends_at` are the bounds of the session's days at the venue.
    """

    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="released", verbose_name=pgettext_lazy("label", "session")
    )
    sequence = models.PositiveIntegerField("SEQUENCE")
    fingerprint = models.CharField(max_length=64, editable=False)
    kind = models.CharField(_("type"), max_length=20, choices=SessionKind)
    # [language, name] pairs of the summit's own kind, the summit's language first.
    kind_names = models.JSONField(_("type names"), default=list, blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    # Rows of [language, title, summary] in other languages than the summit's.
    texts = models.JSONField(_("in other languages"), default=list, blank=True)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    times_known = models.BooleanField(_("confirmed times"), default=True)
    room_key = models.CharField(max_length=16, blank=True, editable=False)
    room_name = models.CharField(pgettext_lazy("label", "room"), max_length=120, blank=True)
    venue_name = models.CharField(pgettext_lazy("label", "venue"), max_length=200, blank=True)
    visibility = models.CharField(_("visible to"), max_length=20, choices=Visibility)
    # [part, visibility] pairs of the parts that fewer readers see than the session.
    audiences = models.JSONField(_("restricted details"), default=list, blank=True)
    media = models.CharField(_("media"), max_length=10, choices=MediaAccess, default=MediaAccess.CLOSED)
    capacity = models.PositiveIntegerField(_("places"), null=True)
    sign_up = models.BooleanField(_("open for sign-up"), default=False)
    opening = models.PositiveSmallIntegerField(_("minutes before the first speech"), null=True, blank=True)
    # `languages` has rows of [source, target, booth], `documents` has rows of [public id, title, language].
    languages = models.JSONField(_("interpretation"), default=list, blank=True)
    documents = models.JSONField(_("documents"), default=list, blank=True)
    # Unmapped fields of an imported schedule: rows as in sessions.exchange.selectors.unmapped_fields.
    carried = models.JSONField(_("from another schedule"), null=True, blank=True, editable=False)
    # The fingerprint of the places, if participants may not read the list of participants. With it, a participant who
    # left and comes back gets a SEQUENCE above the SEQUENCE of the cancellation.
    seal = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("released"), db_default=Now())

    objects = ReleasedQuerySet.as_manager()

    get_kind_display, get_media_display = displayed("kind", SessionKind), displayed("media", MediaAccess)
    # Set by list pages for their reader. The defaults are here since a missing attribute makes templates slow.
    state, fresh, late, level, facts = "", False, False, "", ""
    ended: bool | None = None

    class Meta:
        verbose_name = _("released session")
        verbose_name_plural = _("released sessions")
        ordering = ["starts_at", "ends_at", "id"]
        constraints = [
            models.CheckConstraint(name="released_sequence_from_one", condition=Q(sequence__gte=1)),
            models.CheckConstraint(name="released_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="released_visibility_known", condition=Q(visibility__in=Visibility.values)),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.sequence})"


class ReleasedRole(models.TextChoices):
    """The role of a participant in a released session."""

    CHAIR = ParticipantRole.CHAIR.value, _("chair")
    MODERATOR = ParticipantRole.MODERATOR.value, _("moderator")
    SPEAKER = "speaker", _("speaker")
    PARTICIPANT = ParticipantRole.PARTICIPANT.value, _("participant")
    INTERPRETER = ParticipantRole.INTERPRETER.value, _("interpreter")


RELEASED_AGENDA = ProcessingActivity(
    subjects=DataSubject.SPEAKERS,
    purpose=_("To publish who takes part and who speaks."),
    view="agenda.participant.view",
    stays=_("When the person is erased, the office replaces the name."),
    logged=False,
)


class PlaceQuerySet(models.QuerySet["ReleasedParticipant"]):
    """Queryset of places in released sessions, with `named` for those that public pages name."""

    def named(self) -> "PlaceQuerySet":
        """Return the places that everybody may read of, in sessions that everybody may know of.

        They are those of parties that take part and don't object to being listed, of their people, and of people
        and groups of people without a party.
        """
        parties = named_in_public().values("pk")
        absent = Membership.objects.exclude(party__in=parties).order_by().values("person")
        return self.filter(
            Q(party__isnull=True) | Q(party__in=parties), Q(person__isnull=True) | ~Q(person__in=absent)
        )


class ReleasedParticipant(models.Model):
    """A participant of a released session, under the released name. A database trigger rejects every change.

    A speech is a row with the role of speaker and the key of its slot.
    """

    released_session = models.ForeignKey(
        ReleasedSession,
        on_delete=models.CASCADE,
        related_name="participants",
        verbose_name=pgettext_lazy("label", "session"),
    )
    role = models.CharField(pgettext_lazy("label", "role"), max_length=20, choices=ReleasedRole)
    party = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("label", "delegation"),
    )
    person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("label", "person"),
    )
    personal(person, RELEASED_AGENDA)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("category")
    )
    level = models.CharField(pgettext_lazy("attendance", "level"), max_length=10, choices=Attendance, blank=True)
    # The public id of the speech. The slot itself may have been deleted from the draft.
    slot_key = models.CharField(_("speech"), max_length=16, blank=True)
    label = personal(models.CharField(_("name"), max_length=420), RELEASED_AGENDA)
    party_label = models.CharField(_("delegation's name"), max_length=120, blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    minutes = models.PositiveIntegerField(_("minutes"), null=True)
    position = models.PositiveIntegerField(_("order"), default=0)

    objects = PlaceQuerySet.as_manager()

    get_role_display, get_level_display = displayed("role", ReleasedRole), displayed("level", Attendance)

    class Meta:
        verbose_name = _("released participant")
        verbose_name_plural = _("released participants")
        ordering = ["released_session", "position", "id"]
        indexes = [
            models.Index(fields=["party", "released_session"], name="released_by_party"),
            models.Index(fields=["person", "released_session"], name="released_by_person"),
            models.Index(fields=["category", "released_session"], name="released_by_category"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def party_beside(self) -> str:
        """The party's name to show beside the person's name; "" if the office already names the party."""
        return party_suffix(self.label, self.party_label)


class ReleaseEntry(models.Model):
    """A session in a release, for readers of the ranks from `low` to `high` (`sessions.visibility.models`).

    `released_session` is the row that these readers may read; `full` is the row with everything that was released. A
    session without an entry in a release is cancelled or not yet announced. A database trigger rejects every change.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="entries", verbose_name=_("release"))
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="+", verbose_name=pgettext_lazy("label", "session")
    )
    low = models.PositiveSmallIntegerField(_("from rank"), default=EVERYBODY)
    high = models.PositiveSmallIntegerField(_("to rank"), default=DESK)
    released_session = models.ForeignKey(
        ReleasedSession, on_delete=models.PROTECT, related_name="entries", verbose_name=_("released session")
    )
    full = models.ForeignKey(
        ReleasedSession, on_delete=models.PROTECT, related_name="+", verbose_name=_("full released session")
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a release")
        verbose_name_plural = _("entries of a release")
        ordering = ["release", "id"]
        constraints = [
            models.UniqueConstraint(fields=["release", "session", "low"], name="release_entry_once"),
            models.CheckConstraint(name="release_entry_ranks", condition=Q(low__lte=F("high"), high__lte=DESK)),
        ]

    def __str__(self) -> str:
        return f"{self.release}: {self.released_session}"

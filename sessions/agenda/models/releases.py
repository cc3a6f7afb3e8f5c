"""Releases of the agenda: numbered, immutable, what delegates and the public see."""

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.members.models.categories import Category
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from sessions.agenda.models.speeches import Peopled
from sessions.agenda.models.texts import Worded
from sessions.draft.models.kinds import SessionKind
from sessions.draft.models.labels import beside, displayed
from sessions.draft.models.participants import Attendance, ParticipantRole
from sessions.draft.models.sessions import MediaAccess, Session
from sessions.draft.models.signups import SignUp, SignUpState
from sessions.visibility.members import Members
from sessions.visibility.models import DELEGATIONS, DESK, EVERYBODY, TAKING_PART, Visibility
from summit.core.models import PublicModel
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User


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
    # Whether anything may not be read any more that everybody could read before: no page of before is shown then.
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


class EntryQuerySet(models.QuerySet["ReleaseEntry"]):
    """Entries of releases. Who may know what of a session is decided here and nowhere else, for every channel.

    A release holds a session once for all ranks that may know the same of it. What one may not know isn't in the row
    that one reads, so that no search, order or count tells it."""

    def current(self, summit: Summit) -> "EntryQuerySet":
        """Return those of the summit's newest release: by its key, found once, and not by a question at each row."""
        newest = Release.objects.filter(summit=summit).order_by("-number").values("pk")[:1]
        return self.filter(release=Subquery(newest))

    def latest_of_sessions(self, summit: Summit) -> "EntryQuerySet":
        """Return those in the last release of a summit that holds their session: of what is scheduled the newest, of
        what is cancelled the one before."""
        releases = ReleaseEntry.objects.filter(release__summit=summit, session=OuterRef("session"))
        number = releases.order_by("-release__number").values("release__number")[:1]
        return self.filter(release__summit=summit, release__number=Subquery(number))

    def at(self, rank: int) -> "EntryQuerySet":
        """Return what readers of a rank may know."""
        return self.filter(low__lte=rank, high__gte=rank)

    def for_public(self) -> "EntryQuerySet":
        """Return what everybody may know of."""
        return self.at(EVERYBODY).filter(release__summit__public=True)

    def for_members(self, members: Members) -> "EntryQuerySet":
        """Return what these may know of, together: each session at the rank that they have in it.

        Whoever belongs to a party of the summit is accredited enough to see what all delegations see; what is for
        those who take part needs a place in it.
        """
        if not members:
            return self.at(EVERYBODY)
        inside = taking_part(members)
        at_rank = Q(low__lte=TAKING_PART, high__gte=TAKING_PART), Q(low__lte=DELEGATIONS, high__gte=DELEGATIONS)
        return self.filter((inside & at_rank[0]) | (~inside & at_rank[1]))

    def of_members(self, members: Members) -> "EntryQuerySet":
        """Return what these take part in and may know of."""
        return self.at(TAKING_PART).filter(taking_part(members))


def taking_part(members: Members) -> Q:
    """Return the condition on an entry that one of these has a place in it, or has signed up for one.

    It looks at all that was released of the session, since the list of who takes part may be shown to fewer.
    """
    categories = Membership.objects.filter(person__in=members.people).order_by().values("category")
    theirs = Q(party__in=members.parties) | Q(person__in=members.people) | Q(category__in=categories)
    # Read once from the index, and not asked anew for each entry.
    places = ReleasedParticipant.objects.filter(theirs).order_by().values("released_session")
    signed_up = SignUp.objects.filter(person__in=members.people, state=SignUpState.PLACE).order_by().values("session")
    return Q(full__in=places) | Q(session__in=signed_up)


class ReleasedQuerySet(models.QuerySet["ReleasedSession"]):
    """Released sessions, as entries of a release show them to a reader."""

    def public(self, summit: Summit) -> "ReleasedQuerySet":
        """Return what everybody may know of a summit's newest release."""
        return self._shown(ReleaseEntry.objects.current(summit).for_public())

    def for_members(self, summit: Summit, members: Members) -> "ReleasedQuerySet":
        """Return what these may know of a summit's newest release; each row's `mine` says whether they take part."""
        entries = ReleaseEntry.objects.current(summit).for_members(members)
        mine = ReleaseEntry.objects.current(summit).of_members(members).order_by().values("released_session")
        taking = ExpressionWrapper(Q(pk__in=mine), output_field=models.BooleanField())
        return self._shown(entries).annotate(mine=taking)

    def own(self, summit: Summit, members: Members) -> "ReleasedQuerySet":
        """Return those of `for_members` in which these take part."""
        entries = ReleaseEntry.objects.current(summit).of_members(members)
        return self._shown(entries).annotate(mine=Value(True, output_field=models.BooleanField()))

    def for_desk(self, summit: Summit) -> "ReleasedQuerySet":
        """Return all of a summit's newest release."""
        return self._shown(ReleaseEntry.objects.current(summit).at(DESK))

    def _shown(self, entries: EntryQuerySet) -> "ReleasedQuerySet":
        return self.filter(pk__in=entries.order_by().values("released_session"))


class ReleasedSession(Worded, Peopled, PublicModel):
    """A session as it was released, as some readers may know it. Never changed: a trigger holds it.

    A release that leaves a session as it was refers to the same row: two releases differ in their entries. `sequence`
    is the SEQUENCE (RFC 5545, 3.8.7.4) that its readers get, which only rises. What they may not know is empty in it;
    without `times_known`, `starts_at` and `ends_at` are the bounds of its days there.
    """

    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="released", verbose_name=pgettext_lazy("label", "session")
    )
    sequence = models.PositiveIntegerField("SEQUENCE")
    fingerprint = models.CharField(max_length=64, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=SessionKind)
    # Lists of a language and the name of the summit's own kind in it, the summit's language first.
    kind_names = models.JSONField(_("names of the kind"), default=list, blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    # Lists of language, title and summary.
    texts = models.JSONField(_("in other languages"), default=list, blank=True)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    times_known = models.BooleanField(_("times are known"), default=True)
    room_key = models.CharField(max_length=16, blank=True, editable=False)
    room_name = models.CharField(pgettext_lazy("label", "room"), max_length=120, blank=True)
    venue_name = models.CharField(pgettext_lazy("label", "venue"), max_length=200, blank=True)
    visibility = models.CharField(_("visible to"), max_length=20, choices=Visibility)
    # Lists of a part and to whom it is shown; of those that are shown to fewer than the session.
    audiences = models.JSONField(_("parts that are shown to fewer"), default=list, blank=True)
    media = models.CharField(_("media"), max_length=10, choices=MediaAccess, default=MediaAccess.CLOSED)
    capacity = models.PositiveIntegerField(_("places"), null=True)
    sign_up = models.BooleanField(_("open for sign-up"), default=False)
    opening = models.PositiveSmallIntegerField(_("minutes before the first speech"), null=True, blank=True)
    # Lists of from, into and booth; and of a document's public id, title and language.
    languages = models.JSONField(_("interpretation"), default=list, blank=True)
    documents = models.JSONField(_("documents"), default=list, blank=True)
    # What other schedules said of it: rows as sessions.exchange.unmapped_fields has them.
    carried = models.JSONField(_("from another schedule"), null=True, blank=True, editable=False)
    # Where those who take part don't know with whom: the places' fingerprint, so that for whoever comes back to it
    # SEQUENCE is above that of the message by which they left.
    seal = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("released"), db_default=Now())

    objects = ReleasedQuerySet.as_manager()

    get_kind_display, get_media_display = displayed("kind", SessionKind), displayed("media", MediaAccess)
    # What a list says of it for its reader: a template that asks for what isn't there is slow.
    state, fresh, level, facts = "", False, "", ""

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
    """What somebody does in a released session."""

    CHAIR = ParticipantRole.CHAIR.value, _("chair")
    MODERATOR = ParticipantRole.MODERATOR.value, _("moderator")
    SPEAKER = "speaker", _("speaker")
    PARTICIPANT = ParticipantRole.PARTICIPANT.value, _("participant")
    INTERPRETER = ParticipantRole.INTERPRETER.value, _("interpreter")


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
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("category")
    )
    level = models.CharField(pgettext_lazy("attendance", "level"), max_length=10, choices=Attendance, blank=True)
    # The public id of the speech; the slot itself may be gone from the draft while its release stands.
    slot_key = models.CharField(_("speech"), max_length=16, blank=True)
    label = models.CharField(_("name"), max_length=420)
    party_label = models.CharField(_("party's name"), max_length=120, blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    minutes = models.PositiveIntegerField(_("minutes"), null=True)
    position = models.PositiveIntegerField(_("order"), default=0)

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
        """The party's name where it stands beside the person's: nothing where the office names it already."""
        return beside(self.label, self.party_label)


class ReleaseEntry(models.Model):
    """A release holds a session for readers of some ranks (`sessions.visibility.models`), from `low` to `high`.

    `released_session` is what these may know of it, `full` all that was released. A session that is in no entry of a
    release is cancelled or not yet announced. Never changed: a trigger holds it.
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
        ReleasedSession, on_delete=models.PROTECT, related_name="+", verbose_name=_("whole released session")
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

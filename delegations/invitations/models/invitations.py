"""The models of invitations, the links in their letters, and the answers."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.parties.models.parties import Level, Party
from delegations.parties.permissions import standing_parties
from summit.core.encrypted_fields import EncryptedBytesField
from summit.core.models import PublicModel
from summit.core.personal_data import FILE_CONTENT, DataSubject, PersonalDataKind, ProcessingActivity, personal
from summit.core.validators import validate_printable, validate_text
from summit.outbox.models.messages import new_nonce
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User


class InvitationState(models.TextChoices):
    """The states of an invitation. Whether its letters arrived is recorded in the outbox."""

    DRAFT = "draft", pgettext_lazy("invitation", "prepared")
    APPROVED = "approved", pgettext_lazy("invitation", "approved")
    SENT = "sent", _("awaiting answer")
    ANSWERED = "answered", pgettext_lazy("invitation", "answered")
    REVOKED = "revoked", pgettext_lazy("invitation", "revoked")
    SUPERSEDED = "superseded", pgettext_lazy("invitation", "superseded")


# Apart from invitations in these states, a party has at most one for the summit and one for each of its sessions.
OVER = (InvitationState.REVOKED, InvitationState.SUPERSEDED)
# In these states, it is in force: it was sent, or answered without a letter (`sent_at` is None then).
IN_FORCE = (InvitationState.SENT, InvitationState.ANSWERED)

# Which states may follow each state.
TRANSITIONS: dict[str, frozenset[str]] = {
    # A desk records an answer before any letter too: an embassy may telephone.
    InvitationState.DRAFT: frozenset({InvitationState.APPROVED, InvitationState.ANSWERED, InvitationState.REVOKED}),
    # A change after the approval makes it a draft again.
    InvitationState.APPROVED: frozenset(
        {InvitationState.DRAFT, InvitationState.SENT, InvitationState.ANSWERED, InvitationState.REVOKED}
    ),
    InvitationState.SENT: frozenset({InvitationState.ANSWERED, InvitationState.REVOKED, InvitationState.SUPERSEDED}),
    # An answer may be changed until it is due.
    InvitationState.ANSWERED: frozenset(
        {InvitationState.ANSWERED, InvitationState.REVOKED, InvitationState.SUPERSEDED}
    ),
    InvitationState.REVOKED: frozenset(),
    InvitationState.SUPERSEDED: frozenset(),
}


class Answer(models.TextChoices):
    """What a party can answer."""

    ATTENDING = "attending", _("attending")
    # The party takes part, but somebody else comes instead of the head who was invited.
    REPRESENTED = "represented", _("attending with another representative")
    REGRETS = "regrets", _("regrets")


# The answers by which a party takes part.
COMING = (Answer.ATTENDING, Answer.REPRESENTED)


class Channel(models.TextChoices):
    """How an answer came."""

    LINK = "link", _("invitation link")
    PORTAL = "portal", _("the portal")
    NOTE_VERBALE = "note_verbale", _("note verbale")
    LETTER = "letter", pgettext_lazy("channel", "letter")
    TELEPHONE = "telephone", _("telephone")
    EMAIL = "email", _("email")
    IN_PERSON = "in_person", _("in person")


ANSWERS = ProcessingActivity(
    subjects=DataSubject.REPLIERS,
    purpose=_("To know who answered an invitation and how."),
    view="delegations.reply.view",
    change="delegations.answer",
    kept_as=PersonalDataKind.PERSON,
)


class Invitation(PublicModel):
    """An invitation of a party to the summit or, with an `occasion`, to one of its sessions.

    An invitation doesn't expire; its links do. The answer stored here is the latest of its `replies`.
    """

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="invitations", verbose_name=pgettext_lazy("label", "delegation")
    )
    # The public id of a session (delegations.invitations.invitable_sessions); "" for the summit itself.
    occasion = models.CharField(max_length=16, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=InvitationState, default=InvitationState.DRAFT)
    # Set when the invitation is first sent, counted from one in each summit. The letter's reference contains it.
    number = models.PositiveIntegerField(_("number"), null=True, blank=True, editable=False)
    # The party's summit, set together with `number`, because a constraint can't refer to another table.
    numbered_in = models.ForeignKey(
        Summit, on_delete=models.CASCADE, null=True, blank=True, related_name="+", editable=False
    )
    prepared_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("prepared by")
    )
    approved_at = models.DateTimeField(pgettext_lazy("invitation", "approved"), null=True, blank=True)
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )
    supersedes = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="superseded_by", editable=False
    )
    answer = models.CharField(_("answer"), max_length=12, choices=Answer, blank=True)
    level = models.CharField(_("level"), max_length=20, choices=Level, blank=True)
    note = personal(models.TextField(_("note"), blank=True, validators=[validate_text]), ANSWERS)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(pgettext_lazy("invitation", "sent"), null=True, blank=True)
    sent_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sent by")
    )
    answered_at = models.DateTimeField(pgettext_lazy("invitation", "answered"), null=True, blank=True)
    answered_by = personal(models.CharField(_("answered by"), max_length=200, blank=True), ANSWERS)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["party__sort_key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["party", "occasion"], name="invitation_once", condition=~Q(state__in=OVER)
            ),
            models.CheckConstraint(name="invitation_state_known", condition=Q(state__in=InvitationState.values)),
            models.CheckConstraint(
                name="invitation_answered_whole",
                condition=(
                    Q(state=InvitationState.ANSWERED, answered_at__isnull=False) & ~Q(answer="") & ~Q(answered_by="")
                )
                | Q(
                    state__in=[InvitationState.DRAFT, InvitationState.APPROVED, InvitationState.SENT],
                    answered_at__isnull=True,
                    answer="",
                )
                | Q(state__in=OVER),
            ),
            models.CheckConstraint(
                name="invitation_approved_has_approver",
                condition=~Q(state=InvitationState.APPROVED)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="invitation_answer_known", condition=Q(answer="") | Q(answer__in=Answer.values)
            ),
            models.CheckConstraint(name="invitation_level_known", condition=Q(level="") | Q(level__in=Level.values)),
            models.UniqueConstraint(
                fields=["numbered_in", "number"], name="invitation_number_once", condition=Q(number__isnull=False)
            ),
            models.CheckConstraint(
                name="invitation_number_of_summit",
                condition=Q(number__isnull=True, numbered_in__isnull=True)
                | Q(number__gte=1, numbered_in__isnull=False),
            ),
            models.CheckConstraint(
                name="invitation_sent_has_time",
                condition=~Q(state=InvitationState.SENT) | Q(sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.party)


class Reply(PublicModel):
    """An answer to an invitation. A changed answer is a new row; no row is ever changed."""

    invitation = models.ForeignKey(
        Invitation,
        on_delete=models.CASCADE,
        related_name="replies",
        verbose_name=pgettext_lazy("label", "invitation"),
    )
    at = models.DateTimeField(_("recorded on"), db_default=Now())
    answer = models.CharField(_("answer"), max_length=12, choices=Answer)
    level = models.CharField(_("level"), max_length=20, choices=Level, blank=True)
    note = personal(models.TextField(_("note"), blank=True, validators=[validate_text]), ANSWERS)
    name = personal(models.CharField(_("answered by"), max_length=200), ANSWERS)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel)
    reference = models.CharField(
        _("reference"),
        max_length=80,
        blank=True,
        validators=[validate_printable],
        help_text=_("The reference on the note verbale or letter."),
    )
    dated = models.DateField(_("document date"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="reply_answer_known", condition=Q(answer__in=Answer.values)),
            models.CheckConstraint(name="reply_level_known", condition=Q(level="") | Q(level__in=Level.values)),
            models.CheckConstraint(name="reply_channel_known", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(name="reply_names_somebody", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return str(self.get_answer_display())


ANSWER_SCANS = ProcessingActivity(
    subjects=DataSubject.REPLIERS,
    purpose=_("To keep proof of a delegation’s answer on paper."),
    view="delegations.reply.view",
    kept_as=PersonalDataKind.SCANS,
    logged=False,
)


class ReplyScan(models.Model):
    """The scanned paper of an answer."""

    reply = models.OneToOneField(Reply, on_delete=models.CASCADE, related_name="scan", verbose_name=_("answer"))
    filename = personal(models.CharField(_("file"), max_length=200), ANSWER_SCANS)
    media_type = models.CharField(_("format"), max_length=60)
    size = models.PositiveIntegerField(_("size in bytes"))
    content = personal(EncryptedBytesField(editable=False), ANSWER_SCANS, label=FILE_CONTENT)

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")

    def __str__(self) -> str:
        return self.filename


class LinkQuerySet(models.QuerySet["InvitationLink"]):
    """A QuerySet of links."""

    def live(self) -> "LinkQuerySet":
        """Return the links that still work, by the database's clock: none of a party that has left its summit."""
        standing = standing_parties().filter(pk=OuterRef("invitation__party"))
        rows = self.filter(Exists(standing), revoked_at__isnull=True, expires_at__gt=Now())
        return rows.exclude(invitation__state__in=OVER)


LETTER_LINKS = ProcessingActivity(
    subjects=DataSubject.FOCAL_POINTS,
    purpose=_("To open invitations from their letters."),
    view="delegations.invitationlink.view",
    kept_as=PersonalDataKind.CONTACT,
)


class InvitationLink(PublicModel):
    """A link in a letter, which opens one invitation for one mailbox.

    The link's URL contains the nonce, signed with SECRET_KEY (delegations.invitations.services.links). The database
    alone isn't enough to open an invitation.
    """

    invitation = models.ForeignKey(
        Invitation, on_delete=models.CASCADE, related_name="links", verbose_name=pgettext_lazy("label", "invitation")
    )
    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("label", "person"),
    )
    personal(person, LETTER_LINKS)
    address = personal(models.EmailField(_("email address")), LETTER_LINKS)
    nonce = models.CharField(max_length=32, unique=True, default=new_nonce, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    first_used_at = models.DateTimeField(_("first opened"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    # When the link's holder asked for a new letter because it no longer worked
    # (delegations.invitations.services.link_requests).
    asked_at = models.DateTimeField(_("new letter requested"), null=True, blank=True, editable=False)

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "address"], name="link_live_once", condition=Q(revoked_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return str(_("%(name)s: %(about)s") % {"name": self.invitation.party, "about": self.address})

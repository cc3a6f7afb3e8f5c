"""Invitations, the links in their letters, and the answers."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.models.parties import Party
from summit.models import Person, User
from summit.models.fields import PublicModel
from summit.models.validators import validate_printable
from summit.outbox.models.messages import new_nonce


class InvitationState(models.TextChoices):
    """Where an invitation stands. Whether the letter arrived is the outbox's to say."""

    DRAFT = "draft", _("draft")
    SENT = "sent", pgettext_lazy("invitation", "sent")
    ANSWERED = "answered", pgettext_lazy("invitation", "answered")
    REVOKED = "revoked", pgettext_lazy("invitation", "revoked")


# The one table of what may follow what.
TRANSITIONS: dict[str, frozenset[str]] = {
    InvitationState.DRAFT: frozenset({InvitationState.SENT, InvitationState.REVOKED}),
    InvitationState.SENT: frozenset({InvitationState.ANSWERED, InvitationState.REVOKED}),
    # An answer may be changed until it is due.
    InvitationState.ANSWERED: frozenset({InvitationState.ANSWERED, InvitationState.REVOKED}),
    InvitationState.REVOKED: frozenset(),
}


class Answer(models.TextChoices):
    """What a party answered."""

    ATTENDING = "attending", _("attending")
    REGRETS = "regrets", _("regrets")


class Invitation(PublicModel):
    """The host invites a party. An invitation doesn't expire; its links do."""

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="invitations", verbose_name=pgettext_lazy("label", "party")
    )
    state = models.CharField(_("state"), max_length=10, choices=InvitationState, default=InvitationState.DRAFT)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, blank=True)
    note = models.TextField(_("note with the answer"), blank=True, validators=[validate_printable])
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(pgettext_lazy("invitation", "sent"), null=True, blank=True)
    sent_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sent by")
    )
    answered_at = models.DateTimeField(pgettext_lazy("invitation", "answered"), null=True, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["party__sort_key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["party"], name="invitation_once", condition=~Q(state=InvitationState.REVOKED)
            ),
            models.CheckConstraint(name="invitation_state_known", condition=Q(state__in=InvitationState.values)),
            models.CheckConstraint(
                name="invitation_answered_whole",
                condition=(
                    Q(state=InvitationState.ANSWERED, answered_at__isnull=False) & ~Q(answer="") & ~Q(answered_by="")
                )
                | Q(state__in=[InvitationState.DRAFT, InvitationState.SENT], answered_at__isnull=True, answer="")
                | Q(state=InvitationState.REVOKED),
            ),
            models.CheckConstraint(
                name="invitation_sent_has_time",
                condition=~Q(state__in=[InvitationState.SENT, InvitationState.ANSWERED]) | Q(sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.party)


class LinkQuerySet(models.QuerySet["InvitationLink"]):
    """Links."""

    def live(self) -> "LinkQuerySet":
        """Return the links that still open something, on the database's clock."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=Now()).exclude(
            invitation__state=InvitationState.REVOKED
        )


class InvitationLink(PublicModel):
    """What the link in a letter opens: one invitation, for one mailbox.

    The address holds the nonce, signed with SECRET_KEY (delegations.domain.links): the database alone opens nothing.
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
    address = models.EmailField(_("mailbox"))
    nonce = models.CharField(max_length=32, unique=True, default=new_nonce, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    first_used_at = models.DateTimeField(_("first followed"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

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

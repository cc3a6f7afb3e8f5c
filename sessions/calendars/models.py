"""Private calendars: addresses from which a person, or a focal point for a party, subscribes to a programme."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.invitations.models.invitations import InvitationLink
from delegations.members.models.focal_points import FocalPoint
from delegations.parties.models.parties import Party
from summit.core.models import PublicModel
from summit.people.models import Person
from summit.users.models import User


class FeedQuerySet(models.QuerySet["CalendarFeed"]):
    """Private calendars."""

    def live(self) -> "FeedQuerySet":
        """Return those that nobody has ended and whose maker may still read what they show: by an account that is
        not shut, by a letter's link that still opens, or as the person whose mailbox has proven a code."""
        acts = FocalPoint.objects.filter(party=OuterRef("party"))
        own = Q(person__erased_at__isnull=True)
        account = Q(user__is_active=True) & (
            (own & Q(person__user=F("user"))) | Q(Exists(acts.filter(person__user=OuterRef("user"))))
        )
        link = Q(link__in=InvitationLink.objects.live()) & (
            (own & Q(person=F("link__person"))) | Q(party=F("link__invitation__party"))
        )
        holder = Q(holder__erased_at__isnull=True) & (
            Q(person=F("holder")) | Q(Exists(acts.filter(person=OuterRef("holder"))))
        )
        return self.filter(account | link | holder, ended_at__isnull=True)


class CalendarFeed(PublicModel):
    """An address from which somebody's calendar program fetches a programme: that of a person, or of a party.

    The database holds the digest of the address' token alone, so whoever reads it opens nothing. `user`, `link`, or
    `holder` with the mailbox that was proven say by which way its maker had come in: when that is shut, so is this.
    """

    digest = models.CharField(max_length=64, unique=True, editable=False)
    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="feeds",
        verbose_name=pgettext_lazy("label", "person"),
    )
    party = models.ForeignKey(
        Party,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="feeds",
        verbose_name=pgettext_lazy("label", "party"),
    )
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    link = models.ForeignKey(
        InvitationLink, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("link")
    )
    holder = models.ForeignKey(
        Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    mailbox = models.EmailField(_("mailbox"), blank=True)
    alarms = models.BooleanField(_("reminders"), default=False)
    created_at = models.DateTimeField(_("since"), db_default=Now())
    read_at = models.DateTimeField(_("last fetched"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("private calendar")
        verbose_name_plural = _("private calendars")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="calendar_feed_of_one",
                condition=Q(person__isnull=False, party__isnull=True) | Q(person__isnull=True, party__isnull=False),
            ),
            models.CheckConstraint(
                name="calendar_feed_by_one_way",
                condition=Q(user__isnull=False, link__isnull=True, holder__isnull=True, mailbox="")
                | Q(user__isnull=True, link__isnull=False, holder__isnull=True, mailbox="")
                | (Q(user__isnull=True, link__isnull=True, holder__isnull=False) & ~Q(mailbox="")),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

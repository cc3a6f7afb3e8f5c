"""Private calendars: URLs at which a person, or a focal point for a party, subscribes to a programme."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.invitations.models.invitations import InvitationLink
from delegations.members.models.focal_points import FocalPoint
from delegations.members.permissions import people_at, people_with_access
from delegations.parties.models.parties import Party
from delegations.parties.permissions import standing_parties
from summit.core.models import PublicModel
from summit.core.personal_data import DataSubject, PersonalDataKind, ProcessingActivity, personal
from summit.people.models import Person
from summit.users.models import User


class FeedQuerySet(models.QuerySet["CalendarFeed"]):
    """Queryset of private calendars, with `live` for the readable ones."""

    def live(self) -> "FeedQuerySet":
        """Return the calendars that haven't been ended and that their maker may still read.

        The maker must still have the access with which the calendar was made: an active account, a working link of a
        letter, or a person with a mailbox that was confirmed by a code. The person or party must have access to the
        portal too.
        """
        focal_points = FocalPoint.objects.filter(party=OuterRef("party"))
        account = Q(user__is_active=True) & (
            Q(person__user=F("user")) | Q(Exists(focal_points.filter(person__user=OuterRef("user"))))
        )
        link = Exists(InvitationLink.objects.live().filter(pk=OuterRef("link"))) & (
            Q(person=F("link__person")) | Q(party=F("link__invitation__party"))
        )
        holder = Exists(people_at(OuterRef("mailbox")).filter(pk=OuterRef("holder"))) & (
            Q(person=F("holder")) | Q(Exists(focal_points.filter(person=OuterRef("holder"))))
        )
        person = Exists(people_with_access().filter(pk=OuterRef("person")))
        party = Exists(standing_parties().filter(pk=OuterRef("party")))
        return self.filter(account | link | holder, person | party, ended_at__isnull=True)


CALENDARS = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To keep people’s calendars up to date."),
    kept_as=PersonalDataKind.PERSON,
    logged=False,
)


class CalendarFeed(PublicModel):
    """A URL from which calendar programs fetch the programme of a person or a party.

    The database stores only the digest of the URL's token, so a copy of the database opens no calendar. `user`,
    `link`, or `holder` with the confirmed `mailbox` record how the maker had signed in. The calendar ends when this
    access ends.
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
    personal(person, CALENDARS)
    party = models.ForeignKey(
        Party,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="feeds",
        verbose_name=pgettext_lazy("label", "delegation"),
    )
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("created by")
    )
    link = models.ForeignKey(
        InvitationLink, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("link")
    )
    holder = models.ForeignKey(
        Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("created by")
    )
    personal(holder, CALENDARS)
    mailbox = personal(models.EmailField(_("email address"), blank=True), CALENDARS)
    alarms = models.BooleanField(_("reminders"), default=False)
    created_at = models.DateTimeField(_("since"), db_default=Now())
    read_at = models.DateTimeField(_("last fetched"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended on"), null=True, blank=True)

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

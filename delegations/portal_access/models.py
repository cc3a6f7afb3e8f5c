"""Access to the portal without an account: sign-in codes, delegations' identity providers, and portal sessions."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from delegations.invitations.models.invitations import InvitationLink
from delegations.members.permissions import people_at
from delegations.parties.models.parties import Party
from delegations.parties.permissions import standing_parties
from summit.core.models import PublicModel
from summit.core.personal_data import DataSubject, PersonalDataKind, ProcessingActivity, personal
from summit.outbox.models.messages import new_nonce
from summit.people.models import Person
from summit.single_sign_on.models import ISSUER_LENGTH, SUBJECT_LENGTH

MOST_GUESSES = 5


class CodeQuerySet(models.QuerySet["SignInCode"]):
    """A queryset of sign-in codes, with filters for those that can still be used."""

    def unused(self) -> "CodeQuerySet":
        """Return the codes that are neither used nor expired, by the database's clock."""
        return self.filter(used_at__isnull=True, expires_at__gt=Now())

    def live(self) -> "CodeQuerySet":
        """Return the unused codes for which the browser that asked still has a guess left."""
        return self.unused().filter(attempts__lt=MOST_GUESSES)


SIGN_IN_CODES = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To sign people in to the portal with a code sent by email."),
    stays=_("Deleted after a day."),
    logged=False,
)


class SignInCode(PublicModel):
    """A browser's request for a sign-in code to a mailbox, even if nobody has that mailbox.

    The code is derived from the nonce and SECRET_KEY (delegations.portal_access.code_derivation), so it can't
    be read from the database alone.
    """

    mailbox = personal(models.EmailField(_("email address")), SIGN_IN_CODES)
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False, db_index=True)
    digits = models.PositiveSmallIntegerField(_("number of digits"), default=8)
    created_at = models.DateTimeField(_("requested"), db_default=Now())
    # When the mail was written. This is before the request if the same code had already been mailed.
    written_at = models.DateTimeField(_("written"), db_default=Now())
    expires_at = models.DateTimeField(_("expires"))
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    used_at = models.DateTimeField(_("used on"), null=True, blank=True)

    objects = CodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in code")
        verbose_name_plural = _("sign-in codes")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="code_guessed_few_times", condition=Q(attempts__lte=MOST_GUESSES)),
        ]
        indexes = [models.Index(fields=["mailbox", "created_at"], name="code_by_mailbox")]

    def __str__(self) -> str:
        return self.public_id


class PortalSessionQuerySet(models.QuerySet["PortalSession"]):
    """A queryset of portal sessions, with filters for those that were not ended and those that open the portal."""

    def not_ended(self) -> "PortalSessionQuerySet":
        """Return the sessions that nobody has ended, also those that open nothing at present."""
        return self.filter(ended_at__isnull=True)

    def live(self) -> "PortalSessionQuerySet":
        """Return the sessions that open the portal now.

        Their link works, or their person has access and still the mailbox that the session was opened by.
        """
        link = InvitationLink.objects.live().filter(pk=OuterRef("link"))
        person = people_at(OuterRef("mailbox")).filter(pk=OuterRef("person"))
        return self.not_ended().filter(Exists(link) | Exists(person))

    def for_party(self, party_id: int) -> "PortalSessionQuerySet":
        """Return the live sessions that may be for a party, by its primary key; none if it has left its summit.

        A provider opens the portal of its own delegations alone, whatever else the person belongs to.
        """
        providers = PartyProvider.objects.filter(party=party_id).values("issuer")
        rows = self.live().filter(Q(issuer="") | Q(issuer__in=providers))
        return rows.filter(Exists(standing_parties().filter(pk=party_id)))


class PartyProvider(models.Model):
    """The identity provider of a party's ministry, by its issuer. It opens the portal of this party alone."""

    party = models.OneToOneField(
        Party,
        on_delete=models.CASCADE,
        related_name="identity_provider",
        verbose_name=pgettext_lazy("label", "delegation"),
    )
    issuer = models.CharField(_("identity provider"), max_length=ISSUER_LENGTH)

    class Meta:
        verbose_name = _("identity provider of a delegation")
        verbose_name_plural = _("identity providers of delegations")
        ordering = ["party__sort_key", "pk"]
        constraints = [models.CheckConstraint(name="party_provider_is_named", condition=~Q(issuer=""))]

    def __str__(self) -> str:
        return gettext("identity provider of %(party)s") % {"party": self.party}


PORTAL_SUBJECTS = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To know people by their sign-in at the identity provider of their delegation."),
    kept_as=PersonalDataKind.CONTACT,
    logged=False,
)


class PortalSubject(models.Model):
    """The subject as whom a person signs in at the identity provider of their delegation."""

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, related_name="portal_subject", verbose_name=pgettext_lazy("label", "person")
    )
    personal(person, PORTAL_SUBJECTS)
    issuer = models.CharField(_("identity provider"), max_length=ISSUER_LENGTH)
    subject = personal(
        models.CharField(pgettext_lazy("identity provider", "subject"), max_length=SUBJECT_LENGTH), PORTAL_SUBJECTS
    )
    since = models.DateTimeField(_("since"), db_default=Now())

    class Meta:
        verbose_name = _("sign-in of a delegate")
        verbose_name_plural = _("sign-ins of delegates")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["issuer", "subject"], name="portal_subject_found")]

    def __str__(self) -> str:
        return gettext("sign-in of %(person)s") % {"person": self.person}


PORTAL_SESSIONS = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To keep people signed in to the portal."),
    kept_as=PersonalDataKind.CONTACT,
    logged=False,
)


class PortalSession(PublicModel):
    """A portal session in a browser, opened by an invitation link, or as one person.

    The person has entered a sign-in code or, with `issuer`, signed in at the identity provider of their delegation.

    The browser stores only the public id. Everything else is read from the database at each request.
    """

    link = models.ForeignKey(
        InvitationLink,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="sign_ins",
        verbose_name=_("link"),
    )
    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="portal_sessions",
        verbose_name=pgettext_lazy("label", "person"),
    )
    personal(person, PORTAL_SESSIONS)
    mailbox = personal(models.EmailField(_("email address"), blank=True), PORTAL_SESSIONS)
    issuer = models.CharField(_("identity provider"), max_length=ISSUER_LENGTH, blank=True, default="")
    # By what the provider ends this session (summit.single_sign_on.ended_sessions.data_of).
    provider_session = personal(
        models.JSONField(_("session at the provider"), null=True, blank=True, editable=False), PORTAL_SESSIONS
    )
    user_agent = personal(models.CharField(_("browser"), max_length=300, blank=True), PORTAL_SESSIONS)
    created_at = models.DateTimeField(_("since"), db_default=Now())
    last_seen_at = models.DateTimeField(_("last active"), db_default=Now())
    ended_at = models.DateTimeField(_("ended on"), null=True, blank=True)

    objects = PortalSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("portal browser session")
        verbose_name_plural = _("portal browser sessions")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="portal_session_by_one_way",
                condition=Q(link__isnull=False, person__isnull=True, mailbox="")
                | (Q(link__isnull=True, person__isnull=False) & ~Q(mailbox="")),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

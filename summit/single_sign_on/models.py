"""Identity providers added at the desk, roles of their groups, and sign-ins that are linked to no account."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.core.encrypted_fields import EncryptedTextField
from summit.core.models import PublicModel
from summit.core.personal_data import DataSubject, ProcessingActivity, personal
from summit.permissions.models import BY_HAND
from summit.users.models import User

# The lengths of the columns of allauth in which an issuer and a subject are stored.
ISSUER_LENGTH, SUBJECT_LENGTH = 200, 191


class Protocol(models.TextChoices):
    """The protocols that identity providers speak."""

    OIDC = "oidc", "OpenID Connect"
    SAML = "saml", "SAML 2.0"


class IdentityProvider(PublicModel):
    """An identity provider that was added at the desk. Others are declared in the environment (SSO_PROVIDERS).

    Code that lets people in uses `summit.single_sign_on.providers.Provider`, which both become.
    """

    slug = models.SlugField(
        _("short name"),
        max_length=50,
        unique=True,
        help_text=_(
            "The address of the sign-in ends with it, such as “foreign-ministry”. It can’t be changed later."
        ),
    )
    name = models.CharField(
        _("name"), max_length=60, help_text=_("On the button: “Sign in with …”, such as “Foreign Ministry”.")
    )
    protocol = models.CharField(
        pgettext_lazy("identity provider", "protocol"), max_length=10, choices=Protocol.choices, default=Protocol.OIDC
    )
    issuer = models.CharField(
        _("issuer"),
        max_length=ISSUER_LENGTH,
        unique=True,
        help_text=_("OpenID Connect: the issuer, an https address. SAML: the entity ID. It can’t be changed later."),
    )
    client_id = models.CharField(_("client ID"), max_length=191, blank=True, help_text=_("OpenID Connect only."))
    client_secret = EncryptedTextField(_("client secret"), max_length=500, blank=True)
    sign_in_url = models.CharField(
        _("sign-in address"),
        max_length=500,
        blank=True,
        help_text=_("SAML only: SingleSignOnService, HTTP-Redirect."),
    )
    sign_out_url = models.CharField(
        _("sign-out address"),
        max_length=500,
        blank=True,
        help_text=_("SAML only: SingleLogoutService, HTTP-Redirect."),
    )
    certificates = models.TextField(
        _("signing certificates"),
        blank=True,
        help_text=_("SAML only: in PEM format, several below each other while the provider changes its key."),
    )
    subject_attribute = models.CharField(
        _("attribute of the subject"),
        max_length=200,
        blank=True,
        help_text=_("SAML only: an attribute that never changes. Leave blank to use a persistent NameID."),
    )
    groups_claim = models.CharField(
        _("claim of the groups"),
        max_length=200,
        default="groups",
        blank=True,
        help_text=_("The claim or attribute that lists a person’s groups."),
    )
    second_factor_values = models.TextField(
        _("values for a second factor"),
        blank=True,
        help_text=_(
            "Values of acr, amr or AuthnContextClassRef, one on each line, that replace Summit’s own second factor. "
            "For example, “mfa”."
        ),
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_required = models.BooleanField(
        _("required"),
        default=False,
        help_text=_(
            "Accounts that are linked here can’t sign in with a password or passkey, except emergency accounts."
        ),
    )
    for_delegations = models.BooleanField(
        _("for delegations"),
        default=False,
        help_text=_("Opens the portal for the delegations that it belongs to, and no account."),
    )

    class Meta:
        verbose_name = _("identity provider")
        verbose_name_plural = _("identity providers")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="provider_has_what_its_protocol_needs",
                condition=(Q(protocol=Protocol.OIDC) & ~Q(client_id=""))
                | (Q(protocol=Protocol.SAML) & ~Q(sign_in_url="") & ~Q(certificates="")),
            ),
            models.CheckConstraint(
                name="provider_of_delegations_is_not_required",
                condition=Q(for_delegations=False) | Q(is_required=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GroupRole(models.Model):
    """A role in a summit that the members of a group at an identity provider get when they sign in."""

    issuer = models.CharField(_("identity provider"), max_length=ISSUER_LENGTH)
    group = models.CharField(
        _("group"),
        max_length=255,
        help_text=_("As the provider writes it in the claim: a name, or an ID."),
    )
    summit = models.ForeignKey(
        "summit.Summit", on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "summit")
    )
    role = models.CharField(
        pgettext_lazy("label", "role"), max_length=20, choices=[(role.value, role.label) for role in BY_HAND]
    )

    class Meta:
        verbose_name = _("role by group")
        verbose_name_plural = _("roles by group")
        ordering = ["group", "role", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["issuer", "group", "summit", "role"], name="group_role_once"),
            models.CheckConstraint(name="group_role_exists", condition=Q(role__in=[*map(str, BY_HAND)])),
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.get_role_display()}"


UNLINKED = ProcessingActivity(
    subjects=DataSubject.ACCOUNTS,
    purpose=_("To link a sign-in at an identity provider to an account."),
    stays=_("Deleted when it is linked, or after a week."),
    logged=False,
)


class UnlinkedSignIn(models.Model):
    """A subject that signed in and is linked to no account, with a code to tell an organiser."""

    issuer = models.CharField(_("identity provider"), max_length=ISSUER_LENGTH)
    subject = personal(
        models.CharField(pgettext_lazy("identity provider", "subject"), max_length=SUBJECT_LENGTH), UNLINKED
    )
    name = personal(models.CharField(_("name"), max_length=200, blank=True), UNLINKED)
    email = personal(models.CharField(_("email address"), max_length=254, blank=True), UNLINKED)
    code = models.CharField(
        _("code"), max_length=9, unique=True, validators=[RegexValidator(r"^[0-9a-z]{4}-[0-9a-z]{4}$")]
    )
    at = models.DateTimeField(_("last tried"), db_default=Now())

    class Meta:
        verbose_name = _("unlinked sign-in")
        verbose_name_plural = _("unlinked sign-ins")
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="unlinked_subject_once")]

    def __str__(self) -> str:
        return self.code


class EmergencyAccount(models.Model):
    """An account that may sign in with its password or passkey even where its provider is required.

    It opens the system while the provider is down ("break glass"). Other organisers are told of each such sign-in.
    """

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="+", verbose_name=_("account")
    )
    since = models.DateTimeField(_("since"), db_default=Now())

    class Meta:
        verbose_name = _("emergency account")
        verbose_name_plural = _("emergency accounts")

    def __str__(self) -> str:
        return str(self.user_id)

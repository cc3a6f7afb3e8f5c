"""Sign-ups: the places of a session that delegates take themselves, and its waiting list."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sessions.draft.models.sessions import Session
from summit.core.models import PublicModel
from summit.core.personal_data import DataSubject, PersonalDataKind, ProcessingActivity, personal
from summit.people.models import Person


class SignUpState(models.TextChoices):
    """Whether a person who has signed up has a place or waits for one."""

    PLACE = "place", _("has a place")
    WAITING = "waiting", _("on the waiting list")


SIGN_UPS = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To allocate places in a session."),
    view="agenda.signup.view",
    change="agenda.sign_up",
    kept_as=PersonalDataKind.PERSON,
    logged=False,
)


class SignUp(PublicModel):
    """A person's sign-up for a session. The row is deleted when the person leaves the session."""

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="sign_ups", verbose_name=pgettext_lazy("label", "session")
    )
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="sign_ups", verbose_name=pgettext_lazy("label", "person")
    )
    personal(person, SIGN_UPS)
    state = models.CharField(_("state"), max_length=10, choices=SignUpState)
    signed_up_at = models.DateTimeField(_("signed up on"), auto_now_add=True)
    # When the person got a place from the waiting list.
    moved_up_at = models.DateTimeField(_("place given on"), null=True, blank=True)

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        # The order of the waiting list.
        ordering = ["session", "signed_up_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="sign_up_once"),
            models.CheckConstraint(name="sign_up_state_known", condition=Q(state__in=SignUpState.values)),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.session}"

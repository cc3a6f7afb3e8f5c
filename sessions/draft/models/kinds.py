"""Kinds of session: the standard kinds, and the kinds that a summit has added."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from summit.core.models import PublicModel
from summit.core.validators import validate_printable
from summit.summits.models import Summit


class SessionKind(models.TextChoices):
    """The standard kinds of session."""

    ARRIVALS = "arrivals", _("arrivals")
    PLENARY = "plenary", _("plenary")
    WORKING_SESSION = "working_session", _("working session")
    ROUNDTABLE = "roundtable", _("roundtable")
    WORKING_LUNCH = "working_lunch", _("working lunch")
    RETREAT = "retreat", _("retreat")
    BILATERAL = "bilateral", _("bilateral meeting")
    SIGNING = "signing", _("signing")
    PRESS_CONFERENCE = "press_conference", _("press conference")
    DOORSTEP = "doorstep", _("doorstep")
    RECEPTION = "reception", _("reception")
    FAMILY_PHOTO = "family_photo", _("family photo")
    DRAFTING_GROUP = "drafting_group", _("drafting group")
    WALK_THROUGH = "walk_through", _("walk-through")
    BREAK = "break", _("break")
    INTERNAL = "internal", _("internal")


class CustomKind(PublicModel):
    """A kind of session that one summit has added. It is treated everywhere as the standard kind in `like`."""

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="custom_kinds", verbose_name=pgettext_lazy("label", "summit")
    )
    name = models.CharField(_("name"), max_length=60, validators=[validate_printable])
    # By language code; `name` is used for languages without one.
    names = models.JSONField(_("names in other languages"), default=dict, blank=True)
    like = models.CharField(
        _("equivalent to"),
        max_length=20,
        choices=SessionKind,
        help_text=_("The default type shown in systems that don’t know this one, such as conference apps."),
    )

    class Meta:
        verbose_name = _("session type")
        verbose_name_plural = _("session types")
        ordering = ["summit", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["summit", "name"],
                name="custom_kind_name_once",
                violation_error_message=_("The summit already has a session type with this name."),
            ),
            models.CheckConstraint(name="custom_kind_like_known", condition=Q(like__in=SessionKind.values)),
        ]

    def __str__(self) -> str:
        return str(self.names.get(get_language() or "") or self.name)

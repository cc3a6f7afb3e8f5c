"""Topics of a summit's texts."""

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from summit.core.models import PublicModel
from summit.core.validators import validate_printable
from summit.summits.models import Summit


class Topic(PublicModel):
    """A topic, by which readers find texts of a summit."""

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="topics", verbose_name=pgettext_lazy("label", "summit")
    )
    name = models.CharField(_("name"), max_length=80, validators=[validate_printable])
    # Names by language code; `name` is used for languages that aren't here.
    names = models.JSONField(_("names in other languages"), default=dict, blank=True)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["summit", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["summit", "name"],
                name="topic_name_once",
                violation_error_message=_("The summit already has a topic with this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.called(get_language() or "")

    def called(self, language: str) -> str:
        """Return the topic's name in a language, or `name` if there is none in that language."""
        return str(self.names.get(language) or self.name)

"""The API of letter templates: a summit's own texts of letters, their previews and tests."""

from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.invitations.models.letters import LetterTemplate, Purpose
from delegations.invitations.selectors import letter_templates as letter_templates_selectors
from delegations.invitations.selectors.default_letters import Text
from delegations.invitations.services import letter_previews, letter_templates
from delegations.parties.api.fields import OneParty
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit
from summit.users.models import User

TEMPLATE = "delegations.lettertemplate"


class LetterTemplateSerializer(serializers.ModelSerializer[LetterTemplate]):
    """The summit's own text of a letter in a language. If there is none, the system's text is used."""

    id = serializers.IntegerField(source="pk", read_only=True)

    class Meta:
        model = LetterTemplate
        fields: ClassVar[list[str]] = ["id", "purpose", "language", "subject", "body", "changed_at"]
        read_only_fields = fields


class LetterTextInput(serializers.Serializer[Any]):
    """The text of a letter. An empty line begins a new paragraph. Placeholders are written in braces, such as
    {party}."""

    subject = serializers.CharField(required=False, default="", allow_blank=True)
    body = serializers.CharField(required=False, default="", allow_blank=True)


class TemplateInput(LetterTextInput):
    """The purpose and language of a letter, and its text."""

    purpose = serializers.ChoiceField(choices=Purpose.choices)
    language = serializers.ChoiceField(choices=settings.LANGUAGES)


class TrialInput(TemplateInput):
    """A text that isn't stored, and the party that provides the data. Without subject and body, the current text is
    used."""

    party = OneParty()


class ReadLetterSerializer(serializers.Serializer[Any]):
    """The letter as its recipients would get it. Its link doesn't work."""

    addresses = serializers.ListField(child=serializers.CharField())
    language = serializers.CharField()
    subject = serializers.CharField()
    text = serializers.CharField()


class TriedSerializer(serializers.Serializer[Any]):
    """The mailbox to which the test is sent."""

    address = serializers.CharField()


class TemplateFilters(django_filters.FilterSet):
    """The filters of the list of letter templates."""

    purpose = django_filters.ChoiceFilter(choices=Purpose.choices, label=_("purpose"))
    language = django_filters.CharFilter(label=_("language"))


class LetterTemplateViewSet(DeskViewSet):
    """The summit's own texts of letters."""

    name = "letter-templates"
    verbose_name = _("letter templates")
    permission = TEMPLATE
    lookup_field = "pk"
    model = LetterTemplate
    serializer_class = LetterTemplateSerializer
    input_serializer_class = TemplateInput
    update_serializer_class = LetterTextInput
    filterset_class = TemplateFilters
    ordering_fields: ClassVar[Any] = {"purpose": ("purpose", "language"), "changed": ("changed_at",)}

    def rows(self) -> QuerySet[LetterTemplate]:
        """Return letter templates joined with their summits."""
        return LetterTemplate.objects.select_related("summit")

    def add(self, *, by: User, summit: Summit, values: Values) -> LetterTemplate:
        """Add a text of the summit's own for a letter."""
        return letter_templates.save(summit=summit, by=by, fresh=True, **values)

    def change(self, *, by: User, row: LetterTemplate, values: Values) -> LetterTemplate:
        """Change the text of a letter."""
        new_values = {"subject": row.subject, "body": row.body, **values}
        return letter_templates.save(
            summit=row.summit, purpose=row.purpose, language=row.language, by=by, **new_values
        )

    def remove(self, *, by: User, row: LetterTemplate) -> None:
        """Delete the summit's own text, so that the system's text is used again."""
        letter_templates.remove(template=row, by=by)

    @action(
        "read", safe=True, permission=f"{TEMPLATE}.view", input=TrialInput, output=ReadLetterSerializer, detail=False
    )
    def read(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Show a text as a letter to a party. Nothing is stored or sent."""
        return letter_previews.read(**_trial(summit, values))

    @action("test", permission=f"{TEMPLATE}.change", input=TrialInput, output=TriedSerializer, detail=False)
    def test(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Send a text as a letter, marked as a test, to the caller's own mailbox."""
        return {"address": letter_previews.send(**_trial(summit, values), by=by)}


def _trial(summit: Summit, values: Values) -> dict[str, Any]:
    """Return the arguments of a preview: party, purpose, language and text."""
    purpose, language = values["purpose"], values["language"]
    text = Text(values["subject"], values["body"])
    if not (text.subject or text.body):
        text = letter_templates_selectors.Texts(summit).of(purpose, language)
    return {"party": values["party"], "purpose": purpose, "language": language, "text": text}

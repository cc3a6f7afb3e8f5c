"""What letters say, the links in them, and the answers that came back."""

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
    """What a letter of the summit says in a language. Where there is none the system's own text stands."""

    id = serializers.IntegerField(source="pk", read_only=True)

    class Meta:
        model = LetterTemplate
        fields: ClassVar[list[str]] = ["id", "purpose", "language", "subject", "body", "changed_at"]
        read_only_fields = fields


class LetterTextInput(serializers.Serializer[Any]):
    """What the letter says. An empty line begins a paragraph; placeholders stand in braces, such as {party}."""

    subject = serializers.CharField(required=False, default="", allow_blank=True)
    body = serializers.CharField(required=False, default="", allow_blank=True)


class TemplateInput(LetterTextInput):
    """For which letter, in which language, and what it says."""

    purpose = serializers.ChoiceField(choices=Purpose.choices)
    language = serializers.ChoiceField(choices=settings.LANGUAGES)


class TrialInput(TemplateInput):
    """A text, not stored, and the party as to which it is read. Without subject and body it is the text that
    stands."""

    party = OneParty()


class ReadLetterSerializer(serializers.Serializer[Any]):
    """The letter as its first reader would get it. Its link opens nothing."""

    addresses = serializers.ListField(child=serializers.CharField())
    language = serializers.CharField()
    subject = serializers.CharField()
    text = serializers.CharField()


class TriedSerializer(serializers.Serializer[Any]):
    """Where the test goes."""

    address = serializers.CharField()


class TemplateFilters(django_filters.FilterSet):
    """By what letters are narrowed."""

    purpose = django_filters.ChoiceFilter(choices=Purpose.choices, label=_("purpose"))
    language = django_filters.CharFilter(label=_("language"))


class LetterTemplateViewSet(DeskViewSet):
    """Texts of letters."""

    name = "letter-templates"
    verbose_name = _("texts of letters")
    permission = TEMPLATE
    lookup_field = "pk"
    model = LetterTemplate
    serializer_class = LetterTemplateSerializer
    input_serializer_class = TemplateInput
    update_serializer_class = LetterTextInput
    filterset_class = TemplateFilters
    ordering_fields: ClassVar[Any] = {"purpose": ("purpose", "language"), "changed": ("changed_at",)}

    def rows(self) -> QuerySet[LetterTemplate]:
        """Return texts with their summits."""
        return LetterTemplate.objects.select_related("summit")

    def add(self, *, by: User, summit: Summit, values: Values) -> LetterTemplate:
        """Give the summit a text of its own."""
        return letter_templates.keep(summit=summit, by=by, fresh=True, **values)

    def change(self, *, by: User, row: LetterTemplate, values: Values) -> LetterTemplate:
        """Change what a letter says."""
        said = {"subject": row.subject, "body": row.body, **values}
        return letter_templates.keep(summit=row.summit, purpose=row.purpose, language=row.language, by=by, **said)

    def remove(self, *, by: User, row: LetterTemplate) -> None:
        """Let the system's own text stand again."""
        letter_templates.remove(template=row, by=by)

    @action(
        "read", safe=True, permission=f"{TEMPLATE}.view", input=TrialInput, output=ReadLetterSerializer, detail=False
    )
    def read(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Read a text as a letter to a party. Nothing is stored and nothing sent."""
        return letter_previews.read(**_trial(summit, values))

    @action("test", permission=f"{TEMPLATE}.change", input=TrialInput, output=TriedSerializer, detail=False)
    def test(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Send a text as a letter to whoever asks, marked as a test."""
        return {"address": letter_previews.send(**_trial(summit, values), by=by)}


def _trial(summit: Summit, values: Values) -> dict[str, Any]:
    """Return of which letter, with which text, to whom."""
    purpose, language = values["purpose"], values["language"]
    text = Text(values["subject"], values["body"])
    if not (text.subject or text.body):
        text = letter_templates_selectors.Texts(summit).of(purpose, language)
    return {"party": values["party"], "purpose": purpose, "language": language, "text": text}

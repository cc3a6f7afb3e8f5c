"""The API of archives of speeches."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from press.imports.models import SPEECHES, SpeechImportFile
from press.texts.models.texts import Wording
from summit.api_base.viewset_views import Values
from summit.imports.api import ImportFileInput, ImportFileSerializer, ImportFileViewSet


class SpeechesInput(ImportFileInput):
    """A ZIP archive of speeches. `session` is the id of the session in which they are given."""

    session = serializers.CharField(max_length=16)
    wording = serializers.ChoiceField(choices=Wording.choices, default=Wording.DELIVERED)
    language = serializers.CharField(max_length=10, default="", allow_blank=True)
    publish_at = serializers.CharField(max_length=40, default="", allow_blank=True)
    submit = serializers.BooleanField(default=False)


class SpeechesSerializer(ImportFileSerializer):
    """An uploaded archive of speeches."""

    view_permission = "press.speechimportfile.view"

    class Meta(ImportFileSerializer.Meta):
        model = SpeechImportFile


class SpeechImportFileViewSet(ImportFileViewSet):
    """Archives of speeches. Each file becomes the transcript of a speech, in draft."""

    name = "speech-archives"
    verbose_name = _("archives of speeches")
    permission = "press.speechimportfile"
    permissions: ClassVar[Any] = {"add": "press.write", "remove": "press.write"}
    model = SpeechImportFile
    serializer_class = SpeechesSerializer
    input_serializer_class = SpeechesInput

    def kind_of(self, values: Values) -> str:
        """Return the kind of speeches."""
        return SPEECHES

    def options_of(self, values: Values) -> dict[str, str]:
        """Return the session, the wording, the language, the time of publication, and whether to submit."""
        names = ("session", "wording", "language", "publish_at")
        return {**{name: values[name] for name in names}, "submit": "yes" if values["submit"] else ""}

"""Input serializers of the press desk's API. The services validate the rules of the domain."""

from typing import Any

from rest_framework import serializers

from press.delivery_check.models import PassageCheckKind
from press.embargoes.services.bulk_decisions import MOST
from press.texts.models.attachments import Attachment
from press.texts.models.editions import ChangeKind, Edition
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text, TextKind, TextVersion, Wording
from press.texts.models.topics import Topic
from press.texts.selectors.publication_checks import check_pictures
from sessions.documents.services.file_checks import LARGEST, File, FileProblem, read
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import MediaAccess, Session
from summit.api_base.file_fields import ContentField
from summit.api_base.viewsets import InSummit
from summit.core.validators import validate_year
from summit.people.models import Person

Taken = serializers.Serializer[Any]


class EditionContentInput(Taken):
    """Title, summary and text of an edition."""

    title = serializers.CharField(max_length=200)
    summary = serializers.CharField(required=False, allow_blank=True)
    body = serializers.CharField(trim_whitespace=False, help_text="Markdown.")

    def validate_body(self, body: str) -> str:
        """Refuse Markdown with pictures, which can't be published."""
        check_pictures(body)
        return body


class TextInput(EditionContentInput):
    """A text with its first edition.

    Without `slug` one is made from the title. Without `lift` the text gets an embargo of its own, without a moment.
    """

    kind = serializers.ChoiceField(choices=TextKind.choices)
    language = serializers.CharField(max_length=10, help_text="The one that will be authoritative.")
    slug = serializers.CharField(required=False, allow_blank=True, max_length=100)
    wording = serializers.ChoiceField(choices=Wording.choices, required=False, help_text="Of a transcript.")
    speech = InSummit(
        source="slot",
        queryset=Slot.objects.select_related("session"),
        summit_path="session__summit",
        required=False,
        allow_null=True,
    )
    contact = serializers.CharField(required=False, allow_blank=True, max_length=200)
    lift = InSummit(source="embargo", queryset=Embargo.objects.all(), required=False, allow_null=True)
    prepared = InSummit(queryset=Text.objects.all(), required=False, allow_null=True)


class TextChange(Taken):
    """The details of a text beside its words. They need no approval."""

    session = InSummit(queryset=Session.objects.all(), allow_null=True)
    topics = InSummit(many=True, queryset=Topic.objects.all())
    people = InSummit(many=True, queryset=Person.objects.filter(slots__isnull=False).distinct())
    contact = serializers.CharField(allow_blank=True, max_length=200)
    comparison_public = serializers.BooleanField()
    media_access = serializers.ChoiceField(choices=MediaAccess.choices, allow_blank=True)
    gather_place = serializers.CharField(allow_blank=True, max_length=200)
    gather_at = serializers.DateTimeField(allow_null=True, validators=[validate_year])


class VersionInput(EditionContentInput):
    """A text in another language, with its first edition."""

    text = InSummit(queryset=Text.objects.select_related("summit"))
    language = serializers.CharField(max_length=10)


class EditionInput(EditionContentInput):
    """The words of a new edition.

    `based_on` is the number of the newest edition that the writer has read. Without `attachments` the files of the
    edition before stay attached.
    """

    version = InSummit(queryset=TextVersion.objects.select_related("text__summit"), summit_path="text__summit")
    based_on = serializers.IntegerField(min_value=1, max_value=1_000_000)
    change_kind = serializers.ChoiceField(choices=ChangeKind.choices, required=False, allow_blank=True)
    change_note = serializers.CharField(required=False, allow_blank=True, max_length=300)
    translates = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=1_000_000)
    attachments = InSummit(
        many=True,
        required=False,
        queryset=Attachment.objects.defer("content"),
        summit_path="text__summit",
    )


class PressReasonInput(Taken):
    """A reason."""

    reason = serializers.CharField(allow_blank=True)


class NoteInput(Taken):
    """A remark for the writer."""

    note = serializers.CharField(required=False, allow_blank=True)


class TieInput(Taken):
    """The text to tie this one to. Without it, all languages of this text are tied."""

    text = InSummit(queryset=Text.objects.select_related("summit"), required=False, allow_null=True)


class TextsInput(Taken):
    """Texts; the newest edition of each in each language is meant."""

    texts = serializers.ListField(child=serializers.CharField(max_length=40), min_length=1, max_length=MOST)


class SkippedTextSerializer(Taken):
    """An edition that was skipped, and why."""

    edition = serializers.CharField()
    text = serializers.CharField()
    reason = serializers.CharField()


class ApprovedSerializer(Taken):
    """The editions that were approved, and those that were skipped."""

    approved = serializers.ListField(child=serializers.CharField(), help_text="Their ids.")
    skipped = SkippedTextSerializer(many=True)


class DecidedSerializer(Taken):
    """The editions that were decided, and those that were skipped."""

    done = serializers.ListField(child=serializers.CharField(), help_text="Their ids.")
    skipped = SkippedTextSerializer(many=True)


class MomentInput(Taken):
    """The moment of publication; null removes it. A moment within the last minute means now."""

    moment = serializers.DateTimeField(allow_null=True, validators=[validate_year])


class MomentOfTextsInput(TextsInput, MomentInput):
    """The moment at which texts are published together; null removes it.

    A moment within the last minute means now.
    """


class WaitInput(Taken):
    """When the desk gets an alarm if nobody has marked the speech as given by then."""

    alarm_at = serializers.DateTimeField(required=False, allow_null=True, validators=[validate_year])


class PassageCheckInput(Taken):
    """A mark of what was heard of a passage.

    `seen` is the id of the mark that counted when the passage was read, "0" for none. Without it, marks by others
    aren't checked.
    """

    edition = InSummit(
        queryset=Edition.objects.select_related("version__text__summit"), summit_path="version__text__summit"
    )
    anchor = serializers.CharField(max_length=20)
    kind = serializers.ChoiceField(choices=PassageCheckKind.choices, help_text="Not “undo”: that is an action.")
    words = serializers.CharField(required=False, allow_blank=True, help_text="Of other words, and of inserted ones.")
    seen = serializers.RegexField(r"^[0-9]{1,18}\Z", required=False)


class DeliveredInput(Taken):
    """Whether a notice for readers replaces passages that were not delivered."""

    tell_removed = serializers.BooleanField(required=False, default=True)


class DeliveredSerializer(Taken):
    """The text as delivered."""

    text = serializers.CharField(source="public_id")


class AttachmentInput(Taken):
    """A file for a text. It is published with the first edition that it is attached to."""

    text = InSummit(queryset=Text.objects.select_related("summit"))
    language = serializers.CharField(max_length=10)
    title = serializers.CharField(required=False, allow_blank=True, max_length=200)
    name = serializers.CharField(max_length=200, help_text="Such as “annex.pdf”.")
    content = ContentField(largest=LARGEST)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """Detect the file's format; the formats and sizes are those of the admin."""
        try:
            file: File = read(name=values.pop("name"), content=values.pop("content"))
        except FileProblem as problem:
            raise serializers.ValidationError({"content": str(problem)}) from problem
        return {**values, "file": file}


class TopicInput(Taken):
    """A topic's name, and its names in other languages."""

    name = serializers.CharField(max_length=80)
    names = serializers.DictField(
        child=serializers.CharField(max_length=80), required=False, help_text="By language, such as “fr”."
    )

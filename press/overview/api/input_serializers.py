"""Input serializers of the press desk's API. They check types and lengths. The services check all other rules."""

from typing import Any

from rest_framework import serializers

from press.delivery_check.models import PassageCheckKind
from press.embargoes.services.bulk_decisions import MOST
from press.texts.models.attachments import Attachment
from press.texts.models.editions import ChangeKind, Edition
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text, TextKind, TextVersion, Wording
from press.texts.models.topics import Topic
from press.texts.selectors.edition_validation import check_pictures
from sessions.documents.services.file_checks import LARGEST, File, FileProblem, read
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import MediaAccess, Session
from summit.api_base.request_files import ContentField
from summit.api_base.viewsets import InSummit
from summit.core.validators import validate_year
from summit.people.models import Person

Taken = serializers.Serializer[Any]


class EditionContentInput(Taken):
    """Title, summary and body of an edition."""

    title = serializers.CharField(max_length=200)
    summary = serializers.CharField(required=False, allow_blank=True)
    body = serializers.CharField(trim_whitespace=False, help_text="Markdown.")

    def validate_body(self, body: str) -> str:
        """Return the body. Raises ValidationError if its Markdown contains a picture, which can't be published."""
        check_pictures(body)
        return body


class TextInput(EditionContentInput):
    """A text with its first edition.

    Without `slug`, the slug is made from the title. Without `lift`, the text gets a new embargo without a moment.
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
    """The details of a text, which aren't part of its editions. They need no approval."""

    session = InSummit(queryset=Session.objects.all(), allow_null=True)
    topics = InSummit(many=True, queryset=Topic.objects.all())
    people = InSummit(many=True, queryset=Person.objects.filter(slots__isnull=False).distinct())
    contact = serializers.CharField(allow_blank=True, max_length=200)
    comparison_public = serializers.BooleanField()
    media_access = serializers.ChoiceField(choices=MediaAccess.choices, allow_blank=True)
    gather_place = serializers.CharField(allow_blank=True, max_length=200)
    gather_at = serializers.DateTimeField(allow_null=True, validators=[validate_year])


class VersionInput(EditionContentInput):
    """A language to add to a text, with the first edition in this language."""

    text = InSummit(queryset=Text.objects.select_related("summit"))
    language = serializers.CharField(max_length=10)


class EditionInput(EditionContentInput):
    """The values of a new edition.

    `based_on` is the number of the newest edition that the writer has read. Without `attachments`, the new edition
    has the files of the previous edition.
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
    """The reason for a decision."""

    reason = serializers.CharField(allow_blank=True)


class NoteInput(Taken):
    """The reviewer's remark, which the writer sees."""

    note = serializers.CharField(required=False, allow_blank=True)


class TieInput(Taken):
    """The other text to which to tie the text. Without another text, the languages of the text are tied."""

    text = InSummit(queryset=Text.objects.select_related("summit"), required=False, allow_null=True)


class TextsInput(Taken):
    """The ids of texts. A decision about them is made about their newest edition in each language."""

    texts = serializers.ListField(child=serializers.CharField(max_length=40), min_length=1, max_length=MOST)


class SkippedTextSerializer(Taken):
    """An edition that a decision skipped, its text, and the reason."""

    edition = serializers.CharField()
    text = serializers.CharField()
    reason = serializers.CharField()


class ApprovedSerializer(Taken):
    """The editions that were approved, and those that were skipped."""

    approved = serializers.ListField(child=serializers.CharField(), help_text="Their ids.")
    skipped = SkippedTextSerializer(many=True)


class DecidedSerializer(Taken):
    """The editions about which a decision was made, and the editions that it skipped."""

    done = serializers.ListField(child=serializers.CharField(), help_text="Their ids.")
    skipped = SkippedTextSerializer(many=True)


class MomentInput(Taken):
    """The moment of publication. Null removes the moment. A moment within the last minute means now."""

    moment = serializers.DateTimeField(allow_null=True, validators=[validate_year])


class MomentOfTextsInput(TextsInput, MomentInput):
    """The moment at which all the texts are published. Null removes their moments.

    A moment within the last minute means now.
    """


class WaitInput(Taken):
    """The time of the alarm, which the desk gets if nobody has marked the speech as delivered before."""

    alarm_at = serializers.DateTimeField(required=False, allow_null=True, validators=[validate_year])


class PassageCheckInput(Taken):
    """A mark of what was heard of a passage.

    `seen` is the id of the mark that counted when the user read the passage, or "0" for none. Another mark made in
    the meantime is a conflict. Without `seen`, no conflict is detected.
    """

    edition = InSummit(
        queryset=Edition.objects.select_related("version__text__summit"), summit_path="version__text__summit"
    )
    anchor = serializers.CharField(max_length=20)
    kind = serializers.ChoiceField(choices=PassageCheckKind.choices, help_text="Not “undo”: that is an action.")
    words = serializers.CharField(required=False, allow_blank=True, help_text="Of other words, and of inserted ones.")
    seen = serializers.RegexField(r"^[0-9]{1,18}\Z", required=False)


class DeliveredInput(Taken):
    """Whether the text as delivered has a notice for readers in place of passages that weren't delivered."""

    tell_removed = serializers.BooleanField(required=False, default=True)


class DeliveredSerializer(Taken):
    """The id of the new text as delivered."""

    text = serializers.CharField(source="public_id")


class AttachmentInput(Taken):
    """A file for a text. The file is public once an edition that has it is public."""

    text = InSummit(queryset=Text.objects.select_related("summit"))
    language = serializers.CharField(max_length=10)
    title = serializers.CharField(required=False, allow_blank=True, max_length=200)
    name = serializers.CharField(max_length=200, help_text="Such as “annex.pdf”.")
    content = ContentField(largest=LARGEST)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values with `file`, the file with its detected format, in place of `name` and `content`.

        Raises ValidationError if the file is too large or its format isn't supported.
        """
        try:
            file: File = read(name=values.pop("name"), content=values.pop("content"))
        except FileProblem as problem:
            raise serializers.ValidationError({"content": str(problem)}) from problem
        return {**values, "file": file}


class TopicInput(Taken):
    """The name of a topic in the summit's language, and its names in other languages."""

    name = serializers.CharField(max_length=80)
    names = serializers.DictField(
        child=serializers.CharField(max_length=80), required=False, help_text="By language, such as “fr”."
    )

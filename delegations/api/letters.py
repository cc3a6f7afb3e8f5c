"""What letters say, the links in them, and the answers that came back."""

from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.api.common import OneParty
from delegations.api.parts import OfInvitation, OfInvitationFilters, StaffName, note
from delegations.domain import asked, links, templates, trials
from delegations.domain.letter_texts import Text
from delegations.models import Answer, Channel, InvitationLink, LetterTemplate, Level, Purpose, Reply, ReplyScan
from summit.api.actions import action
from summit.api.contents import File, WithContent
from summit.api.resources import Resource
from summit.api.rows import Values
from summit.audit import access_log
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


class LetterTemplates(Resource):
    """Texts of letters."""

    name = "letter-templates"
    called = _("texts of letters")
    rule = TEMPLATE
    key = "pk"
    model = LetterTemplate
    output = LetterTemplateSerializer
    input = TemplateInput
    input_of_change = LetterTextInput
    filters = TemplateFilters
    orders: ClassVar[Any] = {"purpose": ("purpose", "language"), "changed": ("changed_at",)}

    def rows(self) -> QuerySet[LetterTemplate]:
        """Return texts with their summits."""
        return LetterTemplate.objects.select_related("summit")

    def add(self, *, by: User, summit: Summit, values: Values) -> LetterTemplate:
        """Give the summit a text of its own."""
        return templates.keep(summit=summit, by=by, fresh=True, **values)

    def change(self, *, by: User, row: LetterTemplate, values: Values) -> LetterTemplate:
        """Change what a letter says."""
        said = {"subject": row.subject, "body": row.body, **values}
        return templates.keep(summit=row.summit, purpose=row.purpose, language=row.language, by=by, **said)

    def remove(self, *, by: User, row: LetterTemplate) -> None:
        """Let the system's own text stand again."""
        templates.remove(template=row, by=by)

    @action("read", reads=True, rule=f"{TEMPLATE}.view", input=TrialInput, output=ReadLetterSerializer, on_list=True)
    def read(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Read a text as a letter to a party. Nothing is stored and nothing sent."""
        return trials.read(**_trial(summit, values))

    @action("test", rule=f"{TEMPLATE}.change", input=TrialInput, output=TriedSerializer, on_list=True)
    def test(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Send a text as a letter to whoever asks, marked as a test."""
        return {"address": trials.send(**_trial(summit, values), by=by)}


def _trial(summit: Summit, values: Values) -> dict[str, Any]:
    """Return of which letter, with which text, to whom."""
    purpose, language = values["purpose"], values["language"]
    text = Text(values["subject"], values["body"])
    if not (text.subject or text.body):
        text = templates.Texts(summit).of(purpose, language)
    return {"party": values["party"], "purpose": purpose, "language": language, "text": text}


class LetterLinkSerializer(OfInvitation, serializers.ModelSerializer[InvitationLink]):
    """A link in a letter: to which mailbox it went, and whether it was followed. What it opens it never tells."""

    id = serializers.CharField(source="public_id", read_only=True)
    person = serializers.CharField(source="person.public_id", read_only=True, allow_null=True, default=None)

    class Meta:
        model = InvitationLink
        fields: ClassVar[list[str]] = [
            *(*OfInvitation.OF, "address", "person"),
            *("created_at", "expires_at", "first_used_at", "revoked_at", "asked_at"),
        ]
        read_only_fields = fields


class LinkFilters(OfInvitationFilters):
    """By what links are narrowed."""

    live = django_filters.BooleanFilter(method="of_life", label=_("opens something"))
    asks = django_filters.BooleanFilter(method="of_asking", label=_("a new letter is asked for"))
    created_since = django_filters.IsoDateTimeFilter(
        field_name="created_at", lookup_expr="gte", label=_("created since")
    )

    def of_life(self, rows: QuerySet[InvitationLink], name: str, value: bool) -> QuerySet[InvitationLink]:
        """Return those that open something, or the others."""
        live = InvitationLink.objects.live().values("pk")
        return rows.filter(pk__in=live) if value else rows.exclude(pk__in=live)

    def of_asking(self, rows: QuerySet[InvitationLink], name: str, value: bool) -> QuerySet[InvitationLink]:
        """Return those instead of which a new letter is asked for, or the others."""
        wanted = asked.waiting().values("pk")
        return rows.filter(pk__in=wanted) if value else rows.exclude(pk__in=wanted)


class LetterLinks(Resource):
    """Links in letters."""

    name = "letter-links"
    called = _("links in letters")
    rule = "delegations.invitationlink"
    does = ()
    model = InvitationLink
    output = LetterLinkSerializer
    filters = LinkFilters
    orders: ClassVar[Any] = {"created": ("created_at",)}
    summit_path = "invitation__party__summit"

    def rows(self) -> QuerySet[InvitationLink]:
        """Return links with their invitations."""
        return InvitationLink.objects.select_related("invitation__party__summit", "person")

    def note_seen(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Record whose mailboxes were read."""
        note(
            by=by,
            summit=summit,
            rows=rows,
            fields=fields,
            shows=("address", "person"),
            people=lambda row: row.person,
        )

    @action("revoke", rule="delegations.revoke")
    def revoke(self, *, by: User, row: InvitationLink, values: Values) -> None:
        """Revoke the link: it opens nothing from then on, also where it is open already."""
        links.revoke(link=row, by=by)

    @action("settle", rule="delegations.invite")
    def settle(self, *, by: User, row: InvitationLink, values: Values) -> None:
        """Note that no new letter is wanted in the place of this one."""
        asked.settle(link=row, by=by)


class ReplySerializer(OfInvitation, serializers.ModelSerializer[Reply]):
    """One answer as it came: by which way, and who recorded it at a desk. Its `scan` is its content."""

    id = serializers.CharField(source="public_id", read_only=True)
    level = serializers.ChoiceField(choices=Level.choices, allow_blank=True, read_only=True)
    recorded_by = StaffName(deed="delegations.reply.view")
    scan = serializers.CharField(
        source="scan_name", read_only=True, allow_null=True, help_text="What the file of its paper is called."
    )

    class Meta:
        model = Reply
        fields: ClassVar[list[str]] = [
            *(*OfInvitation.OF, "at", "answer", "level", "note", "name"),
            *("channel", "reference", "dated", "recorded_by", "scan"),
        ]
        read_only_fields = fields


class ReplyFilters(OfInvitationFilters):
    """By what answers are narrowed."""

    occasion = django_filters.CharFilter(field_name="invitation__occasion", label=_("id of a session"))
    answer = django_filters.ChoiceFilter(choices=Answer.choices, label=_("answer"))
    level = django_filters.ChoiceFilter(choices=Level.choices, label=_("at the level of"))
    channel = django_filters.ChoiceFilter(choices=Channel.choices, label=_("came by"))
    since = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte", label=_("recorded since"))


class Replies(WithContent):
    """Answers, as they came, each with the scan of its paper where there is one."""

    name = "replies"
    called = _("answers to invitations")
    rule = "delegations.reply"
    does = ()
    model = Reply
    output = ReplySerializer
    filters = ReplyFilters
    orders: ClassVar[Any] = {"at": ("at",)}
    summit_path = "invitation__party__summit"

    def rows(self) -> QuerySet[Reply]:
        """Return answers with their invitations."""
        rows = Reply.objects.select_related("invitation__party__summit", "recorded_by")
        return rows.annotate(scan_name=F("scan__filename"))

    def content(self, *, by: User, row: Reply) -> File | None:
        """Return the scan, and note who had it."""
        scan = ReplyScan.objects.filter(reply=row).first()
        if scan is None:
            return None
        access_log.note_page(by=by, target=scan, summit=row.invitation.party.summit, fields=["content"])
        return File(scan.filename, scan.media_type, bytes(scan.content))

    def note_seen(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Record that answers were read, with who gave them."""
        note(by=by, summit=summit, rows=rows, fields=fields, shows=("name", "note"))

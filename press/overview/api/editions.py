"""API resources of the press desk: editions and decisions about them, marks of passages, and embargoes."""

import datetime
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext_lazy

from press.delivery_check import services as delivery_check_services
from press.delivery_check.models import PassageCheck
from press.embargoes.services import embargoes
from press.imports.files import report
from press.overview.api.comparison import (
    ComparedInput,
    ComparisonSerializer,
    EditionPreviewInput,
    EditionPreviewSerializer,
    ParsedFileSerializer,
    TextFileInput,
    build_preview,
    parse_file,
)
from press.overview.api.filters import EditionFilters, EmbargoFilters, PassageCheckFilters
from press.overview.api.input_serializers import (
    DeliveredInput,
    DeliveredSerializer,
    EditionInput,
    MomentInput,
    NoteInput,
    PassageCheckInput,
    PressReasonInput,
    WaitInput,
)
from press.overview.api.serializers import DeskEditionSerializer, DeskEmbargoSerializer, DeskMarkingSerializer
from press.overview.api.texts import soonest
from press.texts.models.attachments import Attachment
from press.texts.models.editions import Edition
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text
from press.texts.models.visibility import published_embargoes, standing
from press.texts.permissions import DECISIONS
from press.texts.selectors import edition_comparison
from press.texts.services import decisions, editions, locks
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit
from summit.users.models import User


class EditionViewSet(DeskViewSet):
    """Editions of texts. The words of an edition never change: changed words are a new edition."""

    name = "editions"
    verbose_name = gettext_lazy("editions")
    permission = "press.text"
    allowed_methods = ("add",)
    model = Edition
    serializer_class = DeskEditionSerializer
    input_serializer_class = EditionInput
    filterset_class = EditionFilters
    ordering_fields: ClassVar[Any] = {"created_at": ("created_at",)}
    summit_path = "version__text__summit"

    def rows(self) -> QuerySet[Any]:
        """Return editions with their attachments, annotated with `standing`, the derived state."""
        files = Prefetch("attachments", Attachment.objects.defer("content").order_by("attached__position"))
        related = ("version__text__summit", "version__text__embargo", "author", "decided_by", "afterwards_by")
        return Edition.objects.select_related(*related).prefetch_related(files).annotate(standing=standing())

    def lock(self, row: Edition) -> bool:
        """Lock the embargo of the edition's text, and return True. All decisions about a text take this lock."""
        locks.lock_text(row.version.text_id)
        return True

    def add(self, *, by: User, summit: Summit, values: Values) -> Edition:
        """Save a new edition of a language version, in draft."""
        return editions.draft(by=by, **values)

    @action("compare", safe=True, permission="press.text.view", input=ComparedInput, output=ComparisonSerializer)
    def compare(self, *, by: User, row: Edition, values: Values) -> edition_comparison.Comparison:
        """Compare the edition, word by word, with another edition of the text in the same language.

        An edition of a prepared text can also be compared with one of the text as delivered. Nothing is written.
        """
        return edition_comparison.side_by_side(one=row, other=values["other"])

    @action(
        "preview",
        safe=True,
        permission="press.text.change",
        input=EditionPreviewInput,
        output=EditionPreviewSerializer,
        detail=False,
    )
    def preview(self, *, by: User, summit: Summit, values: Values) -> dict[str, Any]:
        """Return the preview of a text, and problems that prevent publishing it. Nothing is written."""
        return build_preview(values)

    @action(
        "read-file",
        safe=True,
        permission="press.text.change",
        input=TextFileInput,
        output=ParsedFileSerializer,
        detail=False,
    )
    def read_file(self, *, by: User, summit: Summit, values: Values) -> report.ParsedFile:
        """Return the words of a file as Markdown, with notes on what was left out or changed. Nothing is stored."""
        return parse_file(values)

    @action("submit", permission=DECISIONS["submit"])
    def submit(self, *, by: User, row: Edition, values: Values) -> None:
        """Submit the edition for review. Only the newest edition of a language version can be submitted."""
        decisions.submit(edition=row, by=by)

    @action("ask-changes", permission=DECISIONS["ask_changes"], input=NoteInput)
    def ask_changes(self, *, by: User, row: Edition, values: Values) -> None:
        """Ask the writer to change the edition. The note says what to change, and is required."""
        decisions.ask_changes(edition=row, note=values.get("note", ""), by=by)

    @action("approve", permission=DECISIONS["approve"], input=NoteInput)
    def approve(self, *, by: User, row: Edition, values: Values) -> None:
        """Approve an edition that somebody else wrote. It is published as soon as the embargo has ended."""
        decisions.approve(edition=row, note=values.get("note", ""), by=by)

    @action("approve-alone", permission=DECISIONS["approve_alone"], input=PressReasonInput)
    def approve_alone(self, *, by: User, row: Edition, values: Values) -> None:
        """Approve the edition in an emergency without a second person. A reason is required."""
        decisions.approve_alone(edition=row, reason=values["reason"], by=by)

    @action("review-afterwards", permission=DECISIONS["review_afterwards"])
    def review_afterwards(self, *, by: User, row: Edition, values: Values) -> None:
        """Record that a second person has reviewed an edition that somebody approved alone."""
        decisions.review_afterwards(edition=row, by=by)

    @action("make-delivered", permission="press.write", input=DeliveredInput, output=DeliveredSerializer)
    def make_delivered(self, *, by: User, row: Edition, values: Values) -> Text:
        """Create the text as delivered, in draft, from a prepared edition and the marks of its passages."""
        return delivery_check_services.make_delivered(edition=row, by=by, tell_removed=values["tell_removed"])


class PassageCheckViewSet(DeskViewSet):
    """Marks of passages of prepared texts, which say what was heard. A mark can only be undone, not changed."""

    name = "markings"
    verbose_name = gettext_lazy("delivery changes")
    permission = "press.text"
    allowed_methods = ("add",)
    lookup_field = "pk"
    model = PassageCheck
    serializer_class = DeskMarkingSerializer
    input_serializer_class = PassageCheckInput
    filterset_class = PassageCheckFilters
    ordering_fields: ClassVar[Any] = {"at": ("at",)}
    summit_path = "edition__version__text__summit"

    def rows(self) -> QuerySet[Any]:
        """Return the marks, annotated with `taken_back`: whether the mark was undone."""
        undone = PassageCheck.objects.filter(undoes=OuterRef("pk"))
        rows = PassageCheck.objects.select_related("edition__version__text__summit", "by")
        return rows.annotate(taken_back=Exists(undone))

    def lock(self, row: PassageCheck) -> bool:
        """Lock the embargo of the marked text, and return True. The services for marks take this lock too."""
        locks.lock_text(row.edition.version.text_id)
        return True

    def add(self, *, by: User, summit: Summit, values: Values) -> PassageCheck:
        """Mark what was heard of a passage."""
        seen = values.get("seen")
        return delivery_check_services.mark(**{**values, "seen": None if seen is None else int(seen)}, by=by)

    @action("undo", permission="press.write")
    def undo(self, *, by: User, row: PassageCheck, values: Values) -> None:
        """Undo the mark. The previous mark of the passage, if there is one, counts again."""
        delivery_check_services.undo(passage_check=row, by=by)


class EmbargoViewSet(DeskViewSet):
    """Embargoes: when texts are published, and whether they are held."""

    name = "lifts"
    verbose_name = gettext_lazy("publication times")
    permission = "press.text"
    allowed_methods = ()
    model = Embargo
    serializer_class = DeskEmbargoSerializer
    filterset_class = EmbargoFilters
    ordering_fields: ClassVar[Any] = {"moment": ("soonest",)}

    def rows(self) -> QuerySet[Any]:
        """Return embargoes with their texts, annotated with `published`: whether a text has been public."""
        texts = Prefetch("texts", Text.objects.order_by("pk"))
        rows = Embargo.objects.select_related("summit", "decided_by", "held_by").prefetch_related(texts)
        published = published_embargoes().filter(pk=OuterRef("pk"))
        return rows.annotate(soonest=soonest("moment"), published=Exists(published))

    def lock(self, row: Embargo) -> bool:
        """Lock the embargo, and return whether it still exists: tying texts deletes embargoes."""
        return locks.lock_embargo_if_exists(row.pk)

    @action("set-moment", permission=DECISIONS["set_moment"], input=MomentInput)
    def set_moment(self, *, by: User, row: Embargo, values: Values) -> None:
        """Set the moment at which the embargo's texts are published, or remove the moment."""
        moment: datetime.datetime | None = values["moment"]
        embargoes.set_moment(embargo=row, moment=moment, by=by)

    @action("release-now", permission=DECISIONS["set_moment"])
    def release_now(self, *, by: User, row: Embargo, values: Values) -> None:
        """Publish the embargo's texts now."""
        embargoes.release_now(embargo=row, by=by)

    @action("wait-for-delivery", permission=DECISIONS["set_moment"], input=WaitInput)
    def wait_for_delivery(self, *, by: User, row: Embargo, values: Values) -> None:
        """Make the embargo's texts wait until the press desk marks the speech as delivered.

        The alarm publishes nothing.
        """
        embargoes.wait_for_delivery(embargo=row, fallback=values.get("alarm_at"), by=by)

    @action("deliver", permission=DECISIONS["deliver"])
    def deliver(self, *, by: User, row: Embargo, values: Values) -> None:
        """Mark the speech as delivered. The texts that wait for the speech are published now."""
        embargoes.deliver(embargo=row, by=by)

    @action("hold", permission=DECISIONS["hold"], input=PressReasonInput)
    def hold(self, *, by: User, row: Embargo, values: Values) -> None:
        """Hold the embargo's texts. They aren't public until the hold is released."""
        embargoes.hold(embargo=row, reason=values["reason"], by=by)

    @action("unhold", permission=DECISIONS["unhold"])
    def unhold(self, *, by: User, row: Embargo, values: Values) -> None:
        """Release the hold. If the moment has passed and the texts were never published, they are published now."""
        embargoes.unhold(embargo=row, by=by)

"""API resources of the press desk: texts and their language versions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from press.embargoes.services import bulk_decisions, joint_publication
from press.overview.api.filters import TextFilters, VersionFilters
from press.overview.api.input_serializers import (
    ApprovedSerializer,
    DecidedSerializer,
    MomentOfTextsInput,
    PressReasonInput,
    TextChange,
    TextInput,
    TextsInput,
    TieInput,
    VersionInput,
)
from press.overview.api.publication_schedule import RunInput, RunSerializer, run_of
from press.overview.api.serializers import DeskTextSerializer, DeskVersionSerializer
from press.texts.models.editions import Edition
from press.texts.models.texts import Text, TextVersion
from press.texts.models.visibility import public_editions, standing
from press.texts.permissions import DECISIONS
from press.texts.selectors.workflow_queries import with_standing
from press.texts.services import locks, texts
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit
from summit.users.models import User

# The moment that stands for none, so that rows without a moment are sorted last.
LAST = datetime(9999, 1, 1, tzinfo=UTC)


def soonest(path: str) -> Coalesce:
    """Return an expression that orders rows by moment, with rows without a moment last.

    `path` is the path from the rows to the embargo's moment.
    """
    return Coalesce(F(path), Value(LAST, output_field=DateTimeField()), output_field=DateTimeField())


@contextmanager
def slot_errors_as_speech() -> Iterator[None]:
    """Rename the field "slot" in a ValidationError to "speech", which is the name of the field in the API."""
    try:
        yield
    except ValidationError as refused:
        if not hasattr(refused, "error_dict") or "slot" not in refused.error_dict:
            raise
        errors = {**refused.error_dict, "speech": refused.error_dict["slot"]}
        errors.pop("slot")
        raise ValidationError(errors) from refused


class TextViewSet(DeskViewSet):
    """Texts. `DELETE` isn't supported: a published text is withdrawn, and then removed, with a reason."""

    name = "texts"
    verbose_name = gettext_lazy("texts")
    permission = "press.text"
    allowed_methods = ("add", "change")
    model = Text
    serializer_class = DeskTextSerializer
    input_serializer_class = TextInput
    update_serializer_class = TextChange
    filterset_class = TextFilters
    ordering_fields: ClassVar[Any] = {"created_at": ("created_at",), "moment": ("soonest",), "slug": ("slug",)}

    def rows(self) -> QuerySet[Any]:
        """Return texts with their states, language versions, topics and people."""
        rows = with_standing(Text.objects.all()).annotate(soonest=soonest("embargo__moment"))
        return rows.select_related(
            "summit", "embargo", "slot__speaker", "slot__party", "session", "prepared"
        ).prefetch_related("versions", "topics", "people")

    def lock(self, row: Text) -> bool:
        """Lock the embargo of the text, and return True. All decisions about a text take this lock."""
        locks.lock_text(row.pk)
        return True

    def add(self, *, by: User, summit: Summit, values: Values) -> Text:
        """Create a text with its first edition."""
        with slot_errors_as_speech():
            return texts.create_text(summit=summit, by=by, **values)

    def change(self, *, by: User, row: Text, values: Values) -> Text:
        """Change the details of a text. Topics and people stay the same if they are missing."""
        topics = values.get("topics", row.topics.all())
        about = {"topics": [topic.name for topic in topics], "people": values.get("people", list(row.people.all()))}
        texts.describe(text=row, by=by, **{**values, **about})
        return row

    @action("tie", permission=DECISIONS["tie"], input=TieInput)
    def tie(self, *, by: User, row: Text, values: Values) -> None:
        """Tie the text to another text, so that both are published together.

        Without another text, the languages of the text are tied to each other.
        """
        joint_publication.tie(text=row, to=values.get("text"), by=by)

    @action("untie", permission=DECISIONS["untie"])
    def untie(self, *, by: User, row: Text, values: Values) -> None:
        """Untie the text from the others, so that it is published separately.

        The text gets a new embargo without a moment. If the text isn't tied to others, its languages are untied from
        each other instead.
        """
        joint_publication.untie(text=row, by=by)

    @action("withdraw", permission=DECISIONS["withdraw"], input=PressReasonInput)
    def withdraw(self, *, by: User, row: Text, values: Values) -> None:
        """Withdraw the text. A published text stays public, marked and with the reason.

        A text that isn't published yet is never published.
        """
        texts.withdraw(text=row, reason=values["reason"], by=by)

    @action("remove", permission=DECISIONS["remove"], input=PressReasonInput)
    def take_off(self, *, by: User, row: Text, values: Values) -> None:
        """Remove a withdrawn text from the public site. Its URLs return 410 with the reason."""
        texts.remove(text=row, reason=values["reason"], by=by)

    @action("approve", permission=DECISIONS["approve"], input=TextsInput, output=ApprovedSerializer, detail=False)
    def approve(self, *, by: User, summit: Summit, values: Values) -> dict[str, Any]:
        """Approve the newest edition of each text in each language.

        Only editions that are in review and that somebody else wrote can be approved. The others are listed as
        skipped, with the reason, and don't stop the decision.
        """
        result = _decided("approve", by, summit, values)
        return {"approved": result["done"], "skipped": result["skipped"]}

    @action("submit", permission=DECISIONS["submit"], input=TextsInput, output=DecidedSerializer, detail=False)
    def submit(self, *, by: User, summit: Summit, values: Values) -> dict[str, Any]:
        """Submit for review the newest edition, in each language, of the texts in `values`.

        Only drafts, and editions for which changes were asked, can be submitted. Other editions are listed as
        skipped, with the reason.
        """
        return _decided("submit", by, summit, values)

    @action(
        "set-moment",
        permission=DECISIONS["set_moment"],
        input=MomentOfTextsInput,
        output=DecidedSerializer,
        detail=False,
    )
    def set_moment(self, *, by: User, summit: Summit, values: Values) -> dict[str, Any]:
        """Set the same moment for several texts, or remove their moments.

        Texts that are tied to one of them get the same moment. Published and withdrawn texts are listed as skipped,
        with the reason, and don't stop the decision.
        """
        return _decided("set_moment", by, summit, values, moment=values["moment"])

    @action("run", safe=True, permission="press.text.view", input=RunInput, output=RunSerializer, detail=False)
    def run(self, *, by: User, summit: Summit, values: Values) -> dict[str, Any]:
        """Return the publication schedule of a day: its texts, their next steps, late texts and failed mails.

        Nothing is written.
        """
        return run_of(by, summit, values)


def _decided(
    name: str, by: User, summit: Summit, values: Values, *, moment: datetime | None = None
) -> dict[str, Any]:
    keys = set(values["texts"])
    rows = list(Text.objects.filter(summit=summit, public_id__in=keys))
    if len(rows) < len(keys):
        raise ValidationError({"texts": _("There is no object with this ID.")})
    locks.lock_texts([text.pk for text in rows])
    targets = bulk_decisions.decide(action=bulk_decisions.BULK_DECISIONS[name], texts=rows, by=by, moment=moment)
    skipped = [
        {"edition": edition.public_id, "text": edition.version.text.public_id, "reason": reason}
        for edition, reason in targets.skipped
    ]
    return {"done": [edition.public_id for edition in targets.to], "skipped": skipped}


class TextVersionViewSet(DeskViewSet):
    """Language versions of texts. A language is added with its first edition."""

    name = "versions"
    verbose_name = gettext_lazy("language versions")
    permission = "press.text"
    allowed_methods = ("add",)
    model = TextVersion
    serializer_class = DeskVersionSerializer
    input_serializer_class = VersionInput
    filterset_class = VersionFilters
    ordering_fields: ClassVar[Any] = {"added_at": ("added_at",)}
    summit_path = "text__summit"

    def rows(self) -> QuerySet[Any]:
        """Return language versions, annotated with the title, number and state of their newest edition.

        They are also annotated with the number of the public edition.
        """
        newest = Edition.objects.filter(version=OuterRef("pk")).order_by("-number")
        public = public_editions().filter(version=OuterRef("pk"))
        return TextVersion.objects.select_related("text__summit").annotate(
            title=Subquery(newest.values("title")[:1]),
            number=Subquery(newest.values("number")[:1]),
            standing=Subquery(newest.annotate(standing=standing()).values("standing")[:1]),
            public_number=Subquery(public.values("number")[:1]),
        )

    def add(self, *, by: User, summit: Summit, values: Values) -> TextVersion:
        """Add a language to a text, with its first edition."""
        return texts.add_language(by=by, **values)

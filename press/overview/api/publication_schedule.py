"""API serializers of the publication schedule of a day: its texts, their next steps, late texts and failed mails."""

from typing import Any

from rest_framework import serializers

from press.overview import publication_schedule
from press.overview.api.serializers import STANDINGS, id_of, name_of
from press.overview.publication_schedule import Plan, ScheduleGroup
from press.texts.models.embargoes import EmbargoMode
from press.texts.models.texts import TextKind, Wording
from press.texts.next_steps import LATE, NEXT
from press.texts.selectors.workflow_queries import late_step, next_step
from summit.api_base.viewset_views import Values
from summit.core.database_clock import db_now
from summit.core.validators import validate_year
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User

Told = serializers.Serializer[Any]
# The most texts without a day that are listed.
MOST = 500


class RunInput(Told):
    """The day of the schedule in the venue's time zone. If it is missing, the day is today."""

    day = serializers.DateField(required=False, validators=[validate_year])


class BehindSerializer(Told):
    """A language of a text that isn't approved: the state is that of the newest edition in the language."""

    version = serializers.CharField(source="public_id")
    language = serializers.CharField()
    state = serializers.ChoiceField(source="standing", choices=STANDINGS)


class RunTextSerializer(Told):
    """A text on the schedule. `next` is a sentence about the next step and the role that takes it, or empty."""

    id = serializers.CharField(source="public_id")
    kind = serializers.ChoiceField(choices=TextKind.choices)
    title = serializers.CharField()
    language = serializers.CharField(source="told.language", help_text="The authoritative one.")
    state = serializers.ChoiceField(source="standing", choices=STANDINGS)
    edition = serializers.IntegerField(source="number", help_text="The number of the newest.")
    author = id_of("told.author")
    author_name = name_of("told.author")
    wording = serializers.ChoiceField(choices=Wording.choices)
    speech = id_of("slot")
    speaker = id_of("slot.speaker")
    speaker_name = serializers.CharField(source="slot.speaker.label", default="")
    behind = BehindSerializer(source="told.behind", many=True)
    next = serializers.SerializerMethodField()

    def get_next(self, text: Any) -> str:
        """Return a sentence about the next step and the role that takes it, or ""."""
        return str(NEXT[next_step(text)])


class LateTextSerializer(RunTextSerializer):
    """A text that should have been published: its moment or the time of its alarm has passed.

    `late` is a sentence about what to do.
    """

    lift = id_of("embargo")
    moment = serializers.DateTimeField(source="embargo.moment", allow_null=True)
    alarm_at = serializers.DateTimeField(source="embargo.fallback_at", allow_null=True)
    held = serializers.SerializerMethodField()
    late = serializers.SerializerMethodField()

    def get_held(self, text: Any) -> bool:
        """Return whether the text is held."""
        return text.embargo.held_at is not None

    def get_late(self, text: Any) -> str:
        """Return a sentence about what to do about the late text."""
        return str(LATE[late_step(text)])


class RunGroupSerializer(Told):
    """Texts that are published together at the time `at`.

    `by` is the source of the time: "moment" if a moment is set, otherwise "plan" if a speech or session is planned,
    otherwise "alarm". `cancelled` is true if the session is cancelled.
    """

    at = serializers.DateTimeField()
    by = serializers.ChoiceField(choices=("moment", "plan", "alarm"))
    lift = id_of("embargo")
    mode = serializers.ChoiceField(source="embargo.mode", choices=EmbargoMode.choices)
    alarm_at = serializers.DateTimeField(source="embargo.fallback_at", allow_null=True)
    tied = serializers.BooleanField(source="embargo.tied", help_text="Together or not at all.")
    held = serializers.SerializerMethodField()
    held_at = serializers.DateTimeField(source="embargo.held_at", allow_null=True)
    held_by = id_of("embargo.held_by")
    held_by_name = name_of("embargo.held_by")
    hold_reason = serializers.CharField(source="embargo.hold_reason")
    cancelled = serializers.BooleanField()
    texts = RunTextSerializer(many=True)

    def get_held(self, group: ScheduleGroup) -> bool:
        """Return whether the embargo of the group is held."""
        return group.embargo.held_at is not None


class OfEdition(Told):
    """The base of entries about an edition: the edition's id, text, language, title and number."""

    edition = id_of("edition")
    text = id_of("edition.version.text")
    language = serializers.CharField(source="edition.version.language")
    title = serializers.CharField(source="edition.title")
    number = serializers.IntegerField(source="edition.number")


class UnreviewedSerializer(OfEdition):
    """An edition that was approved without a second person and isn't reviewed yet, with the reason."""

    decided_by = id_of("edition.decided_by")
    decided_by_name = name_of("edition.decided_by")
    decided_at = serializers.DateTimeField(source="edition.decided_at")
    reason = serializers.CharField(source="edition.emergency_reason")


class UnsentSerializer(OfEdition):
    """An edition about which mails failed, and the number of these mails.

    `about` is the value by which the resource “messages” can be filtered for these mails. It is null if the user may
    not see messages.
    """

    mails = serializers.IntegerField()
    about = serializers.CharField(allow_null=True)


class RunSerializer(Told):
    """The publication schedule of a day at the venue.

    The schedule of every day has all `overdue` texts, and all `unreviewed` and `unsent` editions. Only the schedule
    of today has texts without a day: `unplaced` is the number of all, and `timeless` has the newest 500.
    """

    day = serializers.DateField()
    groups = RunGroupSerializer(many=True)
    overdue = LateTextSerializer(many=True)
    unreviewed = UnreviewedSerializer(many=True)
    unsent = UnsentSerializer(many=True)
    timeless = RunTextSerializer(many=True)
    unplaced = serializers.IntegerField()


def run_of(by: User, summit: Summit, values: Values) -> dict[str, Any]:
    """Return the schedule of a day as data for `RunSerializer`.

    `about` of unsent editions is None if the user may not see messages.
    """
    now = db_now()
    plan = publication_schedule.plan(
        summit, values.get("day") or now.astimezone(summit.zone).date(), now=now, most=MOST
    )
    for row in _texts(plan):
        row.told = plan.told[row.pk]
    may_see = allows(by, "outbox.message.view", summit)
    return {
        **{name: getattr(plan, name) for name in ("day", "groups", "overdue", "timeless", "unplaced")},
        "unreviewed": [{"edition": edition} for edition in plan.unreviewed],
        "unsent": [
            {"edition": each.edition, "mails": each.number, "about": each.about if may_see else None}
            for each in plan.unsent
        ],
    }


def _texts(plan: Plan) -> list[Any]:
    return [*(row for group in plan.groups for row in group.texts), *plan.overdue, *plan.timeless]

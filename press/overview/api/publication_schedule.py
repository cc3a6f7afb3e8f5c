"""API serializers of the publication schedule of a day: what is published when, the next steps, what is late or
failed.
"""

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
    """The day at the venue; today if it is missing."""

    day = serializers.DateField(required=False, validators=[validate_year])


class BehindSerializer(Told):
    """A language of a text whose newest edition isn't approved."""

    version = serializers.CharField(source="public_id")
    language = serializers.CharField()
    state = serializers.ChoiceField(source="standing", choices=STANDINGS)


class RunTextSerializer(Told):
    """A text on the schedule. `next` is the next step and who takes it, or empty."""

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
        """Return the next step, and who takes it."""
        return str(NEXT[next_step(text)])


class LateTextSerializer(RunTextSerializer):
    """A text that should have been published, by its moment or by the alarm of its speech. `late` says what to do."""

    lift = id_of("embargo")
    moment = serializers.DateTimeField(source="embargo.moment", allow_null=True)
    alarm_at = serializers.DateTimeField(source="embargo.fallback_at", allow_null=True)
    held = serializers.SerializerMethodField()
    late = serializers.SerializerMethodField()

    def get_held(self, text: Any) -> bool:
        """Return whether the text is held."""
        return text.embargo.held_at is not None

    def get_late(self, text: Any) -> str:
        """Return what to do about it."""
        return str(LATE[late_step(text)])


class RunGroupSerializer(Told):
    """Texts that are published together at the time `at`.

    `by` is the source of that time: the "moment" that is set; without one, the "plan" of the speech or session; or
    else the "alarm". `cancelled` is true if the session is cancelled.
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
        """Return whether the group is held."""
        return group.embargo.held_at is not None


class OfEdition(Told):
    """The edition that an entry is about."""

    edition = id_of("edition")
    text = id_of("edition.version.text")
    language = serializers.CharField(source="edition.version.language")
    title = serializers.CharField(source="edition.title")
    number = serializers.IntegerField(source="edition.number")


class UnreviewedSerializer(OfEdition):
    """An edition that was approved without a second person, and not reviewed since; with the reason."""

    decided_by = id_of("edition.decided_by")
    decided_by_name = name_of("edition.decided_by")
    decided_at = serializers.DateTimeField(source="edition.decided_at")
    reason = serializers.CharField(source="edition.emergency_reason")


class UnsentSerializer(OfEdition):
    """An edition whose mails failed, and how many. `about` filters “messages” for them; null if you may not see
    these.
    """

    mails = serializers.IntegerField()
    about = serializers.CharField(allow_null=True)


class RunSerializer(Told):
    """The publication schedule of a day at the venue.

    Texts that are `overdue`, `unreviewed` or `unsent` are listed on every day. Texts without a day are listed only
    today: `unplaced` is their number, `timeless` the newest 500 of them.
    """

    day = serializers.DateField()
    groups = RunGroupSerializer(many=True)
    overdue = LateTextSerializer(many=True)
    unreviewed = UnreviewedSerializer(many=True)
    unsent = UnsentSerializer(many=True)
    timeless = RunTextSerializer(many=True)
    unplaced = serializers.IntegerField()


def run_of(by: User, summit: Summit, values: Values) -> dict[str, Any]:
    """Return the schedule of a day as data for `RunSerializer`, limited to what the user may see."""
    now = db_now()
    found = publication_schedule.plan(
        summit, values.get("day") or now.astimezone(summit.zone).date(), now=now, most=MOST
    )
    for row in _texts(found):
        row.told = found.told[row.pk]
    sees = allows(by, "outbox.message.view", summit)
    return {
        **{name: getattr(found, name) for name in ("day", "groups", "overdue", "timeless", "unplaced")},
        "unreviewed": [{"edition": edition} for edition in found.unreviewed],
        "unsent": [
            {"edition": each.edition, "mails": each.number, "about": each.about if sees else None}
            for each in found.unsent
        ],
    }


def _texts(plan: Plan) -> list[Any]:
    return [*(row for group in plan.groups for row in group.texts), *plan.overdue, *plan.timeless]

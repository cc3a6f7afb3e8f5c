"""What a person may ask for of their data, done by programs: that it is handed over whole, and that it is erased."""

from typing import Any

from rest_framework import serializers

from delegations.core.api import access_log
from delegations.core.api.fields import PLAIN, Values
from delegations.members.field_access import PERSON
from summit.api_base.actions import action
from summit.api_base.file_contents import File, PersonalContentSerializer
from summit.api_base.problems import means
from summit.people.models import Person
from summit.privacy import erasure, subject_access
from summit.users.models import User

means(subject_access.NeedsAgreement, "conflict")
means(subject_access.NothingToAgree, "conflict")


class ErasureInput(serializers.Serializer[Any]):
    """Why somebody is erased."""

    reason = serializers.ChoiceField(choices=erasure.Reason.choices)


class PortionSerializer(serializers.Serializer[Any]):
    """A part of what is held of a person: how many rows it has, and what of it goes or why it stays."""

    name = serializers.CharField(source="portion.name")
    title = serializers.CharField(source="portion.title")
    rows = serializers.IntegerField(source="number")
    says = serializers.SerializerMethodField()

    def get_says(self, item: erasure.Item) -> str:
        """Return what becomes of it."""
        stays = getattr(self.parent, "field_name", "") == "stays"
        return str(item.portion.stays if stays else item.portion.gone)


class ErasurePlanSerializer(serializers.Serializer[Any]):
    """What erasing somebody would erase, and what would stay."""

    goes = PortionSerializer(many=True)
    stays = PortionSerializer(many=True)


class Rights:
    """Adds to people what hands their data over and erases it."""

    @action("preview-erase", safe=True, permission=erasure.ERASE, output=ErasurePlanSerializer)
    def preview_erase(self, *, by: User, row: Person, values: Values) -> erasure.Plan:
        """Say what erasing the person would erase, and what would stay and why. Nothing is changed."""
        return erasure.plan(row)

    @action("erase", permission=erasure.ERASE, input=ErasureInput)
    def erase(self, *, by: User, row: Person, values: Values) -> None:
        """Erase what is held of the person. It can't be taken back."""
        erasure.erase(person=row, reason=values["reason"], by=by)

    @action("ask-hand-over", permission=subject_access.HAND_OVER)
    def ask_hand_over(self, *, by: User, row: Person, values: Values) -> None:
        """Ask for the agreement that handing the person's data over needs where it holds what you may not see."""
        subject_access.ask(person=row, by=by)

    @action("agree-hand-over", permission=subject_access.AGREE)
    def agree_hand_over(self, *, by: User, row: Person, values: Values) -> None:
        """Agree that those who asked hand the person's data over, each once, within a day."""
        subject_access.agree(person=row, by=by)

    @action(
        "hand-over", permission=subject_access.HAND_OVER, output=PersonalContentSerializer, shown_once=("content",)
    )
    def hand_over(self, *, by: User, row: Person, values: Values) -> File:
        """Give all that is held of the person as a ZIP, to be handed over to them: for machines, to read, and the
        files that are their own. That it was taken is recorded. What you may not see needs somebody's agreement."""
        packed = subject_access.hand_over(person=row, by=by)
        access_log.log_rows(
            by=by, summit=row.summit, rows=[row], fields=[name for name in PERSON if name not in PLAIN]
        )
        return File(f"person-{row.public_id}.zip", "application/zip", packed)

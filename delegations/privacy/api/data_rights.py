"""API actions that hand over or erase a person's data."""

from typing import Any

from rest_framework import serializers

from delegations.core.api import access_log
from delegations.core.api.fields import Values
from delegations.members.person_field_groups import LOGGED
from summit.api_base.actions import action
from summit.api_base.problems import register_problem
from summit.api_base.response_files import File, PersonalContentSerializer
from summit.people.models import Person
from summit.privacy import person_erasure, subject_access
from summit.users.models import User

register_problem(subject_access.NeedsAgreement, "conflict")
register_problem(subject_access.NothingToAgree, "conflict")


class ErasureInput(serializers.Serializer[Any]):
    """The reason for the erasure."""

    reason = serializers.ChoiceField(choices=person_erasure.Reason.choices)


class PortionSerializer(serializers.Serializer[Any]):
    """A part of a person's data: how many rows it has, and a sentence that says what is erased or why it stays."""

    name = serializers.CharField(source="portion.name")
    title = serializers.CharField(source="portion.title")
    rows = serializers.IntegerField(source="number")
    says = serializers.SerializerMethodField()

    def get_says(self, item: person_erasure.ErasureItem) -> str:
        """Return the sentence that says what is erased, or why it stays."""
        stays = getattr(self.parent, "field_name", "") == "stays"
        return str(item.portion.stays if stays else item.portion.gone)


class ErasurePlanSerializer(serializers.Serializer[Any]):
    """The parts of a person's data that an erasure would erase (`goes`), and those that would stay (`stays`)."""

    goes = PortionSerializer(many=True)
    stays = PortionSerializer(many=True)


class Rights:
    """Adds to a viewset of people the actions that hand over or erase a person's data."""

    @action("preview-erase", safe=True, permission=person_erasure.ERASE, output=ErasurePlanSerializer)
    def preview_erase(self, *, by: User, row: Person, values: Values) -> person_erasure.ErasurePlan:
        """Return which parts of the person's data an erasure would erase, which would stay, and why. Nothing is
        changed."""
        return person_erasure.plan(row)

    @action("erase", permission=person_erasure.ERASE, input=ErasureInput)
    def erase(self, *, by: User, row: Person, values: Values) -> None:
        """Erase the person's data. It can't be undone."""
        person_erasure.erase(person=row, reason=values["reason"], by=by)

    @action("ask-hand-over", permission=subject_access.HAND_OVER)
    def ask_hand_over(self, *, by: User, row: Person, values: Values) -> None:
        """Ask others to agree that you hand over the person's data. An agreement is needed if the data includes
        fields that you may not see."""
        subject_access.ask(person=row, by=by)

    @action("agree-hand-over", permission=subject_access.AGREE)
    def agree_hand_over(self, *, by: User, row: Person, values: Values) -> None:
        """Agree to the waiting requests to hand over the person's data. Each user who asked may then hand it over
        once, within a day."""
        subject_access.agree(person=row, by=by)

    @action(
        "hand-over", permission=subject_access.HAND_OVER, output=PersonalContentSerializer, shown_once=("content",)
    )
    def hand_over(self, *, by: User, row: Person, values: Values) -> File:
        """Return the person's data as a ZIP to be given to the person: a machine-readable file, a readable one, and
        the person's files. The access is logged. If the data includes fields that you may not see, an agreement is
        needed."""
        packed = subject_access.hand_over(person=row, by=by)
        access_log.log_rows(by=by, summit=row.summit, rows=[row], fields=LOGGED)
        return File(f"person-{row.public_id}.zip", "application/zip", packed)

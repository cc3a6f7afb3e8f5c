"""API of sign-ups for sessions, with the waiting list."""

from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rest_framework import serializers

from sessions.agenda.api.reference_fields import AccessiblePersonField, AccessibleSessionField
from sessions.draft.api.session_rows import OfSessionFilters
from sessions.draft.models.signups import SignUp, SignUpState
from sessions.signups.services import signups
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.audit import access_log
from summit.summits.models import Summit
from summit.users.models import User


class SignUpSerializer(serializers.ModelSerializer[SignUp]):
    """A sign-up, with a place or on the waiting list in the order of `signed_up_at`."""

    id = serializers.CharField(source="public_id", read_only=True)
    session = serializers.CharField(source="session.public_id", read_only=True)
    person = serializers.CharField(source="person.public_id", read_only=True)
    name = serializers.CharField(source="person.label", read_only=True, help_text="With the office.")
    party = serializers.SerializerMethodField()

    class Meta:
        model = SignUp
        fields: ClassVar[list[str]] = [
            *("id", "session", "person", "name", "party", "state", "signed_up_at", "moved_up_at"),
        ]

    def get_party(self, row: SignUp) -> str | None:
        """Return the id of the person's party, or None."""
        membership = getattr(row.person, "membership", None)
        return membership.party.public_id if membership else None


class SignUpInput(serializers.Serializer[Any]):
    """The person to sign up, and the session."""

    session = AccessibleSessionField()
    person = AccessiblePersonField()


class SignUpFilters(OfSessionFilters):
    """Filters of a list of sign-ups."""

    person = django_filters.CharFilter(field_name="person__public_id", label=pgettext_lazy("label", "person"))
    party = django_filters.CharFilter(
        field_name="person__membership__party__public_id", label=pgettext_lazy("label", "delegation")
    )
    state = django_filters.ChoiceFilter(choices=SignUpState.choices, label=_("state"))


class SignUpViewSet(DeskViewSet):
    """Sign-ups. Focal points and delegates see only their own sign-ups. A sign-up is deleted when the place is given
    back."""

    name = "sign-ups"
    verbose_name = _("sign-ups")
    permission = "agenda.signup"
    permissions: ClassVar[dict[str, str]] = {"add": "agenda.sign_up", "remove": "agenda.sign_up"}
    allowed_methods = ("add", "remove")
    model = SignUp
    serializer_class = SignUpSerializer
    input_serializer_class = SignUpInput
    filterset_class = SignUpFilters
    ordering_fields: ClassVar[Any] = {"signed_up_at": ("signed_up_at",)}
    summit_path = "session__summit"

    def lock(self, row: SignUp) -> bool:
        """Lock the places of the session and then the row, so that nobody else changes them in the meantime.

        Return whether the row still exists.
        """
        signups.lock_places(row.session)
        return super().lock(row)

    def rows(self) -> QuerySet[SignUp]:
        """Return the sign-ups with their sessions, people and parties joined."""
        return SignUp.objects.select_related("session__summit", "person__summit", "person__membership__party")

    def add(self, *, by: User, summit: Summit, values: Values) -> SignUp:
        """Sign a person up, with a place, or on the waiting list if all places are taken."""
        return signups.sign_up(session=values["session"], person=values["person"], by=by)

    def remove(self, *, by: User, row: SignUp) -> None:
        """Give the place back. The next person on the waiting list moves up and is notified."""
        signups.cancel_sign_up(session=row.session, person=row.person, by=by)

    def log_access(self, *, by: User, summit: Summit, rows: Iterable[Any], fields: Iterable[str]) -> None:
        """Record that the user saw the sign-ups of these people, as the admin list does."""
        sign_ups = list(rows)
        if sign_ups and (not fields or {"person", "name"} & set(fields)):
            access_log.record_list(
                by=by,
                label=SignUp._meta.label_lower,
                rows=[(summit.pk, row.public_id) for row in sign_ups],
                fields=["person"],
                people=[row.person.public_id for row in sign_ups],
            )

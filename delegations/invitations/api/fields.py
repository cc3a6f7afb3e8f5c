"""Fields and filters that all resources about an invitation share."""

from typing import Any, ClassVar

import django_filters
from django.utils.translation import pgettext_lazy
from rest_framework import serializers

from delegations.parties.api.fields import PartyName


class OfInvitation(serializers.Serializer[Any]):
    """The fields that all resources about an invitation share: the invitation and its party."""

    OF: ClassVar[tuple[str, ...]] = ("id", "invitation", "party", "party_name")

    invitation = serializers.CharField(source="invitation.public_id", read_only=True)
    party = serializers.CharField(source="invitation.party.public_id", read_only=True)
    party_name = PartyName(source="invitation.party")


class OfInvitationFilters(django_filters.FilterSet):
    """The filters that all resources about an invitation share."""

    invitation = django_filters.CharFilter(
        field_name="invitation__public_id", label=pgettext_lazy("label", "invitation")
    )
    party = django_filters.CharFilter(
        field_name="invitation__party__public_id", label=pgettext_lazy("label", "delegation")
    )

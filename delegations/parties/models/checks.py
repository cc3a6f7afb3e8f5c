"""Validation that several models share."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from delegations.parties.models.parties import Party
from summit.people.models import Person


def check_same_summit(party_id: int | None, person_id: int | None) -> None:
    """Raise ValidationError if a person belongs to another summit than a party."""
    if party_id is None or person_id is None:
        return
    summits = Party.objects.filter(pk=party_id).values("summit")
    if not Person.objects.filter(pk=person_id, summit__in=summits).exists():
        raise ValidationError({"person": _("This person belongs to another summit. Add them to this one first.")})

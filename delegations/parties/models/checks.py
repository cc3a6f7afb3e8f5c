"""What several models look at before they are stored."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from delegations.parties.models.parties import Party
from summit.people.models import Person


def check_same_summit(party_id: int | None, person_id: int | None) -> None:
    """Refuse a person of another summit than the party's. Raises ValidationError."""
    if party_id is None or person_id is None:
        return
    summits = Party.objects.filter(pk=party_id).values("summit")
    if not Person.objects.filter(pk=person_id, summit__in=summits).exists():
        raise ValidationError({"person": _("This person belongs to another summit. Enter them in this one first.")})

"""Retention of the press office's personal data: subscribers are deleted with other contact data."""

from django.utils.translation import gettext_lazy as _

from delegations.privacy.services.retention import Piece, piece
from press.subscriptions.models import Subscriber
from summit.core.personal_data import PersonalDataKind

piece(50)(
    Piece(
        what=PersonalDataKind.CONTACT,
        name="subscribers",
        title=_("text subscribers"),
        model=Subscriber,
        rows=lambda summit: Subscriber.objects.filter(summit=summit),
        purge=lambda keys: Subscriber.objects.filter(pk__in=keys).delete(),
    )
)

"""Names of the audited actions on portal accounts and sign-ins."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from delegations.portal_access.models import PartyProvider, PortalSession
from summit.audit.actions import actor, describe_model


def _provers(keys: Iterable[str]) -> dict[str, str]:
    rows = PortalSession.objects.filter(public_id__in=list(keys), person__isnull=False).select_related("person")
    message = _("%(person)s, by a code sent by email")
    return {row.public_id: message % {"person": row.person.label} for row in rows if row.person}


actor("mailbox", _provers)
describe_model(PartyProvider, related=("party",), shown_on=lambda row: row.party)
